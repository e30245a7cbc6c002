import t from 'tap';
import { data, expectCost, expectField, expectMalformed, expectShape, expectValue, infer, type Sample, scalar, values } from './harness.ts';

const cumsum = (input: Sample['inputs'][number], axis: Sample['inputs'][number], attributes: Sample['attributes'] = {}): Sample => ({
  op: 'CumSum',
  inputs: [input, axis],
  attributes,
});
const unknownRank = { unknown: 'the rank of a tensor is not known' };
const defaults = (sample: Sample) => {
  const call = infer(sample);
  return call.operator?.defaults?.(call);
};

t.test('CumSum', async (t) => {
  const m = values([1, 2, 3, 4, 5, 6], [2, 3]);
  expectShape(t, cumsum(data(['N', 3]), scalar(1)), ['N', 3]);
  expectValue(t, cumsum(m, scalar(1)), [1, 3, 6, 4, 9, 15]);
  expectValue(t, cumsum(m, scalar(0)), [1, 2, 3, 5, 7, 9]);
  expectValue(t, cumsum(m, scalar(1), { exclusive: 1 }), [0, 1, 3, 0, 4, 9]);
  expectValue(t, cumsum(m, scalar(-1), { reverse: 1 }), [6, 5, 3, 15, 11, 6]);
  expectValue(t, cumsum(m, data([], 'int64')), null);
  expectCost(t, cumsum(data([2, 3]), scalar(1)), { add: 4 });
  expectCost(t, cumsum(data([2, 0]), scalar(1)), {});
  expectCost(t, cumsum(data([2, null]), scalar(1)), null);
  expectField(t, cumsum(data([2, 3]), scalar(1)), ['each', { kind: 'table', lo: [0, 0, 0], hi: [0, 1, 2] }]);
  expectField(t, cumsum(data([3]), scalar(0), { exclusive: 1 }), [{ kind: 'table', lo: [1, 0, 0], hi: [0, 0, 1] }]);
  expectField(t, cumsum(data([3]), scalar(0), { reverse: 1 }), [{ kind: 'table', lo: [0, 1, 2], hi: [2, 2, 2] }]);
  expectField(t, cumsum(data([null]), scalar(0)), ['unknown']);
  expectField(t, cumsum(data([3]), data([])), { unknown: 'the axis of CumSum is not known' });
  expectField(t, cumsum(data([3]), data([])), 'dataDependent', 1);
  expectField(t, cumsum(data(null), scalar(0)), unknownRank);
  t.strictSame(defaults(cumsum(m, scalar(0))), { exclusive: 0, reverse: 0 });
  expectMalformed(t, cumsum(m, scalar(2)), /axis 2/);
});

t.test('CumProd', async (t) => {
  const product = (attributes: Sample['attributes'] = {}): Sample => ({
    op: 'CumProd',
    inputs: [values([1, 2, 3]), scalar(0)],
    attributes,
  });
  expectShape(t, product(), [3]);
  expectValue(t, product(), [1, 2, 6]);
  expectValue(t, product({ exclusive: 1 }), [1, 1, 2]);
  expectValue(t, product({ reverse: 1 }), [6, 6, 3]);
  expectValue(t, product({ exclusive: 1, reverse: 1 }), [6, 3, 1]);
  expectCost(t, { ...product(), inputs: [data([2, 3]), scalar(1)] }, { mul: 4 });
});

t.test('TopK', async (t) => {
  const top = (input: Sample['inputs'][number], k: Sample['inputs'][number], attributes: Sample['attributes'] = {}): Sample => ({
    op: 'TopK',
    inputs: [input, k],
    attributes,
  });
  expectShape(t, top(data([2, 100]), values([5])), [2, 5], [2, 5]);
  expectShape(t, top(data([2, 100]), values([1]), { axis: 0 }), [1, 100], [1, 100]);
  expectShape(t, top(data([2, null]), values([5])), [2, 5], [2, 5]);
  expectShape(t, top(data([2, 100]), data([1], 'int64')), [2, null], [2, null]);
  expectShape(t, top(data(null), values([5])), null, null);
  t.equal(infer({ ...top(data([2, 100]), values([5])), outputs: 2 }).outputs[1]?.dtype, 'int64');
  expectField(t, top(data([2, 100]), values([5])), ['each', 'dataDependent']);
  expectField(t, top(data([2, 100]), values([5])), 'dataDependent', 1);
  expectField(t, top(data(null), values([5])), unknownRank);
  expectCost(t, top(data([2, 100]), values([7])), { cmp: 600 });
  expectCost(t, top(data([2, null]), values([7])), null);
  t.strictSame(defaults(top(data([9]), values([5]))), { axis: -1, largest: 1, sorted: 1 });
  expectMalformed(t, top(data([2, 4]), values([5])), /the 5 greatest of 4/);
});

t.test('NonZero', async (t) => {
  const sample: Sample = { op: 'NonZero', inputs: [values([0, 1, 1, 0, 0, 1], [2, 3])] };
  expectShape(t, sample, [2, 3]);
  expectValue(t, sample, [0, 0, 1, 1, 2, 2]);
  expectShape(t, { op: 'NonZero', inputs: [data([4, 4])] }, [2, null]);
  expectShape(t, { op: 'NonZero', inputs: [data(null)] }, [null, null]);
  expectField(t, { op: 'NonZero', inputs: [data([4, 4])] }, 'dataDependent');
  expectCost(t, { op: 'NonZero', inputs: [data([4, 4])] }, { cmp: 16 });
  expectCost(t, { op: 'NonZero', inputs: [data([4, null])] }, null);
});

t.test('Trilu', async (t) => {
  const sample: Sample = { op: 'Trilu', inputs: [data(['N', 4, 4]), scalar(1)] };
  expectShape(t, sample, ['N', 4, 4]);
  expectField(t, sample, 'elementwise');
  expectField(t, sample, 'dataDependent', 1);
  expectCost(t, sample, {});
  t.strictSame(defaults(sample), { upper: 1 });
  expectMalformed(t, { op: 'Trilu', inputs: [data([4])] }, /matrices are needed/);
});
