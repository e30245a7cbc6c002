import type { Shape } from '../../graph.ts';
import { size } from '../../operators/call.ts';
import type { Track } from './tracks.ts';

/**
 * A tensor axis, or a digit of the index along one where a Reshape has packed several axes into it: arrays tell positions part
 * by part, so that the channels that GroupNormalization packs with them take no room.
 */
export interface Part {
  readonly axis: number;
  /** Positions; null where unknown. */
  readonly size: number | null;
  /** For each followed axis of the source, whether its positions move along the part. */
  readonly moves: readonly boolean[];
}

/** The parts of a tensor, outermost first: digits where the tracks of all source axes tell the same ones, else whole axes. */
export function partsOf(tracks: readonly Track[], shape: Shape | null): readonly Part[] {
  return (shape ?? []).flatMap((dim, axis): Part[] => {
    const along = tracks.map((track) => track[axis] ?? false);
    const [first] = along.flatMap((track) => (typeof track === 'boolean' ? [] : [track]));
    const alike = (track: Track[number]) =>
      track === false || (track !== true && track.length === first?.length && track.every((digit, i) => digit.size === first[i]?.size));
    if (!first || !along.every(alike)) return [{ axis, size: size(dim), moves: along.map((track) => track !== false) }];
    const moves = (i: number) => along.map((track) => typeof track !== 'boolean' && track[i]?.weight === 1);
    return first.map((digit, i) => ({ axis, size: digit.size, moves: moves(i) }));
  });
}

/** The position within one part that an index along the part's axis has. */
export function positionWithin(parts: readonly Part[], part: number, index: number): number {
  const { axis, size } = parts[part] as Part;
  const inner = parts.slice(part + 1).reduce((product, other) => (other.axis === axis ? product * (other.size ?? 1) : product), 1);
  const outermost = parts.findIndex((other) => other.axis === axis) === part;
  const digit = Math.floor(index / inner);
  return outermost || size === null ? digit : digit % size;
}
