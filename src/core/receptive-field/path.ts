import type { Shape } from '../graph.ts';
import { size } from '../operators/call.ts';
import type { AxisMap } from '../operators/operator.ts';
import { collapse, collapseTable, compose, fieldOfUnit } from './compose.ts';
import { EMPTY, type FieldMap, isEmpty, MAX_PERIOD, tabulate, unknown } from './map.ts';
import { type Digit, isLayout, type Layout, moves, movingAxes, type Placement, plain, unitsOf } from './placement.ts';

/** How the units of a tensor depend on one axis of a source: where that axis moves, and which positions its units see. */
export interface Path {
  readonly at: Placement;
  /** As if no tensor had a border. */
  readonly virtual: FieldMap;
  /** Clipped at every tensor on the way; null where a size on the way is unknown. */
  readonly actual: FieldMap | null;
}

export const NOTHING: Path = Object.freeze({ at: null, virtual: EMPTY, actual: EMPTY });

export function opaquePath(status: 'unknown' | 'dataDependent', cause: string): Path {
  return { at: null, virtual: { kind: 'opaque', status, cause }, actual: null };
}

/** A border that is repeated may show what no unit sees without it: phases of a transposed convolution that are empty. */
export function dependsOnNothing({ virtual, actual }: Path): boolean {
  return isEmpty(virtual) && (actual === null || isEmpty(actual));
}

type Listed = Extract<AxisMap, { kind: 'periodic' | 'table' }>;

/** The path behind a window, a resize, a slice, ... along the one axis where it moves. */
export function composePath(path: Path, map: Listed, at: Placement, before: number | null, after: number | null, by: string): Path {
  const lengths = { before, after };
  const actual = path.actual && after !== null ? compose(path.actual, map, lengths, by) : null;
  return { at, virtual: compose(path.virtual, map, lengths, by), actual: actual?.kind === 'opaque' ? null : actual };
}

/** The path where the axis that it moves along is mixed as a whole. */
export function collapsePath(path: Path, before: number | null, extent: number | null, by: string): Path {
  const { actual } = path;
  return {
    at: null,
    virtual: collapse(path.virtual, before, extent, by),
    actual: actual && (actual.kind === 'table' || actual.kind === 'constant') ? collapseTable(actual, by) : null,
  };
}

/** The path where only one position of the axis that it moves along is read. */
export function pickUnit(path: Path, unit: number): Path {
  const { virtual, actual } = path;
  const inside = actual?.kind !== 'table' || unit < actual.lo.length;
  return { at: null, virtual: fieldOfUnit(virtual, unit), actual: actual && (inside ? fieldOfUnit(actual, unit) : EMPTY) };
}

/**
 * The path where the digits on one tensor axis are mixed: what remains distinguishes the units by the other digits. By the
 * digits that count innermost (a window of Swin) this is a window over the units; else (a grid of MaxViT) unit by unit.
 */
export function collapseDigits(path: Path, axis: number, extent: number | null, by: string): Path {
  const layout = path.at as Layout;
  const mixed = (layout[axis] ?? []).filter((digit) => digit.weight !== 0);
  if (mixed.length === 0) return path;
  const units = unitsOf(layout);
  const block = mixed.reduce((n, digit) => n * digit.size, 1);
  if (block === units) return collapsePath(path, units, extent, by);
  const others = layout.map((digits, i) => (i === axis ? free(digits) : digits));
  const at = plain(reweigh(others));
  const kept = others.flat().filter((digit) => digit.weight !== 0);
  if (kept.every((digit) => digit.weight % block === 0)) {
    const window: Listed = { kind: 'periodic', shift: block, lo: [0], hi: [block - 1], step: [1], known: true };
    return composePath(path, window, at, units, units / block, by);
  }
  const blur = (map: FieldMap) => blurDigits(map, kept, mixed, units, by);
  return { at, virtual: blur(path.virtual), actual: path.actual && blur(path.actual) };
}

function free(digits: readonly Digit[]): Digit[] {
  return digits.map((digit) => ({ size: digit.size, weight: 0 }));
}

/** Digits whose weights leave gaps, counted anew without gaps. */
function reweigh(layout: Layout): Layout {
  const moving = layout.flat().filter((digit) => digit.weight !== 0);
  const weights = new Map<Digit, number>();
  let weight = 1;
  for (const digit of moving.sort((a, b) => a.weight - b.weight)) {
    weights.set(digit, weight);
    weight *= digit.size;
  }
  return layout.map((digits) => digits.map((digit) => ({ size: digit.size, weight: weights.get(digit) ?? 0 })));
}

function blurDigits(map: FieldMap, kept: readonly Digit[], mixed: readonly Digit[], units: number, by: string): FieldMap {
  if (map.kind === 'opaque' || map.kind === 'constant') return map;
  const all = tabulate(map, units, map.cause ?? by);
  const inner = offsets(mixed);
  const outer = offsets([...kept].sort((a, b) => b.weight - a.weight));
  const lo = new Array<number>(outer.length).fill(Infinity);
  const hi = new Array<number>(outer.length).fill(-Infinity);
  outer.forEach((base, unit) => {
    for (const offset of inner) {
      lo[unit] = Math.min(lo[unit] as number, all.lo[base + offset] as number);
      hi[unit] = Math.max(hi[unit] as number, all.hi[base + offset] as number);
    }
  });
  return { kind: 'table', lo, hi, steady: false, cause: all.cause ?? by, ...(all.whole && { whole: true }) };
}

/** Unit indices that digits reach, counting the first digit slowest. */
function offsets(digits: readonly Digit[]): number[] {
  let reached = [0];
  for (const { size, weight } of digits) {
    const more = new Array<number>(reached.length * size);
    for (let i = 0; i < more.length; i++) more[i] = (reached[Math.floor(i / size)] as number) + (i % size) * weight;
    reached = more;
  }
  return reached;
}

/**
 * A path whose moving digits all lie on one axis, told by the index along that axis; null where they lie on several.
 */
export function straighten(path: Path, shape: Shape, by: string): Path | null {
  if (!isLayout(path.at)) return path;
  const [axis, ...more] = movingAxes(path.at) as [number];
  if (more.length > 0) return null;
  const digits = path.at[axis] as readonly Digit[];
  const [first, second] = digits as [Digit, Digit];
  const units = unitsOf(path.at);
  const repeats = digits.length === 2 && moves([first]) && second.size <= MAX_PERIOD;
  const map: Listed = repeats
    ? { kind: 'periodic', shift: 1, ...zeros(second.size), known: true }
    : listed(offsets(digits), 'its positions do not count on past its border');
  return composePath(path, map, axis, units, size(shape[axis]), by);
}

function zeros(n: number): { lo: number[]; hi: number[]; step: number[] } {
  const none = new Array<number>(n).fill(0);
  return { lo: none, hi: none, step: new Array<number>(n).fill(1) };
}

function listed(positions: number[], reason: string): Listed {
  return { kind: 'table', lo: positions, hi: positions, reason };
}

/** A path that cannot be followed: opaque, unless it sees nothing or the whole axis anyway. */
export function lost(path: Path, cause: string): Path {
  return path.virtual.kind === 'constant' ? { ...path, at: null } : { at: null, virtual: unknown(cause), actual: null };
}
