import t from 'tap';
import type { Counters } from '../../../src/core/operators/operator.ts';
import { data, expectCost, expectField, expectMalformed, expectShape, expectValue, floats, infer, scalar, values } from './harness.ts';

const UNARY: Readonly<Record<string, Counters>> = {
  Abs: { cmp: 6 },
  Neg: { add: 6 },
  Sign: { cmp: 6 },
  Floor: { cmp: 6 },
  Ceil: { cmp: 6 },
  Round: { cmp: 6 },
  Reciprocal: { div: 6 },
  Not: { cmp: 6 },
  IsNaN: { cmp: 6 },
  IsInf: { cmp: 6 },
};
const ELEMENTARY = ['Sqrt', 'Exp', 'Log', 'Sin', 'Cos', 'Tan', 'Asin', 'Acos', 'Atan', 'Sinh', 'Cosh', 'Asinh', 'Acosh', 'Atanh'];
const BINARY: Readonly<Record<string, Counters>> = {
  Add: { add: 12 },
  Sub: { add: 12 },
  Mul: { mul: 12 },
  Div: { div: 12 },
  Mod: { div: 12 },
  Pow: { exp: 12 },
  Sum: { add: 12 },
  Mean: { add: 12, div: 12 },
  Max: { cmp: 12 },
  Min: { cmp: 12 },
};
const COMPARE = ['Equal', 'Greater', 'Less', 'GreaterOrEqual', 'LessOrEqual', 'And', 'Or', 'Xor'];

t.test('one tensor', async (t) => {
  const table = { ...UNARY, ...Object.fromEntries(ELEMENTARY.map((op) => [op, { exp: 6 }])) };
  for (const [op, counters] of Object.entries(table)) {
    expectShape(t, { op, inputs: [data([2, 3])] }, [2, 3]);
    expectCost(t, { op, inputs: [data([2, 3])] }, counters);
    expectField(t, { op, inputs: [data([2, 3])] }, 'elementwise');
  }
  for (const op of ['Not', 'IsNaN', 'IsInf']) t.equal(infer({ op, inputs: [data([2])] }).outputs[0]?.dtype, 'bool');
  const call = infer({ op: 'IsInf', inputs: [data([2])] });
  t.strictSame(call.operator?.defaults?.(call), { detect_negative: 1, detect_positive: 1 });
});

t.test('two tensors, broadcast: each output element costs', async (t) => {
  const inputs = [data([3, 1]), data([2, 1, 2])];
  for (const [op, counters] of Object.entries(BINARY)) {
    expectShape(t, { op, inputs }, [2, 3, 2]);
    expectCost(t, { op, inputs }, counters);
    expectField(t, { op, inputs }, 'elementwise', 1);
    t.equal(infer({ op, inputs }).outputs[0]?.dtype, 'float32');
  }
  for (const op of COMPARE) {
    expectShape(t, { op, inputs }, [2, 3, 2]);
    expectCost(t, { op, inputs }, { cmp: 12 });
    t.equal(infer({ op, inputs }).outputs[0]?.dtype, 'bool');
  }
  expectShape(t, { op: 'Add', inputs: [data(['N', 1]), data(['N', 'C'])] }, ['N', 'C']);
  expectShape(t, { op: 'Add', inputs: [data([null, 3]), data(['C', null])] }, [null, 3]);
  expectShape(t, { op: 'Add', inputs: [data([null]), data([5])] }, [5]);
  expectShape(t, { op: 'Add', inputs: [data([5]), data(['C'])] }, [5]);
  expectShape(t, { op: 'Add', inputs: [data([2]), data(null)] }, null);
  expectMalformed(t, { op: 'Add', inputs: [data([2]), data([3])] }, /sizes 2 and 3 on axis 0 do not broadcast/);
  expectMalformed(t, { op: 'Add', inputs: [data([2])] }, /input 1 is required/);
});

t.test('many tensors, and one', async (t) => {
  const three = [data([4]), data([1]), data([4])];
  expectCost(t, { op: 'Sum', inputs: three }, { add: 8 });
  expectCost(t, { op: 'Mean', inputs: three }, { add: 8, div: 4 });
  expectCost(t, { op: 'Max', inputs: three }, { cmp: 8 });
  expectCost(t, { op: 'Sum', inputs: [data([4])] }, {});
  expectMalformed(t, { op: 'Sum', inputs: [] }, /no input/);
  const many = Array.from({ length: 300 }, () => scalar(1));
  expectValue(t, { op: 'Sum', inputs: many }, null);
});

t.test('integer arithmetic is marked, a square is a product', async (t) => {
  const indices = data([4], 'int64');
  expectCost(t, { op: 'Add', inputs: [indices, indices] }, { add: 4, integer: true });
  expectCost(t, { op: 'Add', inputs: [data([4], 'uint8'), indices] }, { add: 4, integer: true });
  expectCost(t, { op: 'Equal', inputs: [indices, indices] }, { cmp: 4 });
  expectCost(t, { op: 'Pow', inputs: [data([4]), scalar(2, 'float32')] }, { mul: 4 });
  expectCost(t, { op: 'Pow', inputs: [data([4]), scalar(3, 'float32')] }, { exp: 4 });
});

t.test('values of one tensor', async (t) => {
  const x = floats([-1.5, 0, 2.5]);
  const cases: readonly (readonly [string, readonly number[]])[] = [
    ['Abs', [1.5, 0, 2.5]],
    ['Neg', [1.5, 0, -2.5]],
    ['Sign', [-1, 0, 1]],
    ['Floor', [-2, 0, 2]],
    ['Ceil', [-1, 0, 3]],
    ['Round', [-2, 0, 2]],
  ];
  for (const [op, expected] of cases) expectValue(t, { op, inputs: [x] }, expected);
  expectValue(t, { op: 'Round', inputs: [floats([0.5, 1.5, 1.4, -0.6])] }, [0, 2, 1, -1]);
  expectValue(t, { op: 'Sqrt', inputs: [floats([4])] }, [2]);
  expectValue(t, { op: 'Exp', inputs: [floats([0])] }, [1]);
  expectValue(t, { op: 'Log', inputs: [floats([1])] }, [0]);
  expectValue(t, { op: 'Reciprocal', inputs: [floats([4, 3])] }, [0.25, Math.fround(1 / 3)]);
  expectValue(t, { op: 'Not', inputs: [values([1, 0], [2], 'bool')] }, [0, 1]);
  expectValue(t, { op: 'Sin', inputs: [x] }, null);
  expectValue(t, { op: 'Neg', inputs: [data([3])] }, null);
});

t.test('values of two tensors', async (t) => {
  const [a, b] = [values([7, -7, 6]), values([2, 2, -4])];
  const cases: readonly (readonly [string, readonly number[]])[] = [
    ['Add', [9, -5, 2]],
    ['Sub', [5, -9, 10]],
    ['Mul', [14, -14, -24]],
    ['Div', [3, -3, -1]],
    ['Mod', [1, 1, -2]],
    ['Pow', [49, 49, 6 ** -4]],
    ['Equal', [0, 0, 0]],
    ['Greater', [1, 0, 1]],
    ['Less', [0, 1, 0]],
    ['GreaterOrEqual', [1, 0, 1]],
    ['LessOrEqual', [0, 1, 0]],
    ['And', [1, 1, 1]],
    ['Or', [1, 1, 1]],
    ['Xor', [0, 0, 0]],
    ['Max', [7, 2, 6]],
    ['Min', [2, -7, -4]],
    ['Sum', [9, -5, 2]],
    ['Mean', [4.5, -2.5, 1]],
  ];
  for (const [op, expected] of cases) expectValue(t, { op, inputs: [a, b] }, expected);
  expectValue(t, { op: 'Mod', inputs: [a, b], attributes: { fmod: 1 } }, [1, -1, 2]);
  expectValue(t, { op: 'Div', inputs: [floats([1]), floats([3])] }, [Math.fround(1 / 3)]);
  expectValue(t, { op: 'Div', inputs: [values([1]), values([0])] }, null);
  expectValue(t, { op: 'Add', inputs: [values([1, 2], [2, 1]), values([10, 20])] }, [11, 21, 12, 22]);
  expectValue(t, { op: 'Add', inputs: [a, data([3], 'int64')] }, null);
});

t.test('Where', async (t) => {
  const sample = { op: 'Where', inputs: [values([1, 0], [2, 1], 'bool'), values([1, 2, 3]), scalar(9)] };
  expectShape(t, sample, [2, 3]);
  expectValue(t, sample, [1, 2, 3, 9, 9, 9]);
  expectCost(t, sample, { cmp: 6, integer: true });
  expectField(t, sample, 'elementwise', 1);
  t.equal(infer(sample).outputs[0]?.dtype, 'int64');
});
