import { KindGuard, type TLiteral, type TSchema } from '@sinclair/typebox';
import { commonSchemas, outputsSchema, weightsSchema } from './common.ts';
import { blockSchema, blockUseSchema, documentSchema } from './document.ts';
import { layerTypes } from './layers/index.ts';
import { onnxLayer } from './layers/onnx.ts';
import { REFERENCE } from './references.ts';
import { dtypeSchema, tensorSchema } from './tensor.ts';

type Json = Record<string, unknown>;

/** Schemas that are written once and referred to. */
const SHARED: readonly (readonly [string, TSchema])[] = [
  ['name', commonSchemas.name],
  ['from', commonSchemas.from],
  ['repeat', commonSchemas.repeat],
  ['outputs', outputsSchema],
  ['weights', weightsSchema],
  ['tensor', tensorSchema],
  ['dtype', dtypeSchema],
  ['blockDefinition', blockSchema],
];

const names = new Map(SHARED.map(([name, schema]) => [schema, name]));

/** The JSON Schema (2020-12) of network descriptions, which stands in `schema/network.schema.json`. */
export function networkSchema(): Json {
  const layers = [
    ...[...layerTypes.values()].map(({ type, schema }) => [type, schema] as const),
    ['onnx', onnxLayer.schema] as const,
    ['block', blockUseSchema] as const,
  ];
  const parameter = { type: 'string', pattern: REFERENCE, description: "Inside a block: the value of one of the block's parameters." };
  const placeholder = {
    type: 'object',
    properties: { type: reference('parameter') },
    required: ['type'],
    description: 'Inside a block: a layer whose type is a parameter.',
  };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:fovea:network:1',
    title: 'Network description',
    description:
      "A neural network by its layers, with PyTorch's names and arguments. Each layer reads the one before unless `from` names others; input channels are inferred.",
    ...written(documentSchema),
    $defs: {
      layer: { anyOf: [...layers.map(([name]) => reference(name)), reference('parameterizedLayer')] },
      ...Object.fromEntries(layers.map(([name, schema]) => [name, open(written(schema))])),
      parameterizedLayer: placeholder,
      parameter,
      ...Object.fromEntries(SHARED.map(([name, schema]) => [name, written(schema)])),
      repeat: orParameter(written(commonSchemas.repeat)),
    },
  };
}

function reference(name: string): Json {
  return { $ref: `#/$defs/${name}` };
}

/** The schema as the file holds it: what fits a line stands on one. */
export function networkSchemaText(): string {
  return `${print(networkSchema(), '')}\n`;
}

const LINE = 120;

function print(value: unknown, indent: string): string {
  // Line breaks inside strings are escaped, so these are only those between the parts.
  const flat = JSON.stringify(value, null, 1).replaceAll(/\n */g, ' ');
  if (indent.length + flat.length <= LINE || typeof value !== 'object' || value === null) return flat;
  const inner = `${indent}  `;
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const members = Array.isArray(value)
    ? value.map((item) => print(item, inner))
    : Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${print(item, inner)}`);
  return `${open}\n${members.map((member) => inner + member).join(',\n')}\n${indent}${close}`;
}

/** A schema as plain JSON, with the shared schemas in it referred to. */
function written(schema: TSchema): Json {
  const words = KindGuard.IsUnion(schema) && schema.anyOf.every(KindGuard.IsLiteral);
  if (words) {
    const { anyOf, ...rest } = schema;
    return { ...rest, enum: anyOf.map((word) => (word as TLiteral).const) };
  }
  const entries = Object.entries(schema).map(([key, value]) => [key, member(key, value)]);
  return Object.fromEntries(entries);
}

function member(key: string, value: unknown): unknown {
  if (key === 'properties') return Object.fromEntries(Object.entries(value as object).map(([name, value]) => [name, child(value)]));
  if (Array.isArray(value)) return value.map(child);
  return child(value);
}

function child(value: unknown): unknown {
  const name = names.get(value as TSchema);
  if (name !== undefined) return reference(name);
  return KindGuard.IsSchema(value) ? written(value) : value;
}

/** The schema of a layer with a block's parameter allowed in place of every value. */
function open(layer: Json): Json {
  const properties = Object.entries(layer.properties as Record<string, Json>);
  return {
    ...layer,
    properties: Object.fromEntries(properties.map(([key, schema]) => [key, key === 'type' ? schema : orParameter(schema)])),
  };
}

function orParameter(schema: Json): Json {
  // The shared ones are opened where they stand.
  if (schema.$ref !== undefined) return schema;
  const { description, default: value, title, ...rest } = schema;
  const options = Array.isArray(rest.anyOf) ? rest.anyOf.map(withOpenItems) : [withOpenItems(rest)];
  const notes = Object.fromEntries(Object.entries({ title, description, default: value }).filter(([, note]) => note !== undefined));
  return { ...notes, anyOf: [...options, reference('parameter')] };
}

function withOpenItems(schema: Json): Json {
  return schema.type === 'array' ? { ...schema, items: orParameter(schema.items as Json) } : schema;
}
