import type { FieldStatus } from '../report.ts';
import type { Trace } from '../trace.ts';
import { alongAxes, type EffectiveAxis, nothingAlong, type Question, shared } from './effective-axis.ts';
import { fieldOf } from './fields.ts';
import { type Box, marginal } from './influence/box.ts';
import { Budget } from './influence/budget.ts';
import { flowFrom } from './influence/flow.ts';
import type { Variant } from './influence/variant.ts';
import { momentsOf } from './moments.ts';
import type { Source } from './propagate.ts';
import {
  type AreaRatio,
  areaRatiosOf,
  type InfluenceMap,
  luoSizeOf,
  type Marginal,
  mapOf,
  marginalsOf,
  type Side,
  sidesOf,
} from './spread.ts';
import { type Target, type UnitIndex, unitOf } from './target.ts';

/**
 * The effective receptive field (Luo et al. 2016, arXiv 1701.04128) of one unit, from the structure of the network alone: how a
 * weight of 1 at the unit is shared among the positions of the source that it reads (see `influence/variant.ts`). Gates and
 * statistics are left out, as in the local field. What cannot be determined is null.
 */
export interface EffectiveField {
  /** Name of the tensor that the unit belongs to. */
  readonly target: string;
  /** Name of the tensor in which the field lies. */
  readonly source: string;
  /** Which unit: one index per axis of the target that moves along the source; empty where all units see alike. */
  readonly unit: readonly UnitIndex[];
  /** How influence is shared: `uniform`, `paths` or `random`. */
  readonly variant: Variant;
  /** `exact`; `none` where the unit does not depend on the source; `dataDependent` or `unknown` where it cannot be followed. */
  readonly status: FieldStatus;
  /** The operator that makes the status, or the limit that leaves the map out; null where there is nothing to say. */
  readonly cause: string | null;
  /** One entry per followed axis of the source: all but batch and channel. */
  readonly axes: readonly EffectiveAxis[];
  /**
   * Share of the unit's influence that falls into padding instead of the source, 0 to 1; null for other variants than `uniform`,
   * where shares do not add up.
   */
  readonly paddingShare: number | null;
  /**
   * Luo's size: sqrt of the number of positions whose influence is above 1 - 0.9545 of the greatest one; the number itself for
   * one axis, the cube root for three. Luo et al. compare with the value at the centre, which is the greatest one in their
   * networks; the greatest value is also defined where the centre lies between two positions, or in a hole of a dilated kernel.
   */
  readonly luoSize: number | null;
  /** Sides of the squares that hold 50, 95 and 99 % of the influence that reaches the source. */
  readonly sides: readonly Side[] | null;
  /** RepLKNet's area ratios, a legacy metric: null unless there are two followed axes of known size. */
  readonly areaRatios: readonly AreaRatio[] | null;
  /** The influence of every position, with the real borders of all tensors; null beyond the limits, or with more than three axes. */
  readonly map: InfluenceMap | null;
  /**
   * For more than two axes what a figure can show of the influence: each axis before the last two on its own (D), and these two
   * together (H and W), each of them summed over all other axes with the borders of all tensors. null for one or two axes, of which
   * the map shows all, and beyond the limits.
   */
  readonly marginals: readonly Marginal[] | null;
}

export interface EffectiveRequest {
  readonly target: Target;
  readonly source: Source;
  /** One index per axis of `unitAxes`; the centre unit where absent. */
  readonly unit?: readonly number[] | undefined;
  /** `uniform` where absent. */
  readonly variant?: Variant | undefined;
}

/** The effective receptive field of one unit of a target in a source. Faults: `invalid-unit`. */
export function effectiveField(trace: Trace, { target, source, unit, variant = 'uniform' }: EffectiveRequest): EffectiveField {
  const flow = flowFrom(trace, source, target.at);
  const follows = flow.tracks.has(target.name) && !flow.gated.has(target.name);
  const chosen = flow.tracks.has(target.name) ? unitOf(flow, target, unit) : [];
  const about = { target: target.name, source: source.name, unit: chosen, variant };
  if (!follows || source.axes.length === 0) {
    const cause = flow.gated.has(target.name) ? ONLY_GATES : null;
    return { ...about, ...NOTHING, cause, axes: source.axes.map(nothingAlong) };
  }
  const question: Question = { flow, target, unit: new Map(chosen.map(({ axis, index }) => [axis, index])), variant };
  const clipped = shared(question, { clip: true, only: null });
  const status = 'status' in clipped && clipped.status !== 'beyond' ? clipped.status : 'exact';
  const fields = fieldOf(trace, source, target, false)?.axes ?? [];
  const axes = alongAxes(question, fields, clipped);
  if ('status' in clipped) return { ...about, ...NOTHING, status, cause: clipped.cause, axes };
  const { box, lost } = clipped;
  if (!box) return { ...about, ...NOTHING, axes, paddingShare: variant === 'uniform' && lost > 0 ? 1 : null };
  return { ...about, status, cause: null, axes, ...spreadOf(box, lost, source, variant) };
}

const ONLY_GATES = 'it depends on the source through gates and statistics only, which are left out';

const NOTHING = {
  status: 'none',
  cause: null,
  paddingShare: null,
  luoSize: null,
  sides: null,
  areaRatios: null,
  map: null,
  marginals: null,
} as const;

/** What the N-D map says. */
function spreadOf(box: Box, lost: number, source: Source, variant: Variant) {
  const extents = source.axes.map(({ extent }) => extent);
  const names = source.axes.map(({ name }) => name);
  const total = box.data.reduce((sum, weight) => sum + weight, 0);
  const means = box.axes.map((_, dim) => momentsOf(box.start[dim] as number, marginal(box, dim))?.mean ?? 0);
  return {
    paddingShare: variant === 'uniform' ? lost / (lost + total) : null,
    luoSize: luoSizeOf(box),
    sides: sidesOf(box, means, total, extents),
    areaRatios: areaRatiosOf(box, total, extents),
    map: mapOf(box, total),
    marginals: marginalsOf(box, total, names, new Budget()),
  };
}
