import type { Draft, Workshop } from '../draft.ts';
import { typeNumber } from '../element-type.ts';
import { listToInput, numberToInput, setInput, takeNumber } from './attributes.ts';

// Operators whose attributes have become inputs.

/** Squeeze, Unsqueeze before 13; ReduceSum before 13, the other reductions before 18. */
export function axesToInput(node: Draft, workshop: Workshop): void {
  listToInput(node, workshop, 'axes', 1);
}

/** Split before 13. */
export function splitToInput(node: Draft, workshop: Workshop): void {
  listToInput(node, workshop, 'split', 1);
}

/** Split before 18 was even where it did not say otherwise; since then it must say into how many parts. */
export function splitEvenly(node: Draft): void {
  if (!node.inputs[1]) node.attributes.set('num_outputs', node.outputs.length);
}

/** Clip before 11. */
export function clip(node: Draft, workshop: Workshop): void {
  numberToInput(node, workshop, 'min', 1);
  numberToInput(node, workshop, 'max', 2);
}

/** Slice before 10. */
export function slice(node: Draft, workshop: Workshop): void {
  listToInput(node, workshop, 'starts', 1);
  listToInput(node, workshop, 'ends', 2);
  listToInput(node, workshop, 'axes', 3);
}

/** Pad before 11; version 1 said `paddings`. */
export function pad(node: Draft, workshop: Workshop): void {
  listToInput(node, workshop, 'paddings', 1);
  listToInput(node, workshop, 'pads', 1);
  numberToInput(node, workshop, 'value', 2);
}

/** TopK before 10. */
export function topK(node: Draft, workshop: Workshop): void {
  const k = takeNumber(node, 'k');
  if (k !== undefined) setInput(node, 1, workshop.constant('k', 'int64', [1], [k]));
}

/** Reshape before 5. */
export function reshape(node: Draft, workshop: Workshop): void {
  listToInput(node, workshop, 'shape', 1);
}

/** Tile before 6 repeated along one axis: its inputs were how often, and which. What those are may be computed. */
export function tile(node: Draft, workshop: Workshop): void {
  const [x = '', tiles = '', axis = ''] = node.inputs;
  const int = (input: string): string => workshop.node('Cast', [input], { to: typeNumber('int64') as number });
  const scalar = (value: number): string => workshop.constant('scalar', 'int64', [], [value]);
  const rank = workshop.node('Size', [workshop.node('Shape', [x])]);
  const axes = workshop.node('Range', [scalar(0), rank, scalar(1)]);
  const chosen = workshop.node('Equal', [axes, int(axis)]);
  node.inputs = [x, workshop.node('Where', [chosen, int(tiles), scalar(1)])];
}

/** Dropout before 12: the ratio means nothing to a network that is only looked at. */
export function dropout(node: Draft): void {
  takeNumber(node, 'ratio');
  takeNumber(node, 'is_test');
}

/** DFT before 20. */
export function dft(node: Draft, workshop: Workshop): void {
  // Version 17 counted from the front and left the last axis to the real and imaginary parts, with 1 as the default.
  const axis = takeNumber(node, 'axis') ?? 1;
  setInput(node, 2, workshop.constant('axis', 'int64', [], [axis]));
}

/** Takes out an attribute that has no meaning any more. */
export function forget(name: string): (node: Draft) => void {
  return (node) => void node.attributes.delete(name);
}
