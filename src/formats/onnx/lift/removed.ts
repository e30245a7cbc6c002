import type { Draft, Workshop } from '../draft.ts';
import { takeList, takeNumber } from './attributes.ts';

// Operators that ONNX has dropped, put into words of those that there are. The node itself becomes the last of them.

function become(node: Draft, op: string, ...inputs: string[]): void {
  node.op = op;
  node.inputs = inputs;
}

function scalar(workshop: Workshop, what: string, value: number): string {
  return workshop.constant(what, 'float32', [], [value]);
}

/** Takes a factor out of the attributes and multiplies by it. */
function times(node: Draft, workshop: Workshop, input: string, factor: string, fallback: number): string {
  return workshop.node('Mul', [input, scalar(workshop, factor, takeNumber(node, factor) ?? fallback)]);
}

/** alpha * x + beta. */
export function affine(node: Draft, workshop: Workshop): void {
  const scaled = times(node, workshop, node.inputs[0] ?? '', 'alpha', 1);
  become(node, 'Add', scaled, scalar(workshop, 'beta', takeNumber(node, 'beta') ?? 0));
}

/** scale * x + bias, with a bias per channel. */
export function imageScaler(node: Draft, workshop: Workshop): void {
  const scaled = times(node, workshop, node.inputs[0] ?? '', 'scale', 1);
  const bias = takeList(node, 'bias');
  if (bias) become(node, 'Add', scaled, workshop.constant('bias', 'float32', [bias.length, 1, 1], bias));
  else become(node, 'Identity', scaled);
}

/** scale * x. */
export function scale(node: Draft, workshop: Workshop): void {
  become(node, 'Mul', node.inputs[0] ?? '', scalar(workshop, 'scale', takeNumber(node, 'scale') ?? 1));
}

const TO_THE_END = 2 ** 31 - 1;

/** What is left of an image without a border (left, top, right, bottom); `scale` says how large that is. */
export function crop(node: Draft, workshop: Workshop): void {
  const [left = 0, top = 0, right = 0, bottom = 0] = takeList(node, 'border') ?? [];
  const [height, width] = takeList(node, 'scale') ?? [];
  const end = (start: number, size: number | undefined, border: number): number =>
    size !== undefined ? start + size : border === 0 ? TO_THE_END : -border;
  const pair = (what: string, ...values: number[]): string => workshop.constant(what, 'int64', [2], values);
  const ends = pair('ends', end(top, height, bottom), end(left, width, right));
  become(node, 'Slice', node.inputs[0] ?? '', pair('starts', top, left), ends, pair('axes', 2, 3));
}

/** DynamicSlice was what Slice is today. */
export function rename(op: string): (node: Draft) => void {
  return (node) => {
    node.op = op;
  };
}

/** MeanVarianceNormalization before 9 was of single images, and could leave the variance alone. */
export function meanVariance(node: Draft, workshop: Workshop): void {
  const axes = takeNumber(node, 'across_channels') ? [1, 2, 3] : [2, 3];
  if (takeNumber(node, 'normalize_variance') !== 0) {
    node.attributes.set('axes', axes);
    return;
  }
  const x = node.inputs[0] ?? '';
  become(node, 'Sub', x, workshop.node('ReduceMean', [x, workshop.constant('axes', 'int64', [axes.length], axes)]));
}
