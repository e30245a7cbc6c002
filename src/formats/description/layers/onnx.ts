import { type Static, Type } from '@sinclair/typebox';
import type { Attribute } from '../../../core/graph.ts';
import { byName } from '../arguments.ts';
import { commonSchemas, outputsSchema } from '../common.ts';
import type { Layer, LayerType } from '../layer.ts';
import { at } from '../pointer.ts';
import { tensorSchema, toConstant } from '../tensor.ts';

const PREFIX = 'onnx.';

/** Names of operators, with their domains. */
export const OPERATOR = /^[A-Za-z][A-Za-z0-9_.-]*$/;

/** Most outputs that are counted rather than named. */
export const MANY = 4096;

const item = Type.Union([Type.Number(), Type.String()], { title: 'a number or a string' });

const attribute = Type.Union([Type.Number(), Type.String(), Type.Array(item), tensorSchema], {
  title: 'a number, a string, a list of numbers or strings, or a tensor',
});

const source = Type.Union([Type.String({ minLength: 1 }), tensorSchema, Type.Null()], { title: 'a name, a tensor or null' });

const schema = Type.Object(
  {
    type: Type.String({
      pattern: `^onnx\\.${OPERATOR.source.slice(1)}`,
      title: '"onnx." and the name of an operator',
      description:
        '"onnx." and the name of an operator; one of another domain than ai.onnx with its domain, as in "onnx.com.microsoft.Gelu".',
    }),
    attributes: Type.Optional(
      byName(attribute, {
        title: 'an object',
        description: "The attributes by ONNX's names. Integers beyond 2^53 are decimal strings; tensors are written out.",
      }),
    ),
    num_outputs: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MANY,
        description: 'How many outputs it has: 1 unless said otherwise. Several are called "name.0", "name.1" and so on.',
      }),
    ),
    ...commonSchemas,
    outputs: outputsSchema,
    from: Type.Optional(
      Type.Union([source, Type.Array(source)], {
        title: 'a name, or a list of names, tensors and null',
        description: 'What it reads, in the order of the operator; null is an optional input that is left out. Left out: the layer before.',
      }),
    ),
  },
  { additionalProperties: false, description: 'Any ONNX operator of the newest operator set, as it is.' },
);

type Arguments = Static<typeof schema>;

/** The layer type that stands for every ONNX operator. */
export const onnxLayer: LayerType = {
  type: 'onnx',
  schema,
  reads: [0, Number.POSITIVE_INFINITY],
  lower(layer, all) {
    // The arguments were checked against the schema.
    const args = all as Arguments;
    const op = layer.type.slice(PREFIX.length);
    if (args.outputs && args.num_outputs !== undefined) layer.refuse('"outputs" already says how many there are', 'num_outputs');
    const given = Object.entries(args.attributes ?? {}).map(([name, value]) => [name, toAttribute(layer, name, value)] as const);
    const attributes = Object.fromEntries(given);
    const many = args.outputs?.length ?? args.num_outputs ?? 1;
    return many === 1 ? layer.emit(op, layer.inputs, attributes) : layer.emitMany(op, layer.inputs, attributes, many);
  },
};

function toAttribute(layer: Layer, name: string, value: Static<typeof attribute>): Attribute {
  if (Array.isArray(value)) return toList(layer, name, value.map(toInteger));
  if (typeof value === 'object') return toConstant('', value, at(at(layer.pointer, 'attributes'), name));
  return toInteger(value);
}

function toList(layer: Layer, name: string, items: readonly (number | bigint | string)[]): Attribute {
  if (items.every((item) => typeof item === 'string')) return items.length === 0 ? [] : (items as readonly string[]);
  if (items.some((item) => typeof item === 'string'))
    layer.refuse(`attribute ${JSON.stringify(name)} mixes numbers and strings`, 'attributes');
  return items as readonly (number | bigint)[];
}

/** Only integers that a JSON number would not hold exactly are read from a string, so that other strings stay strings. */
export function toInteger(value: number | string): number | bigint | string {
  const large = typeof value === 'string' && /^-?\d{16,20}$/.test(value) && !Number.isSafeInteger(Number(value));
  return large ? BigInt(value) : value;
}
