import { Type } from '@sinclair/typebox';
import { flag, oneOf, option, text, wants } from './option.ts';
import { decimal, FLAG, INTEGER, listed, written } from './text.ts';

/** What a report counts and lists. */
export const REPORT_OPTIONS = {
  convention: option(text('Id of the counting convention of the cost fields; fovea by default.')),
  causal: option(
    oneOf(['full', 'exact'], { description: 'Whether causal attention counts all scores, or only those that the mask leaves.' }),
  ),
  strict: option(flag('Answer 422 instead of a partial report.'), FLAG),
  layers: option(oneOf(['all', 'none'], { description: 'Whether the report lists its layers.' })),
  group: option(
    Type.Integer({
      minimum: 1,
      maximum: 1000,
      description: "Adds totals by the first so many parts of the layers' scopes.",
      [wants]: 'must be an integer from 1 to 1000',
    }),
    INTEGER,
  ),
};

/** `4.1e9:FLOP`, or without a unit. */
function figure(text: string): unknown {
  const [value = '', unit, ...more] = text.split(':');
  return more.length > 0 ? text : { value: decimal(value), ...(unit !== undefined && { unit }) };
}

/** What a figure of cost is compared with, and at which sizes. */
export const COMPARISON_OPTIONS = {
  sweep: option(
    text('`H,W:128..1024:32`: axes (or batch), the first and the last size, and the step.', 'must be a string such as H,W:128..1024:32'),
  ),
  fields: option(flag('Whether the points of a sweep have the visible receptive field, which takes longer.'), FLAG),
  conventions: option(
    Type.Array(Type.String(), {
      minItems: 2,
      maxItems: 2,
      description: 'Ids of two conventions, as in /v1/conventions, that are reconciled.',
      [wants]: 'must be two ids of conventions',
    }),
    listed('`fvcore,thop`: ids of two conventions, as in /v1/conventions, that are reconciled.'),
  ),
  figure: option(
    Type.Object(
      {
        value: Type.Number({ minimum: 1, [wants]: 'must be a number of at least 1' }),
        unit: Type.Optional(oneOf(['MAC', 'FLOP'], {})),
      },
      {
        additionalProperties: false,
        description: 'A published figure that is explained.',
        [wants]: 'must be an object with value and unit',
      },
    ),
    written('`4.1e9:FLOP`, or without a unit: a published figure that is explained.', figure),
  ),
};
