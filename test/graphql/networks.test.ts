import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { buildSchema, type GraphQLOutputType, getNamedType, isObjectType } from 'graphql';
import t from 'tap';
import { FIELDS } from '../../src/analysis/collection.ts';
import { views } from '../../src/analysis/views/index.ts';
import { price } from '../../src/graphql/demand/list-size.ts';
import { CONV, CONV_MACS, service, type Test } from '../service.ts';

// Networks that are kept, through GraphQL; test/rest/kept.test.ts has the same through REST.

const SCHEMA = buildSchema(readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8'));

/** One of a row of networks: its size says which. */
const numbered = (i: number) => ({ ...CONV, layers: [{ type: 'Conv2d', out_channels: i, kernel_size: 3 + (i % 3) }] });

async function ask(app: FastifyInstance, query: string, variables: object = {}, headers: Record<string, string> = {}) {
  const answer = await app.inject({ method: 'POST', url: '/graphql', payload: { query, variables }, headers });
  const { data, errors } = answer.json();
  return { status: answer.statusCode, data, errors };
}

const KEEP =
  'mutation ($d: JSON, $name: String, $tags: [String!], $note: String) { keepNetwork(network: { description: $d }, name: $name, tags: $tags, note: $note) { created version kept { ref } } }';

async function keep(app: FastifyInstance, d: object, as: object = {}) {
  const { data, errors } = await ask(app, KEEP, { d, ...as });
  return data?.keepNetwork ?? errors[0];
}

/** The service, and the statements that its store runs. */
async function watched(t: Test): Promise<{ app: FastifyInstance; queries: string[] }> {
  const queries: string[] = [];
  const write = (line: string) => {
    const { msg, sql } = JSON.parse(line);
    if (msg === 'query') queries.push(sql);
  };
  return { app: await service(t, { LOG_LEVEL: 'trace' }, { write }), queries };
}

/** Every field of a type that needs no argument, down to where types come again. */
function everything(type: GraphQLOutputType, above: readonly string[] = []): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) return '';
  const fields = Object.values(named.getFields()).filter((field) => {
    const of = getNamedType(field.type).name;
    return price(SCHEMA, field) < 1000 && !above.includes(of) && of !== named.name;
  });
  return `{ ${fields.map((field) => `${field.name} ${everything(field.type, [...above, named.name])}`).join(' ')} }`;
}

t.test('a page of networks with all that is kept of them takes one query of the store, and one more for their histories', async (t) => {
  const { app, queries } = await watched(t);
  for (let i = 1; i <= 60; i++) await keep(app, numbered(i), { name: `n/${i % 20}`, tags: ['all', `t${i}`], note: `no. ${i}` });
  const asked = async (query: string, variables = {}) => {
    queries.length = 0;
    const { data, errors } = await ask(app, query, variables);
    t.notOk(errors, query);
    return data;
  };
  const LISTED = 'ref tags note keptAt versions network { name format sha256 bytes } totals { macs params receptiveField lowerBounds }';
  const page = (await asked(`{ networks(orderBy: "-macs") { pageInfo { hasNextPage endCursor } edges { cursor } nodes { ${LISTED} } } }`))
    .networks;
  t.equal(queries.length, 1, 'the list is one query');
  t.match(page, { nodes: { length: 50 }, edges: { length: 50 }, pageInfo: { hasNextPage: true, endCursor: page.edges[49].cursor } });
  const rest = (await app.inject('/v1/networks?orderBy=-macs')).json();
  const picked = rest.kept.map(
    ({ totals: { macs, params, receptiveField, lowerBounds }, ...kept }: { totals: Record<string, unknown> }) => ({
      ...kept,
      totals: { macs, params, receptiveField, lowerBounds },
    }),
  );
  t.strictSame(page.nodes, picked, 'as REST has it');
  t.equal(page.pageInfo.endCursor, rest.next);

  const full = `{ networks(first: 50) { totalCount nodes ${everything(SCHEMA.getType('Network') as GraphQLOutputType)} } }`;
  const all = (await asked(full)).networks;
  t.equal(queries.length, 3, 'the list, the count, the histories');
  t.equal(all.totalCount, 60);
  for (const { history, versions } of all.nodes) {
    t.equal(history.versions.length, 3);
    t.ok(history.versions.some(({ ref }: { ref: string }) => versions.includes(ref)));
    t.equal(history.next, null);
  }
  const deep = await asked(
    '{ networks(first: 50) { nodes { history(first: 2) { next versions { kept { totals { macs } history(first: 1) { versions { number kept { ref } } } } } } again: history(first: 2, before: 3) { versions { number } } } } }',
  );
  t.equal(queries.length, 4, 'the list, two kinds of pages, and the histories within');
  t.match(deep.networks.nodes[0], { history: { next: 2, versions: { length: 2 } }, again: { versions: [{ number: 2 }, { number: 1 }] } });

  await asked('{ networks(first: 30) { nodes { report { totals { macs } } } } }');
  t.equal(queries.length, 31, 'only a report loads a graph');
});

t.test('pages, orders and filters', async (t) => {
  const app = await service(t);
  for (let i = 1; i <= 7; i++) await keep(app, numbered(i), { name: `net/${i}`, tags: i % 2 ? ['odd', 'all'] : ['all'] });
  await keep(app, numbered(3), { name: 'alias' });
  const LIST =
    'query ($filter: NetworkFilter, $orderBy: String, $first: Int, $after: String) { networks(filter: $filter, orderBy: $orderBy, first: $first, after: $after) { totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { versions } } } }';
  const list = async (variables: object) => {
    const { data, errors } = await ask(app, LIST, variables);
    return data?.networks ?? errors[0];
  };
  const names = async (filter: object, orderBy = 'params') =>
    (await list({ filter, orderBy })).edges.map(({ node }: { node: { versions: string[] } }) =>
      node.versions.at(-1)?.replace(/name:|@1/g, ''),
    );
  t.strictSame(await names({ tags: ['odd', 'all'] }, 'keptAt'), ['net/1', 'net/3', 'net/5', 'net/7']);
  t.strictSame(await names({ name: 'alias' }), ['net/3']);
  t.strictSame(await names({ name: 'net/*', receptiveField: { max: 3 } }), ['net/3', 'net/6']);
  t.strictSame(await names({ receptiveField: { min: 4, max: 4 } }, '-params'), ['net/7', 'net/4', 'net/1']);
  t.strictSame(await names({ format: 'onnx' }), []);
  t.strictSame(await names({ keptAt: { max: '2020-01-01' } }), []);
  t.equal((await names({ keptAt: { min: '2020-01-01T00:00:00Z', max: null }, macs: {}, depth: null, tags: null })).length, 7);
  t.equal((await names({ macs: { min: 1, max: 1e300 } })).length, 7);

  const seen: string[] = [];
  for (let after: string | null = null; ; ) {
    const { edges, pageInfo, totalCount } = await list({ filter: { tags: ['all'] }, orderBy: '-macs', first: 3, after });
    t.equal(totalCount, 7, 'of all pages');
    t.match(pageInfo, { hasPreviousPage: after !== null, startCursor: edges[0].cursor, endCursor: edges.at(-1).cursor });
    seen.push(...edges.map(({ node }: { node: { versions: string[] } }) => node.versions[0]));
    if (!pageInfo.hasNextPage) break;
    after = pageInfo.endCursor;
  }
  t.equal(new Set(seen).size, 7, 'each once');
  t.strictSame((await list({ filter: { name: 'nobody' } })).pageInfo, {
    hasNextPage: false,
    hasPreviousPage: false,
    startCursor: null,
    endCursor: null,
  });
  for (const [variables, pointer] of [
    [{ first: 0 }, '/first'],
    [{ first: 1001 }, '/first'],
    [{ orderBy: 'mac' }, '/orderBy'],
    [{ after: 'x' }, '/after'],
    [{ filter: { keptAt: { max: 'yesterday' } } }, '/filter/keptAt/max'],
    [{ filter: { name: '\0' } }, '/filter/name'],
    [{ filter: { format: '\ud800' } }, '/filter/format'],
    [{ filter: { tags: Array.from({ length: 33 }, (_, i) => `t${i}`) } }, '/filter/tags'],
  ] as const) {
    t.match(await list(variables), { path: ['networks'], extensions: { code: 'invalid-option', pointer } }, pointer);
  }
  const ranged = Object.keys((SCHEMA.getType('NetworkFilter') as unknown as { getFields(): object }).getFields());
  t.strictSame(ranged.sort(), ['tags', 'format', 'name', ...Object.keys(FIELDS)].sort(), 'every column has a range');
});

t.test('one network, kept or built in, with its report and its views', async (t) => {
  const app = await service(t);
  for (const i of [1, 2, 3]) await keep(app, numbered(i), { name: 'team/net 1' });
  const { ref } = await keep(app, numbered(3), { name: 'a' }).then(({ kept }) => kept);
  const one = async (of: string, fields: string) => {
    const { data, errors } = await ask(app, `query ($ref: String!) { network(ref: $ref) { ${fields} } }`, { ref: of });
    return data?.network ?? errors[0];
  };
  const rest = (await app.inject(`/v1/networks/${ref}`)).json();
  const { views: _, ...kept } = rest;
  const fields = `ref tags note keptAt versions network { name format sha256 bytes } totals { ${Object.keys(kept.totals).join(' ')} }`;
  for (const given of [ref, 'name:a', 'name:team/net 1', 'name:team/net 1@3']) t.strictSame(await one(given, fields), kept, given);
  t.strictSame(Object.keys(kept.totals).sort(), totalsFields(), 'totals have the fields that REST has');

  const history = 'history { name versions { ref } }';
  t.match(await one('name:team/net 1@1', history), { history: { name: 'team/net 1', versions: [{ ref: 'name:team/net 1@3' }, {}, {}] } });
  t.match(await one(ref, history), { history: { name: 'a' } }, 'the first of its names');
  t.match(await one('name:a', 'history(name: "team/net 1", first: 1) { next versions { number keptAt kept { ref } } }'), {
    history: { next: 3, versions: [{ number: 3, kept: { ref } }] },
  });
  t.match(await one(ref, 'history(name: "b") { name }'), { history: null });
  t.match(await one(ref, 'history(first: 0) { name }'), { history: null });

  for (const given of [ref, 'name:a', 'zoo:resnet18', 'pattern:two-3x3', 'zoo:resnet,depth=18']) {
    const url = `/v1/networks/${encodeURIComponent(given)}`;
    const report = (await app.inject(`${url}/report?batch=2`)).json();
    const asked = await one(
      given,
      'network { name format sha256 bytes } report(options: { batch: 2 }) { network { name format sha256 bytes } totals { macs } layers(first: 2) { totalCount nodes { id } } }',
    );
    t.strictSame(asked.network, report.network, `${given} is what its report says`);
    t.match(asked.report, {
      network: report.network,
      totals: { macs: report.totals.macs },
      layers: { totalCount: report.layers.length, nodes: report.layers.slice(0, 2).map(({ id }: { id: string }) => ({ id })) },
    });
    const memory = (await app.inject(`${url}/memory?batch=2&activations=float16`)).json();
    t.match(await one(given, 'memory(options: { batch: 2 }, activations: "float16") { peak { bytes } }'), {
      memory: { peak: { bytes: memory.peak.bytes } },
    });
  }
  t.match(await one('zoo:resnet18', 'ref totals { macs } tags note keptAt versions history { name }'), {
    ref: 'zoo:resnet18',
    totals: null,
    tags: [],
    note: null,
    keptAt: null,
    versions: [],
    history: null,
  });
  for (const [given, code] of [
    ['name:nobody', 'network-not-found'],
    ['name:a@9', 'network-not-found'],
    [`sha256:${'0'.repeat(64)}`, 'network-not-found'],
    ['zoo:nothing', 'network-not-found'],
    ['nothing', 'invalid-ref'],
  ] as const) {
    t.match(await one(given, 'ref'), { path: ['network'], extensions: { code, pointer: '/ref' } }, given);
  }
  const broken = await ask(
    app,
    `{ network(ref: "name:a") { ref a: report(options: { strict: true, batch: 0 }) { status } b: memory(weights: "foo") { status } } }`,
  );
  t.match(broken, {
    data: { network: { ref, a: null, b: null } },
    errors: [
      { path: ['network', 'a'], extensions: { code: 'invalid-option' } },
      { path: ['network', 'b'], extensions: { code: 'invalid-option', pointer: '/weights' } },
    ],
  });
  const { builtInNetworks, builtInPatterns } = (
    await ask(
      app,
      '{ builtInNetworks { ref title summary paper { title authors arxiv } year parameters names } builtInPatterns { ref title summary parameters against } }',
    )
  ).data;
  const overview = (await app.inject('/v1/networks')).json();
  t.strictSame([builtInNetworks, builtInPatterns], [overview.networks, overview.patterns]);
});

function totalsFields(): string[] {
  return Object.keys((SCHEMA.getType('KeptTotals') as unknown as { getFields(): object }).getFields()).sort();
}

t.test('a network has a field for each view, with the arguments, the type and the price that the query has', async (t) => {
  const network = SCHEMA.getType('Network');
  const query = SCHEMA.getQueryType();
  if (!isObjectType(network) || !query) throw new Error('no such types');
  for (const { id } of views()) {
    const name = id.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const here = network.getFields()[name];
    const there = query.getFields()[id === 'report' ? 'analyze' : name];
    if (!here || !there) {
      t.fail(`both have a field for ${id}`);
      continue;
    }
    const seen = (field: typeof here) => ({
      type: String(field.type),
      price: price(SCHEMA, field),
      args: field.args.filter((one) => one.name !== 'network').map((one) => `${one.name}: ${one.type} ${one.description}`),
    });
    t.strictSame(seen(here), seen(there), name);
  }
});

t.test('analyses of a page are priced each, made once, and leave room for others', async (t) => {
  const app = await service(t, { POOL_THREADS: '1', POOL_QUEUE: '3', INLINE_NODES: '0' });
  for (let i = 1; i <= 12; i++) await keep(app, numbered(i));
  const reports = (first: number | string, declared = '') =>
    ask(app, `query ${declared} { networks(first: ${first}) { nodes { report { totals { macs } } } } }`, { n: 1 });
  t.match(await reports(50), { status: 400, errors: [{ message: /costs 50201, and may cost 50000/ }] });
  t.match(await reports('$n', '($n: Int)'), { status: 400 }, 'a variable counts as the most');
  t.match(await ask(app, '{ networks(first: 10) { nodes { receptiveField { status } } } }'), { status: 400 });
  t.match(await ask(app, '{ networks(first: 10) { edges { node { history(first: 5) { versions { kept { report { status } } } } } } } }'), {
    status: 400,
  });
  const unread = '{ networks(first: 1000) { pageInfo { hasNextPage } nodes { history(first: 1000) { next } } } }';
  t.match((await ask(await named(t), unread)).errors, [{ extensions: { code: 'analysis-too-large' } }], 'rows that nobody sees count too');
  const analyses = async () =>
    [...(await app.inject('/metrics')).body.matchAll(/^fovea_analysis_seconds_count\S* (\d+)$/gm)].reduce(
      (sum, [, n]) => sum + Number(n),
      0,
    );
  const before = await analyses();
  const first = await reports(12);
  t.notOk(first.errors, 'more than may wait for a thread');
  t.equal((await analyses()) - before, 12);
  t.strictSame(await reports(12), first);
  t.equal((await analyses()) - before, 12, 'they are kept');
});

/** A service that keeps sixty networks with a name of their own each. */
async function named(t: Test): Promise<FastifyInstance> {
  const app = await service(t);
  for (let i = 1; i <= 60; i++) await keep(app, numbered(i), { name: `n${i}` });
  return app;
}

t.test('keeping and forgetting', async (t) => {
  const app = await service(t);
  const first = await keep(app, CONV, { name: 'n', tags: ['b', 'a'], note: 'one' });
  t.match(first, { created: true, version: 'name:n@1', kept: { ref: /^sha256:/ } });
  t.strictSame(await keep(app, CONV), { created: false, version: null, kept: first.kept });
  const again = await app.inject({ method: 'POST', url: '/v1/networks', payload: CONV });
  t.match([again.statusCode, again.json().ref], [200, first.kept.ref], 'the same content, whichever door it came by');
  t.match(again.json(), { tags: ['a', 'b'], note: 'one', totals: { macs: CONV_MACS } });
  const aliased = await ask(
    app,
    'mutation { keepNetwork(network: { ref: "name:n" }, name: "release", tags: []) { version kept { tags note versions } } }',
  );
  t.match(aliased.data.keepNetwork, {
    version: 'name:release@1',
    kept: { tags: [], note: 'one', versions: ['name:n@1', 'name:release@1'] },
  });
  const zoo = await ask(
    app,
    'mutation { keepNetwork(network: { ref: "zoo:resnet18" }, name: "n") { version created kept { totals { receptiveField } } } }',
  );
  t.match(zoo.data.keepNetwork, { version: 'name:n@2', created: true, kept: { totals: { receptiveField: 435 } } });
  for (const [as, code, pointer] of [
    [{ name: 'a@1' }, 'invalid-option', '/name'],
    [{ name: '' }, 'invalid-option', '/name'],
    [{ tags: ['a b'] }, 'invalid-option', '/tags'],
    [{ note: 'n'.repeat(4001) }, 'invalid-option', '/note'],
    [{ d: { ...CONV, layers: [{ type: 'Conv3e' }] } }, 'invalid-description', '/layers/0/type'],
  ] as const) {
    t.match(await keep(app, CONV, as), { path: ['keepNetwork'], extensions: { code, pointer } }, pointer);
  }
  const forget = async (ref: string) => {
    const { data, errors } = await ask(app, 'mutation ($ref: String!) { forgetNetwork(ref: $ref) { ref } }', { ref });
    return data?.forgetNetwork?.ref ?? errors[0].extensions.code;
  };
  t.equal(await forget('name:n@2'), 'name:n@2');
  t.equal(await forget('name:n@2'), 'network-not-found');
  t.equal(await forget('zoo:resnet18'), 'method-not-allowed');
  t.equal(await forget('zoo:nothing'), 'network-not-found');
  t.equal(await forget('nothing'), 'invalid-ref');
  t.equal(await forget(first.kept.ref), first.kept.ref);
  t.equal((await app.inject('/v1/networks/name:release')).statusCode, 404);
  const both = await ask(
    app,
    'mutation ($d: JSON) { keepNetwork(network: { description: $d }, name: "x") { version } forgetNetwork(ref: "name:x") { ref } }',
    { d: CONV },
  );
  t.strictSame(both.data, { keepNetwork: { version: 'name:x@1' }, forgetNetwork: { ref: 'name:x' } }, 'one after the other');
});

t.test('what changes something takes a token that may write, and never comes by GET', async (t) => {
  const [READ, WRITE] = ['a-token-that-may-read', 'a-token-that-may-write'];
  const CHANGES: Readonly<Record<string, string>> = {
    keepNetwork: 'mutation { keepNetwork(network: { ref: "pattern:two-3x3" }, name: "p") { version } }',
    forgetNetwork: 'mutation { forgetNetwork(ref: "name:p") { ref } }',
  };
  t.strictSame(Object.keys(SCHEMA.getMutationType()?.getFields() ?? {}), Object.keys(CHANGES), 'all of them are tried');
  for (const env of [{ WRITE_TOKENS: WRITE }, { READ_TOKENS: READ, WRITE_TOKENS: WRITE }]) {
    const app = await service(t, env);
    const by = (query: string, token?: string) => ask(app, query, {}, token ? { authorization: `Bearer ${token}` } : {});
    for (const [name, query] of Object.entries(CHANGES)) {
      if ('READ_TOKENS' in env) {
        t.match(await by(query, READ), { data: { [name]: null }, errors: [{ path: [name], extensions: { code: 'forbidden' } }] });
        t.equal((await by(query)).status, 401);
      } else t.match(await by(query), { data: { [name]: null }, errors: [{ path: [name], extensions: { code: 'unauthorized' } }] });
      t.match(await by(query, WRITE), { data: { [name]: Object } }, name);
      t.notOk((await by(query, WRITE)).errors && name === 'keepNetwork');
    }
    const get = await app.inject({
      url: `/graphql?query=${encodeURIComponent(CHANGES.keepNetwork ?? '')}`,
      headers: { authorization: `Bearer ${WRITE}` },
    });
    t.equal(get.statusCode, 405);
    t.match((await by('{ networks { nodes { ref } } }', WRITE)).data.networks.nodes, { length: 1 }, 'nothing came of it');
  }
});

t.test('a store that is away takes nothing else with it', async (t) => {
  const away = await service(t, { DATABASE_URL: 'postgres://127.0.0.1:1/x', DATABASE_TIMEOUT_MS: '500' });
  const { data, errors } = await ask(
    away,
    '{ networks { nodes { ref } } network(ref: "name:x") { ref } zoo: network(ref: "zoo:alexnet") { report { status } } formats { id } }',
  );
  t.match(data, { networks: null, network: null, zoo: { report: { status: 'complete' } }, formats: Array });
  t.match(errors.map(({ path, extensions }: { path: string[]; extensions: object }) => [path[0], extensions]).sort(), [
    ['network', { code: 'store-unavailable' }],
    ['networks', { code: 'store-unavailable' }],
  ]);
  t.match(await keep(away, CONV), { extensions: { code: 'store-unavailable' } });
  const off = await service(t, { DATABASE_URL: 'none' });
  t.match(await keep(off, CONV), { extensions: { code: 'store-off' } });
  t.strictSame((await ask(off, '{ networks { totalCount nodes { ref } } }')).data, { networks: { totalCount: 0, nodes: [] } });
});

t.test('a dashboard that polls', async (t) => {
  const { app, queries } = await watched(t);
  await keep(app, numbered(1), { name: 'n' });
  const url = '/v1/networks?orderBy=-macs&first=50';
  const first = await app.inject(url);
  const poll = async () => app.inject({ url, headers: { 'if-none-match': String(first.headers.etag) } });
  queries.length = 0;
  t.match(await poll(), { statusCode: 304, body: '' });
  t.equal(queries.length, 1, 'for one query of the store');
  await keep(app, numbered(1), { tags: ['new'] });
  t.equal((await poll()).statusCode, 200, 'whatever of it changes');
});
