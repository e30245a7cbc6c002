import t from 'tap';
import { data, expectCost, expectField, expectMalformed, expectShape, infer, mapOf, type Sample, window } from './harness.ts';

const rearranged = (op: string, shape: Parameters<typeof data>[0], blocksize: number): Sample => ({
  op,
  inputs: [data(shape)],
  attributes: { blocksize },
});
const two = { kind: 'periodic', shift: 1, lo: [0, 0], hi: [0, 0], step: [1, 1], known: true };

t.test('DepthToSpace', async (t) => {
  expectShape(t, rearranged('DepthToSpace', [1, 64, 8, 9], 2), [1, 16, 16, 18]);
  expectShape(t, rearranged('DepthToSpace', ['N', 64, 'H', null], 2), ['N', 16, null, null]);
  expectShape(t, rearranged('DepthToSpace', null, 2), [null, null, null, null]);
  expectField(t, rearranged('DepthToSpace', [1, 64, 8, 9], 2), ['each', null, two, two]);
  expectField(t, rearranged('DepthToSpace', null, 2), { unknown: 'the rank of a tensor is not known' });
  t.match(mapOf(rearranged('DepthToSpace', [1, null, 8, 9], 5000), 2), { kind: 'unknown' });
  expectCost(t, rearranged('DepthToSpace', [1, 64, 8, 9], 2), {});
  const call = infer(rearranged('DepthToSpace', [1, 64, 8, 9], 2));
  t.strictSame(call.operator?.defaults?.(call), { mode: 'DCR' });
  t.strictSame(call.operator?.axes?.(call), ['N', 'C', 'H', 'W']);
});

t.test('SpaceToDepth', async (t) => {
  expectShape(t, rearranged('SpaceToDepth', [1, 3, 8, 10], 2), [1, 12, 4, 5]);
  expectShape(t, rearranged('SpaceToDepth', ['N', null, 8, 10], 2), ['N', null, 4, 5]);
  expectField(t, rearranged('SpaceToDepth', [1, 3, 8, 10], 2), ['each', null, window(2, 0, 1), window(2, 0, 1)]);
});

t.test('blocks that do not fit', async (t) => {
  expectMalformed(t, rearranged('DepthToSpace', [1, 63, 8, 8], 2), /4 does not divide 63/);
  expectMalformed(t, rearranged('SpaceToDepth', [1, 3, 9, 8], 2), /2 does not divide 9/);
  expectMalformed(t, rearranged('DepthToSpace', [1, 64, 8], 2), /rank 3/);
  expectMalformed(t, rearranged('DepthToSpace', [1, 64, 8, 8], 0), /blocksize is 0/);
  expectMalformed(t, rearranged('DepthToSpace', [1, 64, 8, 8], 2 ** 40), /blocksize is/);
});
