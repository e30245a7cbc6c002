import t from 'tap';
import { data, expectCost, expectField, expectMalformed, expectShape, infer, type Sample, weight } from './harness.ts';

const deform = (more: Sample['inputs'] = [], attributes: Sample['attributes'] = {}, offset = data([1, 18, 4, 4])): Sample => ({
  op: 'DeformConv',
  inputs: [data([1, 4, 6, 6]), weight(8, 4, 3, 3), offset, ...more],
  attributes,
});
// 128 outputs of 36 taps; 16 positions of 36 taps are sampled.
const taps = 16 * 36;

t.test('a convolution whose taps are sampled where offsets say', async (t) => {
  expectShape(t, deform(), [1, 8, 4, 4]);
  expectCost(t, deform(), { mac: 4608, mul: 4 * taps, add: 3 * taps });
  expectCost(t, deform([weight(8), data([1, 9, 4, 4])]), { mac: 4608, mul: 5 * taps, add: 3 * taps + 128 });
  expectField(t, deform(), ['each', null, 'dataDependent', 'dataDependent']);
  expectField(t, deform(), ['each', null, 'each', 'each'], 2);
  expectField(t, deform([weight(8)]), [null, '0 each', null, null], 3);
  expectField(t, deform(), [null, '0 each', null, null], 1);
  expectShape(t, deform([], { offset_group: 2 }, data([1, 36, 4, 4])), [1, 8, 4, 4]);
  const unknown: Sample = { op: 'DeformConv', inputs: [data(null), data(null), data(null)] };
  expectShape(t, unknown, null);
  expectCost(t, unknown, null);
  expectField(t, unknown, { unknown: 'the rank of a tensor is not known' });
  const call = infer(deform());
  t.match(call.operator?.defaults?.(call), { offset_group: 1, group: 1, kernel_shape: [3, 3] });
});

t.test('offsets and masks that do not fit', async (t) => {
  expectMalformed(t, deform([], { offset_group: 0 }), /offset_group is 0/);
  expectMalformed(t, deform([], { offset_group: 2 }), /channels of the offsets/);
  expectMalformed(t, deform([undefined, data([1, 8, 4, 4])]), /channels of the mask/);
});
