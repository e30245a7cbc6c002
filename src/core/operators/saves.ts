import { type Count, plus, times } from '../count.ts';
import type { Call, Operator } from './operator.ts';
import { elementsOf } from './shape.ts';

/**
 * What training keeps of a call until its gradient is taken, as measured on PyTorch. Weights are kept anyway and do not count.
 * What is kept for the gradient of a tensor that needs none is not kept.
 */
export interface Saves {
  /** Input slots that are kept. */
  readonly inputs?: readonly number[];
  /** Input slots that the gradients of the others need: a product keeps each operand for the other's. `all` of them. */
  readonly operands?: readonly number[] | 'all';
  /** Output slots that are kept. */
  readonly outputs?: readonly number[];
  /** Bytes that are kept beside: statistics, indices, a mask; null where a size is unknown. */
  readonly beside?: (call: Call) => Count | null;
  /** Elements of tensors within the operator that are kept, which have the type of its first output; null where a size is unknown. */
  readonly within?: (call: Call) => Count | null;
  /**
   * Multiply-accumulates of the gradients, where it is not as many as forward for each of up to two `operands` (or `inputs`)
   * that need one; `needs` says which input slots do. null where a size is unknown.
   */
  readonly backward?: (call: Call, needs: (slot: number) => boolean) => Count | null;
  /** Whether training writes a new tensor where inference shows its input. */
  readonly copies?: true;
}

export const NOTHING: Saves = Object.freeze({});
export const INPUT: Saves = Object.freeze({ inputs: [0] });
export const OUTPUT: Saves = Object.freeze({ outputs: [0] });
export const OPERANDS: Saves = Object.freeze({ operands: [0, 1] });

/** The gradient finds positions, or scales, by comparing the tensor with the result. */
export const BOTH: Saves = Object.freeze({ inputs: [0], outputs: [0] });

/** What training keeps of a call; null where Fovea does not know. */
export function savesOf(call: Call & { readonly operator: Operator | undefined }): Saves | null {
  const saves = call.operator?.saves;
  return (typeof saves === 'function' ? saves(call) : saves) ?? null;
}

/** Counts, or unknown where one of them is. */
export function allOf(...counts: readonly (Count | null)[]): Count | null {
  return counts.includes(null) ? null : plus(...(counts as readonly Count[]));
}

/** So many times a count, if it is known. */
export function manyOf(count: Count | null, by: Count): Count | null {
  return count === null ? null : times(count, by);
}

/** The input, and for each output the position (int64) that it came from. */
export const WITH_INDICES: Saves = Object.freeze({
  inputs: [0],
  beside: (call: Call) => {
    const outputs = elementsOf(call.outputs[0]);
    return outputs === null ? null : times(8, outputs);
  },
});
