import type { Shape } from '../graph.ts';
import { known } from '../operators/call.ts';

/**
 * Where a source axis moves in a tensor. After plain layers that is one tensor axis (its number), or none (null: every
 * unit has the same field). A Reshape can spread one axis over several (Swin's windows) or pack several into one (ViT's
 * tokens): then a `Layout` splits each tensor axis into digits, outermost first, as a mixed-radix number has digits.
 */
export type Placement = number | null | Layout;

/** One list of digits per tensor axis. */
export type Layout = readonly (readonly Digit[])[];

/** `weight` is how far the unit index moves when the digit grows by one; 0 where the field does not depend on the digit. */
export interface Digit {
  readonly size: number;
  readonly weight: number;
}

export function isLayout(placement: Placement): placement is Layout {
  return typeof placement === 'object' && placement !== null;
}

/** Units that a layout distinguishes. */
export function unitsOf(layout: Layout): number {
  return layout.flat().reduce((units, digit) => (digit.weight === 0 ? units : units * digit.size), 1);
}

export function moves(digits: readonly Digit[] | undefined): boolean {
  return digits?.some((digit) => digit.weight !== 0) ?? false;
}

/** The axes of a layout on which the field moves. */
export function movingAxes(layout: Layout): number[] {
  return layout.flatMap((digits, axis) => (moves(digits) ? [axis] : []));
}

/** A layout in its plainest form: a number where one axis is the whole and only digit, null where nothing moves. */
export function plain(layout: Layout): Placement {
  const axes = movingAxes(layout);
  if (axes.length === 0) return null;
  const [axis] = axes as [number];
  return axes.length === 1 && layout[axis]?.length === 1 ? axis : layout;
}

export function samePlacement(a: Placement, b: Placement): boolean {
  if (!isLayout(a) || !isLayout(b)) return a === b;
  const same = (x: readonly Digit[], y: readonly Digit[] | undefined) =>
    x.length === y?.length && x.every((digit, i) => digit.size === y[i]?.size && digit.weight === y[i]?.weight);
  return a.length === b.length && a.every((digits, axis) => same(digits, b[axis]));
}

/** A placement as a layout of a tensor of this shape; null where a size is unknown. */
export function spread(placement: number | Layout, shape: Shape): Layout | null {
  if (isLayout(placement)) return placement;
  const sizes = known(shape);
  return sizes?.map((size, axis) => (size === 1 && axis !== placement ? [] : [{ size, weight: axis === placement ? 1 : 0 }])) ?? null;
}

/**
 * Where a source axis moves after a Reshape. 'mixed' where the new axes cut across its digits, or sizes are unknown.
 */
export function reshapePlacement(placement: number | Layout, before: Shape, after: Shape): Placement | 'mixed' {
  if (!isLayout(placement)) {
    const axis = sameAxis(placement, before, after);
    if (axis !== null) return axis;
  }
  const layout = spread(placement, before);
  const sizes = known(after);
  if (!layout || !sizes || sizes.includes(0)) return 'mixed';
  const regrouped = regroup(layout.flat(), sizes);
  return regrouped ? plain(regrouped) : 'mixed';
}

/** An axis that a Reshape leaves alone: the same size with the same sizes before it, or the same sizes after it. */
export function sameAxis(axis: number, before: Shape, after: Shape): number | null {
  const alike = (a: Shape, b: Shape) => a.length === b.length && a.every((dim, i) => dim !== null && dim === b[i]);
  if (alike(before.slice(0, axis + 1), after.slice(0, axis + 1))) return axis;
  const back = before.length - axis;
  const target = after.length - back;
  return target >= 0 && alike(before.slice(axis), after.slice(target)) ? target : null;
}

/** Deals digits out to axes of the given sizes, splitting a digit where an axis ends inside it; null where that does not come out even. */
function regroup(digits: readonly Digit[], sizes: readonly number[]): Digit[][] | null {
  const rest = digits.filter((digit) => digit.size !== 1);
  const axes: Digit[][] = [];
  for (const size of sizes) {
    const axis: Digit[] = [];
    let wanted = size;
    while (wanted > 1) {
      const digit = rest.shift();
      if (!digit) return null;
      if (digit.size <= wanted) {
        if (wanted % digit.size !== 0) return null;
        wanted /= digit.size;
        join(axis, digit);
      } else {
        if (digit.size % wanted !== 0) return null;
        const inner = digit.size / wanted;
        join(axis, { size: wanted, weight: digit.weight * inner });
        rest.unshift({ size: inner, weight: digit.weight });
        wanted = 1;
      }
    }
    axes.push(axis);
  }
  return rest.length === 0 ? axes : null;
}

/** Appends a digit, as one with the last where the two count on: free beside free, or outer over inner of one number. */
function join(axis: Digit[], digit: Digit): void {
  const last = axis.at(-1);
  const counts = last !== undefined && last.weight === digit.weight * digit.size && (last.weight === 0) === (digit.weight === 0);
  if (counts) axis[axis.length - 1] = { size: last.size * digit.size, weight: digit.weight };
  else axis.push(digit);
}
