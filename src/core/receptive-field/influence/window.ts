import type { Dim } from '../../graph.ts';
import { folded } from '../../operators/fold.ts';
import type { AxisMap } from '../../operators/operator.ts';
import { modulo } from '../integers.ts';
import { type Box, rowsOf } from './box.ts';
import type { Budget } from './budget.ts';
import { tapWeight, type Variant } from './variant.ts';

export type Window = Extract<AxisMap, { kind: 'periodic' | 'table' }>;

const POINTWISE: Window = { kind: 'periodic', shift: 1, lo: [0], hi: [0], step: [1], known: true };

/** The window of a map; null where there is none, position by position between axes of one size among it. */
export function windowOf(map: AxisMap, input: Dim, output: Dim): Window | null {
  if (map.kind === 'each') return input === output ? null : POINTWISE;
  return map.kind === 'periodic' || map.kind === 'table' ? map : null;
}

/** The positions that one output position reads: `count` of them, `step` apart. */
export interface Taps {
  first: number;
  step: number;
  count: number;
}

/** Positions read by output position o: of a table none outside of it. */
export function tapsAt(map: Window, o: number, taps: Taps): void {
  const phase = map.kind === 'table' ? o : modulo(o, map.lo.length);
  const moved = map.kind === 'table' ? 0 : map.shift * ((o - phase) / map.lo.length);
  const lo = map.lo[phase] ?? 1;
  const hi = map.hi[phase] ?? 0;
  taps.first = lo + moved;
  taps.step = map.kind === 'table' ? 1 : (map.step[phase] as number);
  taps.count = lo > hi ? 0 : Math.floor((hi - lo) / taps.step) + 1;
}

/** What lies past the ends of the axis that is read: nothing (padding) or what the window folds to, or the axis without end. */
export type Past = 'bordered' | 'endless';

/** The axis that a window reads. */
export interface Read {
  readonly map: Window;
  /** Size of the axis; only `endless` needs none. */
  readonly size: number;
}

export interface Pushed {
  /** null where nothing is left. */
  readonly box: Box | null;
  /** Weight that fell into padding. */
  readonly lost: number;
}

/** Pushes weights along one dimension from the positions of an output to those that they read, tap by tap. */
export function pushBack(
  box: Box,
  dim: number,
  { map, size, past }: Read & { readonly past: Past },
  variant: Variant,
  budget: Budget,
): Pushed {
  const { outer, n, inner } = rowsOf(box.shape, dim);
  const start = box.start[dim] as number;
  const fold = past === 'bordered' ? foldOf(map) : undefined;
  const inside = fold ? (at: number) => folded(fold, at, size) : (at: number) => at;
  const [low, high] = past === 'bordered' && !fold ? [0, size - 1] : [-Infinity, Infinity];
  const taps: Taps = { first: 0, step: 1, count: 0 };
  /** Per position: its first tap inside, their number and distance, and the weight of each. */
  const [firsts, counts, steps, weights] = [new Float64Array(n), new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  let [lo, hi, work, lost] = [Infinity, -Infinity, 0, 0];
  for (let i = 0; i < n; i++) {
    tapsAt(map, start + i, taps);
    if (taps.count === 0) continue;
    work += taps.count;
    const [from, to] = within(taps, low, high);
    const held = Math.max(to - from + 1, 0);
    firsts[i] = taps.first + from * taps.step;
    counts[i] = held;
    steps[i] = taps.step;
    weights[i] = tapWeight(variant, taps.count);
    if (taps.count > held) lost += (taps.count - held) * (weights[i] as number) * massAt(box.data, i, outer, n, inner);
    if (held === 0) continue;
    lo = Math.min(lo, inside(firsts[i] as number));
    hi = Math.max(hi, inside(taps.first + to * taps.step));
  }
  budget.work(work * outer * inner);
  const length = Math.max(hi - lo + 1, 0);
  const shape = box.shape.with(dim, length);
  const data = new Float64Array(budget.cells(shape));
  for (let row = 0, source = 0; row < outer; row++) {
    const begin = row * length - lo;
    for (let i = 0; i < n; i++, source += inner) {
      const [count, step, weight] = [counts[i] as number, steps[i] as number, weights[i] as number];
      let position = firsts[i] as number;
      if (inner === 1 && !fold) {
        const share = weight * (box.data[source] as number);
        for (let at = begin + position, end = at + count * step; at < end; at += step) data[at] = (data[at] as number) + share;
        continue;
      }
      for (let tap = 0; tap < count; tap++, position += step) {
        const target = (begin + inside(position)) * inner;
        for (let at = 0; at < inner; at++) data[target + at] = (data[target + at] as number) + weight * (box.data[source + at] as number);
      }
    }
  }
  return { box: length === 0 ? null : { axes: box.axes, start: box.start.with(dim, lo), shape, data }, lost };
}

/** How a window repeats positions past the border; undefined where padding lies there. */
export const foldOf = (map: Window) => (map.kind === 'periodic' ? map.fold : undefined);

/** The weights of one position of a dimension together. */
function massAt(data: Float64Array, i: number, outer: number, n: number, inner: number): number {
  let mass = 0;
  for (let row = 0; row < outer; row++) {
    const first = (row * n + i) * inner;
    for (let at = first; at < first + inner; at++) mass += data[at] as number;
  }
  return mass;
}

/** The first and the last tap that reads a position from low to high. */
function within({ first, step, count }: Taps, low: number, high: number): readonly [number, number] {
  return [Math.max(0, Math.ceil((low - first) / step)), Math.min(count - 1, Math.floor((high - first) / step))];
}

/** Longest axis of channels that is looked through. */
const MAX_CHANNELS = 2 ** 20;

/**
 * The share of the positions of an output axis (all phases where its size is unknown) that read anything of an input axis. Of
 * axes that are too long to be channels: all.
 */
export function readingShare(map: Window, size: number | null, input: number | null): number {
  const positions = size ?? map.lo.length;
  if (positions > MAX_CHANNELS) return 1;
  if (map.kind === 'table' && map.reading && positions > 0) return (map.reading[1] - map.reading[0]) / positions;
  const taps: Taps = { first: 0, step: 1, count: 0 };
  let reading = 0;
  for (let o = 0; o < positions; o++) {
    tapsAt(map, o, taps);
    const [from, to] = within(taps, 0, (input ?? Infinity) - 1);
    if (taps.count > 0 && (input === null || foldOf(map) || from <= to)) reading += 1;
  }
  return positions === 0 ? 1 : reading / positions;
}

/** The least and the most taps that any output position has, on an axis without end. */
export function tapRange(map: Window): readonly [number, number] {
  const taps: Taps = { first: 0, step: 1, count: 0 };
  let [least, most] = [Infinity, 0];
  for (let o = 0; o < map.lo.length; o++) {
    tapsAt(map, o, taps);
    least = Math.min(least, taps.count);
    most = Math.max(most, taps.count);
  }
  return [least, most];
}
