import t from 'tap';
import { data, expectCost, expectField, expectMalformed, expectShape, infer, type Sample, values, weight } from './harness.ts';

const grid = (x: Sample['inputs'][number], at: Sample['inputs'][number], attributes: Sample['attributes'] = {}): Sample => ({
  op: 'GridSample',
  inputs: [x, at],
  attributes,
});
const unknownRank = { unknown: 'the rank of a tensor is not known' };

t.test('GridSample reads where the grid says', async (t) => {
  const two = grid(data([1, 3, 8, 8]), data([1, 4, 5, 2]));
  expectShape(t, two, [1, 3, 4, 5]);
  expectCost(t, two, { mul: 60 * 6, add: 60 * 5 });
  expectCost(t, grid(data([1, 3, 8, 8]), data([1, 4, 5, 2]), { mode: 'nearest' }), { mul: 120, add: 120, cmp: 120 });
  expectCost(t, grid(data([1, 3, 8, 8]), data([1, 4, 5, 2]), { mode: 'cubic' }), { mul: 60 * 18, add: 60 * 17 });
  expectShape(t, grid(data([1, 3, 8, 8, 8]), data([1, 4, 5, 6, 3])), [1, 3, 4, 5, 6]);
  expectField(t, two, ['each', 'each', 'dataDependent', 'dataDependent']);
  expectField(t, two, ['each', null, '1 each', '2 each'], 1);
  expectField(t, grid(data([1, 3, 8, 8]), weight(1, 4, 5, 2)), ['each', 'each', 'unknown', 'unknown']);
  expectShape(t, grid(data(null), data([1, 4, 5, 2])), [1, null, 4, 5]);
  expectShape(t, grid(data([1, 3, 8, 8]), data(null)), [1, 3, null, null]);
  expectShape(t, grid(data(null), data(null)), null);
  expectField(t, grid(data(null), data(null)), unknownRank);
  expectCost(t, grid(data(null), data(null)), null);
  const call = infer(two);
  t.strictSame(call.operator?.defaults?.(call), { align_corners: 0, mode: 'linear', padding_mode: 'zeros' });
  expectMalformed(t, grid(data([1, 3, 8, 8]), data([1, 4, 2])), /a grid of rank 3/);
  expectMalformed(t, grid(data([1, 3]), data([1, 2])), /no spatial axis/);
  expectMalformed(t, grid(data([1, 3, 8, 8]), data([1, 4, 5, 3])), /coordinates of the grid/);
  expectMalformed(t, grid(data([2, 3, 8, 8]), data([1, 4, 5, 2])), /batches/);
  expectMalformed(t, grid(data([1, 3, 8, 8]), data([1, 4, 5, 2]), { mode: 'x' }), /none of linear/);
});

t.test('AffineGrid multiplies positions with a matrix', async (t) => {
  const affine = (theta: Sample['inputs'][number], size: Sample['inputs'][number]): Sample => ({ op: 'AffineGrid', inputs: [theta, size] });
  const plane = affine(data([2, 2, 3]), values([2, 3, 5, 6]));
  expectShape(t, plane, [2, 5, 6, 2]);
  expectCost(t, plane, { mac: 2 * 30 * 2 * 3 });
  expectField(t, plane, ['each', null, null, '1 each']);
  expectField(t, plane, 'none', 1);
  expectShape(t, affine(data([2, 3, 4]), values([2, 3, 4, 5, 6])), [2, 4, 5, 6, 3]);
  expectShape(t, affine(data([2, 3, 4]), data([null], 'int64')), [2, null, null, null, 3]);
  expectShape(t, affine(data(null), data([null], 'int64')), null);
  expectField(t, affine(data(null), data([null], 'int64')), unknownRank);
  expectCost(t, affine(data(null), data([4], 'int64')), null);
  const call = infer(plane);
  t.strictSame(call.operator?.defaults?.(call), { align_corners: 0 });
  expectMalformed(t, affine(data([2, 2, 3]), values([2, 3, 5])), /a size of 3 entries/);
  expectMalformed(t, affine(data([2, 6]), values([2, 3, 5, 6])), /theta has rank 2/);
  expectMalformed(t, affine(data([2, 3, 4]), values([2, 3, 5, 6])), /axis 1 of theta/);
});
