import type { Count } from '../../count.ts';
import type { Primitives } from '../counters.ts';

/** How a tool, or a field, turns primitive operations into its one figure. A table, which knows nothing of graphs. */
export interface Convention {
  readonly id: string;
  readonly version: string;
  readonly unit: 'MAC' | 'FLOP';
  readonly summary: string;
  /** The figure of one node; null for an operator that the convention does not count. */
  project(op: string, operations: Primitives): Count | null;
}
