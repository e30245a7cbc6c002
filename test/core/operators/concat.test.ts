import t from 'tap';
import { data, expectCost, expectField, expectMalformed, expectShape, expectValue, infer, type Sample, values, window } from './harness.ts';

const concat = (axis: number, ...inputs: Sample['inputs']): Sample => ({ op: 'Concat', inputs, attributes: { axis } });
const split = (inputs: Sample['inputs'], outputs: number, attributes: Sample['attributes'] = {}): Sample => ({
  op: 'Split',
  inputs,
  outputs,
  attributes,
});

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

t.test('Split', async (t) => {
  expectShape(t, split([data([2, 6]), values([1, 5])], 2, { axis: 1 }), [2, 1], [2, 5]);
  expectShape(t, split([data([2, 6])], 3, { axis: 1 }), [2, 2], [2, 2], [2, 2]);
  expectShape(t, split([data([7])], 3, { num_outputs: 3 }), [3], [3], [1]);
  expectShape(t, split([data(['N', null])], 2, { axis: 1 }), ['N', null], ['N', null]);
  expectShape(t, split([data([6]), data([2], 'int64')], 2), [null], [null]);
  expectShape(t, split([data(null)], 2), null, null);
  expectCost(t, split([data([7])], 3), {});
  expectMalformed(t, split([data([6]), values([1, 4])], 2), /do not make up 6/);
  expectMalformed(t, split([data([6]), values([7, -1])], 2), /negative/);
  expectMalformed(t, split([data([6]), values([6])], 2), /1 parts for 2 outputs/);
  expectMalformed(t, split([data([6])], 2, { num_outputs: 1 }), /1 parts/);
  expectMalformed(t, split([data([2])], 4, { num_outputs: 4 }), /negative/);
  const call = infer(split([data([7])], 3));
  t.strictSame(call.operator?.defaults?.(call), { axis: 0 });
});

t.test('each part of a Split begins where the ones before it end', async (t) => {
  const x = values([1, 2, 3, 4, 5, 6], [2, 3]);
  const sample = split([x, values([1, 2])], 2, { axis: 1 });
  expectValue(t, sample, [1, 4], 0);
  expectValue(t, sample, [2, 3, 5, 6], 1);
  expectValue(t, split([data([4])], 2), null);
  expectField(t, sample, ['each', 'each']);
  expectField(t, sample, ['each', window(1, 1, 1)], 0, 1);
  expectField(t, sample, 'dataDependent', 1);
  expectField(t, split([data([null])], 2), [window(1, 0, 0, 1, false)], 0, 1);
  expectField(t, split([data(null)], 2), { unknown: 'the rank of a tensor is not known' });
});
