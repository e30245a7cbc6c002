import t from 'tap';
import { data, expectCost, expectField, expectMalformed, expectShape, expectValue, infer, type Sample, values, window } from './harness.ts';

const split = (inputs: Sample['inputs'], outputs: number, attributes: Sample['attributes'] = {}): Sample => ({
  op: 'Split',
  inputs,
  outputs,
  attributes,
});

t.test('Split', async (t) => {
  expectShape(t, split([data([2, 6]), values([1, 5])], 2, { axis: 1 }), [2, 1], [2, 5]);
  expectShape(t, split([data([2, 6])], 3, { axis: 1 }), [2, 2], [2, 2], [2, 2]);
  expectShape(t, split([data([7])], 3, { num_outputs: 3 }), [3], [3], [1]);
  expectShape(t, split([data(['N', null])], 2, { axis: 1 }), ['N', null], ['N', null]);
  expectShape(t, split([data([6]), data([2], 'int64')], 2), [null], [null]);
  expectShape(t, split([data(null)], 2), null, null);
  expectCost(t, split([data([7])], 3), {});
  expectMalformed(t, split([data([6]), values([1, 4])], 2), /make up 5 of 6/);
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

t.test('a Split into very many parts is asked about each in constant time', async (t) => {
  const call = infer(split([data([50000])], 50000));
  t.strictSame(call.operator?.field(call, 0, 49999), [{ input: 0, map: window(1, 49999, 49999) }]);
  for (let k = 0; k < 50000; k++) call.operator?.field(call, 0, k);
});
