import t from 'tap';
import { data, expectCost, expectField, expectMalformed, expectShape, expectValue, infer, type Sample, values } from './harness.ts';

const m = values([1, 2, 3, 4, 5, 6], [2, 3]);

t.test('Transpose', async (t) => {
  const transpose = (input: Sample['inputs'][number], perm?: number[]): Sample => ({
    op: 'Transpose',
    inputs: [input],
    ...(perm && { attributes: { perm } }),
  });
  expectShape(t, transpose(data([2, 3, 4])), [4, 3, 2]);
  expectShape(t, transpose(data(['N', null, 4]), [0, 2, 1]), ['N', 4, null]);
  expectShape(t, transpose(data(null), [1, 0]), [null, null]);
  expectShape(t, transpose(data(null)), null);
  expectField(t, transpose(data([2, 3, 4]), [0, 2, 1]), ['each', '2 each', '1 each']);
  expectField(t, transpose(data(null)), { unknown: 'the rank of a tensor is not known' });
  expectValue(t, transpose(m), [1, 4, 2, 5, 3, 6]);
  expectValue(t, transpose(data([2])), null);
  expectCost(t, transpose(m), {});
  t.equal(infer(transpose(m)).operator?.moves, true);
  const defaults = (sample: Sample) => {
    const call = infer(sample);
    return call.operator?.defaults?.(call);
  };
  t.strictSame(defaults(transpose(m)), { perm: [1, 0] });
  t.strictSame(defaults(transpose(data(null))), {});
  expectMalformed(t, transpose(m, [0]), /perm has 1 entries/);
  expectMalformed(t, transpose(m, [0, 0]), /one axis twice/);
  expectMalformed(t, transpose(m, [0, 2]), /axis 2/);
  expectMalformed(t, transpose(data(null), Array<number>(1e6).fill(0)), /rank of 1000000/);
});

t.test('Expand', async (t) => {
  const expand = (input: Sample['inputs'][number], target: Sample['inputs'][number]): Sample => ({ op: 'Expand', inputs: [input, target] });
  expectShape(t, expand(data([3, 1]), values([2, 1, 6])), [2, 3, 6]);
  expectShape(t, expand(data([3, 'C']), data([2], 'int64')), [3, null]);
  expectShape(t, expand(data([1]), data([null], 'int64')), null);
  expectShape(t, expand(data(null), values([2])), null);
  expectValue(t, expand(values([1, 2], [2, 1]), values([2, 2])), [1, 1, 2, 2]);
  expectField(t, expand(data([3, 1]), values([2, 1, 6])), 'elementwise');
  expectField(t, expand(data([3, 1]), values([2, 1, 6])), 'dataDependent', 1);
  expectMalformed(t, expand(data([3]), values([2])), /do not broadcast/);
  expectMalformed(t, expand(data([3]), values([-1])), /no shape/);
});

t.test('Tile', async (t) => {
  const tile = (input: Sample['inputs'][number], repeats: Sample['inputs'][number]): Sample => ({ op: 'Tile', inputs: [input, repeats] });
  expectShape(t, tile(data([2, 3]), values([1, 2])), [2, 6]);
  expectShape(t, tile(data(['N', null]), values([1, 2])), ['N', null]);
  expectShape(t, tile(data([2, 3]), data([2], 'int64')), [null, null]);
  expectShape(t, tile(data(null), values([1])), null);
  expectValue(t, tile(values([1, 2], [1, 2]), values([2, 2])), [1, 2, 1, 2, 1, 2, 1, 2]);
  expectField(t, tile(data([2, 2]), values([1, 2])), ['each', { kind: 'table', lo: [0, 1, 0, 1], hi: [0, 1, 0, 1] }]);
  expectField(t, tile(data([2, 1]), values([1, 7])), ['each', 'broadcast']);
  expectField(t, tile(data([2, null]), values([1, 2])), ['each', 'unknown']);
  expectField(t, tile(data(null), values([1])), { unknown: 'the rank of a tensor is not known' });
  expectField(t, tile(data([2 ** 21]), values([2])), ['unknown']);
  expectMalformed(t, tile(data([2, 3]), values([1])), /1 repeats/);
  expectMalformed(t, tile(data([1]), values([-2])), /negative/);
});
