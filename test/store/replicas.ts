import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { ask, numbered, type Replica, replica } from './process.ts';

const TIMEOUT_MS = 300_000;

/** A database for processes, and how to take it away from them. */
export interface Outage {
  readonly url: string;
  /** Milliseconds that the service is told to wait for a database. */
  readonly timeoutMs: number;
  /** Ways in which it can be away; each gives back what brings it back. */
  readonly ways: readonly { readonly name: string; begin(): Promise<() => Promise<void>> }[];
}

const KEEPS = 1000;
const KILLED_AFTER = 400;
const AT_ONCE = 8;
const AWAY_MS = 10_000;

/** What processes of the service do with one database. `empty` makes a place for a test. */
export function replicaSuite(tap: Pick<Test, 'test'>, empty: (t: Test) => Promise<Outage>): void {
  tap.test('two replicas start at once and keep the same network at once', { timeout: TIMEOUT_MS }, async (t) => {
    const { url } = await empty(t);
    const replicas = await Promise.all([1, 2, 3].map(() => started(t, url)));
    const statuses: number[] = [];
    for (let round = 0; round < 10; round++) {
      const answers = await Promise.all(
        [0, 1, 0, 1].map((i) => ask((replicas[i] as Replica).url, '/v1/networks', { network: numbered(round), name: 'same' })),
      );
      statuses.push(...answers.map(({ status }) => status).sort());
      t.equal(new Set(answers.map(({ json }) => json.ref)).size, 1);
      t.strictSame(new Set(answers.map(({ json }) => json.version)), new Set([`name:same@${round + 1}`]));
    }
    t.strictSame(statuses, Array.from({ length: 10 }, () => [200, 200, 200, 201]).flat(), 'each is new to one of those who keep it');
    const third = (replicas[2] as Replica).url;
    t.equal((await ask(third, '/v1/networks?first=1000')).json.kept.length, 10);
    t.equal((await ask(third, '/v1/networks/name:same@3/report')).json.totals.params.trainable, 3 * (27 + 1));
  });

  tap.test('kill -9 in the middle of 1,000 keeps loses nothing acknowledged', { timeout: TIMEOUT_MS }, async (t) => {
    const { url } = await empty(t);
    const first = await started(t, url);
    const acknowledged = new Map<number, string>();
    let next = 0;
    let killed: Promise<void> | undefined;
    async function client(base: string): Promise<void> {
      for (let i = next++; i < KEEPS; i = next++) {
        try {
          const { status, json } = await ask(base, '/v1/networks', { network: numbered(i), name: `n${i % 10}`, tags: [`t${i % 3}`] });
          if (status === 201) acknowledged.set(i, json.ref);
        } catch {
          return;
        }
        if (acknowledged.size >= KILLED_AFTER) killed ??= first.kill('SIGKILL');
      }
    }
    const clients = () => Array.from({ length: AT_ONCE }, (_, i) => i);
    await Promise.all(clients().map(() => client(first.url)));
    await killed;
    t.ok(acknowledged.size >= KILLED_AFTER && acknowledged.size < KEEPS, `${acknowledged.size} were acknowledged`);
    const second = await started(t, url);
    const seen = await refs(second.url);
    t.strictSame(
      [...acknowledged.values()].filter((ref) => !seen.has(ref)),
      [],
      'all of them are there',
    );
    t.ok(seen.size <= acknowledged.size + AT_ONCE, 'and no more than were under way');
    for (const [i, ref] of [...acknowledged].filter((_, at) => at % 40 === 0)) {
      const { status, json } = await ask(second.url, `/v1/networks/${ref}/report?layers=none`);
      t.strictSame([status, json.totals?.params.trainable], [200, 28 * (i + 1)], 'with their graphs');
    }
    next = 0;
    await Promise.all(clients().map(() => client(second.url)));
    t.equal((await refs(second.url)).size, KEEPS, 'the rest can be kept');
    for (let name = 0; name < 10; name++) {
      const { json } = await ask(second.url, `/v1/networks/name:n${name}/history?first=1000`);
      const numbers = json.versions.map(({ number }: { number: number }) => number);
      t.equal(new Set(numbers).size, numbers.length, 'no number twice');
    }
  });

  tap.test('a database that is away', { timeout: TIMEOUT_MS }, async (t) => {
    const { url, timeoutMs, ways } = await empty(t);
    const { url: base } = await started(t, url, { DATABASE_TIMEOUT_MS: String(timeoutMs) });
    t.equal((await ask(base, '/v1/networks', { network: numbered(0), name: 'before' })).status, 201);
    for (const [i, { name, begin }] of ways.entries()) {
      const body = { network: numbered(i + 1), name: 'after' };
      const end = await begin();
      const since = performance.now();
      while (performance.now() - since < AWAY_MS) {
        const [kept, analyzed, health] = await Promise.all([
          ask(base, '/v1/networks', body),
          ask(base, '/v1/analyze?layers=none', numbered(1)),
          ask(base, '/healthz'),
        ]);
        t.strictSame([kept.status, kept.json.code], [503, 'store-unavailable'], name);
        t.match(kept.headers.get('retry-after'), /^\d+$/);
        t.ok(kept.ms < 3 * timeoutMs + 2000, `an answer in time: ${Math.round(kept.ms)} ms`);
        t.equal(analyzed.status, 200, 'what needs no store works');
        t.ok(health.ms < 1000, `and nothing waits: ${Math.round(health.ms)} ms`);
        t.equal((await ask(base, '/readyz')).status, 200);
        await sleep(300);
      }
      await end();
      // One that is under way may still fail: no restart is needed, but a moment.
      for (let tries = 0; tries < 20 && (await ask(base, '/readyz')).json.store !== 'ok'; tries++) await sleep(200);
      const kept = await ask(base, '/v1/networks', body);
      t.equal(kept.status, 201, `${name}, and back`);
      t.equal((await ask(base, `/v1/networks/${kept.json.ref}/report`)).status, 200);
      t.equal((await ask(base, '/v1/networks/name:before')).status, 200);
    }
  });
}

async function started(t: Test, url: string, env: Record<string, string> = {}): Promise<Replica> {
  const one = await replica(url, env);
  t.teardown(() => one.kill());
  return one;
}

/** Refs of all that is kept, page by page. */
async function refs(base: string): Promise<Set<string>> {
  const found = new Set<string>();
  for (let after = ''; ; ) {
    const { json } = await ask(base, `/v1/networks?first=300${after && `&after=${after}`}`);
    for (const { ref } of json.kept) found.add(ref);
    if (json.next === null) return found;
    after = json.next;
  }
}
