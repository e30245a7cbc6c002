import type { Attribute, Node } from '../graph.ts';
import { type Window, windowOf } from '../operators/window.ts';
import type { Draft } from './draft.ts';
import type { Padding, PerAxis } from './parameters.ts';
import { refuse } from './refusal.ts';

/** The window of a layer, all its sizes known; one entry of each list per spatial axis. */
export interface Geometry extends Window {
  readonly kernel: readonly number[];
}

const POOLS: ReadonlySet<string> = new Set(['MaxPool', 'AveragePool', 'LpPool']);

export const isPool = ({ op }: Node): boolean => POOLS.has(op);

/** Whether a node slides a window over its input: a convolution or a pool. */
export const hasWindow = (node: Node): boolean => node.op === 'Conv' || isPool(node);

/** The window of a convolution, a transposed one or a pool. */
export function geometryOf(draft: Draft, node: Node): Geometry {
  if (!hasWindow(node) && node.op !== 'ConvTranspose') refuse('it has no window: edits look for convolutions and pools', node);
  const call = draft.call(node);
  const weight = isPool(node) ? null : (call.inputs[1]?.shape ?? null);
  const rank = call.inputs[0]?.shape?.length ?? weight?.length;
  if (rank === undefined) return refuse('the rank of its input is not known', node);
  const window = windowOf(call, rank - 2, weight);
  if (window.kernel.includes(null)) refuse('the size of its window is not known', node);
  return window as Geometry;
}

/** A node with another window. Padding by a rule (SAME, VALID) stays a rule. */
export function withWindow(node: Node, { kernel, strides, dilations, begin, end, autoPad }: Geometry): Node {
  const attributes = new Map<string, Attribute>([
    ...node.attributes,
    ['kernel_shape', kernel],
    ['strides', strides],
    ['dilations', dilations],
  ]);
  if (autoPad === 'NOTSET') attributes.set('pads', [...begin, ...end]);
  return { ...node, attributes };
}

/** Positions from the first tap to the last, along one axis. */
export function extentOf({ kernel, dilations }: Geometry, axis: number): number {
  return ((kernel[axis] as number) - 1) * (dilations[axis] as number) + 1;
}

/**
 * The window at stride 1. Where windows tiled their input (2 x 2 at stride 2), padding at the end makes the map as large as the
 * input, so that it still meets others of its size.
 */
export function withoutStride(window: Geometry): Geometry {
  const end = window.end.map((amount, axis) => {
    const room = extentOf(window, axis) - 1;
    const total = (window.begin[axis] as number) + amount;
    const tiles = total < room && total + (window.strides[axis] as number) > room;
    return tiles ? amount + room - total : amount;
  });
  return { ...window, strides: window.strides.map(() => 1), end };
}

/**
 * The padding of a window that takes the place of another: where there was some, it changes so that the map keeps its size; a
 * window without padding stays one. Of an odd change the end gets more.
 */
export function paddingAfter(before: Geometry, after: Geometry): Geometry {
  const moved = before.kernel.map((_, axis) => {
    const padded = (before.begin[axis] as number) + (before.end[axis] as number) > 0;
    return padded ? extentOf(after, axis) - extentOf(before, axis) : 0;
  });
  return {
    ...after,
    begin: after.begin.map((amount, axis) => Math.max(0, amount + Math.floor((moved[axis] as number) / 2))),
    end: after.end.map((amount, axis) => Math.max(0, amount + Math.ceil((moved[axis] as number) / 2))),
  };
}

/** One number for each of the spatial axes of a layer. */
export function perAxis(value: PerAxis, axes: number, what: string, node: Node): readonly number[] {
  if (typeof value === 'number') return Array<number>(axes).fill(value);
  return value.length === axes ? value : refuse(`${what} has ${value.length} entries, and the layer ${axes} spatial axes`, node);
}

/** Padding at the beginning and the end of each spatial axis. */
export function paddingOf(value: Padding, axes: number, node: Node): Pick<Geometry, 'begin' | 'end' | 'autoPad'> {
  const sides = typeof value === 'number' ? Array<number>(axes).fill(value) : value;
  if (sides.length !== axes) refuse(`padding has ${sides.length} entries, and the layer ${axes} spatial axes`, node);
  const side = (at: 0 | 1) => sides.map((amount) => (typeof amount === 'number' ? amount : amount[at]));
  return { begin: side(0), end: side(1), autoPad: 'NOTSET' };
}
