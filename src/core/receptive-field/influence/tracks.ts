import type { Shape } from '../../graph.ts';
import { known } from '../../operators/call.ts';
import type { AxisMap, Relation } from '../../operators/operator.ts';
import { linksOf } from '../follow.ts';
import { type Digit, sameAxis } from '../placement.ts';
import { refine } from './refine.ts';

/**
 * Whether positions along a tensor axis come from positions along one axis of the source: `false` not at all, `true` they do,
 * or a part of the index does: the digits (see `placement.ts`) of weight 1. Unlike the placement of a field, the track is
 * kept where a field has become the whole source, as that of a token behind attention: which one it is still matters there.
 */
export type AxisTrack = boolean | readonly Digit[];

/** One entry per tensor axis; none where the rank is unknown. */
export type Track = readonly AxisTrack[];

/** The axes of a tensor along which positions of the source move. */
export function movingAxes(track: Track): number[] {
  return track.flatMap((axis, i) => (axis === false ? [] : [i]));
}

/** Where the positions of an input move in the output. Axes that are mixed as a whole, or cannot be followed, end there. */
export function trackThrough(track: Track, relation: Relation, before: Shape | null, after: Shape | null): Track {
  if (!before || !after) return [];
  if (relation === 'elementwise') {
    const grown = after.length - before.length;
    return after.map((dim, axis) => (before[axis - grown] === 1 && dim !== 1 ? false : (track[axis - grown] ?? false)));
  }
  if (relation === 'reshape') return reshaped(track, before, after);
  const links = linksOf(relation);
  return after.map((_, axis) => {
    const link = links[axis];
    if (!link) return false;
    const moved = carried(track[link.input] ?? false, link.map);
    // Of an axis that is cut off the digits do not count on.
    return before[link.input] === after[axis] ? moved : moved !== false;
  });
}

function carried(track: AxisTrack, map: AxisMap): AxisTrack {
  switch (map.kind) {
    case 'each':
      return track;
    case 'all':
      return map.statistics ? track : false;
    case 'periodic':
    case 'table':
      return track !== false;
    default:
      return false;
  }
}

function reshaped(track: Track, before: Shape, after: Shape): Track {
  const [from, to] = [known(before), known(after)];
  if (!from || !to) {
    const lands = new Map(track.flatMap((axis, i) => (axis === false ? [] : [[sameAxis(i, before, after), axis] as const])));
    return lands.has(null) ? after.map(() => false) : after.map((_, axis) => lands.get(axis) ?? false);
  }
  const digits = track.flatMap((axis, i): readonly Digit[] =>
    typeof axis === 'boolean' ? [{ size: from[i] as number, weight: axis ? 1 : 0 }] : axis,
  );
  const pieces = refine(
    digits.map(({ size }) => size),
    to,
    (digit) => digits[digit]?.weight === 1,
  );
  return to.map((_, axis): AxisTrack => {
    const own = pieces?.filter(({ to }) => to === axis).map(({ size, from }) => ({ size, weight: digits[from]?.weight ?? 0 })) ?? [];
    if (own.every(({ weight }) => weight === 0)) return false;
    return own.every(({ weight }) => weight === 1) || own;
  });
}

/** What moves in a tensor that has its positions from two inputs. */
export function joinTracks(a: Track, b: Track): Track {
  if (a === b || b.length === 0) return a;
  if (a.length === 0) return b;
  return a.map((axis, i) => joinAxis(axis, b[i] ?? false));
}

function joinAxis(a: AxisTrack, b: AxisTrack): AxisTrack {
  if (a === b || b === false) return a;
  if (a === false) return b;
  if (a === true || b === true || a.length !== b.length || a.some(({ size }, i) => size !== b[i]?.size)) return true;
  const digits = a.map(({ size, weight }, i) => ({ size, weight: Math.max(weight, b[i]?.weight ?? 0) }));
  return digits.every(({ weight }) => weight === 1) || digits;
}
