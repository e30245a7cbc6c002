import { readFileSync } from 'node:fs';
import Fastify, { type FastifyInstance } from 'fastify';
import {
  buildSchema,
  getIntrospectionQuery,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  parse,
  printSchema,
} from 'graphql';
import t from 'tap';
import type { LogStream } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import type { Report } from '../../src/core/report.ts';
import { graphql } from '../../src/graphql/plugin.ts';
import { matmulFile } from '../onnx-bytes.ts';
import { CONV, CONV_MACS, CONV_PARAMS, service, type Test } from '../service.ts';

interface Answer {
  // Each query knows what it asked for.
  // biome-ignore lint/suspicious/noExplicitAny: the shape of the data is the query's
  readonly data?: { readonly [field: string]: any } | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: unknown[];
    readonly extensions: { readonly code: string; readonly pointer?: string };
  }[];
}

const ANALYZE =
  'query ($network: NetworkInput!, $options: AnalyzeOptions) { analyze(network: $network, options: $options) { status totals { macs params { trainable } } } }';
const CHAIN = {
  version: 1,
  inputs: { x: [1, 4, 8, 8] },
  layers: Array.from({ length: 30 }, (_, i) => (i % 3 === 0 ? { type: 'Conv2d', out_channels: 4 + i, kernel_size: 1 } : { type: 'ReLU' })),
};

/** GraphQL alone, not encapsulated, so that a test reaches into it. */
async function plain(t: Test, stream: LogStream = { write() {} }): Promise<FastifyInstance> {
  const app = Fastify({ logger: { stream } });
  t.teardown(() => app.close());
  await graphql(app, { config: readConfig({}) });
  return app;
}

async function raw(app: FastifyInstance, body: unknown, headers = {}) {
  return app.inject({
    method: 'POST',
    url: '/graphql',
    payload: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
}

async function ask(app: FastifyInstance, query: string, variables?: object): Promise<Answer & { status: number }> {
  const answer = await raw(app, { query, variables });
  return { status: answer.statusCode, ...answer.json<Answer>() };
}

t.test('the service serves the schema file, which describes everything', async (t) => {
  const written = readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8');
  const app = await plain(t);
  const { schema } = app.graphql;
  t.equal(printSchema(schema), printSchema(buildSchema(written)));
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    t.ok(type.description, type.name);
    if (isEnumType(type)) for (const value of type.getValues()) t.ok(value.description, `${type.name}.${value.name}`);
    if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      t.ok(field.description, `${type.name}.${field.name}`);
      if ('args' in field) for (const argument of field.args) t.ok(argument.description, `${type.name}.${field.name}(${argument.name})`);
    }
  }
});

t.test('analyze by variables and by literals', async (t) => {
  const app = await service(t);
  const expected = { status: 'complete', totals: { macs: CONV_MACS, params: { trainable: CONV_PARAMS } } };
  const byVariable = await ask(app, ANALYZE, { network: { description: CONV } });
  t.strictSame(byVariable, { status: 200, data: { analyze: expected } });
  const literal = await ask(
    app,
    `{ analyze(network: { description: { version: 1, inputs: { x: [1, 3, 8, 8] }, layers: [{ type: "Conv2d", out_channels: 4, kernel_size: 3 }] } }) {
      status totals { macs params { trainable } } } }`,
  );
  t.strictSame(literal.data, { analyze: expected });
  const part = await ask(
    app,
    'query ($layer: JSON) { analyze(network: { description: { version: 1, inputs: { x: [1, 3, 8, 8] }, layers: [$layer] } }) { status } }',
    {
      layer: CONV.layers[0],
    },
  );
  t.strictSame(part.data, { analyze: { status: 'complete' } }, 'a variable inside a literal');
});

t.test('both transports say the same', async (t) => {
  const app = await service(t);
  const query = `query ($description: JSON) { analyze(network: { description: $description }, options: { group: 1 }) {
    network { name format sha256 bytes producer opset } engine { name version } convention { id version unit notCounted { op count } }
    inputs { name dtype shape axes } outputs { name dtype shape axes } assumptions { name value reason } status
    coverage { nodes layers folded unsupported { op count nodes } } diagnostics { code severity message node }
    totals { params { stored trainable logical buffers scalars bytes } macs flops operations { mac mul add div cmp exp load } validMacs validFlops cost { value unit }
      activations { elements bytes } memory { weightBytes peakBytes peakLayer } depth nonlinearities stride { axis stride } lowerBounds }
    groups { scope layers params { stored trainable buffers } macs flops cost { value unit } activationBytes lowerBounds }
    layers { nodes { index id name scope op attributes inputs
      outputs { name dtype shape receptiveFields { source axes { axis outputAxis status cause size sizeMin visible stride strideRatio padding center
        local { status size sizeMin visible stride strideRatio padding center } } } }
      params { stored trainable buffers } macs flops operations { mac mul add div cmp exp load } validMacs validFlops cost { value unit } integer activationBytes } } } }`;
  const { data, errors } = await ask(app, query, { description: CHAIN });
  t.notOk(errors);
  const rest = await app.inject({ method: 'POST', url: '/v1/analyze?group=1', payload: CHAIN });
  const report = rest.json<Report>();
  const { layers, totals, ...others } = data?.analyze ?? {};
  const stride = Object.fromEntries(totals.stride.map(({ axis, stride }: { axis: string; stride: number | null }) => [axis, stride]));
  const absent = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value, (key, v) => (v === null && ['producer', 'opset', 'cause', 'node'].includes(key) ? undefined : v)));
  t.strictSame(absent({ ...others, totals: { ...totals, stride }, layers: layers.nodes }), report);
});

t.test('options', async (t) => {
  const app = await service(t);
  const named = { version: 1, inputs: { x: ['batch', 3, 'H', 'W'] }, layers: CONV.layers };
  const shapes = async (options: object) => {
    const { data, errors } = await ask(
      app,
      'query ($d: JSON, $o: AnalyzeOptions) { analyze(network: { description: $d }, options: $o) { inputs { shape } } }',
      { d: named, o: options },
    );
    return data?.analyze?.inputs[0].shape ?? errors?.[0]?.extensions.code;
  };
  t.strictSame(await shapes({}), [1, 3, null, null]);
  t.strictSame(await shapes({ batch: 2, bind: [{ name: 'H', value: 20 }] }), [2, 3, 20, null]);
  t.strictSame(await shapes({ inputs: [{ name: 'x', shape: [4, 3, 10, null] }], strict: null }), [4, 3, 10, null]);
  t.equal(await shapes({ strict: true }), 'incomplete');
  t.equal(await shapes({ batch: 0 }), 'invalid-option');
  t.equal(await shapes({ group: 0 }), 'invalid-option');
  t.equal(await shapes({ inputs: [{ name: 'y', shape: [1] }] }), 'unknown-input');
  t.equal(
    await shapes({
      bind: [
        { name: 'H', value: 1 },
        { name: 'H', value: 2 },
      ],
    }),
    'invalid-option',
  );
  t.strictSame(await shapes({ batch: '2' }), [2, 3, null, null], 'a Count may be written as a string');
  for (const batch of [-1, 1.5, 'two', '9007199254740993']) t.equal(await shapes({ batch }), 'invalid-query', String(batch));
});

t.test('counts as literals', async (t) => {
  const app = await service(t);
  const shape = async (literal: string) => {
    const query = `query ($d: JSON) { analyze(network: { description: $d }, options: { inputs: [{ name: "x", shape: [${literal}, 3, 8, 8] }] }) { inputs { shape } } }`;
    const { data, errors } = await ask(app, query, { d: CONV });
    return data?.analyze?.inputs[0].shape[0] ?? errors?.[0]?.extensions.code;
  };
  t.equal(await shape('7'), 7);
  t.equal(await shape('"7"'), 7);
  for (const wrong of ['1.5', '-1', 'true', '{ a: 1 }', '"seven"']) t.equal(await shape(wrong), 'invalid-query', wrong);
});

t.test('pages of layers', async (t) => {
  const app = await service(t);
  const page = async (args: string) => {
    const { data, errors } = await ask(
      app,
      `query ($d: JSON) { analyze(network: { description: $d }) { layers${args} { totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { index } } nodes { index op macs flops activationBytes params { trainable } } } } }`,
      {
        d: CHAIN,
      },
    );
    return data?.analyze?.layers ?? errors?.[0];
  };
  const first = await page('(first: 7)');
  t.equal(first.totalCount, 30);
  t.strictSame(
    first.nodes.map(({ index }: { index: number }) => index),
    [0, 1, 2, 3, 4, 5, 6],
  );
  t.match(first.pageInfo, {
    hasNextPage: true,
    hasPreviousPage: false,
    startCursor: first.edges[0].cursor,
    endCursor: first.edges[6].cursor,
  });
  const seen: number[] = [];
  let after = '';
  do {
    const next = await page(`(first: 7${after && `, after: "${after}"`}, orderBy: "-macs")`);
    seen.push(...next.nodes.map(({ index }: { index: number }) => index));
    after = next.pageInfo.hasNextPage ? next.pageInfo.endCursor : '';
  } while (after);
  t.equal(seen.length, 30);
  t.equal(new Set(seen).size, 30, 'every layer once');
  const convs = await page('(op: "Conv", orderBy: "macs")');
  t.equal(convs.totalCount, 10);
  t.strictSame(
    convs.nodes.map(({ macs }: { macs: number }) => macs),
    [...convs.nodes.map(({ macs }: { macs: number }) => macs)].sort((a, b) => a - b),
  );
  for (const [orderBy, key] of [
    ['flops', 'flops'],
    ['params', 'params'],
    ['-activationBytes', 'activationBytes'],
  ] as const) {
    const sorted = (await page(`(orderBy: "${orderBy}")`)).nodes.map(
      (node: Record<string, number & { trainable: number }>) => node[key]?.trainable ?? node[key],
    );
    t.strictSame(
      sorted,
      [...sorted].sort((a, b) => (orderBy.startsWith('-') ? b - a : a - b)),
      orderBy,
    );
  }
  t.strictSame((await page('(first: 0)')).nodes, []);
  t.equal((await page('')).nodes.length, 30);
  t.match(await page('(first: 1001)'), { extensions: { code: 'invalid-option' }, message: /1000/ });
  t.match(await page('(first: -1)'), { extensions: { code: 'invalid-option' } });
  t.match(await page('(after: "nonsense")'), { extensions: { code: 'invalid-option' } });
  t.match(await page('(orderBy: "flop")'), { extensions: { code: 'invalid-option' }, message: /did you mean "flops"/ });
  t.match(await page('(orderBy: "__proto__")'), { extensions: { code: 'invalid-option' } });
});

t.test('catalogues', async (t) => {
  const app = await service(t);
  const { data } = await ask(app, '{ operators { op nonlinear view folds } formats { id title extensions reads } }');
  t.match(
    data?.operators.find(({ op }: { op: string }) => op === 'Relu'),
    { nonlinear: true },
  );
  t.ok(data?.formats.some(({ id }: { id: string }) => id === 'onnx'));
});

t.test('one network that fails does not spoil another', async (t) => {
  const app = await service(t);
  const { status, data, errors } = await ask(
    app,
    'query ($good: JSON, $bad: JSON) { a: analyze(network: { description: $good }) { status } b: analyze(network: { description: $bad }) { status } c: analyze(network: { ref: "zoo:none" }) { status } }',
    { good: CONV, bad: { ...CONV, layers: [{ type: 'Conv2D', out_channels: 4, kernel_size: 3 }] } },
  );
  t.equal(status, 200);
  t.strictSame(data, { a: { status: 'complete' }, b: null, c: null });
  t.match(errors, [
    { path: ['b'], extensions: { code: 'invalid-description', pointer: /^\/layers\/0/ } },
    { path: ['c'], extensions: { code: 'network-not-found' } },
  ]);
});

t.test('requests that cannot be executed', async (t) => {
  const app = await service(t);
  const queries: Record<string, object> = {
    syntax: { query: '{ analyze(' },
    'unknown field': { query: '{ nothing }' },
    'two ways to give a network': { query: '{ analyze(network: { ref: "a", description: {} }) { status } }' },
    'no way to give a network': { query: '{ analyze(network: {}) { status } }' },
    'wrong variable': { query: ANALYZE, variables: { network: 5 } },
    'missing variable': { query: ANALYZE },
    'unknown operation': { query: 'query A { formats { id } }', operationName: 'B' },
    'unknown operation with variables': { query: 'query A { formats { id } }', operationName: 'B', variables: {} },
    'no operation': { query: 'fragment F on Query { formats { id } }' },
    'too many tokens': { query: `{ ${'formats { id } '.repeat(1000)} }` },
    'too deep': { query: `{ __schema { types { ${'fields { type { '.repeat(10)} name ${'} }'.repeat(10)} } } }` },
    'a syntax tree': { query: JSON.stringify(parse('{ formats { id } }')) },
    'an empty object': { query: '{}' },
    'a number': { query: '5' },
    'a string': { query: '"formats"' },
    'a list': { query: '[{}]' },
    null: { query: 'null' },
    nothing: { query: '' },
    'no query': {},
    'a query that is no string': { query: { kind: 'Document' } },
    'a query that is a number': { query: 5 },
    'an operation name that is no string': { query: '{ formats { id } }', operationName: {} },
    'variables that are no object': { query: '{ formats { id } }', variables: [1] },
    'variables in a string': { query: '{ formats { id } }', variables: '{}' },
    'extensions that are no object': { query: '{ formats { id } }', extensions: 'x' },
    'a batch': [{ query: '{ formats { id } }' }],
  };
  for (const [what, body] of Object.entries(queries)) {
    for (const accept of ['application/json', 'application/graphql-response+json']) {
      const answer = await raw(app, body, { accept });
      t.equal(answer.statusCode, 400, what);
      t.match(answer.headers['content-type'], accept);
      t.notOk('data' in answer.json(), `${what}: no data`);
      for (const error of answer.json<Answer>().errors ?? []) t.equal(error.extensions.code, 'invalid-query', what);
      t.ok((answer.json<Answer>().errors?.length ?? 0) > 0);
      t.notMatch(answer.body, /TypeError|Cannot read|undefined \(/);
    }
  }
  for (const body of [
    { query: '{ formats { id } }', operationName: null, variables: null, extensions: null },
    { query: '# a comment\n{ formats { id } }' },
    { query: '{ "formats" }' },
  ]) {
    t.equal((await raw(app, body)).statusCode, body.query.includes('"') ? 400 : 200, body.query);
  }
});

t.test('requests that are not GraphQL requests at all', async (t) => {
  const app = await service(t, { MAX_GRAPHQL_BYTES: '2000' });
  const post = (payload: string, type = 'application/json') =>
    app.inject({ method: 'POST', url: '/graphql', payload, headers: { 'content-type': type } });
  t.match((await post('{"query":')).json(), { status: 400, code: 'invalid-json' });
  t.match((await post('')).json(), { status: 400, code: 'empty-body' });
  t.match((await app.inject({ method: 'POST', url: '/graphql' })).json(), { status: 400, code: 'empty-body' });
  t.match((await post(JSON.stringify({ query: '{ formats { id } }', variables: { x: 'y'.repeat(2000) } }))).json(), {
    status: 413,
    code: 'body-too-large',
  });
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/graphql']) {
    t.match((await post('{"query":"{ formats { id } }"}', type)).json(), { status: 415, code: 'unsupported-media-type' }, type);
  }
  const read = await app.inject('/graphql?query={formats{id}}');
  t.equal(read.statusCode, 405);
  t.equal(read.headers.allow, 'POST');
});

t.test('introspection works, and answers come in the type that was asked for', async (t) => {
  const app = await service(t);
  const answer = await raw(
    app,
    { query: getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true }) },
    { accept: 'application/graphql-response+json, application/json;q=0.9' },
  );
  t.equal(answer.statusCode, 200);
  t.match(answer.headers['content-type'], 'application/graphql-response+json');
  t.match(answer.json().data.__schema.queryType, { name: 'Query' });
  t.match((await raw(app, { query: '{ formats { id } }' })).headers['content-type'], 'application/json');
});

t.test('counts beyond 2^53 are decimal strings', async (t) => {
  const app = await service(t);
  const huge = { version: 1, inputs: { x: [3_000_000_000, 4_000_000] }, layers: [{ type: 'Linear', out_features: 4_000_000 }] };
  const { data, errors } = await ask(app, ANALYZE, { network: { description: huge } });
  t.notOk(errors);
  t.equal(data?.analyze.totals.macs, String(3_000_000_000n * 4_000_000n * 4_000_000n));
  t.equal(typeof data?.analyze.totals.params.trainable, 'number');
});

t.test('failures are masked and logged', async (t) => {
  const lines: string[] = [];
  const app = await plain(t, { write: (line) => lines.push(line) });
  const { schema } = app.graphql;
  const field = schema.getQueryType()?.getFields().formats;
  if (field) {
    field.resolve = () => {
      throw new Error('the secret is 42');
    };
  }
  const answer = await raw(app, { query: '{ formats { id } }' });
  t.match(answer.json().errors, [{ extensions: { code: 'internal' }, path: ['formats'] }]);
  t.notMatch(answer.body, 'secret');
  t.match(lines.join(''), /the secret is 42/);
});

t.test('a model file is for REST', async (t) => {
  const app = await service(t);
  const { errors } = await ask(app, ANALYZE, { network: { base64: matmulFile(2, 2).toString('base64') } });
  t.match(errors, [{ extensions: { code: 'invalid-query' } }]);
});

t.test("a view's own arguments are checked as they are in REST", async (t) => {
  const app = await service(t);
  for (const [field, said] of [
    ['memory(network: $n, activations: "flot16") { status }', /activations cannot be 'flot16'.*float16/],
    ['memory(network: $n, optimizer: "adamw") { status }', /optimizer cannot be 'adamw'.*adam/],
    ['memory(network: $n, precision: "half") { status }', /'own' or 'mixed'/],
    ['roofline(network: $n, weights: "foo") { status }', /weights cannot be 'foo'/],
    ['effectiveReceptiveField(network: $n, variant: "median") { field { status } }', /variant cannot be 'median'/],
    ['compare(network: $n, conventions: ["fvcore"]) { figure { value } }', /two ids/],
    ['compare(network: $n, figure: { value: 1e9, unit: "GFLOP" }) { figure { value } }', /'MAC' or 'FLOP'/],
    ['training(network: $n, recompute: 2) { status }', /recompute/],
  ] as const) {
    const answer = await ask(app, `query ($n: NetworkInput!) { ${field} }`, { n: { description: CONV } });
    t.match(answer.errors?.[0], { message: said, extensions: { code: 'invalid-option' } }, field);
  }
});
