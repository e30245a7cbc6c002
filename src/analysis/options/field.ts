import { Type } from '@sinclair/typebox';
import { oneOf, option, Size, text, wants } from './option.ts';
import { indices } from './text.ts';

function positions(description: string) {
  return Type.Array(Size, { description, maxItems: 8, [wants]: 'must be a list of indices' });
}

/** Which units are looked at, and from where. */
export const FIELD_OPTIONS = {
  layer: option(text('Id or index of a layer.', 'must be the id or the index of a layer, as a string')),
  source: option(text('Name of the tensor that is looked at: an input, or any other tensor.')),
  unit: option(
    positions("A unit of the layer's first output: its indices along the axes that move with the source, in axis order."),
    indices("`3,4`: a unit of the layer's first output, by its indices along the axes that move with the source; the centre by default."),
  ),
  position: option(
    positions('A position of the source: its indices along the followed axes, in axis order.'),
    indices('`100,120`: a position of the source, by its indices along the followed axes; the centre by default.'),
  ),
  variant: option(
    oneOf(['uniform', 'paths', 'random'], {
      description: 'How the mass is shared: every tap and branch alike, by the number of paths, or the variance under random weights.',
    }),
  ),
};
