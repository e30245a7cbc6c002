import { type Drift, NO_DRIFT } from './drift.ts';
import { gcd, modulo } from './integers.ts';

/**
 * Which positions of one source axis the units along one tensor axis depend on: the hull lo .. hi (both inclusive) per
 * unit, with lo > hi for a unit that depends on none.
 *
 * - `periodic`: unit p*t + f has lo[f] + shift*t .. hi[f] + shift*t, p = lo.length, for every integer t: the virtual field
 *   of a tensor without borders. Convolutions have p = 1; decoders one entry per output phase. shift > 0. `known: false`:
 *   shifted as a whole by an unknown amount, which `drift` bounds where that is possible.
 * - `table`: one entry per unit, and no meaning outside the tensor.
 * - `constant`: all units alike. `whole` says that they mix the whole axis (global).
 * - `opaque`: not determinable, for `cause`.
 *
 * `cause` names the operator that made the field something else than what its windows say.
 */
export type FieldMap = Periodic | Table | Constant | Opaque;

export interface Periodic {
  readonly kind: 'periodic';
  readonly shift: number;
  readonly lo: readonly number[];
  readonly hi: readonly number[];
  readonly known: boolean;
  /** Where the place is not known: what it drifts by; absent where nothing is known of it. */
  readonly drift?: readonly Drift[];
  readonly cause: string | null;
}

export interface Table {
  readonly kind: 'table';
  readonly lo: readonly number[];
  readonly hi: readonly number[];
  /** Whether neither lo nor hi ever falls and no unit is empty, so that a range of units spans lo of its first to hi of its last. */
  readonly steady: boolean;
  /** Whether some units mix the whole axis (global), as those of one piece of a Concat may. */
  readonly whole?: boolean;
  readonly cause: string | null;
}

export interface Constant {
  readonly kind: 'constant';
  readonly lo: number;
  readonly hi: number;
  readonly whole: boolean;
  readonly cause: string | null;
}

export interface Opaque {
  readonly kind: 'opaque';
  readonly status: 'unknown' | 'dataDependent';
  readonly cause: string;
}

/** The field of a unit that depends on nothing: the identity of the union. */
export const EMPTY: Constant = Object.freeze({ kind: 'constant', lo: Infinity, hi: -Infinity, whole: false, cause: null });

/** Longest table of phases that is kept; decoders need 2^depth, size-dependent resizes may need the whole axis. */
export const MAX_PERIOD = 4096;

/** The whole source axis. */
export function whole(extent: number | null, by: string): Constant {
  return { kind: 'constant', lo: 0, hi: extent === null ? Infinity : extent - 1, whole: true, cause: by };
}

export function unknown(cause: string): Opaque {
  return { kind: 'opaque', status: 'unknown', cause };
}

export function isEmpty(map: FieldMap): boolean {
  return map.kind === 'constant' && map.lo > map.hi;
}

/** The field of a source itself, without borders. */
export const IDENTITY: Periodic = Object.freeze({ kind: 'periodic', shift: 1, lo: [0], hi: [0], known: true, cause: null });

/** The field of a source of n positions itself, with its borders. */
export function identityTable(n: number): Table {
  const positions = Array.from({ length: n }, (_, i) => i);
  return { kind: 'table', lo: positions, hi: positions, steady: true, cause: null };
}

/** A table from its columns. */
export function table(lo: readonly number[], hi: readonly number[], cause: string | null, whole = false): Table {
  let steady = true;
  for (let i = 0; i < lo.length && steady; i++) {
    const l = lo[i] as number;
    const h = hi[i] as number;
    steady = l <= h && (i === 0 || (l >= (lo[i - 1] as number) && h >= (hi[i - 1] as number)));
  }
  return { kind: 'table', lo, hi, steady, cause, ...(whole && { whole }) };
}

/** The field with one entry per unit; that of nothing where every unit is empty. */
export function listed(lo: readonly number[], hi: readonly number[], cause: string | null, whole = false): Table | Constant {
  return lo.every((l, unit) => l > (hi[unit] as number)) ? EMPTY : table(lo, hi, cause, whole);
}

/** The phases of a periodic map, brought to the smallest period that says the same; opaque where its numbers leave the exact integers. */
export function periodic(
  shift: number,
  lo: number[],
  hi: number[],
  known: boolean,
  cause: string | null,
  drift?: readonly Drift[],
): FieldMap {
  const exact = (n: number) => !Number.isFinite(n) || Number.isSafeInteger(n);
  if (!Number.isSafeInteger(shift) || !lo.every(exact) || !hi.every(exact)) {
    return { kind: 'opaque', status: 'unknown', cause: 'the field exceeds 2^53 positions' };
  }
  if (lo.every((l, f) => l > (hi[f] as number))) return EMPTY;
  const period = smallestPeriod(shift, lo, hi);
  const place = known || !drift ? { known, cause } : { known, cause, drift };
  if (period === lo.length) return { kind: 'periodic', shift, lo, hi, ...place };
  return { kind: 'periodic', shift: (shift * period) / lo.length, lo: lo.slice(0, period), hi: hi.slice(0, period), ...place };
}

function smallestPeriod(shift: number, lo: readonly number[], hi: readonly number[]): number {
  const full = lo.length;
  for (let period = 1; period < full; period++) {
    if (full % period !== 0 || (shift * period) % full !== 0) continue;
    const by = (shift * period) / full;
    const repeats = (column: readonly number[]) => column.every((value, f) => f < period || value === (column[f - period] as number) + by);
    if (repeats(lo) && repeats(hi)) return period;
  }
  return full;
}

/** The hull over the units first, first + step, ... up to last, all of them within a table. */
export function hullOf(map: FieldMap, first: number, last: number, step: number): readonly [number, number] {
  if (first > last) return [Infinity, -Infinity];
  switch (map.kind) {
    case 'constant':
      return [map.lo, map.hi];
    case 'table':
      return map.steady ? [map.lo[first] as number, map.hi[last] as number] : scan(map, first, last, step);
    case 'periodic': {
      const period = map.lo.length;
      if (period === 1) return [(map.lo[0] as number) + map.shift * first, (map.hi[0] as number) + map.shift * last];
      // Units that lie a multiple of the period apart have the same phase, and the nearer one the smaller positions:
      // the smallest lo is among the first few taps and the largest hi among the last few.
      const reach = step * (period / gcd(period, step) - 1);
      const [lo] = scan(map, first, Math.min(last, first + reach), step);
      const [, hi] = scan(map, Math.max(first, last - reach), last, step);
      return [lo, hi];
    }
    case 'opaque':
      throw new Error('an opaque map has no hull');
  }
}

function scan(map: Periodic | Table, first: number, last: number, step: number): readonly [number, number] {
  let lo = Infinity;
  let hi = -Infinity;
  const period = map.lo.length;
  for (let unit = first; unit <= last; unit += step) {
    const phase = map.kind === 'table' ? unit : modulo(unit, period);
    const moved = map.kind === 'table' ? 0 : map.shift * ((unit - phase) / period);
    const l = (map.lo[phase] as number) + moved;
    const h = (map.hi[phase] as number) + moved;
    if (l > h) continue;
    if (l < lo) lo = l;
    if (h > hi) hi = h;
  }
  return [lo, hi];
}

/** The same field for the units 0 .. n-1 only. */
export function tabulate(map: Periodic | Constant | Table, n: number, cause: string | null): Table {
  if (map.kind === 'table') return map;
  const lo = new Array<number>(n);
  const hi = new Array<number>(n);
  for (let unit = 0; unit < n; unit++) [lo[unit], hi[unit]] = hullOf(map, unit, unit, 1) as [number, number];
  return table(lo, hi, cause);
}

/** What the place of a field drifts by; null where nothing is known of it. */
export function driftOf({ known, drift }: Periodic): readonly Drift[] | null {
  return known ? NO_DRIFT : (drift ?? null);
}

/**
 * Where the centre of unit 0 lies, in positions of the source, on the straight line through the centres of all units
 * (their mean over the phases); null where there is no such line or a phase is empty.
 */
export function centerOf(map: FieldMap): number | null {
  if (map.kind !== 'periodic' || !map.known) return null;
  const period = map.lo.length;
  let twice = 0;
  for (let f = 0; f < period; f++) twice += (map.lo[f] as number) + (map.hi[f] as number);
  const center = (twice - map.shift * (period - 1)) / (2 * period);
  return Number.isFinite(center) ? center : null;
}
