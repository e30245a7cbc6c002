import t from 'tap';
import { data, expectCost, expectField, expectMalformed, expectShape, expectValue, infer, type Sample, values } from './harness.ts';

const concat = (axis: number, ...inputs: Sample['inputs']): Sample => ({ op: 'Concat', inputs, attributes: { axis } });

t.test('Concat', async (t) => {
  expectShape(t, concat(1, data([2, 3]), data([2, 4])), [2, 7]);
  expectShape(t, concat(-1, data(['N', 3]), data([null, 4])), ['N', 7]);
  expectShape(t, concat(1, data([2, 3]), data([2, null])), [2, null]);
  expectShape(t, concat(0, data([2, 3]), data(null)), [null, 3]);
  expectShape(t, concat(0, data(null)), null);
  expectShape(t, concat(0, data(['N', 3])), ['N', 3]);
  expectValue(t, concat(0, values([1, 2]), values([3])), [1, 2, 3]);
  expectValue(t, concat(1, values([1, 2, 3, 4], [2, 2]), values([9, 8], [2, 1])), [1, 2, 9, 3, 4, 8]);
  expectValue(t, concat(0, values([1]), data([1], 'int64')), null);
  expectValue(t, concat(0, data(null)), null);
  expectCost(t, concat(0, data([1])), {});
  expectMalformed(t, concat(0, data([2, 3]), data([2, 4])), /sizes on axis 1 differ: 3 against 4/);
  expectMalformed(t, concat(0, data([2]), data([2, 4])), /ranks 1 and 2/);
  expectMalformed(t, concat(2, data([2, 4])), /axis 2/);
  expectMalformed(t, { op: 'Concat', inputs: [data([2])] }, /axis is required/);
  expectMalformed(t, { op: 'Concat', inputs: [] }, /input 0 is required/);
});

t.test('Concat fills a stretch of its output from each input', async (t) => {
  const sample = concat(1, data([2, 2]), data([2, 1]));
  expectField(t, sample, ['each', { kind: 'table', lo: [0, 1, 1], hi: [0, 1, 0] }]);
  expectField(t, sample, ['each', { kind: 'table', lo: [1, 1, 0], hi: [0, 0, 0] }], 1);
  expectField(t, concat(1, data([2, 2]), data([2, null])), ['each', 'unknown']);
  expectField(t, concat(0, data(null)), { unknown: 'the rank of a tensor is not known' });
  expectField(t, concat(0, data([2 ** 22]), data([2])), ['unknown']);
  expectField(t, concat(0, data([3]), data([0])), ['each']);
  const call = infer(sample);
  t.strictSame(call.operator?.field(call, 1, 0), call.operator?.field(call, 1, 0));
});

t.test('a Concat of very many tensors', async (t) => {
  const inputs = Array.from({ length: 200000 }, () => data([2]));
  expectShape(t, { op: 'Concat', inputs, attributes: { axis: 0 } }, [400000]);
});
