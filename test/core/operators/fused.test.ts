import t from 'tap';
import { data, expectCost, expectField, expectMalformed, expectShape, infer, type Sample, weight, window } from './harness.ts';

const ms = (op: string, inputs: Sample['inputs'], attributes: Sample['attributes'] = {}): Sample => ({
  op,
  inputs,
  attributes,
});
const x = data([1, 4, 6, 6]);
const w = weight(8, 4, 3, 3);

t.test('FusedConv adds a tensor and applies an activation', async (t) => {
  const plain = ms('com.microsoft.FusedConv', [x, w, weight(8)], { activation: 'Relu' });
  expectShape(t, plain, [1, 8, 4, 4]);
  expectCost(t, plain, { mac: 4608, add: 128, cmp: 128 });
  const sum = ms('com.microsoft.FusedConv', [x, w, undefined, data([1, 8, 4, 4])]);
  expectCost(t, sum, { mac: 4608, add: 128 });
  expectField(t, sum, ['each', null, window(1, 0, 2), window(1, 0, 2)]);
  expectField(t, sum, 'elementwise', 3);
  expectMalformed(t, ms('com.microsoft.FusedConv', [x, w, undefined, data([1, 7, 4, 4])]), /do not broadcast/);
  const call = infer(plain);
  t.match(call.operator?.defaults?.(call), { group: 1 });
});

t.test('FusedGemm', async (t) => {
  const gemm = ms('com.microsoft.FusedGemm', [data([2, 3]), weight(3, 4), weight(4)], { activation: 'LeakyRelu' });
  expectShape(t, gemm, [2, 4]);
  expectCost(t, gemm, { mac: 24, add: 8, cmp: 8, mul: 8 });
  expectField(t, gemm, ['each', null]);
});

t.test('channels last: the weight stays as it is', async (t) => {
  const conv = ms('com.microsoft.NhwcConv', [data([1, 6, 6, 4]), w]);
  expectShape(t, conv, [1, 4, 4, 8]);
  expectCost(t, conv, { mac: 4608 });
  expectField(t, conv, ['each', window(1, 0, 2), window(1, 0, 2), null]);
  expectField(t, conv, [null, null, null, '0 each'], 1);
  const call = infer(conv);
  t.strictSame(call.operator?.axes?.(call), ['N', 'H', 'W', 'C']);
  t.match(call.operator?.defaults?.(call), { kernel_shape: [3, 3] });
  const pool = ms('com.microsoft.NhwcMaxPool', [data([1, 6, 6, 4], 'int8')], { kernel_shape: [2, 2], strides: [2, 2] });
  expectShape(t, pool, [1, 3, 3, 4]);
  expectShape(t, ms('com.microsoft.NhwcMaxPool', [data(null)], { kernel_shape: [2, 2] }), [null, null, null, null]);
  expectField(t, ms('com.microsoft.NhwcMaxPool', [data(null)]), { unknown: 'the rank of a tensor is not known' });
  t.equal(
    infer(ms('com.microsoft.NhwcMaxPool', [data(null)], { kernel_shape: [2, 2] })).operator?.axes?.(
      infer(ms('com.microsoft.NhwcMaxPool', [data(null)])),
    ),
    null,
  );
});

t.test('FusedMatMul multiplies transposed operands', async (t) => {
  const product = ms('com.microsoft.FusedMatMul', [data([2, 3, 5]), data([2, 4, 5])], { transB: 1, alpha: 0.125 });
  expectShape(t, product, [2, 3, 4]);
  expectCost(t, product, { mac: 120, mul: 24 });
  expectField(t, product, ['each', 'each', null]);
  expectField(t, product, ['each', null, '1 each'], 1);
  const batched = ms('com.microsoft.FusedMatMul', [data([3, 2, 5]), data([2, 5, 4])], { transBatchA: 1 });
  expectShape(t, batched, [2, 3, 4]);
  expectField(t, batched, ['1 each', '0 each', null]);
  expectShape(t, ms('com.microsoft.TransposeMatMul', [data([5, 3]), data([5])], { transA: 1 }), [3]);
  expectShape(t, ms('com.microsoft.TransposeMatMul', [data(null), data([5])]), null);
  expectField(t, ms('com.microsoft.TransposeMatMul', [data(null), data([5])]), { unknown: 'the rank of a tensor is not known' });
  const call = infer(product);
  t.strictSame(call.operator?.defaults?.(call), { alpha: 1, transA: 0, transB: 0, transBatchA: 0, transBatchB: 0 });
});

t.test('MatMulNBits unpacks its weight once', async (t) => {
  const packed = data([4, 1, 16], 'uint8');
  const product = (input: Sample['inputs'][number], bias?: Sample['inputs'][number]) =>
    ms('com.microsoft.MatMulNBits', [input, packed, weight(4), undefined, undefined, bias], { N: 4, K: 32, bits: 4, block_size: 32 });
  expectShape(t, product(data([1, 10, 32])), [1, 10, 4]);
  expectCost(t, product(data([1, 10, 32])), { mac: 1280, mul: 128, add: 128 });
  expectCost(t, product(data([1, 10, 32]), weight(4)), { mac: 1280, mul: 128, add: 168 });
  expectCost(t, product(data([1, null, 32])), null);
  expectShape(t, product(data(null)), null);
  expectField(t, product(data([1, 10, 32])), ['each', 'each', null]);
  expectField(t, product(data([1, 10, 32])), 'none', 1);
  expectField(t, product(data(null)), { unknown: 'the rank of a tensor is not known' });
  expectMalformed(t, product(data([1, 31])), /the contracted sizes differ/);
  expectMalformed(t, product(data([])), /scalar/);
  expectMalformed(t, ms('com.microsoft.MatMulNBits', [x, packed]), /a weight of 0 x 0/);
  const call = infer(product(data([1, 10, 32])));
  t.strictSame(call.operator?.defaults?.(call), { accuracy_level: 0, bits: 4 });
});
