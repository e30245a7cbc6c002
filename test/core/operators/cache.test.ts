import t from 'tap';
import { data, expectCost, expectField, expectMalformed, expectShape, infer, type Sample } from './harness.ts';

const scatter = (inputs: Sample['inputs'], attributes: Sample['attributes'] = {}): Sample => ({ op: 'TensorScatter', inputs, attributes });
const [cache, update] = [data([2, 4, 10, 8]), data([2, 4, 3, 8])];

t.test('TensorScatter writes new positions into a cache', async (t) => {
  expectShape(t, scatter([cache, update]), [2, 4, 10, 8]);
  expectShape(t, scatter([data(null), update]), null);
  expectCost(t, scatter([cache, update]), {});
  expectField(t, scatter([cache, update]), 'elementwise');
  expectField(t, scatter([cache, update]), ['each', 'each', 'each', 'each'], 1);
  expectField(t, scatter([cache, update, data([2], 'int64')]), ['each', 'each', 'dataDependent', 'each'], 1);
  expectField(t, scatter([cache, update, data([2], 'int64')]), 'dataDependent', 2);
  expectField(t, scatter([data(null), update]), { unknown: 'the rank of a tensor is not known' }, 1);
  const call = infer(scatter([cache, update]));
  t.strictSame(call.operator?.defaults?.(call), { axis: -2, mode: 'linear' });
});

t.test('updates that do not fit', async (t) => {
  expectMalformed(t, scatter([cache, data([2, 4, 8])]), /rank 3 for a cache of rank 4/);
  expectMalformed(t, scatter([cache, update], { axis: 0 }), /axis 0 is the batch/);
  expectMalformed(t, scatter([cache, update], { axis: 3 }), /sizes on axis 2 differ/);
  expectMalformed(t, scatter([cache, data([2, 4, 11, 8])]), /11 positions for a cache of 10/);
  expectMalformed(t, scatter([cache, update], { mode: 'spiral' }), /none of linear, circular/);
});
