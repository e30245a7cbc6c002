/**
 * The examples, as people run them: the notebook by a real kernel, the dashboard in a real browser, both against the service in
 * a process of its own. Both are skipped, and say so, where this machine has no Python or no Chromium and none can be had.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { browser } from './chromium.ts';
import { dashboardSuite } from './dashboard.ts';
import { notebookSuite } from './notebook.ts';

const TIMEOUT_MS = 600_000;

t.setTimeout(TIMEOUT_MS);
const folder = mkdtempSync(join(tmpdir(), 'fovea-examples-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

const chromium = await browser();
if (chromium === null) console.log('!! SKIPPED: there is no Chromium here, and none could be installed; THE DASHBOARD WAS NOT LOOKED AT');
else {
  await t.test('the dashboard', { timeout: TIMEOUT_MS }, async (t) => {
    t.teardown(() => chromium.close());
    await dashboardSuite(t, chromium, folder);
  });
}
await t.test('the notebook', { timeout: TIMEOUT_MS }, (t) => notebookSuite(t, folder));

process.once('exit', () => console.log(`${t.counts.pass} passed, ${t.counts.fail} failed`));
