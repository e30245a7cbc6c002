import { type Static, type StringOptions, type TSchema, Type } from '@sinclair/typebox';
import { NUMBER_TYPES } from '../../analysis/views/number-types.ts';
import type { Edit } from '../../core/edits/index.ts';
import { ref } from './ref.ts';

const MAX = Number.MAX_SAFE_INTEGER;

/** What an option wants, for the error that says that it got something else; a symbol, so that it stays out of OpenAPI. */
export const wants = Symbol('wants');

const Size = Type.Integer({ minimum: 0, maximum: MAX, [wants]: 'must be an integer that is not negative' });

/** An object whose keys are names out of the network; unlike Type.Record it checks the values of all names, also odd ones. */
function byName<T extends TSchema>(schema: T, description: string, wanted: string) {
  return Type.Unsafe<Record<string, Static<T>>>(Type.Object({}, { additionalProperties: schema, description, [wants]: wanted }));
}

function oneOf<T extends string>(values: readonly T[], options: StringOptions) {
  // TypeBox checks the pattern, and readers of OpenAPI see the enum.
  return Type.Unsafe<T>(Type.String({ ...options, enum: values, pattern: `^(${values.join('|')})$` }));
}

const Fraction = Type.Number({ exclusiveMinimum: 0, maximum: 1, [wants]: 'must be a number above 0 and at most 1' });

function flag(description: string) {
  return Type.Boolean({ description, [wants]: 'must be true or false' });
}

function atMost(what: string) {
  return Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: MAX,
      description: `Most ${what} that the edited network may have.`,
      [wants]: 'must be a positive integer',
    }),
  );
}

function dtype(description: string) {
  return oneOf(NUMBER_TYPES, { description, [wants]: `must be one of ${NUMBER_TYPES.join(', ')}` });
}

function positions(description: string) {
  return Type.Array(Size, { description, maxItems: 8, [wants]: 'must be a list of indices' });
}

/** The options of a request, as they stand in JSON. */
export const OptionSchemas = {
  input: byName(
    Type.Array(Type.Union([Size, Type.Null()], { [wants]: 'must be a size, or null for one that is not known' }), {
      [wants]: 'must be a list of sizes',
    }),
    'Shapes that replace those of the file, by input name; null is a size that is not known.',
    'must be an object of shapes by input name',
  ),
  bind: byName(Size, 'Sizes for named dims.', 'must be an object of sizes by dim name'),
  batch: Type.Integer({ minimum: 1, maximum: MAX, description: 'Size of the batch axis.', [wants]: 'must be a positive integer' }),
  convention: Type.String({
    description: 'Id of the counting convention of the cost fields; fovea by default.',
    [wants]: 'must be a string',
  }),
  causal: oneOf(['full', 'exact'], {
    description: 'Whether causal attention counts all scores, or only those that the mask leaves.',
    [wants]: "must be 'full' or 'exact'",
  }),
  strict: Type.Boolean({ description: 'Answer 422 instead of a partial report.', [wants]: 'must be true or false' }),
  layers: oneOf(['all', 'none'], {
    description: 'Whether the report lists its layers.',
    [wants]: "must be 'all' or 'none'",
  }),
  group: Type.Integer({
    minimum: 1,
    maximum: 1000,
    description: "Adds totals by the first so many parts of the layers' scopes.",
    [wants]: 'must be an integer from 1 to 1000',
  }),
  layer: Type.String({ description: 'Id or index of a layer.', [wants]: 'must be the id or the index of a layer, as a string' }),
  source: Type.String({ description: 'Name of the tensor that is looked at: an input, or any other tensor.', [wants]: 'must be a string' }),
  unit: positions("A unit of the layer's first output: its indices along the axes that move with the source, in axis order."),
  position: positions('A position of the source: its indices along the followed axes, in axis order.'),
  variant: oneOf(['uniform', 'paths', 'random'], {
    description: 'How the mass is shared: every tap and branch alike, by the number of paths, or the variance under random weights.',
    [wants]: "must be 'uniform', 'paths' or 'random'",
  }),
  weights: dtype('Type that floating-point weights are taken to have: int8, float16 (or fp16), ...'),
  activations: dtype('Type that all other floating-point tensors are taken to have.'),
  inplace: flag('Whether activation functions may overwrite inputs that nothing else needs.'),
  optimizer: oneOf(['sgd', 'momentum', 'adam'], {
    description: 'What trains the network; adam by default.',
    [wants]: "must be 'sgd', 'momentum' or 'adam'",
  }),
  precision: oneOf(['own', 'mixed'], {
    description: 'The types of the file, or 16 bits with a master copy of the weights.',
    [wants]: "must be 'own' or 'mixed'",
  }),
  frozen: Type.Array(Type.String(), {
    description: 'Beginnings of the names of weights that are not trained.',
    maxItems: 100,
    [wants]: 'must be a list of names',
  }),
  recompute: Type.Number({
    minimum: 0,
    maximum: 1,
    description: 'Share of the forward pass that is computed a second time, as with checkpoints.',
    [wants]: 'must be a number from 0 to 1',
  }),
  device: Type.Union([Type.String(), Type.Object({}, { additionalProperties: true })], {
    description: 'Id of a device, as in /v1/devices; in JSON also `{ name, bandwidth, rates: { float32: ... } }`.',
    [wants]: 'must be the id of a device, or in JSON an object with name, bandwidth and rates',
  }),
  tf32: flag('Whether convolutions and matrix products in float32 may run as tf32 where the device has it.'),
  efficiency: Type.Partial(Type.Object({ compute: Fraction, bandwidth: Fraction }, { additionalProperties: false }), {
    description: 'Shares of the rates of the device that the upper end of a time assumes.',
    [wants]: 'must be two shares, as in 0.4,0.6; in JSON an object with compute and bandwidth, each above 0 and at most 1',
  }),
  sweep: Type.String({
    description: '`H,W:128..1024:32`: axes (or batch), the first and the last size, and the step.',
    [wants]: 'must be a string such as H,W:128..1024:32',
  }),
  fields: flag('Whether the points of a sweep have the visible receptive field, which takes longer.'),
  conventions: Type.Array(Type.String(), {
    minItems: 2,
    maxItems: 2,
    description: 'Ids of two conventions, as in /v1/conventions, that are reconciled.',
    [wants]: 'must be two ids of conventions',
  }),
  figure: Type.Object(
    {
      value: Type.Number({ minimum: 1, [wants]: 'must be a number of at least 1' }),
      unit: Type.Optional(oneOf(['MAC', 'FLOP'], { [wants]: "must be 'MAC' or 'FLOP'" })),
    },
    { additionalProperties: false, description: 'A published figure that is explained.', [wants]: 'must be an object with value and unit' },
  ),
  // What stands in the list is checked by the kinds of its edits (`analysis/edits`), which say more than a union can.
  edits: Type.Unsafe<readonly Edit[]>(
    Type.Array(ref('Edit'), { description: 'Changes that are made to the network before it is looked at.' }),
  ),
  target: Type.Object(
    {
      receptiveField: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: MAX,
          description: 'Positions of the input that a unit should see at least.',
          [wants]: 'must be a positive integer',
        }),
      ),
      objectSizes: Type.Optional(
        Type.Array(Type.Integer({ minimum: 1, maximum: MAX, [wants]: 'must be a positive integer' }), {
          minItems: 1,
          maxItems: 1000,
          description: 'In place of it: sizes of objects in positions of the input, the largest of which a unit should see whole.',
          [wants]: 'must be a list of sizes',
        }),
      ),
      axis: Type.Optional(Type.String({ description: 'Axis of the input; its first one by default.', [wants]: 'must be a string' })),
      layer: Type.Optional(
        Type.String({
          description:
            'Id or index of the layer whose units are meant; by default the last one whose units still have a place along the input.',
          [wants]: 'must be the id or the index of a layer, as a string',
        }),
      ),
    },
    {
      additionalProperties: false,
      description: 'What is to be reached.',
      [wants]: 'must be an object with receptiveField or objectSizes, axis and layer',
    },
  ),
  budget: Type.Object(
    { macs: atMost('multiply-accumulates'), peakBytes: atMost('bytes that are live at once'), params: atMost('trained parameters') },
    { additionalProperties: false, description: 'Within what.', [wants]: 'must be an object with macs, peakBytes and params' },
  ),
  pairs: flag('Whether two edits at a time are tried too.'),
  plot: oneOf(['cost', 'depth'], {
    description: 'What the figure of a comparison shows: cost against receptive field (the default), or the receptive field against depth.',
    [wants]: "must be 'cost' or 'depth'",
  }),
  name: Type.String({
    description: 'What the network is kept as: the next version of this name. No @, no *, no control character; at most 200 characters.',
    [wants]: 'must be a string',
  }),
  tags: Type.Array(Type.String(), {
    description: 'Words to find it by, at most 32; they replace those that it had.',
    [wants]: 'must be a list of words',
  }),
  note: Type.String({
    description: 'What there is to say of it, at most 4000 characters; replaces what was said.',
    [wants]: 'must be a string',
  }),
  format: Type.String({ description: 'Id of the format of the model; without it the content decides.', [wants]: 'must be a string' }),
  as: oneOf(['json', 'csv', 'md', 'svg', 'netron'], {
    description: 'Form of the answer; wins over the Accept header.',
    [wants]: "must be 'json', 'csv', 'md', 'svg' or 'netron'",
  }),
};

const AllOptions = Type.Partial(Type.Object(OptionSchemas));

/** What a request may ask for, whichever way it was written. */
export type RequestOptions = Static<typeof AllOptions>;

export type OptionName = keyof RequestOptions;

const indices = (description: string) => Type.String({ description, pattern: '^\\d+(,\\d+)*$' });

const repeated = (description: string, example: string) => Type.Array(Type.String(), { description, examples: [[example]] });

const jsonText = ({ description = '' }: TSchema) =>
  Type.String({ description: `As JSON text. ${description}`, contentMediaType: 'application/json' });

const QuerySchemas = {
  ...OptionSchemas,
  edits: jsonText(OptionSchemas.edits),
  target: jsonText(OptionSchemas.target),
  budget: jsonText(OptionSchemas.budget),
  input: repeated('`NAME:1x3x640x640`, repeatable, split at the last colon; `?` is a size that is not known.', 'images:1x3x640x640'),
  bind: repeated('`NAME:VALUE`, repeatable: a size for a named dim.', 'height:640'),
  unit: indices(
    "`3,4`: a unit of the layer's first output, by its indices along the axes that move with the source; the centre by default.",
  ),
  frozen: repeated('Beginning of the names of weights that are not trained, repeatable.', 'backbone.'),
  efficiency: Type.String({
    description: '`0.4,0.6`: shares of the rates of computation and of the bandwidth that the upper end of a time assumes.',
  }),
  conventions: Type.String({ description: '`fvcore,thop`: ids of two conventions, as in /v1/conventions, that are reconciled.' }),
  figure: Type.String({ description: '`4.1e9:FLOP`, or without a unit: a published figure that is explained.' }),
  tags: Type.Array(Type.String(), { description: '`vision,small`, or repeated: words to find it by; they replace those that it had.' }),
  position: indices('`100,120`: a position of the source, by its indices along the followed axes; the centre by default.'),
};

/** Options that only JSON can tell: in a query or a form they stand as JSON text, and in a body also beside the network. */
export const JSON_OPTIONS = ['edits', 'target', 'budget'] as const;

/** Options that stand beside the network in a body, and not only under `options`. */
export const BESIDE: readonly OptionName[] = [...JSON_OPTIONS, 'name', 'tags', 'note'];

function ofDoor<T extends object>(schemas: T, names: readonly OptionName[], forms: readonly string[]) {
  const taken = Object.entries(schemas).filter(([name]) => names.some((n) => n === name));
  const as = oneOf(forms, { description: 'Form of the answer; wins over the Accept header.' });
  return Type.Partial(Type.Object({ ...Object.fromEntries(taken), as }, { additionalProperties: false }));
}

/** The options of one door as they stand in JSON; `forms` are those of its answers. */
export function jsonSchemaOf(names: readonly OptionName[], forms: readonly string[]) {
  return ofDoor(OptionSchemas, names, forms);
}

/** The same options as query parameters. */
export function querySchemaOf(names: readonly OptionName[], forms: readonly string[]) {
  return ofDoor(QuerySchemas, names, forms);
}

/** The options of a door that may also stand beside the network. */
export function besideSchemasOf(names: readonly OptionName[]) {
  const beside = BESIDE.filter((name) => names.includes(name));
  return Object.fromEntries(beside.map((name) => [name, Type.Optional(OptionSchemas[name])]));
}
