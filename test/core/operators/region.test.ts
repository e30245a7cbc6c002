import t from 'tap';
import { data, expectCost, expectField, expectMalformed, expectShape, infer, type Sample, scalar } from './harness.ts';

const x = data([2, 16, 40, 40]);
const roi = (attributes: Sample['attributes'] = {}, count: number | null = 7): Sample => ({
  op: 'RoiAlign',
  inputs: [x, data([count, 4]), data([count], 'int64')],
  attributes: { output_height: 3, output_width: 2, ...attributes },
});
const n = 7 * 16 * 6;
const regions = [
  { input: 0, map: { kind: 'dataDependent' } },
  { input: 1, map: { kind: 'each' } },
  { input: 2, map: { kind: 'dataDependent' } },
  { input: 3, map: { kind: 'dataDependent' } },
];

t.test('RoiAlign makes one small image of each region', async (t) => {
  expectShape(t, roi(), [7, 16, 3, 2]);
  expectShape(t, roi({}, null), [null, 16, 3, 2]);
  expectCost(t, roi({ sampling_ratio: 2 }), { mul: 16 * n, add: 15 * n, div: n });
  expectCost(t, roi({ sampling_ratio: 2, mode: 'max' }), { mul: 16 * n, add: 12 * n, cmp: 3 * n });
  expectCost(t, roi(), null);
  t.strictSame(infer(roi()).operator?.field(infer(roi()), 0, 0), regions);
  expectField(t, roi(), ['each', null, null, null], 1);
  expectShape(t, { op: 'RoiAlign', inputs: [data(null), data(null), data(null)] }, [null, null, 1, 1]);
  const call = infer(roi());
  t.match(call.operator?.defaults?.(call), { mode: 'avg', sampling_ratio: 0 });
  expectMalformed(t, roi({ mode: 'min' }), /none of avg, max/);
  expectMalformed(t, roi({ output_height: -1 }), /a size of -1/);
  expectMalformed(t, { op: 'RoiAlign', inputs: [x, data([7, 5]), data([7])] }, /describe a region/);
  expectMalformed(t, { op: 'RoiAlign', inputs: [x, data([7, 4]), data([6])] }, /batch indices differ/);
  expectMalformed(t, { op: 'RoiAlign', inputs: [data([2, 16]), data([7, 4]), data([7])] }, /rank 2, 4 is needed/);
});

t.test('MaxRoiPool takes the batch index as the first number of a region', async (t) => {
  const pool = (attributes: NonNullable<Sample['attributes']>): Sample => ({ op: 'MaxRoiPool', inputs: [x, data([7, 5])], attributes });
  expectShape(t, pool({ pooled_shape: [2, 3] }), [7, 16, 2, 3]);
  expectCost(t, pool({ pooled_shape: [2, 3] }), null);
  const call = infer(pool({ pooled_shape: [2, 3] }));
  t.strictSame(call.operator?.defaults?.(call), { spatial_scale: 1 });
  expectMalformed(t, pool({}), /pooled_shape is required/);
  expectMalformed(t, pool({ pooled_shape: [2] }), /1 entries/);
});

t.test('NonMaxSuppression keeps what the data decides', async (t) => {
  const nms = (...more: Sample['inputs']): Sample => ({ op: 'NonMaxSuppression', inputs: [data([1, 100, 4]), data([1, 5, 100]), ...more] });
  expectShape(t, nms(scalar(10)), [null, 3]);
  expectShape(t, nms(), [0, 3]);
  expectShape(t, nms(scalar(0)), [0, 3]);
  expectShape(t, nms(data([], 'int64')), [null, 3]);
  expectCost(t, nms(scalar(10)), null);
  expectField(t, nms(scalar(10)), 'dataDependent');
  const call = infer(nms());
  t.strictSame(call.operator?.defaults?.(call), { center_point_box: 0 });
  expectMalformed(t, { op: 'NonMaxSuppression', inputs: [data([1, 100, 4]), data([1, 5, 99])] }, /numbers of boxes and scores/);
  expectMalformed(t, { op: 'NonMaxSuppression', inputs: [data([1, 100, 5]), data([1, 5, 100])] }, /describe a box/);
});
