import t from 'tap';
import type { Counters } from '../../../src/core/operators/operator.ts';
import { data, expectCost, expectField, expectMalformed, expectShape, expectValue, floats, infer, scalar, weight } from './harness.ts';

/** Primitives of one element. */
const PER_ELEMENT: Readonly<Record<string, Counters>> = {
  Relu: { cmp: 1 },
  LeakyRelu: { cmp: 1, mul: 1 },
  ThresholdedRelu: { cmp: 1 },
  Elu: { cmp: 1, exp: 1, add: 1, mul: 1 },
  Selu: { cmp: 1, exp: 1, add: 1, mul: 2 },
  Celu: { cmp: 1, exp: 1, add: 1, mul: 1, div: 1 },
  Sigmoid: { exp: 1, add: 1, div: 1 },
  HardSigmoid: { mul: 1, add: 1, cmp: 2 },
  HardSwish: { mul: 2, add: 1, cmp: 2 },
  Swish: { exp: 1, add: 1, div: 1, mul: 1 },
  Tanh: { exp: 1, add: 2, mul: 1, div: 1 },
  Softplus: { exp: 2, add: 1 },
  Softsign: { cmp: 1, add: 1, div: 1 },
  Mish: { exp: 3, add: 3, mul: 2, div: 1 },
  Gelu: { div: 1, exp: 1, add: 1, mul: 2 },
  Erf: { exp: 1 },
  Shrink: { cmp: 2, add: 1 },
  ScaledTanh: { exp: 1, add: 2, mul: 3, div: 1 },
  ParametricSoftplus: { exp: 2, add: 1, mul: 2 },
  'com.microsoft.Gelu': { div: 1, exp: 1, add: 1, mul: 2 },
  'com.microsoft.QuickGelu': { exp: 1, add: 1, div: 1, mul: 2 },
  'com.microsoft.FastGelu': { exp: 2, add: 4, mul: 5, div: 1 },
};

const sized = (counters: Counters, n: number) => Object.fromEntries(Object.entries(counters).map(([kind, per]) => [kind, n * Number(per)]));

t.test('an activation keeps the shape and costs the same for every element', async (t) => {
  for (const [op, counters] of Object.entries(PER_ELEMENT)) {
    expectShape(t, { op, inputs: [data([2, 3, 4])] }, [2, 3, 4]);
    expectShape(t, { op, inputs: [data(['N', null])] }, ['N', null]);
    expectCost(t, { op, inputs: [data([2, 3, 4])] }, sized(counters, 24));
    expectCost(t, { op, inputs: [data([null])] }, null);
    expectField(t, { op, inputs: [data([2, 3, 4])] }, 'elementwise');
    t.equal(infer({ op, inputs: [data([1])] }).operator?.nonlinear, true);
    expectMalformed(t, { op, inputs: [] }, /input 0 is required/);
  }
});

t.test('attributes that change the price, and defaults', async (t) => {
  const tanh = { op: 'Gelu', inputs: [data([10])], attributes: { approximate: 'tanh' } };
  expectCost(t, tanh, { exp: 20, add: 40, mul: 50, div: 10 });
  expectCost(t, { op: 'Swish', inputs: [data([10])], attributes: { alpha: 1.7 } }, { exp: 10, add: 10, div: 10, mul: 20 });
  const call = infer({ op: 'LeakyRelu', inputs: [data([1])] });
  t.strictSame(call.operator?.defaults?.(call), { alpha: 0.01 });
  const broken = infer({ op: 'Swish', inputs: [data([1])], attributes: { alpha: 'x' } });
  t.throws(() => broken.operator?.cost(broken), { code: 'malformed-node', message: /must be a number/ });
});

t.test('activations of a sum, and of two tensors', async (t) => {
  const [x, bias] = [data([2, 8]), weight(8)];
  expectShape(t, { op: 'com.microsoft.BiasGelu', inputs: [x, bias] }, [2, 8]);
  expectCost(t, { op: 'com.microsoft.BiasGelu', inputs: [x, bias] }, { div: 16, exp: 16, add: 32, mul: 32 });
  expectCost(t, { op: 'com.microsoft.FastGelu', inputs: [x, bias] }, { exp: 32, add: 80, mul: 80, div: 16 });
  expectField(t, { op: 'com.microsoft.BiasGelu', inputs: [x, bias] }, 'elementwise');
  expectMalformed(t, { op: 'com.microsoft.BiasGelu', inputs: [x] }, /input 1 is required/);
  expectMalformed(t, { op: 'com.microsoft.FastGelu', inputs: [x, weight(7)] }, /do not broadcast/);
  expectShape(t, { op: 'SwiGLU', inputs: [x, x] }, [2, 8]);
  expectCost(t, { op: 'SwiGLU', inputs: [x, x] }, { exp: 16, add: 16, div: 16, mul: 32 });
  expectCost(t, { op: 'SwiGLU', inputs: [x, x], attributes: { alpha: 2 } }, { exp: 16, add: 16, div: 16, mul: 48 });
  expectCost(t, { op: 'com.microsoft.QuickGelu', inputs: [x], attributes: { alpha: 1 } }, { exp: 16, add: 16, div: 16, mul: 16 });
  expectField(t, { op: 'SwiGLU', inputs: [x, x] }, 'elementwise', 1);
  const call = infer({ op: 'SwiGLU', inputs: [x, x] });
  t.strictSame(call.operator?.defaults?.(call), { alpha: 1 });
});

t.test('PRelu', async (t) => {
  expectShape(t, { op: 'PRelu', inputs: [data([1, 8, 4]), weight(8, 1)] }, [1, 8, 4]);
  expectShape(t, { op: 'PRelu', inputs: [data([1, 8, 4]), data(null)] }, [1, 8, 4]);
  expectCost(t, { op: 'PRelu', inputs: [data([1, 8, 4]), weight(8, 1)] }, { cmp: 32, mul: 32 });
  expectField(t, { op: 'PRelu', inputs: [data([1, 8, 4]), weight(8, 1)] }, 'elementwise');
  expectMalformed(t, { op: 'PRelu', inputs: [data([1, 8, 4]), weight(7, 1)] }, /do not broadcast/);
  expectMalformed(t, { op: 'PRelu', inputs: [data([4]), weight(2, 4)] }, /more axes/);
});

t.test('Clip costs a comparison per finite bound', async (t) => {
  const x = data([10]);
  const [zero, six, infinite] = [scalar(0, 'float32'), scalar(6, 'float32'), scalar(Number.POSITIVE_INFINITY, 'float32')];
  expectCost(t, { op: 'Clip', inputs: [x, zero, six] }, { cmp: 20 });
  expectCost(t, { op: 'Clip', inputs: [x, zero] }, { cmp: 10 });
  expectCost(t, { op: 'Clip', inputs: [x, undefined, six] }, { cmp: 10 });
  expectCost(t, { op: 'Clip', inputs: [x, zero, infinite] }, { cmp: 10 });
  expectCost(t, { op: 'Clip', inputs: [x] }, {});
  expectShape(t, { op: 'Clip', inputs: [x, zero, six] }, [10]);
  expectField(t, { op: 'Clip', inputs: [x, zero, six] }, 'elementwise');
  const known = floats([-1, 3, 9]);
  expectValue(t, { op: 'Clip', inputs: [known, zero, six] }, [0, 3, 6]);
  expectValue(t, { op: 'Clip', inputs: [known, undefined, six] }, [-1, 3, 6]);
  expectValue(t, { op: 'Clip', inputs: [known, zero] }, [0, 3, 9]);
  expectValue(t, { op: 'Clip', inputs: [known, data([])] }, null);
  expectValue(t, { op: 'Clip', inputs: [known, zero, data([])] }, null);
  expectValue(t, { op: 'Clip', inputs: [x, zero] }, null);
});
