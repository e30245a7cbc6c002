import { type Static, type StringOptions, type TSchema, Type } from '@sinclair/typebox';

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
  format: Type.String({ description: 'Id of the format of the model; without it the content decides.', [wants]: 'must be a string' }),
  as: oneOf(['json', 'csv'], {
    description: 'Form of the answer; wins over the Accept header.',
    [wants]: "must be 'json' or 'csv'",
  }),
};

export const RequestOptions = Type.Partial(Type.Object(OptionSchemas, { additionalProperties: false }));

/** What a request may ask for, whichever way it was written. */
export type RequestOptions = Static<typeof RequestOptions>;

const repeated = (description: string, example: string) => Type.Array(Type.String(), { description, examples: [[example]] });

/** The same options as query parameters. */
export const OptionQuery = Type.Partial(
  Type.Object({
    ...OptionSchemas,
    input: repeated('`NAME:1x3x640x640`, repeatable, split at the last colon; `?` is a size that is not known.', 'images:1x3x640x640'),
    bind: repeated('`NAME:VALUE`, repeatable: a size for a named dim.', 'height:640'),
  }),
);
