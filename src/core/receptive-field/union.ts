import { driftBetween } from './drift.ts';
import { gcd } from './integers.ts';
import {
  centerOf,
  driftOf,
  type FieldMap,
  hullOf,
  isEmpty,
  listed,
  MAX_PERIOD,
  type Periodic,
  periodic,
  type Table,
  tabulate,
  unknown,
} from './map.ts';

/**
 * The field of units that depend on what either branch depends on, unit by unit. `length` is the size of the axis that
 * both move along, null where unknown; `by` names the merge.
 */
export function union(a: FieldMap, b: FieldMap, length: number | null, by: string): FieldMap {
  if (a === b || isEmpty(b)) return a;
  if (isEmpty(a)) return b;
  if (isWhole(a)) return a;
  if (isWhole(b)) return b;
  if (a.kind === 'opaque') return a;
  if (b.kind === 'opaque') return b;
  if (a.kind === 'constant' && b.kind === 'constant') {
    return { ...a, lo: Math.min(a.lo, b.lo), hi: Math.max(a.hi, b.hi), cause: a.cause ?? b.cause };
  }
  if (a.kind === 'periodic' && b.kind === 'periodic') {
    if (sameNumbers(a, b)) return a;
    const merged = unionPeriodic(a, b);
    if (merged) return merged;
    if (!a.known || !b.known) return unknown(a.known ? (b.cause ?? by) : (a.cause ?? by));
  }
  if (length === null) return unknown(`${by}: branches of different strides, on an axis of unknown size`);
  const cause = globalCause(a) ?? globalCause(b) ?? a.cause ?? b.cause ?? `${by}: branches of different strides`;
  return unionTables(tabulate(a, length, cause), tabulate(b, length, cause), cause);
}

/** What made some units see the whole axis, which says more than where tensors were joined. */
function globalCause(map: FieldMap): string | null {
  return map.kind === 'table' && map.whole ? map.cause : null;
}

function isWhole(map: FieldMap): boolean {
  return map.kind === 'constant' && map.whole;
}

function sameNumbers(a: Periodic, b: Periodic): boolean {
  const same = (x: readonly number[], y: readonly number[]) => x.length === y.length && x.every((v, i) => v === y[i]);
  return a.shift === b.shift && a.known && b.known && same(a.lo, b.lo) && same(a.hi, b.hi);
}

/**
 * The union of fields of one stride; null where they have none, or where it depends on how far one drifts from the other: unless
 * they drift together, the one must cover the other wherever the two lie.
 */
function unionPeriodic(a: Periodic, b: Periodic): FieldMap | null {
  const p = a.lo.length;
  const q = b.lo.length;
  const [drift, other] = [driftOf(a), driftOf(b)];
  if (a.shift * q !== b.shift * p || drift === null || other === null) return null;
  const period = (p / gcd(p, q)) * q;
  if (period > MAX_PERIOD) return null;
  const [least, most] = driftBetween(drift, other);
  if (least !== most) {
    if (coversDrifting(a, b, least, most, period)) return a;
    return coversDrifting(b, a, -most, -least, period) ? b : null;
  }
  const lo = new Array<number>(period);
  const hi = new Array<number>(period);
  for (let f = 0; f < period; f++) {
    const [l, h] = hullOf(a, f, f, 1);
    const [m, i] = hullOf(b, f, f, 1);
    lo[f] = Math.min(l, m);
    hi[f] = Math.max(h, i);
  }
  return periodic((a.shift * period) / p, lo, hi, a.known && b.known, a.cause ?? b.cause, drift);
}

/** Whether the units of `a` cover those of `b`, which lie `least` to `most` positions further than their numbers say. */
function coversDrifting(a: Periodic, b: Periodic, least: number, most: number, period: number): boolean {
  for (let f = 0; f < period; f++) {
    const [lo, hi] = hullOf(a, f, f, 1);
    const [l, h] = hullOf(b, f, f, 1);
    if (l <= h && !(lo <= l + least && h + most <= hi)) return false;
  }
  return true;
}

function unionTables(a: Table, b: Table, cause: string | null): FieldMap {
  if (coversUnits(a, b)) return like(a, b, cause);
  if (coversUnits(b, a)) return like(b, a, cause);
  const n = Math.min(a.lo.length, b.lo.length);
  const lo = new Array<number>(n);
  const hi = new Array<number>(n);
  for (let unit = 0; unit < n; unit++) {
    lo[unit] = Math.min(a.lo[unit] as number, b.lo[unit] as number);
    hi[unit] = Math.max(a.hi[unit] as number, b.hi[unit] as number);
  }
  return listed(lo, hi, cause, a.whole || b.whole);
}

/** A table that covers another one: as it is where nothing else changes. */
function like(a: Table, b: Table, cause: string | null): Table {
  const whole = a.whole || b.whole;
  return a.cause === cause && a.whole === whole ? a : { ...a, cause, ...(whole && { whole }) };
}

/** Whether each unit of `a` sees all that the one of `b` does. */
function coversUnits(a: Table, b: Table): boolean {
  if (a.lo.length !== b.lo.length) return false;
  for (let unit = 0; unit < a.lo.length; unit++) {
    if (!((a.lo[unit] as number) <= (b.lo[unit] as number) && (a.hi[unit] as number) >= (b.hi[unit] as number))) return false;
  }
  return true;
}

/** How far the centres of two branches lie apart, in positions of the source; 0 where they coincide or have no common stride. */
export function misalignment(a: FieldMap, b: FieldMap): number {
  if (a === b || a.kind !== 'periodic' || b.kind !== 'periodic' || a.shift * b.lo.length !== b.shift * a.lo.length) return 0;
  const [x, y] = [centerOf(a), centerOf(b)];
  return x === null || y === null ? 0 : Math.abs(x - y);
}
