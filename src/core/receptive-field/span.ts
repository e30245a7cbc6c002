import { gcd, modulo } from './integers.ts';
import { type FieldMap, MAX_PERIOD, type Periodic } from './map.ts';

// How the fields of two paths compare in size, wherever on the source they lie.

/** Positions between the first and the last one that a unit sees, the largest over the units; 0 where none sees anything. */
export function sizeOf(map: Exclude<FieldMap, { kind: 'opaque' }>): number {
  if (map.kind === 'constant') return Math.max(0, map.hi - map.lo + 1);
  let size = 0;
  for (let unit = 0; unit < map.lo.length; unit++) size = Math.max(size, (map.hi[unit] as number) - (map.lo[unit] as number) + 1);
  return size;
}

/**
 * Whether units of field `a` see at least as much as those of `b`, behind every operator that may follow: each unit of `a`,
 * moved along the source by the same distance, covers that of `b`; or neither has phases, and both the size and the stride
 * are at least as large. False where neither is the case, also for fields that cannot be compared.
 */
export function covers(a: FieldMap, b: FieldMap): boolean {
  if (a === b) return true;
  if (a.kind === 'opaque' || b.kind === 'opaque') return a.kind === b.kind;
  if (a.kind === 'constant' || b.kind === 'constant') return a.kind === b.kind && sizeOf(a) >= sizeOf(b);
  if (a.kind === 'periodic' && b.kind === 'periodic') return coversPeriodic(a, b);
  if (a.kind !== b.kind || a.lo.length !== b.lo.length) return false;
  return coversUnits((unit) => [a.lo[unit] as number, a.hi[unit] as number, b.lo[unit] as number, b.hi[unit] as number], a.lo.length);
}

function coversPeriodic(a: Periodic, b: Periodic): boolean {
  const [p, q] = [a.lo.length, b.lo.length];
  if (p === 1 && q === 1) return a.shift >= b.shift && sizeOf(a) >= sizeOf(b);
  if (a.shift * q !== b.shift * p) return false;
  const period = (p / gcd(p, q)) * q;
  if (period > MAX_PERIOD) return false;
  return coversUnits((unit) => [...spanOf(a, unit), ...spanOf(b, unit)], period);
}

function spanOf(map: Periodic, unit: number): readonly [number, number] {
  const phase = modulo(unit, map.lo.length);
  const moved = (map.shift * (unit - phase)) / map.lo.length;
  return [(map.lo[phase] as number) + moved, (map.hi[phase] as number) + moved];
}

/** Whether one move of the spans of `a` covers those of `b`, unit by unit. */
function coversUnits(spans: (unit: number) => readonly [number, number, number, number], units: number): boolean {
  let least = -Infinity;
  let most = Infinity;
  for (let unit = 0; unit < units && least <= most; unit++) {
    const [lo, hi, l, h] = spans(unit);
    if (l > h) continue;
    if (lo > hi) return false;
    least = Math.max(least, h - hi);
    most = Math.min(most, l - lo);
  }
  return least <= most;
}
