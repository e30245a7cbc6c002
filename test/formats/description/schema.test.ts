import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import t from 'tap';
import { layerTypes } from '../../../src/formats/description/layers/index.ts';
import { networkSchema, networkSchemaText } from '../../../src/formats/description/schema.ts';
import { network } from './lower.ts';

const FILE = resolve(import.meta.dirname, '../../../schema/network.schema.json');
const EXAMPLES = resolve(import.meta.dirname, '../../../examples');

const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(networkSchema());

t.test('the schema file is what the code says; FOVEA_UPDATE=1 writes it', async (t) => {
  if (process.env.FOVEA_UPDATE === '1') writeFileSync(FILE, networkSchemaText());
  t.equal(readFileSync(FILE, 'utf8'), networkSchemaText());
});

t.test('every layer and every argument is described', async (t) => {
  const { $defs } = networkSchema() as { $defs: Record<string, { description?: string; properties: Record<string, object> }> };
  for (const type of [...layerTypes.keys(), 'onnx', 'block']) {
    t.ok($defs[type]?.description, type);
    for (const [key, property] of Object.entries($defs[type]?.properties ?? {})) {
      t.ok(key === 'type' || 'description' in property || '$ref' in property, `${type}.${key}`);
    }
  }
});

t.test('the examples are valid by the schema', async (t) => {
  for (const file of readdirSync(EXAMPLES).filter((name) => name.endsWith('.json'))) {
    t.ok(validate(JSON.parse(readFileSync(resolve(EXAMPLES, file), 'utf8'))), file);
  }
});

t.test('the schema allows parameters inside arguments, and operators, and refuses slips', async (t) => {
  const allowed = [
    { type: 'Conv2d', out_channels: '$n', kernel_size: ['$k', 3] },
    { type: '$act', inplace: true },
    { type: 'onnx.Gather', attributes: { axis: 0 }, from: ['x', { dtype: 'int64', shape: [], data: [1] }, null] },
    { type: 'block', block: 'b', with: { a: [1] }, weights: 'c' },
  ];
  for (const layer of allowed) t.ok(validate(network([1], layer)), JSON.stringify(layer));
  for (const layer of [{ type: 'Conv2d', kernel_size: 3 }, { type: 'ReLU', x: 1 }, { type: 'Relu' }]) {
    t.notOk(validate(network([1], layer)), JSON.stringify(layer));
  }
});
