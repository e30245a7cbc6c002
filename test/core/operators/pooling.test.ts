import t from 'tap';
import { data, expectCost, expectField, expectMalformed, expectShape, infer, type Sample, window } from './harness.ts';

const x = data([1, 64, 112, 112]);
const pool = (op: string, attributes: NonNullable<Sample['attributes']>, input = x): Sample => ({ op, inputs: [input], attributes });
const line = (n: number | string | null, attributes: NonNullable<Sample['attributes']>, op = 'MaxPool') =>
  pool(op, attributes, data([1, 1, n]));

t.test('sizes of a pool', async (t) => {
  expectShape(t, pool('MaxPool', { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }), [1, 64, 56, 56]);
  expectShape(t, pool('MaxPool', { kernel_shape: [2, 2] }), [1, 64, 111, 111], [1, 64, 111, 111]);
  expectShape(t, pool('AveragePool', { kernel_shape: [3, 3], dilations: [2, 2] }), [1, 64, 108, 108]);
  expectShape(t, pool('LpPool', { kernel_shape: [3, 3], auto_pad: 'SAME_UPPER', strides: [2, 2] }), [1, 64, 56, 56]);
  expectShape(t, pool('MaxPool', { kernel_shape: [2, 2] }, data(['N', null, 'H', 8])), ['N', null, null, 7]);
  expectShape(t, pool('MaxPool', { kernel_shape: [2, 2] }, data(null)), [null, null, null, null]);
  expectShape(t, { op: 'MaxPool', inputs: [data(null)] }, null);
});

t.test('the second output of MaxPool are indices', async (t) => {
  const { outputs } = infer({ ...pool('MaxPool', { kernel_shape: [2, 2] }), outputs: 2 });
  t.strictSame(
    outputs.map(({ dtype }) => dtype),
    ['float32', 'int64'],
  );
});

t.test('ceil_mode drops a window that would start in the right padding', async (t) => {
  const ceil = { kernel_shape: [3], strides: [2], ceil_mode: 1 };
  expectShape(t, line(112, ceil), [1, 1, 56]);
  expectShape(t, line(113, ceil), [1, 1, 56]);
  expectShape(t, line(5, { kernel_shape: [1], strides: [4], pads: [0, 3], ceil_mode: 1 }), [1, 1, 2]);
  expectShape(t, line(4, { kernel_shape: [1], strides: [4], pads: [0, 3], ceil_mode: 1 }), [1, 1, 2]);
  expectShape(t, line(3, { kernel_shape: [2], strides: [2], pads: [1, 1], ceil_mode: 1 }), [1, 1, 2]);
  expectShape(t, line(1, { kernel_shape: [2], strides: [2], ceil_mode: 1 }), [1, 1, 1]);
  expectShape(t, line(null, ceil), [1, 1, null]);
});

t.test('primitives of a window', async (t) => {
  const n = 64 * 56 * 56;
  expectCost(t, pool('MaxPool', { kernel_shape: [2, 2], strides: [2, 2] }), { cmp: n * 3 });
  expectCost(t, pool('AveragePool', { kernel_shape: [2, 2], strides: [2, 2] }), { add: n * 3, div: n });
  expectCost(t, pool('MaxPool', { kernel_shape: [1, 1], strides: [2, 2] }), {});
  expectCost(t, pool('LpPool', { kernel_shape: [2, 2], strides: [2, 2] }), { mul: n * 4, add: n * 3, exp: n });
  expectCost(t, pool('LpPool', { kernel_shape: [2, 2], strides: [2, 2], p: 1 }), { cmp: n * 4, add: n * 3 });
  expectCost(t, pool('LpPool', { kernel_shape: [2, 2], strides: [2, 2], p: 3 }), { cmp: n * 4, add: n * 3, exp: n * 5 });
  expectCost(t, line(null, { kernel_shape: [2] }), null);
  expectCost(t, { op: 'MaxPool', inputs: [data(null)] }, null);
});

t.test('a pool reads windows, channel by channel', async (t) => {
  const w = window(2, -1, 1);
  expectField(t, pool('MaxPool', { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 0, 0] }), ['each', 'each', w, w]);
  expectField(t, line(9, { kernel_shape: [3], dilations: [2] }), ['each', 'each', window(1, 0, 4, 2)]);
  expectField(t, line(9, { kernel_shape: [3], auto_pad: 'SAME_LOWER' }, 'AveragePool'), ['each', 'each', window(1, -1, 1)]);
  expectField(t, { op: 'MaxPool', inputs: [data(null)] }, { unknown: 'the rank of a tensor is not known' });
});

t.test('defaults', async (t) => {
  const call = infer(line(9, { kernel_shape: [3] }, 'AveragePool'));
  const all = { ceil_mode: 0, count_include_pad: 0, auto_pad: 'NOTSET', kernel_shape: [3], strides: [1], dilations: [1], pads: [0, 0] };
  t.strictSame(call.operator?.defaults?.(call), all);
  t.strictSame(call.operator?.axes?.(call), ['N', 'C', 'T']);
});

t.test('pools that contradict themselves', async (t) => {
  expectMalformed(t, pool('MaxPool', {}), /kernel_shape is required/);
  expectMalformed(t, pool('MaxPool', { kernel_shape: [3] }), /kernel_shape has 1 entries/);
  expectMalformed(t, pool('MaxPool', { kernel_shape: [0, 1] }), /kernel_shape of 0/);
  expectMalformed(t, line(2, { kernel_shape: [3] }), /does not fit/);
  expectMalformed(t, pool('MaxPool', { kernel_shape: [1] }, data([1, 2])), /no spatial axis/);
});
