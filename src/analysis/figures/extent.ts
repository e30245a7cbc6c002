import type { Interval } from './numbers.ts';

/** The part of one axis that is shown, in positions of the input. */
export interface Extent {
  readonly lo: number;
  readonly hi: number;
  /** Size of the input along the axis; null where unknown. */
  readonly size: number | null;
}

/** How far beyond the input is shown, in sizes of the input: with more, nothing of the input would be left to see. */
const BEYOND = 1;
/** Room around a field that goes beyond the input, as a share of what is shown. */
const ROOM = 0.04;

/** Shows the whole input, and what lies beyond it of the fields. */
export function extentOf(size: number | null, fields: readonly (Interval | null)[]): Extent {
  const known = fields.filter((field) => field !== null);
  const start = Math.min(...known.map((field) => field.start));
  const stop = Math.max(...known.map((field) => field.stop));
  if (size === null || size <= 0) return around(start, stop, size);
  const lo = Math.max(Math.min(0, start), -BEYOND * size);
  const hi = Math.min(Math.max(size, stop), (1 + BEYOND) * size);
  const room = (hi - lo) * ROOM;
  return { lo: lo < 0 ? lo - room : 0, hi: hi > size ? hi + room : size, size };
}

/** Shows the fields alone. */
export function around(start: number, stop: number, size: number | null): Extent {
  if (!Number.isFinite(start) || !Number.isFinite(stop)) return { lo: 0, hi: 1, size };
  // The last term keeps the ends apart where half a position is less than a double can tell.
  const room = Math.max((stop - start) * 0.1, 0.5, Math.max(Math.abs(start), Math.abs(stop)) * 1e-9);
  return { lo: start - room, hi: stop + room, size };
}

/** An axis on the drawing: from its extent to pixels. */
export interface Lane {
  readonly extent: Extent;
  readonly from: number;
  readonly to: number;
}

/** Where a position stands; positions beyond what is shown stand at its end. */
export function at({ extent: { lo, hi }, from, to }: Lane, position: number): number {
  return from + (Math.min(1, Math.max(0, (position - lo) / (hi - lo))) || 0) * (to - from);
}

/** Whether a position is shown. */
export function shows({ extent }: Lane, position: number): boolean {
  return position >= extent.lo && position <= extent.hi;
}

/** Smallest length of an axis in a drawing. */
const SHORTEST = 40;

/**
 * Lengths in pixels of the horizontal axes, which share one width, and of the vertical one. One scale for all, unless an axis
 * would be too short to see: `toScale` says so.
 */
export function lengths(
  across: readonly Extent[],
  down: Extent,
  room: { readonly width: number; readonly height: number },
): { readonly across: readonly number[]; readonly down: number; readonly toScale: boolean } {
  const spans = across.map(span);
  const scale = Math.min(room.width / spans.reduce((a, b) => a + b, 0), room.height / span(down));
  const exact = [...spans, span(down)].map((length) => length * scale);
  const long = exact.map((length) => Math.max(length, SHORTEST));
  const height = long.pop() as number;
  const excess = long.reduce((a, b) => a + b, 0) - room.width;
  const widest = long.indexOf(Math.max(...long));
  if (excess > 0) long[widest] = (long[widest] as number) - excess;
  return { across: long, down: height, toScale: exact.every((length) => length >= SHORTEST) };
}

function span({ lo, hi }: Extent): number {
  return hi - lo;
}
