/**
 * The store as processes use it, on SQLite and on a real PostgreSQL: the suite of store.test.ts, replicas that do the same
 * at once, a process that is killed, a database that is away. PostgreSQL is that of DATABASE_URL or of this machine, else it
 * is installed and started where that can be done.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import t from 'tap';
import { modelSuite } from './models.ts';
import { newDatabase, postgres } from './postgres.ts';
import { proxyTo } from './proxy.ts';
import { replicaSuite } from './replicas.ts';
import { storeSuite } from './suite.ts';

const TIMEOUT_MS = 1500;
const SUITE_TIMEOUT_MS = 600_000;

t.setTimeout(SUITE_TIMEOUT_MS);
const folder = mkdtempSync(join(tmpdir(), 'fovea-store-'));
let files = 0;

await t.test('SQLite', { timeout: SUITE_TIMEOUT_MS }, async (t) => {
  const file = () => join(folder, `${files++}.sqlite`);
  storeSuite(t, async () => ({ url: `sqlite:${file()}`, shared: true }));
  replicaSuite(t, async () => {
    const path = file();
    /** Another program has the file, for itself alone. */
    async function begin(): Promise<() => Promise<void>> {
      const other = new DatabaseSync(path, { timeout: 5000 });
      other.exec('begin exclusive');
      return async () => {
        other.exec('rollback');
        other.close();
      };
    }
    return { url: `sqlite:${path}`, timeoutMs: TIMEOUT_MS, ways: [{ name: 'a file that is locked', begin }] };
  });
});

const reference = process.env.FOVEA_REFERENCE;
if (reference) await t.test('reference models', { timeout: SUITE_TIMEOUT_MS }, async (t) => modelSuite(t, reference));
else console.log('!! SKIPPED: FOVEA_REFERENCE names no folder of reference models');

const server = await postgres();
if (server === null) console.log('!! SKIPPED: there is no PostgreSQL here, and none could be started; NOTHING WAS CHECKED ON IT');
else {
  await t.test('PostgreSQL', { timeout: SUITE_TIMEOUT_MS }, async (t) => {
    const empty = async (t: { teardown(undo: () => Promise<void>): unknown }) => {
      const { url, drop } = await newDatabase(server);
      t.teardown(drop);
      return url;
    };
    storeSuite(t, async (t) => ({ url: await empty(t), shared: true }));
    replicaSuite(t, async (t) => {
      const url = new URL(await empty(t));
      const proxy = await proxyTo(url.hostname, Number(url.port || 5432));
      t.teardown(() => proxy.shut());
      url.hostname = '127.0.0.1';
      url.port = String(proxy.port);
      const shut = async () => {
        await proxy.shut();
        return proxy.open;
      };
      const hold = async () => {
        proxy.hold();
        return proxy.open;
      };
      const ways = [
        { name: 'a server that is down', begin: shut },
        { name: 'a server that does not answer', begin: hold },
      ];
      return { url: url.href, timeoutMs: TIMEOUT_MS, ways };
    });
  });
  await server.stop();
}

t.teardown(() => rmSync(folder, { recursive: true, force: true }));
process.once('exit', () => console.log(`${t.counts.pass} passed, ${t.counts.fail} failed`));
