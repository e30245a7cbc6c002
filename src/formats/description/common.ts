import { type Static, Type } from '@sinclair/typebox';
import { tensorSchema } from './tensor.ts';

const name = Type.String({ minLength: 1, title: 'a name' });

const source = Type.Union([name, tensorSchema], { title: 'a name or a tensor' });

/** The keys of layers and of blocks that are put in place. */
export const commonSchemas = {
  name: Type.Optional(
    Type.String({
      minLength: 1,
      title: 'a name',
      description: 'What other layers and the report call it. Left out: the type in lower case and the index, as in "conv2d_0".',
    }),
  ),
  from: Type.Optional(
    Type.Union([source, Type.Array(source, { minItems: 1 })], {
      title: 'the name of an earlier layer, or a list of names',
      description:
        'What it reads: an earlier layer, an input or a constant by its name, or a tensor written out. Left out: the layer before. Of a layer with several outputs, "name.0" is the first.',
    }),
  ),
  repeat: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 2 ** 31 - 1,
      description: 'So many copies in a row, each reading the one before. They are called "name/0", "name/1" and so on.',
    }),
  ),
};

/** The key of all layers but blocks. */
export const outputsSchema = Type.Optional(
  Type.Array(Type.String(), {
    minItems: 1,
    title: 'a list of names',
    description:
      'Names of the outputs, where they are not to be called by the layer: "name", or "name.0", "name.1" and so on of several. "" is one that is left out.',
  }),
);

/** The key of the layers that have parameters. */
export const weightsSchema = Type.Optional(
  Type.String({
    minLength: 1,
    title: 'the name of an earlier layer',
    description: 'An earlier layer whose parameters this one shares.',
  }),
);

/** What a layer can read: a name, or a tensor. */
export type Source = Static<typeof source>;
