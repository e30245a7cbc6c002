import { Fault } from '../fault.ts';
import type { FieldStatus } from '../report.ts';
import type { Trace } from '../trace.ts';
import type { Box } from './influence/box.ts';
import { flowFrom } from './influence/flow.ts';
import { reached } from './influence/forward.ts';
import type { Source } from './propagate.ts';
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
  /** The operator that makes it dataDependent or unknown; else null. */
  readonly cause: string | null;
  /** One entry per axis by which units of the target are told apart; empty where all of them see alike. */
  readonly axes: readonly ProjectiveAxis[];
  /** Units that depend on the position: indices along those axes. A target without any such axis counts as one unit. */
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

/** Which units of a target depend on one position of a source. Faults: `invalid-position`, `limit-exceeded`. */
export function projectiveField(trace: Trace, { target, source, position }: ProjectiveRequest): ProjectiveField {
  const chosen = positionOf(source, position);
  const flow = flowFrom(trace, source, target.at);
  const axes = unitAxes(flow, target);
  const about = { target: target.name, source: source.name, position: chosen };
  const none = axes.map((axis) => ({ ...axis, hull: null }));
  if (!flow.tracks.has(target.name)) return { ...about, status: 'none', cause: null, axes: none, units: 0, percent: 0 };
  const mask = reached(flow, target, new Map(source.axes.map(({ axis }, i) => [axis, chosen[i]?.index ?? 0])));
  if (mask && 'status' in mask) return { ...about, ...mask, axes: none, units: null, percent: null };
  if (!mask) return { ...about, status: 'none', cause: null, axes: none, units: 0, percent: 0 };
  const units = mask.data.reduce((count, weight) => count + weight, 0);
  const all = axes.reduce((product: number | null, { size }) => (product === null || size === null ? null : product * size), 1);
  return {
    ...about,
    status: 'exact',
    cause: null,
    axes: axes.map((axis, dim) => ({ ...axis, hull: hullAlong(mask, dim) })),
    units,
    percent: all === null ? null : (100 * units) / all,
  };
}

/** The box of a mask is its hull: masks are trimmed on the way. */
function hullAlong({ start, shape }: Box, dim: number): Interval {
  const first = start[dim] as number;
  return { start: first, stop: first + (shape[dim] as number) };
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
