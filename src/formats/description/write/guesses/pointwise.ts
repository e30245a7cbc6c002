import { dataOf, float, string } from '../../../../core/operators/call.ts';
import type { Call } from '../../../../core/operators/operator.ts';
import { volume } from '../../../../core/operators/shape.ts';
import { decimal, type Guess, type Guesser } from './guess.ts';

/** An activation without arguments. */
const plain =
  (type: string): Guesser =>
  () => [{ type, args: {} }];

/** An activation with one number. */
const shaped =
  (type: string, key: string, attribute: string, fallback: number): Guesser =>
  (call) => [{ type, args: { [key]: decimal(float(call, attribute, fallback)) } }];

const prelu: Guesser = (call) => {
  const slopes = volume(call.inputs[1]?.shape ?? [null]);
  return typeof slopes === 'number' ? [{ type: 'PReLU', args: { num_parameters: slopes } }] : [];
};

const clip: Guesser = (call) => {
  const [min, max] = [dataOf(call, 1)?.[0], dataOf(call, 2)?.[0]];
  if (min === undefined || max === undefined || !Number.isFinite(min) || !Number.isFinite(max)) return [];
  const range: Guess = { type: 'Hardtanh', args: { min_val: decimal(min), max_val: decimal(max) } };
  return min === 0 && max === 6 ? [{ type: 'ReLU6', args: {} }] : [range];
};

/** A layer that reads all that the node reads. */
const merge =
  (type: string, args: (call: Call) => Guess['args'] = () => ({})): Guesser =>
  (call) => [{ type, args: args(call), reads: call.node.inputs }];

export const pointwise: Readonly<Record<string, Guesser>> = {
  Relu: plain('ReLU'),
  LeakyRelu: shaped('LeakyReLU', 'negative_slope', 'alpha', 0.01),
  PRelu: prelu,
  Elu: shaped('ELU', 'alpha', 'alpha', 1),
  Selu: plain('SELU'),
  Celu: shaped('CELU', 'alpha', 'alpha', 1),
  Gelu: (call) => [{ type: 'GELU', args: { approximate: string(call, 'approximate', 'none') } }],
  Mish: plain('Mish'),
  Sigmoid: plain('Sigmoid'),
  Tanh: plain('Tanh'),
  Softplus: plain('Softplus'),
  Softsign: plain('Softsign'),
  Clip: clip,
  HardSigmoid: plain('Hardsigmoid'),
  HardSwish: plain('Hardswish'),
  Dropout: plain('Dropout'),
  Identity: plain('Identity'),
  Add: merge('Add'),
  Sub: merge('Subtract'),
  Mul: merge('Multiply'),
  Div: merge('Divide'),
};
