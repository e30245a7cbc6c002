import { folded } from '../operators/fold.ts';
import type { AxisMap } from '../operators/operator.ts';
import type { Drift } from './drift.ts';
import { gcd } from './integers.ts';
import {
  type Constant,
  driftOf,
  EMPTY,
  type FieldMap,
  hullOf,
  listed,
  MAX_PERIOD,
  type Periodic,
  periodic,
  type Table,
  tabulate,
  unknown,
  whole,
} from './map.ts';

/** Longest axis that is followed unit by unit. */
const MAX_UNITS = 2 ** 22;
/** Most units looked at for one table; only maps that turn back (Flip, Roll) look at more than two units per output. */
const MAX_LOOKS = 2 ** 26;

type Window = Extract<AxisMap, { kind: 'periodic' }>;
type Listed = Extract<AxisMap, { kind: 'table' }>;

/** Sizes of the axis before and after an operator; null where unknown. */
export interface Lengths {
  readonly before: number | null;
  readonly after: number | null;
}

/**
 * The field behind an operator: each unit after it depends on the union of what the units that it reads depend on.
 * Units that a table reads past its ends are dropped, or folded back inside: there a tensor has its border. `by` names the operator.
 */
export function compose(field: FieldMap, map: Window | Listed, lengths: Lengths, by: string): FieldMap {
  if (field.kind === 'opaque' || field.kind === 'constant') return field;
  if (map.kind === 'table') return composeListed(field, map, lengths, by);
  if (field.kind === 'table') return composeTable(field, map, lengths.after, by);
  const phases = composePeriodic(field, map, by);
  if (phases) return phases;
  if (lengths.before === null || lengths.before > MAX_UNITS) return unknown(`${by}: more than ${MAX_PERIOD} output phases`);
  return composeTable(tabulate(field, lengths.before, `${by}: more than ${MAX_PERIOD} output phases`), map, lengths.after, by);
}

function composePeriodic(field: Periodic, map: Window, by: string): FieldMap | null {
  const inner = field.lo.length;
  const outer = map.lo.length;
  if (!map.known && inner > 1) return unknown(field.cause ?? 'the phase of a window of unknown offset over a field with phases');
  const turns = inner / gcd(inner, map.shift);
  const period = outer * turns;
  if (period > MAX_PERIOD) return null;
  const lo = new Array<number>(period);
  const hi = new Array<number>(period);
  for (let f = 0; f < period; f++) {
    const phase = f % outer;
    const moved = map.shift * ((f - phase) / outer);
    [lo[f], hi[f]] = hullOf(field, (map.lo[phase] as number) + moved, (map.hi[phase] as number) + moved, map.step[phase] as number) as [
      number,
      number,
    ];
  }
  const cause = field.cause ?? (map.known ? null : 'SAME padding of an unknown size');
  return periodic(field.shift * ((map.shift * turns) / inner), lo, hi, field.known && map.known, cause, driftThrough(field, map, by));
}

/** What a field drifts by behind a window; undefined where nothing is known of it, also where the window has phases of its own. */
function driftThrough(field: Periodic, map: Window, by: string): readonly Drift[] | undefined {
  const before = driftOf(field);
  if (map.known || before === null) return before ?? undefined;
  return map.lo.length === 1 ? [...before, { by, step: field.shift, most: map.slack ?? Infinity }] : undefined;
}

/** The last window that a table went through: the two axes of a square network go through the same ones, one after the other. */
const lastWindow = new WeakMap<Table, { readonly map: Window; readonly after: number | null; readonly result: FieldMap }>();

function composeTable(field: Table, map: Window, after: number | null, by: string): FieldMap {
  const last = lastWindow.get(field);
  if (last && last.map === map && last.after === after) return last.result;
  const result = slideOver(field, map, after, by);
  lastWindow.set(field, { map, after, result });
  return result;
}

function slideOver(field: Table, map: Window, after: number | null, by: string): FieldMap {
  if (after === null) return unknown(`${by}: the size of the axis is unknown`);
  if (after > MAX_UNITS) return unknown(`${by}: an axis of ${after} positions is not followed unit by unit`);
  const end = field.lo.length - 1;
  const lo = new Array<number>(after);
  const hi = new Array<number>(after);
  const outer = map.lo.length;
  const { fold } = map;
  let looks = 0;
  for (let unit = 0; unit < after; unit++) {
    const phase = unit % outer;
    const moved = map.shift * ((unit - phase) / outer);
    const step = map.step[phase] as number;
    let first = (map.lo[phase] as number) + moved;
    let last = (map.hi[phase] as number) + moved;
    if (fold && first <= last) {
      first = folded(fold, first, end + 1);
      last = folded(fold, last, end + 1);
    }
    if (first < 0) first += step * Math.ceil(-first / step);
    if (last > end) last -= step * Math.ceil((last - end) / step);
    if (field.steady && first <= last) {
      lo[unit] = field.lo[first] as number;
      hi[unit] = field.hi[last] as number;
      continue;
    }
    looks += Math.max(0, last - first) / step;
    if (looks > MAX_LOOKS) return unknown(`${by}: too large a window over units out of order`);
    [lo[unit], hi[unit]] = hullOf(field, first, last, step) as [number, number];
  }
  return listed(lo, hi, field.cause, field.whole);
}

function composeListed(field: Periodic | Table, map: Listed, lengths: Lengths, by: string): FieldMap {
  if (!('known' in field) || field.known) {
    const { before } = lengths;
    const units = map.lo.length;
    if (before === null) return unknown(`${by}: the size of the axis is unknown`);
    const lo = new Array<number>(units);
    const hi = new Array<number>(units);
    let looks = 0;
    for (let unit = 0; unit < units; unit++) {
      const first = Math.max(map.lo[unit] as number, 0);
      const last = Math.min(map.hi[unit] as number, before - 1);
      if (first < last && !(field.kind === 'table' && field.steady)) looks += last - first;
      if (looks > MAX_LOOKS) return unknown(`${by}: too large a window over units out of order`);
      [lo[unit], hi[unit]] = hullOf(field, first, last, 1) as [number, number];
    }
    return listed(lo, hi, field.cause ?? `${by}: ${map.reason}`, field.kind === 'table' && field.whole);
  }
  return unknown(field.cause ?? by);
}

/** The field of units that mix a whole axis. `extent` is the size of the source axis, null where unknown. */
export function collapse(field: FieldMap, before: number | null, extent: number | null, by: string): FieldMap {
  if (field.kind === 'opaque' || field.kind === 'constant') return field;
  if (before === 1) return fieldOfUnit(field, 0);
  return whole(extent, by);
}

/** What the units of a tensor of known size depend on together, after clipping. */
export function collapseTable(field: Table | Constant, by: string): Constant {
  if (field.kind === 'constant') return field;
  const [lo, hi] = hullOf({ ...field, steady: false }, 0, field.lo.length - 1, 1);
  return lo > hi ? EMPTY : { kind: 'constant', lo, hi, whole: false, cause: by };
}

/** The field of one unit, as the field of all units of a tensor that read it. */
export function fieldOfUnit(field: FieldMap, unit: number): FieldMap {
  if (field.kind === 'opaque' || field.kind === 'constant') return field;
  if (field.kind === 'periodic' && !field.known) return unknown(field.cause ?? 'the place of the field is not known');
  const [lo, hi] = hullOf(field, unit, unit, 1);
  return lo > hi ? EMPTY : { kind: 'constant', lo, hi, whole: false, cause: field.cause };
}
