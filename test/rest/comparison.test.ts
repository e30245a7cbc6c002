import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { FastifyInstance } from 'fastify';
import { buildSchema, type GraphQLOutputType, getNamedType, isObjectType } from 'graphql';
import t from 'tap';
import { answerSchemas } from '../../src/rest/schemas/answers.ts';
import { CONV, service } from '../service.ts';

const TWO = [{ ref: 'pattern:one-5x5' }, { ref: 'pattern:two-3x3' }];

function post(app: FastifyInstance, payload: object, query = '', headers = {}) {
  return app.inject({ method: 'POST', url: `/v1/compare${query}`, payload, headers });
}

const SCHEMA = buildSchema(readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8'));

function everything(type: GraphQLOutputType): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) return '';
  return `{ ${Object.values(named.getFields())
    .map((field) => `${field.name} ${everything(field.type)}`)
    .join(' ')} }`;
}

function graphql(app: FastifyInstance, networks: readonly object[], options?: object) {
  const query = `query ($n: [NetworkInput!]!, $o: AnalyzeOptions) { compareNetworks(networks: $n, options: $o) ${everything(
    SCHEMA.getQueryType()?.getFields().compareNetworks?.type as GraphQLOutputType,
  )} }`;
  return app.inject({ method: 'POST', url: '/graphql', payload: { query, variables: { n: networks, o: options } } });
}

t.test('networks side by side, the same through both transports and as the schema says', async (t) => {
  const app = await service(t);
  const ajv = new Ajv2020({ strict: false });
  for (const schema of answerSchemas()) ajv.addSchema(schema);
  const validate = ajv.getSchema('Comparison');
  const open = { version: 1, inputs: { x: [1, 3, 'H', 'W'] }, layers: [{ type: 'Conv2d', out_channels: 4, kernel_size: 3 }] };
  const dense = { version: 1, inputs: { x: [1, 8] }, layers: [{ type: 'Linear', out_features: 4 }] };
  for (const networks of [TWO, [...TWO, CONV, open, dense, { ref: 'pattern:se-gate' }, { ref: 'zoo:unet' }, { ref: 'zoo:wavenet' }]]) {
    const answer = await post(app, { networks });
    t.match(answer, { statusCode: 200, headers: { 'content-type': /^application\/json/, vary: 'Accept, Accept-Encoding' } });
    t.ok(validate?.(answer.json()), ajv.errorsText(validate?.errors));
    t.notMatch(answer.body, /NaN|Infinity|undefined/);
    const inputs = networks.map((network) => ('ref' in network ? network : { description: network }));
    const asked = (await graphql(app, inputs)).json();
    const said = (value: unknown) => JSON.parse(JSON.stringify(value, (_, one) => one ?? undefined));
    t.strictSame(said(asked), said({ data: { compareNetworks: answer.json() } }));
  }
});

t.test('a file beside a description', async (t) => {
  const app = await service(t);
  const base64 = readFileSync(new URL('../fixtures/tiny.onnx', import.meta.url)).toString('base64');
  const answer = (await post(app, { networks: [{ base64, name: 'file' }, CONV] })).json();
  t.same(
    answer.networks.map(({ network }: { network: { format: string } }) => network.format),
    ['onnx', 'description'],
  );
});

t.test('options', async (t) => {
  const app = await service(t);
  const numbers = async (body: object, query = '') =>
    Object.fromEntries(
      (await post(app, body, query)).json().differences[0].numbers.map((one: { name: string; value: unknown }) => [one.name, one.value]),
    );
  const plain = await numbers({ networks: TWO });
  const batch = await numbers({ networks: TWO, options: { batch: 3 } });
  t.equal(batch.macs, 3 * plain.macs);
  t.equal((await numbers({ networks: TWO, options: { batch: 3 } }, '?batch=2')).macs, 2 * plain.macs, 'the query wins');
  const counted = await post(app, { networks: TWO, options: { convention: 'torch' } });
  t.match(counted.json().networks[1].totals.cost, { value: 2 * plain.macs, unit: 'FLOP' });
  const sized = await numbers({ networks: TWO, options: { input: { x: [1, 64, 28, 28] } } });
  t.equal(sized.macs * 4, plain.macs);
});

t.test('forms', async (t) => {
  const app = await service(t);
  const table = await post(app, { networks: TWO }, '?as=md');
  t.match(table.headers['content-type'], /^text\/markdown/);
  t.match(
    table.body,
    /^\| {2}\| one-5x5 \| two-3x3 \|\n\|---\|---\|---\|\n\| params \| 102,400 \| 73,728 \|\n\| weightsPerPair \| 25 \| 18 \|\n/,
  );
  t.match(table.body, /\n### two-3x3 against one-5x5\n\n- same receptive field: 5\n- same total stride: 1\n/);
  t.equal((await post(app, { networks: TWO }, '', { accept: 'text/markdown' })).body, table.body);
  const titles = {
    '': 'Cost against receptive field',
    '&plot=cost': 'Cost against receptive field',
    '&plot=depth': 'Receptive field against depth',
  };
  for (const [query, title] of Object.entries(titles)) {
    const figure = await post(
      app,
      { networks: [...TWO, { ref: 'pattern:fat-shallow-mlp' }, { ref: 'pattern:se-gate' }] },
      `?as=svg${query}`,
    );
    t.match(figure.headers, { 'content-type': 'image/svg+xml; charset=utf-8', 'content-security-policy': /default-src 'none'/ });
    t.ok(figure.body.startsWith('<svg ') && figure.body.includes(title) && figure.body.includes('two-3x3'), title);
    t.notMatch(figure.body, /NaN|undefined|Infinity|<script/);
  }
  const etag = async (query: string, networks: readonly object[] = TWO) => (await post(app, { networks }, query)).headers.etag;
  t.equal(await etag('?as=json'), await etag(''));
  const others = [
    await etag('?as=md'),
    await etag('?as=svg'),
    await etag('?as=svg&plot=depth'),
    await etag('?batch=2'),
    await etag('', [...TWO].reverse()),
  ];
  t.equal(new Set([...others, await etag('')]).size, 6);
});

t.test('what is wrong is said, and where', async (t) => {
  const app = await service(t);
  const refused = async (networks: unknown, expected: object, more: object = {}, query = '') => {
    const { errors = [{}], ...problem } = (await post(app, { networks, ...more }, query)).json();
    t.match({ ...problem, ...errors[0] }, expected, JSON.stringify(networks)?.slice(0, 100));
  };
  const invalid = { status: 400, code: 'invalid-network' };
  await refused([TWO[0]], { ...invalid, pointer: '/networks', detail: /from 2 to 8 networks are compared, and these are 1/ });
  await refused([], { ...invalid, pointer: '/networks' });
  await refused(Array(9).fill(TWO[0]), { ...invalid, pointer: '/networks', detail: /these are 9/ });
  await refused({}, { ...invalid, pointer: '/networks', detail: /must be a list/ });
  await refused([TWO[0], 5], { ...invalid, pointer: '/networks/1' });
  await refused([TWO[0], { ref: 'pattern:two-3x4' }], {
    status: 404,
    code: 'network-not-found',
    pointer: '/networks/1/ref',
    detail: /"pattern:two-3x3"/,
  });
  await refused([TWO[0], CONV, { ...CONV, layers: [{ type: 'Conf2d' }] }], {
    code: 'invalid-description',
    pointer: '/networks/2/layers/0/type',
  });
  await refused([TWO[0], { base64: 'AAAA' }], { pointer: '/networks/1' });
  await refused(
    [TWO[0], { ref: 'zoo:alexnet' }],
    { status: 400, code: 'unknown-input', pointer: '/networks/1' },
    { options: { input: { x: [1, 64, 8, 8] } } },
  );
  await refused(TWO, { code: 'unknown-convention', detail: /abacus/ }, { options: { convention: 'abacus' } });
  await refused(
    TWO,
    { code: 'invalid-option', pointer: '/options/figure', detail: /has no meaning here/ },
    { options: { figure: { value: 5 } } },
  );
  await refused(TWO, { code: 'invalid-option', parameter: 'conventions' }, {}, '?conventions=fvcore,thop');
  await refused(TWO, { code: 'invalid-option', detail: /no form 'csv'; there is json, md, svg/ }, {}, '?as=csv');
  await refused(TWO, { ...invalid, pointer: '/network', detail: /does not belong beside networks/ }, { network: CONV });
  const open = { version: 1, inputs: { x: [1, 3, 'H', 'W'] }, layers: [{ type: 'Conv2d', out_channels: 4, kernel_size: 3 }] };
  await refused([TWO[0], open], { status: 422, code: 'incomplete', pointer: '/networks/1' }, { options: { strict: true } });
});

t.test('what is wrong through GraphQL', async (t) => {
  const app = await service(t);
  const failed = async (networks: readonly object[], extensions: object, options?: object) => {
    const answer = (await graphql(app, networks, options)).json();
    t.match(answer, { data: { compareNetworks: null }, errors: [{ extensions }] });
  };
  await failed([TWO[0] as object], { code: 'invalid-network', pointer: '/networks' });
  await failed(Array(9).fill(TWO[0]), { code: 'invalid-network', pointer: '/networks' });
  await failed([TWO[0] as object, { ref: 'zoo:nothing' }], { code: 'network-not-found', pointer: '/networks/1/ref' });
  await failed([TWO[0] as object, { description: { ...CONV, layers: [{ type: 'Conf2d' }] } }], {
    code: 'invalid-description',
    pointer: '/networks/1/layers/0/type',
  });
  await failed(TWO, { code: 'invalid-option' }, { group: 1 });
});

t.test('the door of one network stays what it was', async (t) => {
  const app = await service(t);
  t.match((await post(app, { network: CONV }, '?conventions=fvcore,thop')).json(), { reconciliation: { a: { id: 'fvcore' } } });
  t.match((await post(app, CONV)).json(), { status: 400, code: 'invalid-option', detail: /nothing to compare with/ });
  t.match((await post(app, CONV, '?plot=depth')).json(), { status: 400, code: 'invalid-option', detail: /has no meaning here/ });
  const elsewhere = await app.inject({ method: 'POST', url: '/v1/analyze', payload: { networks: TWO } });
  t.match(elsewhere.json(), { status: 400, code: 'invalid-description' });
});
