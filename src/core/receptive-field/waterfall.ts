import type { Route } from './routes.ts';

/** What one layer on a path adds to the field. */
export interface Contribution {
  /** Id of the layer; null for the source itself. */
  readonly layer: string | null;
  readonly op: string | null;
  /**
   * By how much the field behind the layer is larger than before it: taps of its window, or what its other branches see beside
   * this one. Negative where the layer reads only units that see less, or cuts the field to the extent of the source by making it
   * global. null where a size is unknown.
   */
  readonly contribution: number | null;
  /** Positions that the union of all paths to the tensor behind the layer spans; null where unknown. */
  readonly size: number | null;
}

/** The growth of the field along a path, layers that leave its size as it is left out. `sizeAt` tells the size at a tensor. */
export function waterfallOf(way: readonly Route[], sizeAt: (tensor: string) => number | null): readonly Contribution[] {
  const steps: Contribution[] = [{ layer: null, op: null, contribution: 1, size: 1 }];
  let before: number | null = 1;
  for (const { call, tensor } of way) {
    const size = sizeAt(tensor);
    if (size === before) continue;
    const contribution = size === null || before === null ? null : size - before;
    steps.push({ layer: call.node.id, op: call.node.op, contribution, size });
    before = size;
  }
  return steps;
}
