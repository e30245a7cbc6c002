import t from 'tap';
import type { DType, Shape } from '../../../src/core/graph.ts';
import { data, expectCost, expectField, expectMalformed, expectShape, infer, type Sample, weight, window } from './harness.ts';

const u8 = (...shape: Shape) => data(shape, 'uint8');
const scale = weight();
const zero = u8();
const typeOf = (sample: Sample) => infer(sample).outputs[0]?.dtype;
const node = (op: string, inputs: Sample['inputs'], attributes: Sample['attributes'] = {}): Sample => ({ op, inputs, attributes });

/** An operator of one tensor: x, scale, zero point, scale and zero point of the output. */
const one = (op: string, attributes: Sample['attributes'] = {}, x = u8(1, 4, 6, 6)) => node(op, [x, scale, zero, scale, u8()], attributes);
const two = (op: string) => node(op, [u8(2, 3), scale, zero, u8(3), scale, zero, scale, data([], 'int8')]);

t.test('a quantised convolution is a convolution of integers, then scaled', async (t) => {
  const conv = node('QLinearConv', [u8(1, 4, 6, 6), scale, zero, u8(8, 4, 3, 3), scale, zero, scale, data([], 'int8'), data([8], 'int32')]);
  expectShape(t, conv, [1, 8, 4, 4]);
  t.equal(typeOf(conv), 'int8');
  // 128 outputs of 36 taps with bias; 144 inputs lose their zero point.
  expectCost(t, conv, { mac: 4608, add: 128 + 144 + 128, mul: 128, cmp: 384, integer: true });
  expectField(t, conv, ['each', null, window(1, 0, 2), window(1, 0, 2)]);
  expectField(t, conv, [null, '0 each', null, null], 8);
  expectField(t, conv, 'none', 1);
  const call = infer(conv);
  t.strictSame(call.operator?.axes?.(call), ['N', 'C', 'H', 'W']);
  t.match(call.operator?.defaults?.(call), { group: 1, kernel_shape: [3, 3] });
  const integer = node('ConvInteger', [u8(1, 4, 6, 6), u8(8, 4, 3, 3)]);
  expectShape(t, integer, [1, 8, 4, 4]);
  expectCost(t, integer, { mac: 4608, integer: true });
  t.equal(typeOf(integer), 'int32');
  expectMalformed(t, node('ConvInteger', [u8(1, 3, 6, 6), u8(8, 4, 3, 3)]), /3 channels/);
});

t.test('quantised products', async (t) => {
  const product = node('QLinearMatMul', [u8(2, 3), scale, zero, u8(3, 4), scale, zero, scale, zero]);
  expectShape(t, product, [2, 4]);
  expectCost(t, product, { mac: 24, add: 6 + 8, mul: 8, cmp: 24, integer: true });
  const integer = node('MatMulInteger', [u8(2, 3), u8(3, 4), zero]);
  expectShape(t, integer, [2, 4]);
  expectCost(t, integer, { mac: 24, add: 6, integer: true });
  expectCost(t, node('MatMulInteger', [u8(null, 3), u8(3, 4)]), null);
  expectField(t, integer, ['each', null]);
  expectField(t, integer, 'none', 2);
  const gemm = node('com.microsoft.QGemm', [u8(2, 3), scale, zero, u8(3, 4), scale, zero, data([4], 'int32')]);
  expectShape(t, gemm, [2, 4]);
  t.equal(typeOf(gemm), 'float32');
  expectCost(t, gemm, { mac: 24, add: 8 + 6, mul: 8, integer: true });
  const whole = node('com.microsoft.QGemm', [...gemm.inputs, scale, zero]);
  t.equal(typeOf(whole), 'uint8');
  expectCost(t, whole, { mac: 24, add: 8 + 6 + 8, mul: 8, cmp: 24, integer: true });
});

t.test('quantised elementwise operators', async (t) => {
  expectShape(t, two('com.microsoft.QLinearAdd'), [2, 3]);
  expectCost(t, two('com.microsoft.QLinearAdd'), { add: 6 + 6 + 3 + 6, mul: 6, cmp: 18, integer: true });
  expectCost(t, two('com.microsoft.QLinearMul'), { add: 6 + 3 + 6, mul: 12, cmp: 18, integer: true });
  expectField(t, two('com.microsoft.QLinearMul'), 'elementwise', 3);
  t.equal(typeOf(two('com.microsoft.QLinearAdd')), 'int8');
  const x = u8(2, 5);
  expectCost(t, one('com.microsoft.QLinearSigmoid', {}, x), { exp: 10, div: 10, add: 30, mul: 10, cmp: 30, integer: true });
  expectCost(t, one('com.microsoft.QLinearLeakyRelu', {}, x), { add: 20, mul: 20, cmp: 40, integer: true });
  expectShape(t, one('com.microsoft.QLinearSoftmax', {}, x), [2, 5]);
  expectField(t, one('com.microsoft.QLinearSoftmax', {}, x), ['each', 'all']);
});

t.test('quantised pools take both layouts', async (t) => {
  expectShape(t, one('com.microsoft.QLinearGlobalAveragePool'), [1, 4, 1, 1]);
  expectShape(t, one('com.microsoft.QLinearGlobalAveragePool', { channels_last: 1 }, u8(1, 6, 6, 4)), [1, 1, 1, 4]);
  expectShape(t, one('com.microsoft.QLinearAveragePool', { kernel_shape: [2, 2], strides: [2, 2] }), [1, 4, 3, 3]);
  const last = one('com.microsoft.QLinearAveragePool', { kernel_shape: [2, 2], strides: [2, 2], channels_last: 1 }, u8(1, 6, 6, 4));
  expectShape(t, last, [1, 3, 3, 4]);
  expectField(t, last, ['each', window(2, 0, 1), window(2, 0, 1), 'each']);
  expectCost(t, last, { add: 36 * 3 + 144 + 36, div: 36, mul: 36, cmp: 108, integer: true });
});

t.test('quantised Concat has three inputs for each tensor', async (t) => {
  const concat = node('com.microsoft.QLinearConcat', [scale, zero, u8(1, 2), scale, zero, u8(1, 3), scale, zero], { axis: 1 });
  expectShape(t, concat, [1, 5]);
  t.equal(typeOf(concat), 'uint8' satisfies DType);
  expectCost(t, concat, { mul: 5, add: 5, cmp: 15, integer: true });
  expectField(t, concat, ['each', { kind: 'table', lo: [1, 1, 0, 1, 2], hi: [0, 0, 0, 1, 2] }], 5);
  expectMalformed(t, node('com.microsoft.QLinearConcat', [scale], { axis: 1 }), /required/);
});
