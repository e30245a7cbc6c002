import { type Box, rowsOf } from './box.ts';
import type { Budget } from './budget.ts';
import type { Piece } from './refine.ts';

/** What positions become, one column per axis of the new shape: where they lie along it. NaN where they fall off. */
type Landing = readonly Float64Array[];

/**
 * Weights of a tensor under another shape with the same row-major order: `pieces` are the digits of both indices, `axes` the
 * axes of the new shape to be told. Digits of other axes are summed over; those that come from axes that the box does not tell
 * hold `spread(n)` of the weight at each of their n positions. null where nothing is left.
 */
export function regroup(
  box: Box,
  pieces: readonly Piece[],
  axes: readonly number[],
  spread: (n: number) => number,
  budget: Budget,
): Box | null {
  const landings = box.axes.map((axis, dim) => land(box, dim, pieces, axis, axes));
  const all = [...landings, landFree(box.axes, pieces, axes, budget)];
  const hulls = axes.map((_, i) => all.map((landing) => hull(landing[i] as Float64Array)));
  if (hulls.some((each) => each.some(([lo, hi]) => lo > hi))) return null;
  const start = hulls.map((each) => each.reduce((total, [lo]) => total + lo, 0));
  const shape = hulls.map((each, i) => each.reduce((total, [, hi]) => total + hi, 1) - (start[i] as number));
  const strides = axes.map((_, i) => rowsOf(shape, i).inner);
  const offsets = all.map((landing) => offsetsIn(landing, strides));
  const copies = offsets.pop() as Float64Array;
  budget.work(box.data.length * copies.length);
  const data = new Float64Array(budget.cells(shape));
  const weight = spread(copies.length);
  let from = 0;
  const scatter = (dim: number, to: number): void => {
    const column = offsets[dim];
    if (column) {
      for (let i = 0; i < column.length; i++) scatter(dim + 1, to + (column[i] as number));
      return;
    }
    const value = (box.data[from++] as number) * weight;
    if (value === 0 || Number.isNaN(to)) return;
    for (let copy = 0; copy < copies.length; copy++) {
      const at = to + (copies[copy] as number);
      data[at] = (data[at] as number) + value;
    }
  };
  scatter(
    0,
    start.reduce((origin, first, i) => origin - first * (strides[i] as number), 0),
  );
  return { axes, start, shape, data };
}

function hull(column: Float64Array): readonly [number, number] {
  let [lo, hi] = [Infinity, -Infinity];
  for (const value of column) {
    if (value < lo) lo = value;
    if (value > hi) hi = value;
  }
  return [lo, hi];
}

/** Offsets into the new array that positions add. */
function offsetsIn(landing: Landing, strides: readonly number[]): Float64Array {
  const positions = landing[0]?.length ?? 0;
  return Float64Array.from({ length: positions }, (_, at) =>
    landing.reduce((total, column, i) => total + (column[at] as number) * (strides[i] as number), 0),
  );
}

/** How much one digit adds to the position along the axis that it lies in: the product of the digits within it. */
function weightIn(pieces: readonly Piece[], piece: Piece, side: 'from' | 'to'): number {
  const within = pieces.slice(pieces.indexOf(piece) + 1).filter((other) => other[side] === piece[side]);
  return within.reduce((product, { size }) => product * size, 1);
}

/** Where the positions along one dimension lie in the new shape. */
function land(box: Box, dim: number, pieces: readonly Piece[], axis: number, axes: readonly number[]): Landing {
  const own = pieces.filter(({ from }) => from === axis);
  const bounded = isBounded(own[0], pieces, axes);
  const n = box.shape[dim] as number;
  const landing = axes.map(() => new Float64Array(n));
  const rest = Float64Array.from({ length: n }, (_, i) => (box.start[dim] as number) + i);
  for (const [order, piece] of own.entries()) {
    const inner = weightIn(pieces, piece, 'from');
    const weight = weightIn(pieces, piece, 'to');
    const column = landing[axes.indexOf(piece.to)];
    for (let i = 0; i < n; i++) {
      const digit = Math.floor((rest[i] as number) / inner);
      rest[i] = (rest[i] as number) - digit * inner;
      const fallen = order === 0 && bounded && (digit < 0 || digit >= piece.size);
      if (fallen) for (const other of landing) other[i] = Number.NaN;
      else if (column) column[i] = (column[i] as number) + digit * weight;
    }
  }
  if (own.length === 0) for (const column of landing) for (let i = 0; i < n; i++) if (rest[i] !== 0) column[i] = Number.NaN;
  return landing;
}

/**
 * Whether positions past the border of an axis have no place in the new shape: its outermost digit (undefined where it has but
 * one position) is none, or an inner one there.
 */
function isBounded(outermost: Piece | undefined, pieces: readonly Piece[], axes: readonly number[]): boolean {
  if (!outermost) return true;
  return axes.includes(outermost.to) && pieces.find(({ to }) => to === outermost.to) !== outermost;
}

/** Whether a regrouping tells only positions inside the tensor, so that it has no meaning past the border. */
export function endsAtBorder(pieces: readonly Piece[], from: readonly number[], to: readonly number[]): boolean {
  return (
    from.some((axis) =>
      isBounded(
        pieces.find((piece) => piece.from === axis),
        pieces,
        to,
      ),
    ) || hasFree(pieces, from, to)
  );
}

function hasFree(pieces: readonly Piece[], from: readonly number[], to: readonly number[]): boolean {
  return pieces.some((piece) => !from.includes(piece.from) && to.includes(piece.to));
}

/** All positions that digits of axes that the box does not tell reach. */
function landFree(told: readonly number[], pieces: readonly Piece[], axes: readonly number[], budget: Budget): Landing {
  const free = pieces.filter(({ from, to }) => !told.includes(from) && axes.includes(to));
  const n = budget.cells(free.map(({ size }) => size));
  let inner = n;
  const landing = axes.map(() => new Float64Array(n));
  for (const piece of free) {
    const weight = weightIn(pieces, piece, 'to');
    const column = landing[axes.indexOf(piece.to)] as Float64Array;
    inner /= piece.size;
    for (let i = 0; i < n; i++) column[i] = (column[i] as number) + (Math.floor(i / inner) % piece.size) * weight;
  }
  return landing;
}
