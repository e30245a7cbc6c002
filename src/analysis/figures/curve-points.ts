import { placeable, type ScaleKind } from './scale.ts';
import { named } from './words.ts';

export interface CurvePoint {
  readonly x: number;
  /** Null where there is no value: the curve breaks. */
  readonly y: number | null;
  /** Whether the value is a lower bound, as something that it is the sum of is not known. */
  readonly bound?: boolean | undefined;
  /** Why there is no value, or what is wrong with it: the place is marked. */
  readonly fault?: string | undefined;
}

export interface CurveSeries {
  readonly name: string;
  /** In the order in which they are joined. */
  readonly points: readonly CurvePoint[];
}

/** About the most points of a series that are drawn; of more, the least and the greatest of each stretch. */
const MAX_POINTS = 800;

/** A point as it is drawn. */
export interface Point {
  readonly x: number;
  readonly y: number | null;
  readonly bound: boolean;
  readonly fault: string | null;
}

/** A series as it is drawn. */
export interface Series {
  readonly name: string;
  /** Those that are drawn. */
  readonly points: readonly Point[];
  /** Of all points, also of those that are not drawn. */
  readonly count: number;
  readonly faults: number;
  readonly bounds: number;
}

/** Points that stand nowhere on the horizontal axis are left out; values that stand nowhere on the vertical one are breaks. */
export function checked({ name, points }: CurveSeries, across: ScaleKind, down: ScaleKind): Series {
  const placed = points.flatMap((point): Point[] => {
    const x = placeable(point.x, across);
    const y = placeable(point.y, down);
    const fault = point.fault === undefined ? null : named(point.fault, 100);
    return x === null ? [] : [{ x, y, bound: y !== null && point.bound === true, fault }];
  });
  const faults = placed.filter(({ fault: why }) => why !== null).length;
  const bounds = placed.filter(({ bound }) => bound).length;
  return { name: named(name, 40), points: thinned(placed), count: placed.length, faults, bounds };
}

/** Also of a long series every peak is there. */
function thinned(points: readonly Point[]): readonly Point[] {
  const last = points.at(-1);
  if (points.length <= MAX_POINTS || last === undefined) return points;
  const stretch = Math.ceil(points.length / (MAX_POINTS / 2));
  const stretches = Array.from({ length: Math.ceil((points.length - 1) / stretch) }, (_, i) =>
    points.slice(i * stretch, Math.min((i + 1) * stretch, points.length - 1)),
  );
  return [...stretches.flatMap(extremes), last];
}

/** The least and the greatest point of a stretch, and its first break or fault, in their order. */
function extremes(points: readonly Point[]): readonly Point[] {
  const known = points.filter(({ y }) => y !== null);
  const keep = new Set([
    points.find(({ y, fault: why }) => y === null || why !== null),
    known.reduce<Point | undefined>((a, b) => (a === undefined || (b.y as number) < (a.y as number) ? b : a), undefined),
    known.reduce<Point | undefined>((a, b) => (a === undefined || (b.y as number) > (a.y as number) ? b : a), undefined),
  ]);
  return points.filter((point) => keep.has(point));
}
