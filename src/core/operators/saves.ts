import { type Count, times } from '../count.ts';
import type { Call } from './operator.ts';
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
  /** Whether training writes a new tensor where inference shows its input. */
  readonly copies?: true;
}

export const NOTHING: Saves = Object.freeze({});
export const INPUT: Saves = Object.freeze({ inputs: [0] });
export const OUTPUT: Saves = Object.freeze({ outputs: [0] });
export const OPERANDS: Saves = Object.freeze({ operands: [0, 1] });

/** The input, and for each output the position (int64) that it came from. */
export const WITH_INDICES: Saves = Object.freeze({
  inputs: [0],
  beside: (call: Call) => {
    const outputs = elementsOf(call.outputs[0]);
    return outputs === null ? null : times(8, outputs);
  },
});
