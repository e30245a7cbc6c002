import type { FieldAxis } from '../report.ts';
import type { Trace } from '../trace.ts';
import { fieldOf } from './fields.ts';
import { Budget, withinLimits } from './influence/budget.ts';
import { type Flow, flowFrom } from './influence/flow.ts';
import type { AxisField, Source } from './propagate.ts';
import { bounds, MAX_PRODUCTS, volumeOf } from './reach/products.ts';
import { positionsReadBy } from './reach/reach.ts';
import { countIn, type Spans } from './reach/spans.ts';
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
  /**
   * Why the coverage is not known: the operator, or a limit; null where it is known. That of the axes may be known where that over
   * all of them is not.
   */
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

/**
 * The region of one unit of a target in a source, and how much of it the unit depends on. `most` bounds the rectangles that are
 * followed one by one. Fault: `invalid-unit`.
 */
export function unitRegion(trace: Trace, { target, source, unit }: RegionRequest, most = MAX_PRODUCTS): UnitRegion {
  const flow = flowFrom(trace, source, target.at);
  const chosen = flow.tracks.has(target.name) ? unitOf(flow, target, unit) : [];
  const at = new Map(chosen.map(({ axis, index }) => [axis, index]));
  const { shape } = target.tensor;
  const field = fieldOf(trace, source, target, true);
  const summary = field ? summarize([field], shape)[0]?.axes : undefined;
  const { along, positions, cause } = supportOf(flow, target, at, most);
  const views = source.axes.map((_, i) => followed(viewsOf(field?.axes[i], shape, at), along && (along[i] ?? [])));
  const hulls = source.axes.map((_, i) => extentOf(hullOf(along?.[i] ?? [])) ?? 0);
  return {
    target: target.name,
    source: source.name,
    unit: chosen,
    axes: source.axes.map(({ name }, i) => ({
      field: summary?.[i] ?? unseen(name),
      ...(views[i] as Views),
      coverage: along && coverageOf(countIn(along[i] ?? []), hulls[i] as number),
    })),
    coverage: positions === null ? null : coverageOf(positions, positions === 0 ? 0 : hulls.reduce((volume, n) => volume * n, 1)),
    coverageCause: cause,
  };
}

interface Support {
  /** What the unit depends on along each followed axis of the source; null where that cannot be followed. */
  readonly along: readonly Spans[] | null;
  /** Positions that it depends on; null where they cannot be counted. */
  readonly positions: number | null;
  /** Why not. */
  readonly cause: string | null;
}

function supportOf(flow: Flow, target: Target, unit: ReadonlyMap<number, number>, most: number): Support {
  const found = withinLimits((): Support | { readonly status: string; readonly cause: string } => {
    const reached = positionsReadBy(flow, target, unit, most);
    if (!reached) return { along: [], positions: 0, cause: null };
    if ('status' in reached) return reached;
    const along = bounds(reached.products);
    const positions = reached.exact ? volumeOf(reached.products, new Budget()) : null;
    return positions !== null && Number.isSafeInteger(positions)
      ? { along, positions, cause: null }
      : { along, positions: null, cause: `its positions are the union of more than ${most} rectangles or more than 2^53, and not counted` };
  });
  return 'status' in found ? { along: null, positions: null, cause: found.cause } : found;
}

function hullOf(spans: Spans): Interval | null {
  return spans.length === 0 ? null : { start: spans[0] as number, stop: spans.at(-1) as number };
}

/**
 * With the region that was followed for this unit alone, where that is known: axis by axis, what the units of one piece of a
 * Concat see along the other axes counts for those of all pieces. Without strict positions there are no local ones.
 */
function followed({ strict, local }: Views, along: Spans | null): Views {
  if (along === null) return { strict, local };
  const own = { ...strict, actual: hullOf(along) };
  if (local === strict) return { strict: own, local: own };
  return { strict: own, local: own.actual ? local : { ...local, actual: null } };
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
