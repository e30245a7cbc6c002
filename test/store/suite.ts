import fc from 'fast-check';
import { type Kysely, sql } from 'kysely';
import type { Test as Tap } from 'tap';
import { openDatabase } from '../../src/store/database.ts';
import type { Filter, ListQuery } from '../../src/store/list.ts';
import type { KeepAs, KeptNetwork, NewNetwork } from '../../src/store/network.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import type { Tables } from '../../src/store/tables.ts';
import { FIELDS, type Field } from '../../src/store/totals.ts';
import { madeUp, sha } from './networks.ts';

type T = Pick<Tap, 'test'>;

/** A database that is empty, for one test; `shared` is false where each store that opens it gets one of its own. */
export interface Place {
  readonly url: string;
  readonly shared: boolean;
}

const NEWEST = { field: 'keptAt', descending: true } as const;

/** What a store does, in whichever database. `empty` makes a place for a test, and has it taken away at its end. */
export function storeSuite(tap: T, empty: (t: Tap) => Promise<Place>): void {
  const queries: string[] = [];

  function open(t: Tap, { url }: Place): Store {
    const events = { failed: (error: unknown) => t.error(error), queried: (sql: string) => void queries.push(sql) };
    const store = openStore({ url, connections: 6, timeoutMs: 10_000 }, events);
    t.teardown(() => store.close());
    return store;
  }

  tap.test('a content is kept once, and its names are histories', async (t) => {
    const store = open(t, await empty(t));
    const first = await store.keep(madeUp(1), { name: 'a', tags: ['y', 'x', 'x'], note: 'first' });
    t.match(first, { created: true, version: { name: 'a', number: 1 } });
    t.match(first.network, {
      about: madeUp(1).about,
      totals: madeUp(1).totals,
      tags: ['x', 'y'],
      note: 'first',
      versions: [{ name: 'a', number: 1 }],
    });
    const again = await store.keep(madeUp(1), { name: 'a' });
    t.match(
      again,
      { created: false, version: { number: 1 }, network: { tags: ['x', 'y'], note: 'first', keptAt: first.network.keptAt } },
      'nothing is new',
    );
    const alias = await store.keep(madeUp(1), { name: 'other / 2', tags: [], note: 'second' });
    t.match(alias, { created: false, version: { name: 'other / 2', number: 1 }, network: { tags: [], note: 'second' } });
    t.equal((await store.keep(madeUp(2), { name: 'a' })).version?.number, 2);
    t.equal((await store.keep(madeUp(1), { name: 'a' })).version?.number, 3, 'a name may come back to what it was');
    t.equal((await store.keep(madeUp(3), {})).version, null);
    t.equal((await store.find({ name: 'a' }))?.about.sha256, sha(1));
    t.equal((await store.find({ name: 'a', number: 2 }))?.about.sha256, sha(2));
    t.strictSame(
      (await store.find({ sha256: sha(1) }))?.versions.map(({ name, number }) => `${name}@${number}`),
      ['a@1', 'a@3', 'other / 2@1'],
    );
    for (const ref of [{ name: 'A' }, { name: 'a', number: 4 }, { name: 'a', number: 0 }, { sha256: sha(9) }])
      t.notOk(await store.find(ref));
    t.strictSame((await store.findAll([sha(3), sha(2), sha(9)])).map(({ about }) => about.sha256).sort(), [sha(2), sha(3)]);
    t.strictSame(await store.findAll([]), []);
    t.equal(await store.count({}), 3);
  });

  tap.test('what is forgotten, and numbers that stay', async (t) => {
    const store = open(t, await empty(t));
    for (const i of [1, 2, 3]) await store.keep(madeUp(i), { name: 'a', tags: ['t'] });
    t.equal(await store.forget({ name: 'a', number: 3 }), true);
    t.equal(await store.forget({ name: 'a', number: 3 }), false);
    t.equal((await store.find({ name: 'a' }))?.about.sha256, sha(2), 'the one before is the newest');
    t.equal((await store.keep(madeUp(3), { name: 'a' })).version?.number, 4, 'a number is not given again');
    t.equal(await store.forget({ sha256: sha(2) }), true);
    t.notOk(await store.findGraph({ sha256: sha(2) }));
    t.strictSame(
      (await store.histories(['a'], 9)).map(({ number }) => number),
      [4, 1],
      'versions go with their content',
    );
    t.equal(await store.forget({ name: 'a' }), true);
    t.notOk(await store.find({ name: 'a' }));
    t.strictSame((await store.find({ sha256: sha(1) }))?.versions, [], 'contents stay without their name');
    t.equal((await store.keep(madeUp(2), { name: 'a' })).version?.number, 5);
    t.equal(await store.forget({ name: 'nobody' }), false);
    t.equal(await store.forget({ sha256: sha(9) }), false);
  });

  tap.test('histories of several names in one query', async (t) => {
    const store = open(t, await empty(t));
    for (const i of [1, 2, 3, 4]) for (const name of ['a', 'b']) await store.keep(madeUp(name === 'a' ? i : 10 + i), { name });
    await store.keep(madeUp(20), { name: 'c' });
    queries.length = 0;
    const found = await store.histories(['b', 'a', 'nobody'], 2);
    t.equal(queries.length, 1);
    t.strictSame(
      found.map(({ name, number, network }) => [name, number, network.about.sha256]),
      [
        ['a', 4, sha(4)],
        ['a', 3, sha(3)],
        ['b', 4, sha(14)],
        ['b', 3, sha(13)],
      ],
    );
    t.strictSame(
      (await store.histories(['a'], 5, 3)).map(({ number }) => number),
      [2, 1],
    );
    t.strictSame(await store.histories([], 5), []);
  });

  tap.test('texts and counts of any kind', async (t) => {
    const store = open(t, await empty(t));
    const odd = madeUp(
      1,
      { macs: '9223372036854775808123', params: 2 ** 53 - 1, receptiveField: null },
      { name: 'a\0b \ud800 \u{1f40d}', producer: '\0' },
    );
    const { network } = await store.keep(odd, { name: "'; drop table networks; --", note: 'zwei\nZeilen' });
    t.strictSame(network.totals, odd.totals);
    t.strictSame(network.about, odd.about);
    const body = Uint8Array.from({ length: 70_000 }, (_, i) => (i * i) % 256);
    await store.keep({ ...madeUp(2), graph: body }, {});
    const found = await store.findGraph({ sha256: sha(2) });
    t.strictSame(found && { ...found, body: Buffer.compare(found.body, body) }, { about: madeUp(2).about, nodes: 3, body: 0 });
    const list = (filter: Filter) =>
      store.list({ filter, order: NEWEST, first: 9 }).then(({ networks }) => networks.map((one) => one.network.about.sha256));
    t.strictSame(await list({ ranges: { macs: { min: 9e21 } } }), [sha(1)], 'beyond 2^53 in order still');
    t.strictSame(await list({ name: "'; drop*" }), [sha(1)]);
  });

  tap.test('a content that a newer engine reads again is brought up to date', async (t) => {
    const store = open(t, await empty(t));
    await store.keep(madeUp(1), { name: 'a', note: 'n' });
    const newer = { ...madeUp(1, { engine: '0.2.0', macs: 7 }), graph: new Uint8Array([9]) };
    t.match(await store.keep(newer, {}), {
      created: false,
      network: { totals: { engine: '0.2.0', macs: 7 }, note: 'n', versions: [{ name: 'a', number: 1 }] },
    });
    t.strictSame((await store.findGraph({ name: 'a' }))?.body, new Uint8Array([9]));
    const { networks } = await store.list({ filter: { ranges: { macs: { min: 7, max: 7 } } }, order: NEWEST, first: 9 });
    t.equal(networks.length, 1, 'its columns too');
  });

  tap.test('lists against a list in memory', async (t) => {
    const place = await empty(t);
    const store = open(t, place);
    const kept: KeptNetwork[] = [];
    const random = fc.sample(rows, { numRuns: 60, seed: 7 });
    for (const [i, { network, as }] of random.entries()) {
      const one = { ...network, about: { ...network.about, sha256: sha(i + 1) } };
      await store.keep(one, as);
    }
    // Read back one by one: what names a content has depends on those that came after.
    for (let i = 1; i <= random.length; i++) kept.push((await store.find({ sha256: sha(i) })) as KeptNetwork);
    const check = fc.asyncProperty(
      filters,
      fc.constantFrom(...FIELD_NAMES),
      fc.boolean(),
      fc.integer({ min: 1, max: 25 }),
      async (filter, field, descending, first) => {
        const query: ListQuery = { filter, order: { field, descending }, first };
        const expected = inMemory(kept, query).map(({ about }) => about.sha256);
        const found: string[] = [];
        for (let after: string | undefined; ; ) {
          queries.length = 0;
          const page = await store.list({ ...query, after });
          if (queries.length !== 1) throw new Error(`${queries.length} queries for a page`);
          found.push(...page.networks.map(({ network }) => network.about.sha256));
          if (page.networks.length > first || (page.more && page.networks.length < first)) throw new Error('a page of a wrong size');
          if (!page.more) break;
          after = page.networks.at(-1)?.cursor;
        }
        const same = JSON.stringify(found) === JSON.stringify(expected) && (await store.count(filter)) === expected.length;
        if (!same) throw new Error(`found ${found.map(Number.parseInt)} in place of ${expected}`);
      },
    );
    await fc.assert(check, { numRuns: 150 });
    const { networks } = await store.list({ filter: {}, order: NEWEST, first: 60 });
    t.strictSame(
      networks.map(({ network }) => network).sort((a, b) => (a.about.sha256 < b.about.sha256 ? -1 : 1)),
      kept,
      'a list tells all that is known of each',
    );
    const cursor = networks[0]?.cursor ?? '';
    for (const after of ['', 'x', cursor.slice(0, -9), Buffer.from('[1]').toString('base64url')]) {
      await t.rejects(store.list({ filter: {}, order: NEWEST, first: 1, after }), { code: 'invalid-option' });
    }
    await t.rejects(store.list({ filter: {}, order: { field: 'macs', descending: true }, first: 1, after: cursor }), {
      code: 'invalid-option',
    });
  });

  tap.test('tables of a later version', async (t) => {
    const place = await empty(t);
    if (!place.shared) return;
    const store = open(t, place);
    await store.keep(madeUp(1), {});
    const database = openDatabase({ url: place.url, connections: 1, timeoutMs: 5000 }, { failed: (error) => t.error(error) });
    t.teardown(() => database?.db.destroy());
    const later = sql`insert into fovea_migrations (name, timestamp) values ('9999-later', '2999-01-01T00:00:00Z')`;
    await later.execute(database?.db as Kysely<Tables>);
    const failures: unknown[] = [];
    const older = openStore({ url: place.url, connections: 1, timeoutMs: 5000 }, { failed: (error) => failures.push(error) });
    t.teardown(() => older.close());
    await t.rejects(older.find({ sha256: sha(1) }), { code: 'store-unavailable' }, 'are left alone');
    t.match(failures, [/later version, which made the change 9999-later/]);
    await sql`delete from fovea_migrations where name = '9999-later'`.execute(database?.db as Kysely<Tables>);
    t.ok(await older.find({ sha256: sha(1) }), 'and used again as soon as they fit');
  });

  tap.test('many at once', async (t) => {
    const place = await empty(t);
    const stores = Array.from({ length: place.shared ? 4 : 1 }, () => open(t, place));
    // Each of them finds no tables, and makes them.
    await Promise.all(stores.map((store) => store.ping()));
    const jobs = Array.from({ length: 120 }, (_, i) => ({ store: stores[i % stores.length] as Store, content: i % 30 }));
    const done = await Promise.all(jobs.map(({ store, content }) => store.keep(madeUp(content), { name: 'shared', tags: ['t'] })));
    const created = done.filter((one) => one.created).length;
    t.equal(created, 30, 'each content is new once');
    const [store] = stores as [Store];
    const history = await store.histories(['shared'], 1000);
    const numbers = history.map(({ number }) => number);
    t.strictSame(
      numbers,
      Array.from({ length: numbers.length }, (_, i) => numbers.length - i),
      'numbers without a gap or a double',
    );
    for (const { version, network } of done) {
      t.equal(
        history.find(({ number }) => number === version?.number)?.network.about.sha256,
        network.about.sha256,
        'what was answered holds',
      );
    }
    t.ok(
      history.every(({ network }, i) => network.about.sha256 !== history[i + 1]?.network.about.sha256),
      'no version repeats the one before',
    );
    // Keeping and forgetting the same things at once ends one way or the other, and never half-way.
    await Promise.all(
      jobs.map(({ store, content }, i) => {
        if (i % 3 === 0) return store.forget({ sha256: sha(content) });
        return i % 3 === 1 ? store.forget({ name: 'shared', number: i }) : store.keep(madeUp(content), { name: 'shared' });
      }),
    );
    const left = await store.histories(['shared'], 1000);
    const graphs = await Promise.all(left.map(({ name, number }) => store.findGraph({ name, number })));
    t.ok(
      graphs.every((graph) => graph !== undefined),
      'every version has a content, and every content a graph',
    );
  });
}

const FIELD_NAMES = Object.keys(FIELDS) as Field[];

const count = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constantFrom(1e6, 2 ** 53 - 1, '18446744073709551616'));

const rows: fc.Arbitrary<{ network: NewNetwork; as: KeepAs }> = fc.record({
  network: fc
    .record({
      params: count,
      macs: count,
      depth: fc.integer({ min: 0, max: 9 }),
      receptiveField: fc.option(fc.integer({ min: 0, max: 9 })),
      lowerBounds: fc.subarray(['macs', 'activations', 'memory.peakBytes', 'depth']),
      format: fc.constantFrom('onnx', 'description'),
    })
    .map(({ format, ...totals }) => madeUp(0, totals, { format })),
  as: fc.record({
    name: fc.option(fc.constantFrom('a', 'ab', 'b', 'B', 'ä', 'a%'), { nil: undefined }),
    tags: fc.subarray(['x', 'y', 'z']),
  }),
});

const end = fc.option(fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constantFrom(1e6, 1e19)), { nil: undefined });

const filters: fc.Arbitrary<Filter> = fc.record(
  {
    tags: fc.subarray(['x', 'y', 'nothing'], { maxLength: 2 }),
    format: fc.constantFrom('onnx', 'description', 'none'),
    name: fc.constantFrom('a', 'a*', 'b*', '*', 'c'),
    ranges: fc.dictionary(fc.constantFrom('macs', 'params', 'receptiveField', 'depth', 'peakBytes'), fc.record({ min: end, max: end }), {
      maxKeys: 2,
    }),
  },
  { requiredKeys: [] },
);

/** What a column holds, by the definition: null for what is unknown or only a lower bound. */
function columnOf({ about, totals, keptAt }: KeptNetwork, field: Field): number | null {
  if (field === 'keptAt') return keptAt;
  if (field === 'bytes') return about.bytes;
  const bound = { activationBytes: 'activations', peakBytes: 'memory.peakBytes' }[field as string] ?? field;
  const value = totals[field];
  return value === null || totals.lowerBounds.includes(bound) ? null : Number(value);
}

function inMemory(all: readonly KeptNetwork[], { filter, order }: ListQuery): KeptNetwork[] {
  const { tags = [], format, name, ranges = {} } = filter;
  const fits = (one: KeptNetwork) =>
    tags.every((tag) => one.tags.includes(tag)) &&
    (format === undefined || one.about.format === format) &&
    (name === undefined ||
      one.versions.some((version) => (name.endsWith('*') ? version.name.startsWith(name.slice(0, -1)) : version.name === name))) &&
    Object.entries(ranges).every(([field, { min, max }]) => {
      const value = columnOf(one, field as Field);
      return (
        (min === undefined && max === undefined) || (value !== null && value >= (min ?? 0) && value <= (max ?? Number.POSITIVE_INFINITY))
      );
    });
  const sign = order.descending ? -1 : 1;
  return all.filter(fits).sort((a, b) => {
    const [left, right] = [columnOf(a, order.field), columnOf(b, order.field)];
    if (left === null || right === null)
      return Number(left === null) - Number(right === null) || sign * (a.about.sha256 < b.about.sha256 ? -1 : 1);
    return sign * (left - right || (a.about.sha256 < b.about.sha256 ? -1 : 1));
  });
}
