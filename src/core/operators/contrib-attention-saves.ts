import { type Count, plus, times } from '../count.ts';
import type { Heads } from './attention-cost.ts';
import { has } from './call.ts';
import type { Call } from './operator.ts';
import { allOf, manyOf, type Saves } from './saves.ts';
import { volume } from './shape.ts';

/** What training has to know of an attention operator of ONNX Runtime. */
export interface Kept {
  readonly sizes: Heads;
  readonly stateHeads: number;
  /** Slots of queries, keys and values where they are given as they are multiplied. */
  readonly given: readonly number[];
  /** Elements of queries, keys and values that the operator makes itself: by a projection, a bias, a rotation. */
  readonly made: Count | null;
  /** Slots of the past; what is attended to stands behind it in outputs, or within. */
  readonly past: readonly number[];
  /** Multiply-accumulates of a projection of input 0 by input 1; 0 where there is none. */
  readonly projected: Count | null;
}

/**
 * What a flash kernel keeps: queries, keys, values, the output, and for each row of scores the logarithm of the sum of their
 * exponentials in float32, as PyTorch's. A projection keeps what it reads too.
 */
export function attentionSaves(call: Call, { sizes, stateHeads, given, made, past, projected }: Kept): Saves {
  const { batch, heads, queries, keys, depth, valueDepth } = sizes;
  const rows = volume([batch, heads, queries]);
  const states = allOf(volume([batch, stateHeads, keys, depth]), volume([batch, stateHeads, keys, valueDepth]));
  const joined = past.some((slot) => has(call, slot));
  // Outputs behind the first one are keys and values with their past.
  const handed = call.node.outputs.slice(1).some((name) => name !== '');
  return {
    ...(projected === 0 ? { inputs: given } : { operands: [0, 1] }),
    outputs: joined ? [...call.node.outputs.keys()] : [0],
    within: () => allOf(made, joined && !handed ? states : 0),
    beside: () => manyOf(rows, 4),
    backward: (_, needs) => {
      const scores = volume([batch, heads, queries, keys]);
      const [one, other] = [volume([depth]), volume([valueDepth])];
      if (projected === null || scores === null || one === null || other === null) return null;
      const projections = times((needs(0) ? 1 : 0) + (needs(1) ? 1 : 0), projected);
      // One tensor that holds all three needs the gradients of all.
      const operands = projected !== 0 || !has(call, 1) ? 2 : Math.min(2, [0, 1, 2].filter(needs).length);
      return plus(projections, times(operands, scores, plus(one, other)));
    },
  };
}
