/**
 * Time of a dashboard's query over kept networks: filtered, ordered, the first 50 with their totals, in one SQL query, on
 * SQLite and on PostgreSQL. `npm run bench:store [networks]`; PostgreSQL is found as in test/store/run.ts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ListQuery } from '../src/store/list.ts';
import { openStore } from '../src/store/store.ts';
import { madeUp } from '../test/store/networks.ts';
import { newDatabase, postgres } from '../test/store/postgres.ts';

const NETWORKS = Number(process.argv[2] ?? 10_000);
const WARM = 50;
const RUNS = 500;
const NAMES = 500;
const AT_ONCE = 8;

const page = { first: 50, order: { field: 'keptAt', descending: true } } as const;

const QUERIES: Readonly<Record<string, ListQuery>> = {
  'tag and macs, by receptive field': {
    ...page,
    filter: { tags: ['vision'], ranges: { macs: { min: 1e8, max: 5e9 } } },
    order: { field: 'receptiveField', descending: true },
  },
  'format and params, by macs': {
    ...page,
    filter: { format: 'onnx', ranges: { params: { max: 5e7 } } },
    order: { field: 'macs', descending: false },
  },
  'one name': { ...page, filter: { name: 'team/7' } },
  'names that begin alike, by params': { ...page, filter: { name: 'team/1*' }, order: { field: 'params', descending: true } },
  'nothing, newest first': { ...page, filter: {} },
};

/** The same numbers in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

async function measure(title: string, url: string): Promise<void> {
  const queries: string[] = [];
  const events = {
    failed: (error: unknown) => console.error(error),
    queried: (sql: string) => void queries.push(sql),
  };
  const store = openStore({ url, connections: 8, timeoutMs: 60_000 }, events);
  const any = random(1);
  const started = performance.now();
  async function keepOne(i: number): Promise<void> {
    const macs = Math.round(10 ** (6 + 5 * any()));
    const about = { format: any() < 0.7 ? 'onnx' : 'description', producer: 'pytorch 2.13.0', opset: 17 };
    const params = Math.round(10 ** (4 + 4 * any()));
    const network = madeUp(i, { macs, flops: 2 * macs, params, receptiveField: any() < 0.1 ? null : Math.round(1000 * any()) }, about);
    // About as large as the graph of ResNet-50 when it is kept.
    const graph = Uint8Array.from({ length: 6_000 }, (_, at) => (i + at * at) % 256);
    await store.keep(
      { ...network, graph },
      { name: `team/${i % NAMES}`, tags: any() < 0.3 ? ['vision', 'prod'] : [`t${i % 20}`], note: `note ${i}` },
    );
  }
  let next = 0;
  const keepAll = async () => {
    while (next < NETWORKS) await keepOne(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, keepAll));
  const keep = (performance.now() - started) / NETWORKS;
  console.log(`\n${title}: ${NETWORKS} networks, ${keep.toFixed(2)} ms for each to be kept, ${AT_ONCE} at a time\n`);
  console.log('| query | networks that fit | SQL queries | best ms | p50 ms | p95 ms |\n| --- | --- | --- | --- | --- | --- |');
  for (const [name, query] of Object.entries(QUERIES)) {
    const fit = await store.count(query.filter);
    for (let i = 0; i < WARM; i++) await store.list(query);
    queries.length = 0;
    const times: number[] = [];
    for (let i = 0; i < RUNS; i++) {
      const start = performance.now();
      await store.list(query);
      times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    const at = (share: number) => (times[Math.floor(share * RUNS)] as number).toFixed(2);
    console.log(`| ${name} | ${fit} | ${queries.length / RUNS} | ${at(0)} | ${at(0.5)} | ${at(0.95)} |`);
  }
  await store.close();
}

const folder = mkdtempSync(join(tmpdir(), 'fovea-bench-'));
await measure('SQLite', `sqlite:${join(folder, 'bench.sqlite')}`);
rmSync(folder, { recursive: true });

const server = await postgres();
if (server === null) console.log('\nPostgreSQL: there is none here');
else {
  const { url, drop } = await newDatabase(server);
  await measure('PostgreSQL', url);
  await drop();
  await server.stop();
}
