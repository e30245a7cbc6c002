import type { Shape } from '../graph.ts';
import { type FieldMap, hullOf } from './map.ts';
import type { Paths } from './merge.ts';
import { isLayout, type Placement } from './placement.ts';
import { single } from './single.ts';

/** Positions start <= i < stop of an axis, as a NumPy slice. */
export interface Interval {
  readonly start: number;
  readonly stop: number;
}

/** What one unit sees along one axis of the source. */
export interface UnitView {
  /**
   * As if no tensor had a border; may begin before 0. null where it sees nothing, or where that lies is unknown: SAME padding of
   * an unknown size, of which the field of all units still tells the size, and the cause.
   */
  readonly virtual: Interval | null;
  /** Clipped at every tensor on the way; null also where a size on the way is unknown. */
  readonly actual: Interval | null;
}

/** The field of one unit from the fields of all units of its tensor; `unit` has an index for every axis along which they differ. */
export function viewOf(paths: Paths, shape: Shape | null, unit: ReadonlyMap<number, number>): UnitView {
  const { at, virtual, actual } = single(paths, shape);
  const index = indexAt(at, unit);
  return { virtual: intervalAt(virtual, index), actual: actual && intervalAt(actual, index) };
}

/** The number of a unit among those that the field tells apart. */
function indexAt(at: Placement, unit: ReadonlyMap<number, number>): number {
  if (at === null) return 0;
  if (!isLayout(at)) return unit.get(at) ?? 0;
  return at.reduce((sum, digits, axis) => {
    let rest = unit.get(axis) ?? 0;
    return digits.reduceRight((total, { size, weight }) => {
      const digit = rest % size;
      rest = (rest - digit) / size;
      return total + digit * weight;
    }, sum);
  }, 0);
}

function intervalAt(map: FieldMap, index: number): Interval | null {
  if (map.kind === 'opaque' || (map.kind === 'table' && index >= map.lo.length) || (map.kind === 'periodic' && !map.known)) return null;
  const [lo, hi] = hullOf(map, index, index, 1);
  return lo <= hi && Number.isFinite(lo) && Number.isFinite(hi) ? { start: lo, stop: hi + 1 } : null;
}

/** Positions of an interval; null where there is none. */
export function extentOf(interval: Interval | null): number | null {
  return interval && interval.stop - interval.start;
}
