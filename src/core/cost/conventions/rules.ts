import { type Count, plus, times } from '../../count.ts';
import { int, known, size } from '../../operators/call.ts';
import { elementsOf } from '../../operators/shape.ts';
import type { Counted, Rule } from './convention.ts';

// What the tables of several conventions are made of.

export const nothing: Rule = () => 0;

/** Multiply-accumulates, without bias. */
export const macs: Rule = ({ operations }) => operations.mac;

/** Two operations for each multiply-accumulate. */
export const twiceMacs: Rule = ({ operations }) => times(2, operations.mac);

/** Multiply-accumulates, and one for each sum with a bias. */
export const macsAndBias: Rule = ({ operations }) => plus(operations.mac, operations.add);

/** So much for each element of the first output. */
export const perOutput =
  (amount: Count): Rule =>
  ({ call }) =>
    scaled(elementsOf(call.outputs[0]), amount);

/** So much for each element of the first input. */
export const perInput =
  (amount: Count): Rule =>
  ({ call }) =>
    scaled(elementsOf(call.inputs[0]), amount);

const scaled = (n: Count | null, amount: Count | null): Count | null => (n === null || amount === null ? null : times(n, amount));

/** The sum of two rules. */
export const both =
  (a: Rule, b: Rule): Rule =>
  (counted) => {
    const [left, right] = [a(counted), b(counted)];
    return left === null || right === null ? null : plus(left, right);
  };

/** One rule or another one. */
export const either =
  (test: (counted: Counted) => boolean, then: Rule, otherwise: Rule = nothing): Rule =>
  (counted) =>
    (test(counted) ? then : otherwise)(counted);

/** A layer with weights: tools that hook modules see no other contraction. */
export const hasWeight = ({ call }: Counted): boolean => call.inputs.slice(0, 3).some((input) => input?.constant === true);

/** Output positions times the weights of one output: what a transposed convolution costs where outputs are taken for inputs. */
export const byOutputPositions: Rule = ({ call }) => {
  const [output, weight] = [known(call.outputs[0]?.shape ?? null), known(call.inputs[1]?.shape ?? null)];
  if (!output || !weight) return null;
  const [channels, , ...kernel] = weight as [number, number, ...number[]];
  return times(...output, channels / int(call, 'group', 1), ...kernel);
};

/** Elements of the left operand times columns of the right one: a product in which the left one is broadcast for nothing. */
export const leftTimesColumns: Rule = (counted) => {
  const { inputs, outputs } = counted.call;
  if (inputs[1]?.shape?.length === 1) return macs(counted);
  return scaled(elementsOf(inputs[0]), size(outputs[0]?.shape?.at(-1)));
};

/** One step of a recurrent layer, in one direction, for one sequence. */
interface Cell {
  readonly input: number;
  readonly hidden: number;
  readonly gates: number;
  /** Elements of the two bias vectors; 0 without them. */
  readonly bias: number;
}

/** A recurrent layer: what a step costs, in each direction. */
export const recurrent =
  (step: (cell: Cell) => Count): Rule =>
  ({ call }) => {
    const [x, w, r] = call.inputs.map((tensor) => known(tensor?.shape ?? null));
    if (!x || !w || !r) return null;
    const [directions, rows, input] = w as [number, number, number];
    const hidden = r[2] as number;
    if (hidden === 0) return 0;
    const cell = { input, hidden, gates: rows / hidden, bias: call.inputs[3] ? 2 * rows : 0 };
    return times(x[0] as number, x[1] as number, directions, step(cell));
  };

/** The products of a step, and its biases, of which PyTorch has two for each gate. */
export const productsAndBias = ({ input, hidden, gates, bias }: Cell): Count => plus(times(gates, hidden, input + hidden), bias);

/** The rule for interpolation by mode and number of axes; modes without a rule are left out. */
export const byMode =
  (rules: Readonly<Partial<Record<'nearest' | 'linear' | 'bilinear' | 'trilinear' | 'bicubic', Rule>>>): Rule =>
  (counted) => {
    const { attributes } = counted.call.node;
    const rank = counted.call.inputs[0]?.shape?.length ?? 0;
    const mode = String(attributes.get('mode') ?? 'nearest');
    const linear = [rules.linear, rules.bilinear, rules.trilinear][rank - 3];
    const cubic = rank === 4 ? rules.bicubic : undefined;
    const rule = mode === 'linear' ? linear : mode === 'cubic' ? cubic : rules.nearest;
    return (rule ?? nothing)(counted);
  };
