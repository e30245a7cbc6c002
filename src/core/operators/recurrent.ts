import { times } from '../count.ts';
import type { Dim } from '../graph.ts';
import { activationAmounts } from './activation.ts';
import { type Amounts, each, together } from './amount.ts';
import { choice, has, int, need, sameDim, size, strings } from './call.ts';
import { type AxisMap, type Call, defineOperator, type Operator } from './operator.ts';
import { recurrentSaves } from './recurrent-saves.ts';
import { ALL, EACH, link, table } from './relation.ts';
import { productDim, ranked, volume } from './shape.ts';

interface Cell {
  readonly gates: number;
  /** The functions that `activations` lists for one direction, by default, and how often a step takes each for one unit. */
  readonly functions: readonly (readonly [string, number])[];
  /** What joins the gates into the new state, for one unit. */
  readonly state: Amounts;
  /** Names of the states that are given in after `sequence_lens` and out after Y. */
  readonly states: number;
  /** What training keeps of each step for one unit, with the states that it begins with, and after the last one. */
  readonly kept: (call: Call) => number;
  readonly last?: number;
  /** Gates that read the state through another gate. */
  readonly gated?: (call: Call) => number;
}

const DIRECTIONS = ['forward', 'reverse', 'bidirectional'] as const;

const directionOf = (call: Call) => choice(call, 'direction', DIRECTIONS);
const directionsOf = (call: Call) => (directionOf(call) === 'bidirectional' ? 2 : 1);
const resetsAfter = (call: Call) => int(call, 'linear_before_reset', 0) !== 0;
const batchFirst = (call: Call) => int(call, 'layout', 0) !== 0;

interface Sizes {
  readonly time: Dim;
  readonly batch: Dim;
  readonly input: Dim;
  readonly hidden: Dim;
}

/** Sizes as the input, the weights (directions x gates * hidden x input) and the attributes agree on them. */
function sizesOf(call: Call, { gates }: Cell): Sizes {
  const [x, w, r] = [ranked(call, 0, 3), ranked(call, 1, 3), ranked(call, 2, 3)];
  for (const shape of [w, r]) sameDim(call, shape[0] as Dim, directionsOf(call), 'directions of the weights and of the attribute');
  const stated = call.node.attributes.has('hidden_size') ? int(call, 'hidden_size', 0) : null;
  const hidden = sameDim(call, r[2] as Dim, stated, 'hidden_size and the weights differ');
  for (const shape of [w, r])
    sameDim(call, shape[1] as Dim, productDim(call, [gates, hidden]), 'rows of the weights and gates times hidden_size differ');
  const [time, batch] = batchFirst(call) ? [x[1] as Dim, x[0] as Dim] : [x[0] as Dim, x[1] as Dim];
  return { time, batch, hidden, input: sameDim(call, x[2] as Dim, w[2] as Dim, 'features of the input and the weight differ') };
}

/** Letters of the axes: T time, N batch, D direction, H hidden, C features. */
const SEQUENCE = { given: ['TNC', 'NTC'], made: ['TDNH', 'NTDH'] } as const;
const STATE = ['DNH', 'NDH'] as const;

const layout = (call: Call, letters: readonly [string, string]) => letters[batchFirst(call) ? 1 : 0] as string;
const outputLetters = (call: Call, k: number) => layout(call, k === 0 ? SEQUENCE.made : STATE);

/** Letters of input i: the sequence, a state, or a weight, whose first axis is the direction. */
function inputLetters(call: Call, i: number): string {
  if (i === 0) return layout(call, SEQUENCE.given);
  return i === 5 || i === 6 ? layout(call, STATE) : 'D';
}

/** A step sees all steps before it in its direction. */
function timeMap(call: Call, time: Dim): AxisMap {
  const n = size(time);
  const direction = directionOf(call);
  if (direction === 'bidirectional') return ALL;
  return table(n, (o) => (direction === 'forward' ? [0, o] : [o, (n as number) - 1]), 'a recurrent layer has no meaning past its border');
}

/** Amounts of one step of one sequence in one direction, for each hidden unit. */
function unitAmounts(call: Call, cell: Cell): readonly Amounts[] {
  const listed = strings(call, 'activations');
  const functions = cell.functions.map(([name, uses], j) => [activationAmounts(call, listed?.[j] ?? name), uses] as const);
  return [
    cell.state,
    // The two bias vectors are one once they are added up, except for GRU's new gate when it is reset after the product.
    { add: has(call, 3) ? cell.gates + (resetsAfter(call) ? 1 : 0) : 0 },
    has(call, 7) ? { mul: 3, add: 3 } : {},
    call.node.attributes.has('clip') ? { cmp: 2 * cell.gates } : {},
    ...functions.flatMap(([amounts, uses]) => Array<Amounts>(uses).fill(amounts)),
  ];
}

/** Every step multiplies the input and the state with the weights of all gates: T * N * G * H * (In + H) a direction. */
function cost(call: Call, cell: Cell) {
  const { time, batch, input, hidden } = sizesOf(call, cell);
  const units = volume([directionsOf(call), time, batch, hidden]);
  const [fromInput, fromState] = [size(input), size(hidden)];
  if (units === null || fromInput === null || fromState === null) return null;
  const mac = times(units, cell.gates, fromInput + fromState);
  return together(call, { mac }, ...unitAmounts(call, cell).map((amounts) => each(call, units, amounts)));
}

function recurrent(op: string, cell: Cell): Operator {
  return defineOperator(op, {
    saves: (call) =>
      recurrentSaves(call, {
        ...sizesOf(call, cell),
        directions: directionsOf(call),
        gates: cell.gates,
        kept: cell.kept(call),
        last: cell.last ?? 0,
        gated: cell.gated?.(call) ?? 0,
      }),
    infer: (call) => {
      const { time, batch, hidden } = sizesOf(call, cell);
      const sizes: Readonly<Record<string, Dim>> = { T: time, N: batch, D: directionsOf(call), H: hidden };
      return Array.from({ length: 1 + cell.states }, (_, k) => ({
        dtype: need(call, 0).dtype,
        shape: [...outputLetters(call, k)].map((letter) => sizes[letter] ?? null),
      }));
    },
    field: (call, i, k) => {
      if (i === 4) return 'dataDependent';
      const given = inputLetters(call, i);
      return [...outputLetters(call, k)].map((letter) => {
        const axis = letter === 'H' ? -1 : given.indexOf(letter);
        return axis < 0 ? null : link(axis, letter === 'T' ? timeMap(call, sizesOf(call, cell).time) : EACH);
      });
    },
    cost: (call) => cost(call, cell),
    defaults: (call) => ({
      direction: DIRECTIONS[0],
      layout: 0,
      activations: Array.from({ length: directionsOf(call) }, () => cell.functions.map(([name]) => name)).flat(),
      ...(op === 'LSTM' && { input_forget: 0 }),
      ...(op === 'GRU' && { linear_before_reset: 0 }),
    }),
    axes: (call) => [...layout(call, SEQUENCE.given)],
  });
}

/**
 * Source: ONNX LSTM (Hochreiter and Schmidhuber 1997): C = f C + i c, H = o h(C). Training keeps the four gates, C and H from
 * before, and h(C).
 */
export const lstm = recurrent('LSTM', {
  gates: 4,
  functions: [
    ['Sigmoid', 3],
    ['Tanh', 1],
    ['Tanh', 1],
  ],
  state: { mul: 3, add: 1 },
  states: 2,
  kept: () => 7,
});

/**
 * Source: ONNX GRU (Cho et al. 2014): r H before the new gate h, then H = (1 - z) h + z H. Training keeps the gates, H from
 * before, H - h, and r H; where r comes after the product, that product and what r makes of it.
 */
export const gru = recurrent('GRU', {
  gates: 3,
  functions: [
    ['Sigmoid', 2],
    ['Tanh', 1],
  ],
  state: { mul: 3, add: 2 },
  states: 1,
  kept: (call) => (resetsAfter(call) ? 7 : 6),
  gated: (call) => (resetsAfter(call) ? 0 : 1),
});

/** Source: ONNX RNN (Elman 1990). Training keeps all its states. */
export const rnn = recurrent('RNN', { gates: 1, functions: [['Tanh', 1]], state: {}, states: 1, kept: () => 1, last: 1 });
