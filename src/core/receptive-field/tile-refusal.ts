import type { Step } from '../inference/runner.ts';

/** Why an axis cannot be tiled exactly. */
export type RefusalReason =
  /** A unit depends on the whole axis. */
  | 'global'
  /** Which positions a unit reads depends on the data. */
  | 'dataDependent'
  /** Positions count from the border: align_corners, adaptive pooling with a remainder, a flip, padding that goes around. */
  | 'border'
  /** Units read a fixed position, or a tensor that differs from position to position. */
  | 'positional'
  /** Branches of different strides meet. */
  | 'misaligned'
  /** The network has this field at no other size. */
  | 'fixedSize'
  | 'unknown';

export interface Refusal {
  readonly exact: false;
  readonly reason: RefusalReason;
  /** The layer at which it becomes impossible; null where it is none in particular. */
  readonly cause: { readonly layer: string; readonly op: string } | null;
  readonly message: string;
}

export function refusal(reason: RefusalReason, call: Step | null, message: string): Refusal {
  return { exact: false, reason, cause: call && { layer: call.node.id, op: call.node.op }, message };
}

/** A call as messages name it. */
export function title({ node }: Step): string {
  return `${node.id} (${node.op})`;
}
