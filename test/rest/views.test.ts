import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { FastifyInstance } from 'fastify';
import { buildSchema, type GraphQLOutputType, getNamedType, isObjectType } from 'graphql';
import t from 'tap';
import { viewOf, views } from '../../src/analysis/views/index.ts';
import { answerName, answerSchemas } from '../../src/rest/schemas/answers.ts';
import { CONV, service } from '../service.ts';

const example = (name: string) => JSON.parse(readFileSync(new URL(`../../examples/${name}.json`, import.meta.url), 'utf8'));

const SCHEMA = buildSchema(readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8'));
const OTHERS = views()
  .map(({ id }) => id)
  .filter((id) => id !== 'report');

/** Networks that show views in different lights: a classifier, a decoder, one that nothing is known of. */
const NETWORKS: Readonly<Record<string, object>> = {
  'ResNet-18': example('resnet18'),
  'U-Net': example('unet'),
  'one convolution': CONV,
  'a gate, a decoder and a misaligned merge': {
    version: 1,
    inputs: { x: [1, 4, 24, 24] },
    layers: [
      {
        name: 'a',
        type: 'Conv2d',
        out_channels: 4,
        kernel_size: 2,
        padding: [
          [0, 1],
          [0, 1],
        ],
      },
      { name: 'g', type: 'AdaptiveAvgPool2d', output_size: 1 },
      { name: 'm', type: 'Multiply', from: ['a', 'g'] },
      { name: 's', type: 'Add', from: ['m', 'x'] },
      { name: 'd', type: 'MaxPool2d', kernel_size: 2 },
      { name: 'u', type: 'ConvTranspose2d', out_channels: 4, kernel_size: 3, stride: 2, padding: 1, output_padding: 1 },
      { name: 'c', type: 'Concat', from: ['u', 's'] },
    ],
  },
  'unknown sizes': { version: 1, inputs: { x: [1, 3, 'H', 'W'] }, layers: [{ type: 'Conv2d', out_channels: 4, kernel_size: 3 }] },
  'no space at all': { version: 1, inputs: { x: [1, 8] }, layers: [{ type: 'Linear', out_features: 4 }] },
};

function post(app: FastifyInstance, id: string, payload: object, query = '') {
  return app.inject({ method: 'POST', url: `/v1/${id}${query}`, payload });
}

/** Every field of a type, and of what is in it. */
function everything(type: GraphQLOutputType): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) return '';
  return `{ ${Object.values(named.getFields())
    .map((field) => `${field.name} ${everything(field.type)}`)
    .join(' ')} }`;
}

/** What a view must be asked, as REST and as GraphQL writes it. */
const ASKED: Readonly<Record<string, { readonly query: string; readonly args: string }>> = {
  roofline: { query: '?device=a100-40gb', args: ', device: "a100-40gb"' },
  sweep: { query: '?sweep=batch:1..3&fields=true', args: ', sweep: "batch:1..3", fields: true' },
  'what-if': {
    query: `?edits=${encodeURIComponent('[{ "kind": "set", "layer": "op:Conv", "dilation": 2 }]')}`,
    args: ', options: { edits: [{ kind: "set", layer: "op:Conv", dilation: 2 }] }',
  },
  advise: {
    query: `?target=${encodeURIComponent('{ "receptiveField": 40, "axis": "W" }')}&budget=${encodeURIComponent('{ "params": 20000000 }')}`,
    args: ', target: { receptiveField: 40, axis: "W" }, budget: { params: 20000000 }',
  },
  compare: {
    query: '?conventions=fvcore,thop&figure=4.1e9:MAC',
    args: ', conventions: ["fvcore", "thop"], figure: { value: 4.1e9, unit: "MAC" }',
  },
};
const NOTHING = { query: '', args: '' };

const camel = (id: string) => id.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** GraphQL says null where JSON leaves an optional field out. */
function said(answer: object): unknown {
  return JSON.parse(JSON.stringify(answer, (_, value) => value ?? undefined));
}

t.test('views answer what their schemas say, and the same through both transports', async (t) => {
  const app = await service(t);
  const ajv = new Ajv2020({ strict: false });
  for (const schema of answerSchemas()) ajv.addSchema(schema);
  for (const id of OTHERS) {
    const field = SCHEMA.getQueryType()?.getFields()[camel(id)];
    t.ok(field, `GraphQL has a field for ${id}`);
    if (!field) continue;
    const asks = ASKED[id] ?? NOTHING;
    const query = `query ($d: JSON) { ${camel(id)}(network: { description: $d }${asks.args}) ${everything(field.type)} }`;
    for (const [name, description] of Object.entries(NETWORKS)) {
      const answer = await post(app, id, description, asks.query);
      const asked = await app.inject({ method: 'POST', url: '/graphql', payload: { query, variables: { d: description } } });
      if (answer.statusCode !== 200) {
        t.equal(answer.statusCode < 500, true, `${id} of ${name}: ${answer.body}`);
        t.match(answer.headers['content-type'], 'application/problem+json');
        t.equal(asked.json().errors?.[0]?.extensions.code, answer.json().code, `${id} of ${name} fails the same way`);
        continue;
      }
      const validate = ajv.getSchema(answerName(viewOf(id)));
      t.ok(validate?.(answer.json()), `${id} of ${name} is what its schema says: ${ajv.errorsText(validate?.errors)}`);
      t.strictSame(said(asked.json()), said({ data: { [camel(id)]: answer.json() } }), `${id} of ${name} through GraphQL`);
      t.notMatch(answer.body, /"(size|macs|sigma)":-?(Infinity|NaN)/);
    }
  }
});

t.test('layers, units and sources that are asked for', async (t) => {
  const app = await service(t);
  const net = NETWORKS['ResNet-18'] as object;
  const ask = async (id: string, query: string) => (await post(app, id, net, query)).json();
  const byIndex = await ask('receptive-field', '?layer=7&unit=3,4');
  t.match(byIndex, { layer: { index: 7, id: 'layer1/0/conv2', op: 'Conv' }, fields: [{ unit: [{ index: 3 }, { index: 4 }] }] });
  t.match(byIndex.fields[0].axes[0], { field: { size: 27 }, strict: { virtual: { start: -1, stop: 26 }, actual: { start: 0, stop: 26 } } });
  const byId = await ask('receptive-field', '?layer=layer1/0/conv2&source=maxpool&unit=3,4');
  t.match(byId.fields[0], { source: /maxpool/, axes: [{ field: { size: 5 }, strict: { virtual: { start: 1, stop: 6 } } }, {}] });
  const code = { status: 400, code: 'unknown-layer', detail: /did you mean "layer1\/0\/conv2"/ };
  t.match(await ask('receptive-field', '?layer=layer1/0/conv22'), code);
  t.match(await ask('receptive-field', '?layer=9999'), { status: 400, code: 'unknown-layer' });
  t.match(await ask('receptive-field', '?unit=1'), { status: 400, code: 'invalid-unit', detail: /2 indices: on axis 2 \(0 to 6\)/ });
  t.match(await ask('receptive-field', '?unit=1,x'), { status: 400, code: 'invalid-option' });
  t.match(await ask('receptive-field', '?source=nothing'), { status: 400, code: 'unknown-tensor' });
  t.match(await ask('projective-field', '?position=0,900'), { status: 400, code: 'invalid-position' });
  t.match(await ask('effective-receptive-field', '?variant=median'), {
    status: 400,
    code: 'invalid-option',
    detail: /'uniform', 'paths' or 'random'/,
  });
  const pixel = await ask('projective-field', '?layer=conv1&position=0,0');
  t.match(pixel.field, { units: 4, axes: [{ hull: { start: 0, stop: 2 } }, { hull: { start: 0, stop: 2 } }] });
});

t.test('figures', async (t) => {
  const app = await service(t);
  for (const id of OTHERS.filter((one) => 'svg' in viewOf(one).forms)) {
    for (const [name, description] of Object.entries(NETWORKS)) {
      const answer = await post(app, id, description, `${(ASKED[id] ?? NOTHING).query || '?'}&as=svg`);
      if (answer.statusCode >= 400 && answer.statusCode < 500) continue;
      t.equal(answer.statusCode, 200, `${id} of ${name}`);
      t.match(answer.headers, { 'content-type': 'image/svg+xml; charset=utf-8', 'content-security-policy': /default-src 'none'/ });
      t.match(answer.body, /^<svg [^>]*viewBox="0 0 \d+ [\d.]+"/);
      t.notMatch(answer.body, /NaN|undefined|Infinity|<script/);
    }
  }
});
