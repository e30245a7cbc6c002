/**
 * The network description: a JSON document for people who type networks by hand.
 *
 * It lists layers by PyTorch's names and arguments. Each reads the one before unless `from` names others; input
 * channels are inferred. `blocks` are sequences with parameters that a layer of type "block" puts in place, and
 * `repeat` puts several copies in a row. The layer types stand in `layers/`, one family per file; every ONNX operator
 * is a layer type as well, as "onnx.<operator>".
 *
 * What a document may hold is stated once, by the schemas here and in `layers/`: they check it, and
 * `schema/network.schema.json` is written from them.
 */
import { type Static, Type } from '@sinclair/typebox';
import { byName } from './arguments.ts';
import { commonSchemas, weightsSchema } from './common.ts';
import { dtypeSchema, MOST, tensorSchema } from './tensor.ts';

const dim = Type.Union([Type.Integer({ minimum: 0, maximum: MOST }), Type.String({ minLength: 1 }), Type.Null()], {
  title: 'a size, a name or null',
  description: 'A size, the name of a size that is bound later, or null where it is unknown.',
});

const shape = Type.Array(dim, { title: 'a list of sizes', description: 'Sizes along the axes, the batch first: [1, 3, 224, 224].' });

export const inputSchema = Type.Union(
  [
    shape,
    Type.Object(
      {
        shape: Type.Union([shape, Type.Null()], { description: 'null where not even the number of axes is known.' }),
        dtype: Type.Optional(dtypeSchema),
      },
      { additionalProperties: false },
    ),
  ],
  { title: 'a list of sizes, or an object with "shape" and "dtype"', description: 'Its sizes; float32 unless said otherwise.' },
);

/** The layers themselves are checked one by one, each by the schema of its type. */
const layers = Type.Array(Type.Any({ $ref: '#/$defs/layer' }), {
  minItems: 1,
  title: 'a list of at least one layer',
  description: 'The layers in order. Each reads the one before unless it says otherwise.',
});

export const blockSchema = Type.Object(
  {
    description: Type.Optional(Type.String({ description: 'For readers.' })),
    parameters: Type.Optional(
      byName(Type.Any(), {
        title: 'an object',
        description:
          'Names and their defaults; null: a use must give a value. In the layers "$name" stands for the value, wherever a value may stand.',
      }),
    ),
    layers: Type.Array(Type.Any({ $ref: '#/$defs/layer' }), {
      minItems: 1,
      title: 'a list of at least one layer',
      description: 'Its layers. "input" is what the block reads ("input.0", "input.1" where it reads several).',
    }),
    output: Type.Optional(
      Type.Union([Type.String({ minLength: 1 }), Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })], {
        title: 'the name of a layer, or a list of names',
        description: 'The layers whose values the block gives; the last layer unless said otherwise.',
      }),
    ),
  },
  { additionalProperties: false, description: 'A sequence of layers that can be put in place many times.' },
);

/** A layer that puts a block in place. */
export const blockUseSchema = Type.Object(
  {
    type: Type.Literal('block'),
    block: Type.String({ minLength: 1, title: 'the name of a block', description: 'Its name under "blocks".' }),
    with: Type.Optional(byName(Type.Any(), { title: 'an object', description: "Values for the block's parameters, by name." })),
    ...commonSchemas,
    weights: weightsSchema,
  },
  { additionalProperties: false, description: 'A block put in place. Its layers are called "<this layer>/<their name>".' },
);

export const documentSchema = Type.Object(
  {
    $schema: Type.Optional(Type.String({ description: 'For editors: the address of the schema.' })),
    version: Type.Optional(Type.Literal(1, { description: 'The version of this format.' })),
    name: Type.Optional(Type.String({ description: 'The name of the network.' })),
    description: Type.Optional(Type.String({ description: 'For readers.' })),
    inputs: byName(inputSchema, { description: 'The inputs by name.' }),
    constants: Type.Optional(
      byName(tensorSchema, { description: 'Tensors by name that layers read: weights, and small constants with their data.' }),
    ),
    blocks: Type.Optional(byName(blockSchema, { description: 'Named sequences of layers.' })),
    layers,
    outputs: Type.Optional(
      Type.Array(Type.String({ minLength: 1, title: 'a name' }), {
        minItems: 1,
        title: 'a list of names',
        description: 'The names of the results; the last layer unless said otherwise.',
      }),
    ),
  },
  { additionalProperties: false },
);

export type Document = Static<typeof documentSchema>;
export type Block = Static<typeof blockSchema>;
export type BlockUse = Static<typeof blockUseSchema>;
