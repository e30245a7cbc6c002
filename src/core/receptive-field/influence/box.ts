import type { Budget } from './budget.ts';

/**
 * Weights of positions of a tensor, over those of its axes that move along the source, in ascending order; row-major, within a
 * box that begins at `start`, which may lie before position 0. What is outside the box weighs nothing.
 */
export interface Box {
  readonly axes: readonly number[];
  readonly start: readonly number[];
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** A weight of 1 at one position. */
export function pointBox(axes: readonly number[], at: readonly number[]): Box {
  return { axes, start: at, shape: at.map(() => 1), data: Float64Array.of(1) };
}

/** A box as rows of `n` along one dimension, with so many rows before and so many elements behind each position. */
export function rowsOf(shape: readonly number[], dim: number): { outer: number; n: number; inner: number } {
  const product = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);
  return { outer: product(shape.slice(0, dim)), n: shape[dim] as number, inner: product(shape.slice(dim + 1)) };
}

/** Sums over one dimension, which is gone then. */
export function sumAlong(box: Box, dim: number, budget: Budget): Box {
  const { outer, n, inner } = rowsOf(box.shape, dim);
  const shape = box.shape.toSpliced(dim, 1);
  budget.work(box.data.length);
  const data = new Float64Array(budget.cells(shape));
  for (let row = 0, from = 0; row < outer; row++) {
    for (let i = 0; i < n; i++) {
      for (let at = row * inner; at < (row + 1) * inner; at++, from++) data[at] = (data[at] as number) + (box.data[from] as number);
    }
  }
  return { axes: box.axes.toSpliced(dim, 1), start: box.start.toSpliced(dim, 1), shape, data };
}

/** The part of a box with positions first <= i < stop along one dimension; null where nothing is left. */
export function cutAlong(box: Box, dim: number, first: number, stop: number, budget: Budget): Box | null {
  const start = box.start[dim] as number;
  const [from, to] = [Math.max(first, start), Math.min(stop, start + (box.shape[dim] as number))];
  if (from >= to) return null;
  const { outer, n, inner } = rowsOf(box.shape, dim);
  if (to - from === n) return box;
  const shape = box.shape.with(dim, to - from);
  const data = new Float64Array(budget.cells(shape));
  const length = (to - from) * inner;
  for (let row = 0; row < outer; row++) {
    const begin = (row * n + from - start) * inner;
    data.set(box.data.subarray(begin, begin + length), row * length);
  }
  return { ...box, start: box.start.with(dim, from), shape, data };
}

/** One dimension of an arranged box: one of the box before, or (`from` null) new positions that all hold the same. */
export interface Dimension {
  readonly axis: number;
  readonly from: number | null;
  readonly start: number;
  readonly length: number;
}

/** A box with its dimensions in another order and new ones among them; every dimension of the box before is in the list. */
export function arrange(box: Box, dimensions: readonly Dimension[], budget: Budget): Box {
  const axes = dimensions.map(({ axis }) => axis);
  const start = dimensions.map((dimension) => dimension.start);
  const shape = dimensions.map(({ length }) => length);
  // New dimensions of one position change nothing in memory.
  const order = dimensions.filter(({ from, length }) => from !== null || length > 1);
  if (order.length === box.axes.length && order.every(({ from }, dim) => from === dim)) return { axes, start, shape, data: box.data };
  const strides = dimensions.map(({ from }) => (from === null ? 0 : rowsOf(box.shape, from).inner));
  const data = new Float64Array(budget.cells(shape));
  let to = 0;
  const copy = (dim: number, from: number): void => {
    if (dim === shape.length) data[to++] = box.data[from] as number;
    else for (let i = 0; i < (shape[dim] as number); i++) copy(dim + 1, from + i * (strides[dim] as number));
  };
  copy(0, 0);
  return { axes, start, shape, data };
}

/** The box with all weights multiplied. */
export function scaled(box: Box, by: number, budget: Budget): Box {
  if (by === 1) return box;
  budget.cells(box.shape);
  return { ...box, data: box.data.map((value) => value * by) };
}

/** Whether the positions of one box of a tensor are among those of another one. */
export function covers(whole: Box, part: Box): boolean {
  return part.start.every((first, dim) => {
    const own = whole.start[dim] as number;
    return first >= own && first + (part.shape[dim] as number) <= own + (whole.shape[dim] as number);
  });
}

/** The sum of two boxes of one tensor, of the second one's weights by a factor. */
export function sum(a: Box, b: Box, weight: number, budget: Budget): Box {
  const start = a.start.map((first, dim) => Math.min(first, b.start[dim] as number));
  const shape = a.start.map((first, dim) => {
    const stop = Math.max(first + (a.shape[dim] as number), (b.start[dim] as number) + (b.shape[dim] as number));
    return stop - (start[dim] as number);
  });
  const data = new Float64Array(budget.cells(shape));
  const whole: Box = { axes: a.axes, start, shape, data };
  addInto(whole, a, 1);
  addInto(whole, b, weight);
  return whole;
}

/** Adds a box, its weights by a factor, to one that covers it. */
export function addInto(whole: Box, part: Box, weight: number): void {
  const strides = whole.shape.map((_, dim) => rowsOf(whole.shape, dim).inner);
  const last = part.shape.length - 1;
  let from = 0;
  const add = (dim: number, to: number): void => {
    if (dim >= last) {
      const first = dim < 0 ? to : to + (part.start[dim] as number) - (whole.start[dim] as number);
      const n = part.shape[dim] ?? 1;
      for (let i = 0; i < n; i++) whole.data[first + i] = (whole.data[first + i] as number) + weight * (part.data[from++] as number);
      return;
    }
    const first = (part.start[dim] as number) - (whole.start[dim] as number);
    for (let i = 0; i < (part.shape[dim] as number); i++) add(dim + 1, to + (first + i) * (strides[dim] as number));
  };
  add(Math.min(0, last), 0);
}

/** The smallest box with the same weights; null where all are 0. */
export function trimmed(box: Box, budget: Budget): Box | null {
  let left: Box | null = box;
  for (let dim = 0; dim < box.axes.length && left; dim++) {
    const held = marginal(left, dim);
    const first = held.findIndex((value) => value !== 0);
    const stop = held.findLastIndex((value) => value !== 0) + 1;
    const start: number = left.start[dim] as number;
    left = first < 0 ? null : cutAlong(left, dim, start + first, start + stop, budget);
  }
  return box.axes.length === 0 && box.data[0] === 0 ? null : left;
}

/** The weights by their position along one dimension. */
export function marginal(box: Box, dim: number): Float64Array {
  const { outer, n, inner } = rowsOf(box.shape, dim);
  const held = new Float64Array(n);
  for (let row = 0, from = 0; row < outer; row++) {
    for (let i = 0; i < n; i++) {
      let weight = 0;
      for (let at = 0; at < inner; at++) weight += box.data[from++] as number;
      held[i] = (held[i] as number) + weight;
    }
  }
  return held;
}
