import { join } from 'node:path';
import t from 'tap';
import { storeSuite } from './suite.ts';

// The same suite runs on PostgreSQL in run.ts.
let files = 0;
t.test('in a file', async (t) =>
  storeSuite(t, async (t) => ({ url: `sqlite:${join(t.testdir(), 'new', `${files++}.sqlite`)}`, shared: true })),
);
t.test('in memory', async (t) => storeSuite(t, async () => ({ url: 'sqlite::memory:', shared: false })));
