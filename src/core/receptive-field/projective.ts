import { Fault } from '../fault.ts';
import type { FieldStatus } from '../report.ts';
import type { Trace } from '../trace.ts';
import { Budget, withinLimits } from './influence/budget.ts';
import { type Flow, flowFrom, toldOf } from './influence/flow.ts';
import type { Source } from './propagate.ts';
import { MAX_PRODUCTS, type Positions, volumeOf } from './reach/products.ts';
import { unitsThatRead } from './reach/reach.ts';
import { indices, type Target, unitAxes } from './target.ts';
import type { Interval } from './unit-field.ts';

/**
 * The projective field of one position of a source: the units of a target that depend on it, by all ways through the network
 * (gates and statistics count) and with the borders of all tensors. A unit is in it just where the position is in the region of
 * the unit. What cannot be determined is null.
 */
export interface ProjectiveField {
  /** Name of the tensor whose units are meant. */
  readonly target: string;
  /** Name of the tensor that the position belongs to. */
  readonly source: string;
  /** The position: one index per followed axis of the source, which are all but batch and channel. */
  readonly position: readonly PositionIndex[];
  /** `exact`; `none` where no unit depends on the position; `dataDependent` or `unknown` where it cannot be followed. */
  readonly status: FieldStatus;
  /** The operator that makes it dataDependent or unknown, or the limit that leaves out the units or all of it; else null. */
  readonly cause: string | null;
  /** One entry per axis by which units of the target are told apart; empty where all of them see alike. */
  readonly axes: readonly ProjectiveAxis[];
  /**
   * Units that depend on the position: indices along those axes. A target without any such axis counts as one unit. null also where
   * they have too ragged an outline to be counted; the hulls are exact then too.
   */
  readonly units: number | null;
  /** 100 units / all units. */
  readonly percent: number | null;
}

/** One index of a position. */
export interface PositionIndex {
  /** Name of the axis: H, W, D, T, or its index. */
  readonly axis: string;
  /** Positions along the axis; null where unknown. */
  readonly size: number | null;
  readonly index: number;
}

/** The units that depend on a position, along one axis of the target. */
export interface ProjectiveAxis {
  /** Axis of the target. */
  readonly axis: number;
  /** Positions along the axis; null where unknown. */
  readonly size: number | null;
  /** The smallest interval that holds all of the units; null where there are none, or they are not known. */
  readonly hull: Interval | null;
}

export interface ProjectiveRequest {
  readonly target: Target;
  readonly source: Source;
  /** One index per followed axis of the source; its centre, floor(n / 2) on each axis, where absent. */
  readonly position?: readonly number[] | undefined;
}

/**
 * Which units of a target depend on one position of a source. `most` bounds the rectangles that are followed one by one. Fault:
 * `invalid-position`.
 */
export function projectiveField(trace: Trace, { target, source, position }: ProjectiveRequest, most = MAX_PRODUCTS): ProjectiveField {
  const chosen = positionOf(source, position);
  const flow = flowFrom(trace, source, target.at);
  const axes = unitAxes(flow, target);
  const about = { target: target.name, source: source.name, position: chosen };
  const none = axes.map((axis) => ({ ...axis, hull: null }));
  if (!flow.tracks.has(target.name)) return { ...about, status: 'none', cause: null, axes: none, units: 0, percent: 0 };
  const indices = new Map(source.axes.map(({ axis }, i) => [axis, chosen[i]?.index ?? 0]));
  const found = withinLimits(() => {
    const reached = unitsThatRead(flow, target, indices, most);
    return reached && !('status' in reached) ? unitsOf(flow, target, reached) : reached;
  });
  if (!found) return { ...about, status: 'none', cause: null, axes: none, units: 0, percent: 0 };
  if ('status' in found) {
    const status = found.status === 'beyond' ? 'unknown' : found.status;
    return { ...about, status, cause: found.cause, axes: none, units: null, percent: null };
  }
  const { units, hulls } = found;
  const all = axes.reduce((product: number | null, { size }) => (product === null || size === null ? null : product * size), 1);
  return {
    ...about,
    status: 'exact',
    cause: units === null ? `its units are the union of more than ${most} rectangles or more than 2^53, and not counted` : null,
    axes: axes.map((axis) => ({ ...axis, hull: hulls.get(axis.axis) ?? null })),
    units,
    percent: all === null || units === null ? null : (100 * units) / all,
  };
}

interface Units {
  /** null where they cannot be counted. */
  readonly units: number | null;
  /** By the axes of the target. */
  readonly hulls: ReadonlyMap<number, Interval>;
}

/** Positions over the told parts of a target as units, which its axes tell. */
function unitsOf(flow: Flow, target: Target, { products, exact }: Positions): Units {
  const told = toldOf(flow, target.name, null);
  const parts = flow.parts(target.name);
  const moving = new Set(told.map((part) => parts[part]?.axis));
  let units = exact ? volumeOf(products, new Budget()) : null;
  const ends = new Map<number, readonly [first: number, last: number][]>();
  for (const [part, { axis, size }] of parts.entries()) {
    if (!moving.has(axis)) continue;
    const at = told.indexOf(part);
    const n = size ?? 0;
    // Digits that come from elsewhere, such as channels, are not told: all of them depend on the position.
    if (at < 0 && units !== null) units *= n;
    ends.set(
      axis,
      products.map((product, i) => {
        const [first, last] = ends.get(axis)?.[i] ?? [0, 0];
        const spans = at < 0 ? [0, n] : (product[at] ?? []);
        return [first * n + (spans[0] as number), last * n + (spans.at(-1) as number) - 1];
      }),
    );
  }
  const hulls = [...ends].map(([axis, each]): [number, Interval] => {
    const [start, last] = [Math.min(...each.map(([first]) => first)), Math.max(...each.map(([, end]) => end))];
    return [axis, { start, stop: last + 1 }];
  });
  return { units: units !== null && Number.isSafeInteger(units) ? units : null, hulls: new Map(hulls) };
}

function positionOf(source: Source, position: readonly number[] | undefined): readonly PositionIndex[] {
  const axes = source.axes.map(({ axis, extent }) => ({ axis, size: extent }));
  const expected = `a position of ${source.name} has ${indices(axes)}`;
  if (!position && axes.some(({ size }) => size === null)) {
    throw new Fault('invalid-position', `${expected}; where a size is unknown there is no centre, so that the position must be given`);
  }
  const chosen = position ?? axes.map(({ size }) => Math.floor((size ?? 0) / 2));
  const wrong = chosen.some((index, i) => !Number.isSafeInteger(index) || index < 0 || index >= (axes[i]?.size ?? Infinity));
  if (chosen.length !== axes.length || wrong) throw new Fault('invalid-position', `${expected}, not [${chosen.slice(0, 8).join(', ')}]`);
  return source.axes.map(({ name, extent }, i) => ({ axis: name, size: extent, index: chosen[i] as number }));
}
