import type { Step } from '../inference/runner.ts';
import { alignedHaloOf, type Sides, widest } from './halo.ts';
import { gcd } from './integers.ts';
import { type FieldMap, isEmpty, type Periodic } from './map.ts';
import { cropHalo, NO_CROPS } from './tile-crop.ts';
import { foldHalo } from './tile-fold.ts';
import { type Refusal, type RefusalReason, refusal, title } from './tile-refusal.ts';
import { positional, type Seen, type Sight, type Walk } from './tile-walk.ts';

/** Largest step between tile origins that is reported; strides multiply, and files are not trusted. */
const MAX_GRANULARITY = 2 ** 20;

/** What does not depend on the size of a tile. */
export interface Frame {
  readonly map: Periodic;
  /** Input positions by which a tile may be moved so that every tensor moves by whole periods. */
  readonly granularity: number;
  readonly outputPer: number;
  readonly alignedHalo: Sides;
}

/**
 * How a network looks to a tile: the step at which every tensor repeats, and the halo. `extent` is the size of the source
 * axis in this trace; where it is null, crops and repeated borders are left out of the halo.
 */
export function frameOf(walk: Walk, output: string, sight: Sight, extent: number | null): Frame | Refusal {
  const target = walk.seen.get(output) as Seen;
  const found = sight === 'strict' ? (obstacle(walk, target) ?? positionalObstacle(walk)) : null;
  if (found) return found;
  const map = target[sight].virtual;
  if (map.kind !== 'periodic' || !map.known || typeof target[sight].at !== 'number') return obstacleAt(walk, target, sight);
  let granularity = 1;
  for (const { [sight]: path } of walk.seen.values()) {
    if (path.virtual.kind !== 'periodic') continue;
    granularity = (granularity / gcd(granularity, path.virtual.shift)) * path.virtual.shift;
    if (granularity > MAX_GRANULARITY)
      return refusal('unknown', null, `tiles would have to lie more than ${MAX_GRANULARITY} positions apart`);
  }
  const outputPer = (granularity / map.shift) * map.lo.length;
  const crops = extent === null ? NO_CROPS : cropHalo(walk, output, sight, extent, granularity);
  if ('reason' in crops) return crops;
  const folds = extent === null ? NO_CROPS.halo : foldHalo(walk, sight, extent, granularity, crops);
  if ('reason' in folds) return folds;
  return { map, granularity, outputPer, alignedHalo: widest(alignedHaloOf(map), widest(crops.halo, folds)) };
}

/** Why the output or a tensor on the way to it does not repeat; null where all do. */
function obstacle(walk: Walk, target: Seen): Refusal | null {
  const first = [target, ...walk.seen.values()].find((seen) => reasonAgainst(seen.strict.virtual));
  return first ? obstacleAt(walk, first, 'strict') : null;
}

/** What one tensor's field says against tiling, told of the first tensor of which it is true. */
function obstacleAt(walk: Walk, target: Seen, sight: Sight): Refusal {
  const reason = reasonAgainst(target[sight].virtual);
  if (!reason) return refusal('unknown', target.call, 'the output has no axis of its own along this axis of the input');
  const origin = [...walk.seen.values()].find((seen) => reasonAgainst(seen[sight].virtual) === reason) ?? target;
  const by = origin.call ? title(origin.call) : target.name;
  if (origin.call && reason !== 'global' && meetsStrides(walk, origin.call, sight)) {
    return refusal('misaligned', origin.call, `${by}: branches of different strides`);
  }
  const { virtual } = origin[sight];
  return refusal(reason, origin.call, SAYS[reason]?.(by) ?? (isEmpty(virtual) ? null : virtual.cause) ?? by);
}

const SAYS: { readonly [reason in RefusalReason]?: (by: string) => string } = {
  global: (by) => `${by}: a unit depends on the whole axis`,
  dataDependent: (by) => `${by}: which positions are read depends on the data`,
  positional: (by) => `${by}: every unit reads the same position`,
};

/** Why a field does not repeat along the axis; null where it does, or where there is none. */
function reasonAgainst(map: FieldMap): RefusalReason | null {
  switch (map.kind) {
    case 'opaque':
      return map.status;
    case 'table':
      return map.whole ? 'global' : 'border';
    case 'constant':
      if (isEmpty(map)) return null;
      return map.whole ? 'global' : 'positional';
    case 'periodic':
      return map.known ? null : 'unknown';
  }
}

function meetsStrides({ seen }: Walk, call: Step, sight: Sight): boolean {
  const strides = call.node.inputs.flatMap((name) => {
    const map = seen.get(name)?.[sight].virtual;
    return map?.kind === 'periodic' ? [map.shift / map.lo.length] : [];
  });
  return new Set(strides).size > 1;
}

function positionalObstacle(walk: Walk): Refusal | null {
  const [found] = positional(walk);
  if (!found) return null;
  return refusal('positional', found.call, `${title(found.call)}: '${found.tensor}' differs from position to position`);
}
