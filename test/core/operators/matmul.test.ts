import t from 'tap';
import { data, expectCost, expectField, expectMalformed, expectShape, infer, type Sample, weight } from './harness.ts';

const mm = (a: Sample['inputs'][number], b: Sample['inputs'][number]): Sample => ({ op: 'MatMul', inputs: [a, b] });
const gemm = (inputs: Sample['inputs'], attributes: Sample['attributes'] = {}): Sample => ({ op: 'Gemm', inputs, attributes });

t.test('MatMul by the rules of NumPy', async (t) => {
  expectShape(t, mm(data([2, 10, 64]), weight(64, 128)), [2, 10, 128]);
  expectShape(t, mm(data([10, 8]), data([2, 4, 8, 12])), [2, 4, 10, 12]);
  expectShape(t, mm(data([3]), data([3])), []);
  expectShape(t, mm(data([3]), data([5, 3, 4])), [5, 4]);
  expectShape(t, mm(data([5, 4, 3]), data([3])), [5, 4]);
  expectShape(t, mm(data(['N', null, 64]), weight(64, 128)), ['N', null, 128]);
  expectShape(t, mm(data(null), weight(64, 128)), null);
  expectMalformed(t, mm(data([2, 3]), data([4, 5])), /3 against 4/);
  expectMalformed(t, mm(data([2, 3, 4]), data([3, 4, 5])), /do not broadcast/);
  expectMalformed(t, mm(data([]), data([3])), /scalar/);
});

t.test('a broadcast side costs each time', async (t) => {
  expectCost(t, mm(data([10, 8]), data([2, 4, 8, 12])), { mac: 7680 });
  expectCost(t, mm(data([2, 10, 64]), weight(64, 128)), { mac: 163840 });
  expectCost(t, mm(data([1, 4, 32, 16]), data([1, 4, 16, 32])), { mac: 65536 });
  expectCost(t, mm(data([3]), data([3])), { mac: 3 });
  expectCost(t, mm(data([3], 'int32'), data([3], 'int32')), { mac: 3, integer: true });
  expectCost(t, mm(data([null, 3]), data([3, 4])), null);
  expectCost(t, mm(data(null), data([3, 4])), null);
  expectCost(t, mm(data([2, null]), data([3, 4])), { mac: 24 });
});

t.test('rows come from the left, columns from the right, and what is contracted is mixed', async (t) => {
  expectField(t, mm(data([2, 10, 64]), weight(64, 128)), ['each', 'each', null]);
  expectField(t, mm(data([2, 10, 64]), data([64, 128])), [null, null, '1 each'], 1);
  expectField(t, mm(data([2, 1, 10, 8]), data([4, 8, 12])), ['each', 'broadcast', 'each', null]);
  expectField(t, mm(data([2, 1, 10, 8]), data([4, 8, 12])), [null, '0 each', null, '2 each'], 1);
  expectField(t, mm(data([3]), data([5, 3, 4])), [null, null]);
  expectField(t, mm(data([3]), data([5, 3, 4])), ['each', '2 each'], 1);
  expectField(t, mm(data([5, 4, 3]), data([3])), ['each', 'each']);
  expectField(t, mm(data([5, 4, 3]), data([3])), [null, null], 1);
  expectField(t, mm(data(null), data([3])), { unknown: 'the rank of a tensor is not known' });
});

t.test('Gemm', async (t) => {
  const inputs = [data([2, 10]), weight(10, 5), weight(5)];
  expectShape(t, gemm(inputs), [2, 5]);
  expectShape(t, gemm([data([10, 2]), weight(5, 10)], { transA: 1, transB: 1 }), [2, 5]);
  expectShape(t, gemm([data(['N', null]), weight(10, 5)]), ['N', 5]);
  expectShape(t, gemm([data(null), data(null), data(null)]), [null, null]);
  expectCost(t, gemm(inputs), { mac: 100, add: 10 });
  expectCost(t, gemm([data([1, 3]), weight(3, 2), weight(2)]), { mac: 6, add: 2 });
  expectCost(t, gemm(inputs.slice(0, 2)), { mac: 100 });
  expectCost(t, gemm(inputs, { alpha: 0.5, beta: 2 }), { mac: 100, mul: 20, add: 10 });
  expectCost(t, gemm(inputs.slice(0, 2), { beta: 2 }), { mac: 100 });
  expectCost(t, gemm([data([2, null]), data(null)]), null);
  expectCost(t, gemm([data([null, 10]), weight(10, 5)]), null);
  expectField(t, gemm(inputs), ['each', null]);
  expectField(t, gemm(inputs, {}), 'elementwise', 2);
  expectField(t, gemm([data([10, 2]), data([5, 10])], { transA: 1, transB: 1 }), ['1 each', null]);
  expectField(t, gemm([data([10, 2]), data([5, 10])], { transA: 1, transB: 1 }), [null, '0 each'], 1);
  expectField(t, gemm([data([2, 10]), data([10, 5])]), [null, 'each'], 1);
  const call = infer(gemm(inputs));
  t.strictSame(call.operator?.defaults?.(call), { alpha: 1, beta: 1, transA: 0, transB: 0 });
  expectMalformed(t, gemm([data([2, 10]), weight(9, 5)]), /10 against 9/);
  expectMalformed(t, gemm([data([2, 10, 1]), weight(10, 5)]), /a matrix is needed/);
  expectMalformed(t, gemm([data([1, 10]), weight(10, 5), weight(2, 5)]), /larger than the product/);
  expectMalformed(t, gemm([data([1, 10]), weight(10, 5), weight(1, 1, 5)]), /larger than the product/);
  expectMalformed(t, gemm([data([1, 10]), weight(10, 5), weight(4)]), /do not broadcast/);
});
