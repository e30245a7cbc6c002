import { type Influence, influence, type Way } from './influence/backward.ts';
import { marginal } from './influence/box.ts';
import { type Beyond, withinLimits } from './influence/budget.ts';
import type { Flow } from './influence/flow.ts';
import type { Refusal } from './influence/passage.ts';
import { type Along, alongPhases } from './influence/phases.ts';
import type { Variant } from './influence/variant.ts';
import { type Moments, momentsOf } from './moments.ts';
import type { AxisField, FollowedAxis } from './propagate.ts';
import type { Target } from './target.ts';
import { extentOf, type Interval, viewOf } from './unit-field.ts';

/** The effective field along one axis of the source. */
export interface EffectiveAxis {
  /** Name of the axis: H, W, D, T, or its index. */
  readonly axis: string;
  /** Positions of the source along it; null where unknown. */
  readonly extent: number | null;
  /** Standard deviation of the influence, in positions of the source. */
  readonly sigma: number | null;
  /** Centre of mass of the influence: a position of the source, 0 is the centre of the first one. */
  readonly mean: number | null;
  /** The theoretical field of this unit: local, virtual; null where it sees nothing, or what it sees is unknown. */
  readonly theoretical: Interval | null;
  /** Its size. */
  readonly size: number | null;
  /** 4 sigma / size: the share of the theoretical field that is effective. */
  readonly ratio: number | null;
  /**
   * Whether sigma and mean are those of tensors without borders, so that borders do not blur them. false where an operator has no
   * meaning without borders (attention, global pooling): then they are those of the map.
   */
  readonly borderless: boolean;
  /** The operator that has no meaning without borders, or why nothing is known; null where there is neither. */
  readonly cause: string | null;
}

/** One unit whose influence is shared out. */
export interface Question {
  readonly flow: Flow;
  readonly target: Target;
  readonly unit: ReadonlyMap<number, number>;
  readonly variant: Variant;
}

export type Shared = Influence | Refusal | Beyond;

/** The influence of the unit on the source, gates and statistics left out. */
export function shared({ flow, target, unit, variant }: Question, way: Pick<Way, 'clip' | 'only'>): Shared {
  return withinLimits(() => influence(flow, target, unit, { ...way, variant, local: true }));
}

/** The effective field along each followed axis of the source; `clipped` is the influence with borders, along all of them. */
export function alongAxes(question: Question, fields: readonly AxisField[], clipped: Shared): EffectiveAxis[] {
  let together: Shared | undefined;
  return question.flow.source.axes.map((followed, axis) => {
    let endless = borderless(question, axis);
    if (!('status' in endless || endless.separable || endless.bounded !== null)) {
      together ??= shared(question, { clip: false, only: null });
      endless = alongOf(together, axis);
    }
    const field = fields[axis];
    const theoretical = field ? viewOf(field.local, question.target.tensor.shape, question.unit).virtual : null;
    const size = extentOf(theoretical);
    if ('status' in endless) return { ...nothingAlong(followed), theoretical, size, cause: endless.cause };
    const moments = endless.bounded === null ? endless.moments : momentsAt(clipped, axis);
    return {
      axis: followed.name,
      extent: followed.extent,
      sigma: moments?.sigma ?? null,
      mean: moments?.mean ?? null,
      theoretical,
      size,
      ratio: moments && size ? (4 * moments.sigma) / size : null,
      borderless: endless.bounded === null,
      cause: endless.bounded,
    };
  });
}

/** The influence along one axis as if no tensor had a border: by phases, where these do not tell position by position. */
function borderless(question: Question, axis: number): Along | Refusal | Beyond {
  const { flow, target, unit, variant } = question;
  return alongPhases(flow, target, unit, { variant, axis }) ?? alongOf(shared(question, { clip: false, only: axis }), 0);
}

function alongOf(found: Shared, dim: number): Along | Refusal | Beyond {
  return 'status' in found ? found : { ...found, moments: momentsAt(found, dim) };
}

export function nothingAlong({ name, extent }: FollowedAxis): EffectiveAxis {
  return { axis: name, extent, sigma: null, mean: null, theoretical: null, size: null, ratio: null, borderless: true, cause: null };
}

function momentsAt(found: Shared, dim: number): Moments | null {
  return 'status' in found || !found.box ? null : momentsOf(found.box.start[dim] as number, marginal(found.box, dim));
}
