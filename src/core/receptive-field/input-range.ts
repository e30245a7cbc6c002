import type { Judged } from './judge.ts';
import type { Source } from './propagate.ts';
import type { VirtualSize } from './virtual.ts';

/** Input sizes along one axis that a network can make use of; null where a field that decides is not determinable, or there is none. */
export interface InputRange {
  /** Name of the source axis. */
  readonly axis: string;
  /**
   * The largest field (smallest over its paths) before any layer with weights: below this size some layer is unproductive for its
   * field, above it none is.
   */
  readonly min: number | null;
  /** The largest window with weights, its positions times its stride: below this size a window covers the whole of its map. */
  readonly minKernel: number | null;
  /** The largest field of any layer that does not mix the whole axis: beyond this size no unit of these sees the whole input. */
  readonly max: number | null;
}

/** A layer that was looked at. */
export interface Candidate {
  /** Name of its first output. */
  readonly output: string;
  readonly axes: readonly Judged[];
  /** Whether it contracts with weights. */
  readonly weighted: boolean;
}

/** The range per axis; `sizeAt` tells the local field of a tensor. */
export function inputRanges(
  source: Source,
  candidates: readonly Candidate[],
  sizeAt: (tensor: string, axis: number) => VirtualSize,
): readonly InputRange[] {
  return source.axes.map(({ name }, axis): InputRange => {
    const along = candidates.flatMap(({ output, axes, weighted }) => {
      const judged = axes.find((judged) => judged.axis === name);
      // A dense layer sees everything at any size, and so has no place in the range.
      return judged && !(judged.verdict === 'global' && judged.minSize === null) ? [{ output, judged, weighted }] : [];
    });
    const weighted = along.filter((candidate) => candidate.weighted).map(({ judged }) => judged);
    const behind = along.map(({ output }) => sizeAt(output, axis)).filter(({ status }) => status !== 'global');
    return {
      axis: name,
      min: largest(weighted.map(({ minSizeBefore }) => minSizeBefore)),
      minKernel: largest(weighted.map(({ reach }) => reach).filter((reach) => reach !== null)),
      max: largest(behind.map(({ size }) => size)),
    };
  });
}

/** The largest of some numbers; null where one of them is not known, or there is none. */
function largest(sizes: readonly (number | null)[]): number | null {
  let most: number | null = null;
  for (const size of sizes) {
    if (size === null) return null;
    if (most === null || size > most) most = size;
  }
  return most;
}
