import { Type } from '@sinclair/typebox';
import type { Edit } from '../../core/edits/index.ts';
import { readEdits } from '../edits/read-edits.ts';
import { flag, option, positive, text, wants } from './option.ts';
import { FLAG, JSON_TEXT } from './text.ts';

const atMost = (what: string) => Type.Optional(positive(`Most ${what} that the edited network may have.`));

/** What is changed in the network, or is to be reached by changes. */
export const EDIT_OPTIONS = {
  // What stands in the list is checked by the kinds of its edits, which say more than a union can.
  edits: option(
    Type.Unsafe<readonly Edit[]>(
      Type.Array(Type.Unsafe({ $ref: 'Edit#' }), { description: 'Changes that are made to the network before it is looked at.' }),
    ),
    JSON_TEXT,
    readEdits,
  ),
  target: option(
    Type.Object(
      {
        receptiveField: Type.Optional(positive('Positions of the input that a unit should see at least.')),
        objectSizes: Type.Optional(
          Type.Array(positive(), {
            minItems: 1,
            maxItems: 1000,
            description: 'In place of it: sizes of objects in positions of the input, the largest of which a unit should see whole.',
            [wants]: 'must be a list of sizes',
          }),
        ),
        axis: Type.Optional(text('Axis of the input; its first one by default.')),
        layer: Type.Optional(
          text(
            'Id or index of the layer whose units are meant; by default the last one whose units still have a place along the input.',
            'must be the id or the index of a layer, as a string',
          ),
        ),
      },
      {
        additionalProperties: false,
        description: 'What is to be reached.',
        [wants]: 'must be an object with receptiveField or objectSizes, axis and layer',
      },
    ),
    JSON_TEXT,
  ),
  budget: option(
    Type.Object(
      { macs: atMost('multiply-accumulates'), peakBytes: atMost('bytes that are live at once'), params: atMost('trained parameters') },
      { additionalProperties: false, description: 'Within what.', [wants]: 'must be an object with macs, peakBytes and params' },
    ),
    JSON_TEXT,
  ),
  pairs: option(flag('Whether two edits at a time are tried too.'), FLAG),
};
