import { type Count, less, plus, times } from '../count.ts';
import type { Dim } from '../graph.ts';
import { has, size, strings } from './call.ts';
import type { Call } from './operator.ts';
import { allOf, manyOf, type Saves } from './saves.ts';
import { volume } from './shape.ts';

/** What training has to know of a recurrent layer. */
export interface Unrolled {
  readonly directions: number;
  readonly time: Dim;
  readonly batch: Dim;
  readonly input: Dim;
  readonly hidden: Dim;
  readonly gates: number;
  /** Numbers that a step keeps for one unit, those of the states among them that it begins with. */
  readonly kept: number;
  /** The same once more after the last step: states that are kept since they are results. */
  readonly last: number;
  /** Gates that read the state through another one, so that their product has a gradient in the first step too. */
  readonly gated: number;
}

/** Functions whose gradient can be taken of their result, so that gates are kept in place. */
const BY_RESULT = new Set(['sigmoid', 'tanh', 'relu']);

/**
 * What training keeps of a recurrent layer, derived from its cell written out, as PyTorch runs it on a CPU: the input, the
 * states that each step begins with (zeros too, where none are given), and what the gates make. A fused kernel (cuDNN) has a
 * reserve of its own, whose size is not published. null with clipped sums and other activations.
 */
export function recurrentSaves(call: Call, layer: Unrolled): Saves | null {
  const listed = strings(call, 'activations') ?? [];
  if (call.node.attributes.has('clip') || !listed.every((name) => BY_RESULT.has(name.toLowerCase()))) return null;
  return {
    // The lengths of the sequences, and the states that are given.
    inputs: [0, 4, 5, 6],
    within: () => {
      const { directions, time, batch, hidden, kept, last } = layer;
      const state = volume([directions, batch, hidden]);
      // Peepholes read the last state of the cell too.
      const after = manyOf(state, last + (has(call, 7) ? 1 : 0));
      const all = allOf(manyOf(volume([directions, time, batch, hidden]), kept), after);
      const given = manyOf(state, [5, 6].filter((slot) => has(call, slot)).length);
      return all === null || given === null || all < given ? null : less(all, given);
    },
    backward: (_, needs) => gradients(layer, needs),
  };
}

/**
 * The products of the gradients: of each gate with its two weights, with the input, and with the state of every step but
 * the first one, unless that is given and needs a gradient.
 */
function gradients({ directions, time, batch, input, hidden, gates, gated }: Unrolled, needs: (slot: number) => boolean): Count | null {
  const [rows, gatedRows] = [volume([directions, batch, hidden, gates]), volume([directions, batch, hidden, gated])];
  const [steps, fromInput, fromState] = [size(time), size(input), size(hidden)];
  if (rows === null || gatedRows === null || steps === null || fromInput === null || fromState === null) return null;
  const of = (slot: number) => (needs(slot) ? steps : 0);
  const handed = needs(5) ? steps : Math.max(steps - 1, 0);
  const products = plus(times(rows, fromInput, of(0) + of(1)), times(rows, fromState, of(2) + handed));
  return plus(products, times(gatedRows, fromState, steps - handed));
}
