import { Type } from '@sinclair/typebox';
import type { Dim } from '../../core/graph.ts';
import { byName, option, positive, Size, wants } from './option.ts';
import { INTEGER, integer, named } from './text.ts';

function shape(text: string): Dim[] | undefined {
  if (text === '') return [];
  const dims = text.split('x').map((dim) => (dim === '?' ? null : integer(dim)));
  return dims.includes(undefined) ? undefined : (dims as Dim[]);
}

/** Which sizes the network has. */
export const NETWORK_OPTIONS = {
  input: option(
    byName(
      Type.Array(Type.Union([Size, Type.Null()], { [wants]: 'must be a size, or null for one that is not known' }), {
        [wants]: 'must be a list of sizes',
      }),
      'Shapes that replace those of the file, by input name; null is a size that is not known.',
      'must be an object of shapes by input name',
    ),
    named(
      '`NAME:1x3x640x640`, repeatable, split at the last colon; `?` is a size that is not known.',
      'images:1x3x640x640',
      'NAME:1x3x640x640',
      shape,
    ),
  ),
  bind: option(
    byName(Size, 'Sizes for named dims.', 'must be an object of sizes by dim name'),
    named('`NAME:VALUE`, repeatable: a size for a named dim.', 'height:640', 'NAME:VALUE', integer),
  ),
  batch: option(positive('Size of the batch axis.'), INTEGER),
};
