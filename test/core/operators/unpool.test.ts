import t from 'tap';
import { data, expectCost, expectField, expectMalformed, expectShape, infer, type Sample, values } from './harness.ts';

const x = data([1, 4, 3, 3]);
const unpool = (more: Sample['inputs'] = [], attributes: Sample['attributes'] = {}, input = x): Sample => ({
  op: 'MaxUnpool',
  inputs: [input, data([1, 4, 3, 3], 'int64'), ...more],
  attributes: { kernel_shape: [2, 2], strides: [2, 2], ...attributes },
});

t.test('elements go back where the pool found them', async (t) => {
  expectShape(t, unpool(), [1, 4, 6, 6]);
  expectShape(t, unpool([], { pads: [1, 0, 0, 1] }), [1, 4, 5, 5]);
  expectShape(t, unpool([], {}, data([1, 4, 'H', 3])), [1, 4, null, 6]);
  expectShape(t, unpool([values([1, 4, 7, 8])]), [1, 4, 7, 8]);
  expectShape(t, unpool([data([4], 'int64')]), [1, 4, null, null]);
  expectShape(t, { ...unpool([], {}, data(null)), attributes: {} }, null);
  expectField(t, { ...unpool([], {}, data(null)), attributes: {} }, { unknown: 'the rank of a tensor is not known' });
  expectCost(t, unpool(), {});
  expectField(t, unpool(), ['each', 'each', 'dataDependent', 'dataDependent']);
  expectField(t, unpool([values([1, 4, 7, 8])]), 'none', 2);
  const call = infer(unpool());
  t.strictSame(call.operator?.defaults?.(call), { kernel_shape: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0] });
});

t.test('sizes that do not fit', async (t) => {
  expectMalformed(t, { ...unpool(), attributes: {} }, /kernel_shape is required/);
  expectMalformed(t, unpool([values([1, 4, 7])]), /3 entries for a tensor of rank 4/);
  expectMalformed(t, { ...unpool(), inputs: [x] }, /input 1 is required/);
});
