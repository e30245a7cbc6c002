import t from 'tap';
import {
  data,
  expectCost,
  expectField,
  expectMalformed,
  expectShape,
  expectValue,
  fieldOf,
  infer,
  type Sample,
  scalar,
  values,
} from './harness.ts';

const gather = (input: Sample['inputs'][number], indices: Sample['inputs'][number], axis = 0): Sample => ({
  op: 'Gather',
  inputs: [input, indices],
  attributes: { axis },
});
const m = values([1, 2, 3, 4, 5, 6], [2, 3]);
const unknownRank = { unknown: 'the rank of a tensor is not known' };

t.test('the indices take the place of the axis', async (t) => {
  expectShape(t, gather(data([1, 197, 768]), scalar(0), 1), [1, 768]);
  expectShape(t, gather(data([30000, 64]), data([2, 'S'], 'int64')), [2, 'S', 64]);
  expectShape(t, gather(data([2, 3]), values([0, 2, 1, 0], [2, 2]), -1), [2, 2, 2]);
  expectShape(t, gather(data(null), scalar(0)), null);
  expectShape(t, gather(data([2]), data(null)), null);
  expectValue(t, gather(m, values([1, 0])), [4, 5, 6, 1, 2, 3]);
  expectValue(t, gather(m, scalar(-1), 1), [3, 6]);
  expectValue(t, gather(m, values([0, 2, 1, 0], [2, 2]), 1), [1, 3, 2, 1, 4, 6, 5, 4]);
  expectValue(t, gather(m, data([1], 'int64')), null);
  expectCost(t, gather(data([30000, 64]), data([2, 10], 'int64')), { load: 1280 });
  expectCost(t, gather(data([30000, 64]), data([2, null], 'int64')), null);
  const call = infer(gather(m, scalar(0)));
  t.strictSame(call.operator?.defaults?.(call), { axis: 0 });
  t.equal(call.operator?.moves, true);
});

t.test('known indices are a table, an embedding moves along its indices', async (t) => {
  expectField(t, gather(data([2, 4, 5]), values([3, -4]), 1), ['each', { kind: 'table', lo: [3, 0], hi: [3, 0] }, 'each']);
  expectField(t, gather(data([2, 4, 5]), values([0, 1], [1, 2]), 1), ['each', 'unknown', null, '2 each']);
  expectField(t, gather(data([2, 4]), data([2], 'int64'), 1), ['each', 'dataDependent']);
  expectField(t, gather(data([2, null]), values([-1]), 1), ['each', 'unknown']);
  expectField(t, gather(data([2, null]), values([1]), 1), ['each', { kind: 'table', lo: [1], hi: [1] }]);
  expectField(t, gather(data([2, 4]), { ...values([0]), value: null }, 1), ['each', 'unknown']);
  expectField(t, gather(data([30000, 64]), data([2, 10], 'int64')), ['each', 'each', null], 1);
  expectField(t, gather(data([4, 30000]), data([2], 'int64'), 1), [null, '0 each'], 1);
  expectField(t, gather(data(null), scalar(0)), unknownRank);
});

t.test('of an axis that a known scalar indexes, one position is read', async (t) => {
  const each = { kind: 'each' };
  const links = [
    { input: 0, map: each },
    { input: 2, map: each },
  ];
  t.strictSame(fieldOf(gather(data([2, 4, 5]), scalar(0), 1)), { links, picks: [{ input: 1, position: 0 }] });
  t.strictSame(fieldOf(gather(data([2, 4, 5]), scalar(-1), 1)), { links, picks: [{ input: 1, position: 3 }] });
  t.strictSame(fieldOf(gather(data([2, null, 5]), scalar(7), 1)), { links, picks: [{ input: 1, position: 7 }] });
  expectField(t, gather(data([2, null, 5]), scalar(-1), 1), ['each', '2 each']);
  expectField(t, gather(data([2, 4, 5]), data([], 'int64'), 1), ['each', '2 each']);
});

t.test('GatherElements has the shape of its indices', async (t) => {
  const sample: Sample = { op: 'GatherElements', inputs: [data([4, 5]), data([4, 2], 'int64')], attributes: { axis: 1 } };
  expectShape(t, sample, [4, 2]);
  expectCost(t, sample, { load: 8 });
  expectField(t, sample, ['each', 'dataDependent']);
  expectField(t, sample, 'elementwise', 1);
  expectField(t, { ...sample, inputs: [data([4, 5]), values([0, 1, 2, 3], [4, 1])] }, ['each', 'unknown']);
  expectField(t, { ...sample, inputs: [data(null), data([4, 2])] }, unknownRank);
  expectMalformed(t, { ...sample, inputs: [data([4, 5]), data([4])] }, /indices of rank 1/);
  expectMalformed(t, { ...sample, inputs: [data([4, 5]), values([5], [1, 1])] }, /index 5 is outside an axis of 5/);
  const call = infer(sample);
  t.strictSame(call.operator?.defaults?.(call), { axis: 0 });
});

t.test('GatherND', async (t) => {
  const nd = (input: Sample['inputs'][number], indices: Sample['inputs'][number], batch_dims = 0): Sample => ({
    op: 'GatherND',
    inputs: [input, indices],
    attributes: { batch_dims },
  });
  expectShape(t, nd(data([2, 3, 4]), data([7, 2], 'int64')), [7, 4]);
  expectShape(t, nd(data([2, 3, 4]), data([2, 5, 1], 'int64'), 1), [2, 5, 4]);
  expectShape(t, nd(data([2, 3, 4]), data([7, null], 'int64')), null);
  expectValue(t, nd(m, values([1, 2, 0, 0], [2, 2])), [6, 1]);
  expectValue(t, nd(m, values([1, 0], [2, 1])), [4, 5, 6, 1, 2, 3]);
  expectValue(t, nd(m, values([0, 0], [2, 1]), 1), null);
  expectField(t, nd(data([2, 3]), data([7, 2], 'int64')), 'dataDependent');
  expectField(t, nd(data([2, 3]), data([7, 2], 'int64')), 'dataDependent', 1);
  expectField(t, nd(data([2, 3]), values([0, 0], [1, 2])), { unknown: 'which positions the indices name is not followed' });
  expectCost(t, nd(data([2, 3]), data([7, 2], 'int64')), { load: 7 });
  expectMalformed(t, nd(data([2, 3]), values([0, 3], [1, 2])), /index 3 is outside an axis of 3/);
  expectMalformed(t, nd(data([2, 3]), values([0, 3], [2, 1]), 1), /index 3 is outside an axis of 3/);
  expectShape(t, nd(data([2, null]), values([0, 3], [1, 2])), [1]);
  expectMalformed(t, nd(data([2]), data([7, 2], 'int64')), /indices of 2 axes/);
  expectMalformed(t, nd(data([2]), data([7, 1], 'int64'), 1), /batch_dims is 1/);
  expectMalformed(t, nd(data([]), data([7, 1], 'int64')), /need an axis/);
  const call = infer(nd(data([2, 3]), data([7, 2], 'int64')));
  t.strictSame(call.operator?.defaults?.(call), { batch_dims: 0 });
});

t.test('gathers that contradict themselves', async (t) => {
  expectMalformed(t, gather(m, scalar(2)), /index 2 is outside an axis of 2/);
  expectMalformed(t, gather(m, scalar(0), 2), /axis 2/);
  expectMalformed(t, gather(data(Array<number>(40).fill(1)), data(Array<number>(40).fill(1))), /rank of 79/);
});
