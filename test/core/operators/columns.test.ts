import t from 'tap';
import { data, expectCost, expectField, expectMalformed, expectShape, type Sample, values } from './harness.ts';

const columns = (
  x: Sample['inputs'][number],
  image: Sample['inputs'][number],
  block: Sample['inputs'][number],
  attributes = {},
): Sample => ({
  op: 'Col2Im',
  inputs: [x, image, block],
  attributes,
});

t.test('columns of blocks are added up to an image', async (t) => {
  const sample = columns(data([1, 15, 25]), values([5, 5]), values([1, 5]));
  expectShape(t, sample, [1, 3, 5, 5]);
  expectCost(t, sample, { add: 375 });
  expectField(t, sample, ['each', null, 'unknown', '2 unknown']);
  expectField(t, sample, 'none', 1);
  expectShape(t, columns(data(null), values([5, 5]), values([1, 5])), [null, null, 5, 5]);
  expectCost(t, columns(data(null), values([5, 5]), values([1, 5])), null);
  expectShape(t, columns(data([1, 15, 25]), data([2], 'int64'), data([2], 'int64')), [1, null, null, null]);
  expectShape(t, columns(data([1, 15, 25]), data([null], 'int64'), data([2], 'int64')), null);
  expectField(t, columns(data([1, 15, 25]), data([null], 'int64'), data([2], 'int64')), { unknown: 'the rank of a tensor is not known' });
});

t.test('columns that do not fit', async (t) => {
  expectMalformed(t, columns(data([1, 15]), values([5, 5]), values([1, 5])), /columns of rank 2/);
  expectMalformed(t, columns(data([1, 15, 25]), values([5]), values([1, 5])), /a block of 2 sizes for an image of 1/);
  expectMalformed(t, columns(data([1, 15, 25]), values([5, 5]), values([2, 2])), /a block of 4 does not divide 15/);
  expectMalformed(t, columns(data([1, 15, 25]), values([5, 5]), values([1, 5]), { strides: [0, 1] }), /strides must be at least 1/);
});
