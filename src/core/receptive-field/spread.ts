import { type Box, rowsOf, sumAlong } from './influence/box.ts';
import type { Budget } from './influence/budget.ts';

/** Most cells of a map that is given out. */
export const MAX_MAP_CELLS = 65_536;
/** Most axes of a map that is given out. */
const MAX_MAP_AXES = 3;
/** Significant digits of its values. */
const MAP_DIGITS = 6;

/** What a Gaussian holds within two standard deviations: Luo et al. count positions above 1 - this of the centre. */
const TWO_SIGMA = 0.9545;

/** The influence of one unit on every position of the source. */
export interface InfluenceMap {
  /** First position of the map on each followed axis of the source. */
  readonly start: readonly number[];
  /** Cells of the map on each axis. */
  readonly shape: readonly number[];
  /**
   * Positions that one cell takes together on each axis: 1, or as much as brings the map down to 65,536 cells. Cell i of an axis
   * holds the sum over start + i * scale and the scale - 1 positions behind it.
   */
  readonly scale: number;
  /** Influence of every cell, the last axis fastest; together 1, to 6 significant digits. */
  readonly values: readonly number[];
}

/** The influence along some axes of the source, summed over all others: just what the whole of it gives, borders and all. */
export interface Marginal {
  /** Names of the axes: one or two. */
  readonly axes: readonly string[];
  readonly map: InfluenceMap;
}

/**
 * A square (interval, cube) that holds a share of the influence. A side of s takes on each axis the s positions from
 * floor(c - s / 2 + 1) on, c being the centre of mass: those whose middle lies nearest to it.
 */
export interface Side {
  /** The share of the influence: 0.5, 0.95 or 0.99. */
  readonly mass: number;
  /** The smallest side that holds it, in positions. */
  readonly side: number;
  /** Positions of the source in the square, as a share of all its positions; null where a size is unknown. */
  readonly share: number | null;
}

/** RepLKNet's measure of the size of an effective field (Ding et al. 2022, arXiv 2203.06717), from the raw influence. */
export interface AreaRatio {
  /** Threshold: 0.2, 0.3, 0.5 or 0.99. */
  readonly mass: number;
  /**
   * The smallest side 2i + 1, i >= 1, of a square around the centre of the image, position floor(n / 2) on each axis, that holds more
   * than `mass`; null where none within the image does.
   */
  readonly side: number | null;
  /** side^2 / (H W). */
  readonly ratio: number | null;
}

/** Luo's size: positions above a share of the greatest value, as the side of a square (interval, cube) of as many positions. */
export function luoSizeOf({ data, axes }: Box): number {
  const threshold = (1 - TWO_SIGMA) * data.reduce((a, b) => Math.max(a, b), 0);
  const count = data.reduce((above, value) => (value > threshold ? above + 1 : above), 0);
  return axes.length === 2 ? Math.sqrt(count) : axes.length === 3 ? Math.cbrt(count) : count ** (1 / axes.length);
}

/** Sides of the squares around the centre of mass that hold 50, 95 and 99 % of the mass. */
export function sidesOf(box: Box, centre: readonly number[], total: number, extents: readonly (number | null)[]): readonly Side[] {
  const centres = centre.map((c) => Math.round(c * 1e9) / 1e9);
  const rings = box.axes.map((_, dim) => ringsAround(centres[dim] as number, box.start[dim] as number, box.shape[dim] as number));
  const held = massByRing(box, rings);
  return [0.5, 0.95, 0.99].map((mass) => {
    const side = firstHolding(held, (sum) => sum >= mass * total * (1 - 1e-12)) ?? held.length - 1;
    const inside = extents.map((extent, dim) => {
      const first = firstOf(centres[dim] as number, side);
      return extent === null ? null : Math.max(0, Math.min(first + side, extent) - Math.max(first, 0)) / extent;
    });
    return {
      mass,
      side,
      share: inside.reduce((share, part) => (share === null || part === null ? null : share * part), 1 as number | null),
    };
  });
}

/** The first of `side` positions whose middle is nearest to the centre; the square of side s + 1 holds that of side s. */
function firstOf(centre: number, side: number): number {
  return Math.floor(centre - side / 2 + 1);
}

/** For each position the smallest side of a square around the centre that holds it. */
function ringsAround(centre: number, start: number, n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => {
    const at = start + i;
    let side = Math.max(1, 2 * Math.floor(Math.abs(at - centre)) - 1);
    while (at < firstOf(centre, side) || at >= firstOf(centre, side) + side) side += 1;
    return side;
  });
}

/** Mass by the ring that it lies in: that of a position is the greatest of those on its axes. */
function massByRing(box: Box, rings: readonly Float64Array[]): Float64Array {
  const last = rings.reduce((most, ring) => ring.reduce((a, b) => Math.max(a, b), most), 0);
  const held = new Float64Array(last + 1);
  let from = 0;
  const visit = (dim: number, ring: number): void => {
    const own = rings[dim];
    if (!own) held[ring] = (held[ring] as number) + (box.data[from++] as number);
    else for (const side of own) visit(dim + 1, Math.max(ring, side));
  };
  visit(0, 0);
  return held;
}

function firstHolding(held: Float64Array, enough: (sum: number) => boolean): number | null {
  let sum = 0;
  for (const [ring, mass] of held.entries()) {
    sum += mass;
    if (enough(sum)) return ring;
  }
  return null;
}

/** RepLKNet's area ratios; null unless there are two axes of known size. */
export function areaRatiosOf(box: Box, total: number, extents: readonly (number | null)[]): readonly AreaRatio[] | null {
  const [height, width, ...more] = extents;
  if (typeof height !== 'number' || typeof width !== 'number' || more.length > 0) return null;
  const rings = [height, width].map((extent, dim) => {
    const centre = Math.floor(extent / 2);
    return Float64Array.from({ length: box.shape[dim] as number }, (_, i) =>
      Math.max(1, Math.abs((box.start[dim] as number) + i - centre)),
    );
  });
  const held = massByRing(box, rings);
  return [0.2, 0.3, 0.5, 0.99].map((mass) => {
    const ring = firstHolding(held, (sum) => sum > mass * total);
    if (ring === null || ring >= Math.floor(height / 2)) return { mass, side: null, ratio: null };
    const side = 2 * ring + 1;
    return { mass, side, ratio: (side * side) / (height * width) };
  });
}

/** The map as it is given out, pooled down where it has too many cells; null where it has too many axes. */
export function mapOf(box: Box, total: number): InfluenceMap | null {
  if (box.axes.length > MAX_MAP_AXES) return null;
  let scale = 1;
  const cellsAt = (by: number) => box.shape.map((n) => Math.ceil(n / by));
  while (cellsAt(scale).reduce((a, b) => a * b, 1) > MAX_MAP_CELLS) scale += 1;
  const shape = cellsAt(scale);
  const sums = scale === 1 ? box.data : pooled(box, shape, scale);
  return { start: box.start, shape, scale, values: Array.from(sums, (value) => Number((value / total).toPrecision(MAP_DIGITS))) };
}

/**
 * What of an influence along more than two axes can be drawn: every axis before the last two on its own, then these two together.
 * null for fewer axes, of which the map shows all.
 */
export function marginalsOf(box: Box, total: number, names: readonly string[], budget: Budget): readonly Marginal[] | null {
  const dims = box.axes.map((_, dim) => dim);
  if (dims.length <= 2) return null;
  return [...dims.slice(0, -2).map((dim) => [dim]), dims.slice(-2)].map((kept): Marginal => {
    const sums = dims.toReversed().reduce((left, dim) => (kept.includes(dim) ? left : sumAlong(left, dim, budget)), box);
    return { axes: kept.map((dim) => names[dim] ?? ''), map: mapOf(sums, total) as InfluenceMap };
  });
}

function pooled(box: Box, shape: readonly number[], scale: number): Float64Array {
  const strides = shape.map((_, dim) => rowsOf(shape, dim).inner);
  const sums = new Float64Array(shape.reduce((a, b) => a * b, 1));
  let from = 0;
  const add = (dim: number, to: number): void => {
    if (dim === shape.length) sums[to] = (sums[to] as number) + (box.data[from++] as number);
    else for (let i = 0; i < (box.shape[dim] as number); i++) add(dim + 1, to + Math.floor(i / scale) * (strides[dim] as number));
  };
  add(0, 0);
  return sums;
}
