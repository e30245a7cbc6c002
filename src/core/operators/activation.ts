import { type Amounts, perOutput } from './amount.ts';
import { dataOf, float, has, malformed, need, shapeOf, string } from './call.ts';
import { type Call, defineOperator, type Operator } from './operator.ts';
import { INPUT, OUTPUT, type Saves } from './saves.ts';
import { broadcast, elementsOf } from './shape.ts';

/** A pointwise non-linear function of one tensor; `primitives` are those of one element. */
function activation(
  op: string,
  primitives: Amounts | ((call: Call) => Amounts),
  own: Readonly<Record<string, number | string>> = {},
  saves: Saves = INPUT,
): Operator {
  return defineOperator(op, {
    nonlinear: true,
    saves,
    infer: (call) => [{ dtype: need(call, 0).dtype, shape: shapeOf(call, 0) }],
    field: () => 'elementwise',
    cost: (call) => perOutput(call, typeof primitives === 'function' ? primitives(call) : primitives),
    ...(Object.keys(own).length > 0 && { defaults: () => own }),
  });
}

/** Primitives of one element: the function bodies of the ONNX specification, except where a comment says otherwise. */
const AMOUNTS = {
  Affine: { mul: 1, add: 1 },
  Relu: { cmp: 1 },
  LeakyRelu: { cmp: 1, mul: 1 },
  ThresholdedRelu: { cmp: 1 },
  Elu: { cmp: 1, exp: 1, add: 1, mul: 1 },
  Sigmoid: { exp: 1, add: 1, div: 1 },
  HardSigmoid: { mul: 1, add: 1, cmp: 2 },
  HardSwish: { mul: 2, add: 1, cmp: 2 },
  Tanh: { exp: 1, add: 2, mul: 1, div: 1 },
  ScaledTanh: { exp: 1, add: 2, mul: 3, div: 1 },
  Softplus: { exp: 2, add: 1 },
  Softsign: { cmp: 1, add: 1, div: 1 },
  // The bounds of an activation that is fused into another operator.
  Clip: { cmp: 2 },
} as const satisfies Readonly<Record<string, Amounts>>;

const BY_NAME: ReadonlyMap<string, Amounts> = new Map(Object.entries(AMOUNTS).map(([name, amounts]) => [name.toLowerCase(), amounts]));

/** Primitives of one element of an activation that an attribute names; runtimes ignore the case of its letters. */
export function activationAmounts(call: Call, name: string): Amounts {
  return BY_NAME.get(name.toLowerCase()) ?? malformed(call, `${JSON.stringify(name.slice(0, 40))} is no activation`);
}

/** What an activation that an attribute names keeps of itself: its output where the gradient can be taken of that, else what goes in. */
export function activationSaves(name: string): 'output' | 'input' {
  return ['relu', 'sigmoid', 'tanh'].includes(name.toLowerCase()) ? 'output' : 'input';
}

export const activations: readonly Operator[] = [
  activation('Relu', AMOUNTS.Relu, {}, OUTPUT),
  activation('LeakyRelu', AMOUNTS.LeakyRelu, { alpha: 0.01 }),
  activation('ThresholdedRelu', AMOUNTS.ThresholdedRelu, { alpha: 1 }),
  activation('Elu', AMOUNTS.Elu, { alpha: 1 }),
  activation('Selu', { cmp: 1, exp: 1, add: 1, mul: 2 }, { alpha: 1.6732632423543772, gamma: 1.0507009873554805 }),
  activation('Celu', { cmp: 1, exp: 1, add: 1, mul: 1, div: 1 }, { alpha: 1 }),
  activation('Sigmoid', AMOUNTS.Sigmoid, {}, OUTPUT),
  activation('HardSigmoid', AMOUNTS.HardSigmoid, { alpha: 0.2, beta: 0.5 }),
  activation('HardSwish', AMOUNTS.HardSwish),
  // alpha * x is free where alpha is 1, as in SiLU.
  activation('Swish', (call) => ({ exp: 1, add: 1, div: 1, mul: scaled(call, 1) ? 2 : 1 }), { alpha: 1 }),
  activation('Tanh', AMOUNTS.Tanh, {}, OUTPUT),
  activation('Softplus', AMOUNTS.Softplus),
  activation('Softsign', AMOUNTS.Softsign, {}, { ...INPUT, within: (call) => elementsOf(call.outputs[0]) }),
  activation('Mish', { exp: 3, add: 3, mul: 2, div: 1 }),
  activation('Gelu', (call) => (string(call, 'approximate', 'none') === 'tanh' ? GELU_TANH : GELU_ERF), { approximate: 'none' }),
  activation('Erf', { exp: 1 }),
  // Two comparisons with lambd; the bias is added or taken away.
  activation('Shrink', { cmp: 2, add: 1 }, { bias: 0, lambd: 0.5 }),
  // Experimental operators of the first operator set, which old files still hold.
  activation('ScaledTanh', AMOUNTS.ScaledTanh, { alpha: 1, beta: 1 }),
  activation('ParametricSoftplus', { exp: 2, add: 1, mul: 2 }, { alpha: 1, beta: 1 }),
  // Source of those of com.microsoft: the contrib operators of ONNX Runtime.
  activation('com.microsoft.Gelu', () => GELU_ERF),
  activation('com.microsoft.QuickGelu', (call) => ({ exp: 1, add: 1, div: 1, mul: scaled(call, 1.702) ? 2 : 1 }), { alpha: 1.702 }),
];

/** Whether x is scaled before the sigmoid. */
const scaled = (call: Call, fallback: number) => float(call, 'alpha', fallback) !== 1;

/** The sum that goes into an activation behind it. */
const SUM: Saves = { within: (call) => elementsOf(call.outputs[0]) };

/** An activation of the sum of a tensor and a bias along its last axis, which may be left out where it is `optional`. */
function biased(op: string, primitives: Amounts, optional: boolean): Operator {
  return defineOperator(op, {
    nonlinear: true,
    saves: (call) => (has(call, 1) ? SUM : INPUT),
    infer: (call) => {
      const { dtype, shape } = need(call, 0);
      if (!optional || has(call, 1)) broadcast(call, [shape, shapeOf(call, 1)]);
      return [{ dtype, shape }];
    },
    field: () => 'elementwise',
    cost: (call) => perOutput(call, { ...primitives, add: (primitives.add as number) + (has(call, 1) ? 1 : 0) }),
  });
}

/** x / sqrt 2, erf, + 1, * x, * 1/2 (Hendrycks and Gimpel). */
const GELU_ERF: Amounts = { div: 1, exp: 1, add: 1, mul: 2 };

/** The same by tanh: Pow, Mul, Add, Mul, Tanh, Add, Mul, Mul. */
const GELU_TANH: Amounts = { exp: 2, add: 4, mul: 5, div: 1 };

/** Source: com.microsoft BiasGelu and FastGelu. */
export const biasGelu = biased('com.microsoft.BiasGelu', GELU_ERF, false);
export const fastGelu = biased('com.microsoft.FastGelu', GELU_TANH, true);

/** Source: ONNX SwiGLU: Swish of the first tensor times the second. The product keeps the Swish too. */
export const swiGlu = defineOperator('SwiGLU', {
  nonlinear: true,
  saves: { inputs: [0, 1], within: (call) => elementsOf(call.inputs[0]) },
  infer: (call) => [{ dtype: need(call, 0).dtype, shape: broadcast(call, [shapeOf(call, 0), shapeOf(call, 1)]) }],
  field: () => 'elementwise',
  cost: (call) => perOutput(call, { exp: 1, add: 1, div: 1, mul: scaled(call, 1) ? 3 : 2 }),
  defaults: () => ({ alpha: 1 }),
});

/** Source: ONNX PRelu (He et al. 2015). The slope broadcasts to the tensor, never the other way. */
export const prelu = defineOperator('PRelu', {
  nonlinear: true,
  saves: INPUT,
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
  arguments: [1, 2],
  nonlinear: true,
  saves: INPUT,
  infer: (call) => [{ dtype: need(call, 0).dtype, shape: shapeOf(call, 0) }],
  value: (call) => {
    const [low, high] = [dataOf(call, 1)?.[0], dataOf(call, 2)?.[0]];
    if ((has(call, 1) && low === undefined) || (has(call, 2) && high === undefined)) return null;
    return dataOf(call, 0)?.map((x) => Math.min(Math.max(x, low ?? Number.NEGATIVE_INFINITY), high ?? Number.POSITIVE_INFINITY)) ?? null;
  },
  field: () => 'elementwise',
  cost: (call) => perOutput(call, { cmp: cuts(call, 1) + cuts(call, 2) }),
});
