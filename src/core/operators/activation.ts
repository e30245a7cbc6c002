import { type Amounts, perOutput } from './amount.ts';
import { type Call, dataOf, defineOperator, float, has, malformed, need, type Operator, shapeOf, string } from './operator.ts';
import { broadcast } from './shape.ts';

/** A pointwise non-linear function of one tensor; `primitives` are those of one element. */
function activation(
  op: string,
  primitives: Amounts | ((call: Call) => Amounts),
  own: Readonly<Record<string, number | string>> = {},
): Operator {
  return defineOperator(op, {
    nonlinear: true,
    infer: (call) => [{ dtype: need(call, 0).dtype, shape: shapeOf(call, 0) }],
    field: () => 'elementwise',
    cost: (call) => perOutput(call, typeof primitives === 'function' ? primitives(call) : primitives),
    ...(Object.keys(own).length > 0 && { defaults: () => own }),
  });
}

/** The function bodies of the ONNX specification, except where a comment says otherwise. */
export const activations: readonly Operator[] = [
  activation('Relu', { cmp: 1 }),
  activation('LeakyRelu', { cmp: 1, mul: 1 }, { alpha: 0.01 }),
  activation('ThresholdedRelu', { cmp: 1 }, { alpha: 1 }),
  activation('Elu', { cmp: 1, exp: 1, add: 1, mul: 1 }, { alpha: 1 }),
  activation('Selu', { cmp: 1, exp: 1, add: 1, mul: 2 }, { alpha: 1.6732632423543772, gamma: 1.0507009873554805 }),
  activation('Celu', { cmp: 1, exp: 1, add: 1, mul: 1, div: 1 }, { alpha: 1 }),
  activation('Sigmoid', { exp: 1, add: 1, div: 1 }),
  activation('HardSigmoid', { mul: 1, add: 1, cmp: 2 }, { alpha: 0.2, beta: 0.5 }),
  activation('HardSwish', { mul: 2, add: 1, cmp: 2 }),
  // alpha * x is free where alpha is 1, as in SiLU.
  activation('Swish', (call) => ({ exp: 1, add: 1, div: 1, mul: float(call, 'alpha', 1) === 1 ? 1 : 2 }), { alpha: 1 }),
  activation('Tanh', { exp: 1, add: 2, mul: 1, div: 1 }),
  activation('Softplus', { exp: 2, add: 1 }),
  activation('Softsign', { cmp: 1, add: 1, div: 1 }),
  activation('Mish', { exp: 3, add: 3, mul: 2, div: 1 }),
  activation('Gelu', (call) => (string(call, 'approximate', 'none') === 'tanh' ? GELU_TANH : GELU_ERF), { approximate: 'none' }),
  activation('Erf', { exp: 1 }),
];

/** x / sqrt 2, erf, + 1, * x, * 1/2 (Hendrycks and Gimpel). */
const GELU_ERF: Amounts = { div: 1, exp: 1, add: 1, mul: 2 };

/** The same by tanh: Pow, Mul, Add, Mul, Tanh, Add, Mul, Mul. */
const GELU_TANH: Amounts = { exp: 2, add: 4, mul: 5, div: 1 };

/** Source: ONNX PRelu (He et al. 2015). The slope broadcasts to the tensor, never the other way. */
export const prelu = defineOperator('PRelu', {
  nonlinear: true,
  infer: (call) => {
    const { dtype, shape } = need(call, 0);
    const wide = broadcast(call, [shape, shapeOf(call, 1)]);
    if (shape && wide && wide.length > shape.length) malformed(call, 'the slope has more axes than the tensor');
    return [{ dtype, shape }];
  },
  field: () => 'elementwise',
  cost: (call) => perOutput(call, { cmp: 1, mul: 1 }),
});

/** A bound that may cut: one that is given, and not known to be infinite. */
const cuts = (call: Call, i: number): number =>
  has(call, i) && !dataOf(call, i)?.every((x) => Math.abs(x) === Number.POSITIVE_INFINITY) ? 1 : 0;

/** Source: ONNX Clip. ReLU6 and HardTanh are this. */
export const clip = defineOperator('Clip', {
  nonlinear: true,
  infer: (call) => [{ dtype: need(call, 0).dtype, shape: shapeOf(call, 0) }],
  value: (call) => {
    const [low, high] = [dataOf(call, 1)?.[0], dataOf(call, 2)?.[0]];
    if ((has(call, 1) && low === undefined) || (has(call, 2) && high === undefined)) return null;
    return dataOf(call, 0)?.map((x) => Math.min(Math.max(x, low ?? Number.NEGATIVE_INFINITY), high ?? Number.POSITIVE_INFINITY)) ?? null;
  },
  field: () => 'elementwise',
  cost: (call) => perOutput(call, { cmp: cuts(call, 1) + cuts(call, 2) }),
});
