import type { FieldAxis } from '../report.ts';
import type { Trace } from '../trace.ts';
import { fieldsFrom } from './fields.ts';
import { influence } from './influence/backward.ts';
import { type Box, marginal } from './influence/box.ts';
import { withinLimits } from './influence/budget.ts';
import { type Flow, flowFrom } from './influence/flow.ts';
import type { AxisField, Source } from './propagate.ts';
import { summarize } from './summary.ts';
import { type Target, type UnitIndex, unitOf } from './target.ts';
import { extentOf, type Interval, type UnitView, viewOf } from './unit-field.ts';

/** The region of a source that one unit depends on. What cannot be determined is null. */
export interface UnitRegion {
  /** Name of the tensor that the unit belongs to. */
  readonly target: string;
  /** Name of the tensor in which the region lies. */
  readonly source: string;
  /** Which unit: one index per axis of the target that moves along the source; empty where all units see alike. */
  readonly unit: readonly UnitIndex[];
  /** One entry per followed axis of the source: all but batch and channel. */
  readonly axes: readonly RegionAxis[];
  /** How much of the hull over all axes together the unit really depends on; null where that cannot be followed, for `coverageCause`. */
  readonly coverage: Coverage | null;
  /** Why the coverage (also that of the axes) is not known: the operator, or a limit; null where it is known. */
  readonly coverageCause: string | null;
}

/** The region along one axis of the source. */
export interface RegionAxis {
  /** The field of all units of the target along this axis, as in a report: its status, cause, sizes, stride. */
  readonly field: FieldAxis;
  /** What this unit sees, by all ways through the network. */
  readonly strict: UnitView;
  /** What this unit sees where statistics and gates are left out. */
  readonly local: UnitView;
  /** Positions of the axis that the unit depends on (on any line along it) among those of the strict actual region. */
  readonly coverage: Coverage | null;
}

/** How many positions of a hull a unit depends on: dilation, strides and crosses leave holes. */
export interface Coverage {
  /** Positions that the unit depends on. */
  readonly positions: number;
  /** Positions of the hull. */
  readonly hull: number;
  /** 100 positions / hull; null where the hull is empty. */
  readonly percent: number | null;
}

export interface RegionRequest {
  readonly target: Target;
  readonly source: Source;
  /** One index per axis of `unitAxes`; the centre unit where absent. */
  readonly unit?: readonly number[] | undefined;
}

/** The region of one unit of a target in a source, and how much of it the unit depends on. Faults: `invalid-unit`. */
export function unitRegion(trace: Trace, { target, source, unit }: RegionRequest): UnitRegion {
  const flow = flowFrom(trace, source, target.at);
  const chosen = flow.tracks.has(target.name) ? unitOf(flow, target, unit) : [];
  const at = new Map(chosen.map(({ axis, index }) => [axis, index]));
  const { shape } = target.tensor;
  const field = fieldsFrom(trace, source, target.at).get(target.name);
  const summary = field ? summarize([field], shape)[0]?.axes : undefined;
  const { mask, cause } = supportOf(flow, target, at);
  const views = source.axes.map((_, i) => followed(viewsOf(field?.axes[i], shape, at), cause === null ? hullAlong(mask, i) : undefined));
  const hulls = views.map(({ strict }, i) => extentOf(strict.actual) ?? mask?.shape[i] ?? 0);
  const known = (positions: number, hull: number) => (cause === null ? coverageOf(positions, hull) : null);
  return {
    target: target.name,
    source: source.name,
    unit: chosen,
    axes: source.axes.map(({ name }, i) => ({
      field: summary?.[i] ?? unseen(name),
      ...(views[i] as Views),
      coverage: known(mask ? heldAlong(mask, i) : 0, hulls[i] as number),
    })),
    coverage: known(mask ? heldIn(mask) : 0, mask ? hulls.reduce((volume, n) => volume * n, 1) : 0),
    coverageCause: cause,
  };
}

/** The positions that a unit depends on; null where it depends on none, or that cannot be followed for a cause. */
function supportOf(
  flow: Flow,
  target: Target,
  unit: ReadonlyMap<number, number>,
): { readonly mask: Box | null; readonly cause: string | null } {
  const way = { variant: 'support', clip: true, local: false, only: null } as const;
  const reached = withinLimits(() => influence(flow, target, unit, way));
  return 'status' in reached ? { mask: null, cause: reached.cause } : { mask: reached.box, cause: null };
}

/** First and last position of a mask; null where it is empty. */
function hullAlong(mask: Box | null, dim: number): Interval | null {
  const start = mask?.start[dim] as number;
  return mask && { start, stop: start + (mask.shape[dim] as number) };
}

/**
 * With the region that was followed for this unit alone, where that is known: axis by axis, what the units of one piece of a
 * Concat see along the other axes counts for those of all pieces.
 */
function followed({ strict, local }: Views, actual: Interval | null | undefined): Views {
  if (actual === undefined) return { strict, local };
  const own = { ...strict, actual };
  return { strict: own, local: local === strict ? own : local };
}

type Views = Pick<RegionAxis, 'strict' | 'local'>;

const NOTHING: UnitView = { virtual: null, actual: null };

function viewsOf(field: AxisField | undefined, shape: Target['tensor']['shape'], unit: ReadonlyMap<number, number>): Views {
  if (!field) return { strict: NOTHING, local: NOTHING };
  const strict = viewOf(field.strict, shape, unit);
  return { strict, local: field.local === field.strict ? strict : viewOf(field.local, shape, unit) };
}

/** What a report says of an axis that a tensor does not depend on. */
function unseen(axis: string): FieldAxis {
  const extent = { status: 'none', size: 0, sizeMin: 0, visible: 0, stride: null, strideRatio: null, padding: null, center: null } as const;
  return { axis, outputAxis: null, ...extent, local: extent };
}

function coverageOf(positions: number, hull: number): Coverage {
  return { positions, hull, percent: hull === 0 ? null : (100 * positions) / hull };
}

function heldAlong(mask: Box, dim: number): number {
  return marginal(mask, dim).reduce((held, count) => (count > 0 ? held + 1 : held), 0);
}

function heldIn({ data }: Box): number {
  return data.reduce((held, weight) => (weight > 0 ? held + 1 : held), 0);
}
