import t from 'tap';
import { data, expectCost, expectField, expectMalformed, expectShape, infer, type Sample, values, window } from './harness.ts';

const centre = (x: Sample['inputs'][number], size: Sample['inputs'][number], attributes: Sample['attributes'] = {}): Sample => ({
  op: 'CenterCropPad',
  inputs: [x, size],
  attributes,
});

t.test('CenterCropPad keeps the middle', async (t) => {
  expectShape(t, centre(data([20, 10, 3]), values([10, 13, 3])), [10, 13, 3]);
  expectField(t, centre(data([20, 10, 3]), values([10, 13, 3])), [window(1, 5, 5), window(1, -1, -1), 'each']);
  expectShape(t, centre(data([3, 20, 10]), values([10, 9]), { axes: [-2, -1] }), [3, 10, 9]);
  expectField(t, centre(data([3, 'H', 10]), values([10, 9]), { axes: [1, 2] }), ['each', window(1, 0, 0, 1, false), 'each']);
  expectShape(t, centre(data([3, 20]), data([2], 'int64')), [null, null]);
  expectShape(t, centre(data(null), values([2])), null);
  expectField(t, centre(data(null), values([2])), { unknown: 'the rank of a tensor is not known' });
  expectCost(t, centre(data([3]), values([2])), {});
  expectMalformed(t, centre(data([3, 20]), values([2])), /1 sizes for 2 axes/);
  expectMalformed(t, centre(data([3, 20]), values([2]), { axes: [2] }), /axis 2/);
});

t.test('Crop takes borders off', async (t) => {
  const crop = (attributes: NonNullable<Sample['attributes']>, x = data([1, 3, 10, 12])): Sample => ({
    op: 'Crop',
    inputs: [x],
    attributes,
  });
  expectShape(t, crop({ border: [1, 2, 3, 4] }), [1, 3, 4, 8]);
  expectField(t, crop({ border: [1, 2, 3, 4] }), ['each', 'each', window(1, 2, 2), window(1, 1, 1)]);
  expectShape(t, crop({ border: [1, 2, 0, 0], scale: [5, 6] }), [1, 3, 5, 6]);
  expectShape(t, crop({}, data(null)), [null, null, null, null]);
  t.strictSame(infer(crop({})).operator?.axes?.(infer(crop({}))), ['N', 'C', 'H', 'W']);
  expectMalformed(t, crop({ border: [1] }), /four sizes/);
  expectMalformed(t, crop({ scale: [1] }), /scale has 1 entries/);
  expectMalformed(t, crop({}, data([1, 3])), /rank 2/);
  expectMalformed(t, crop({ border: [9, 0, 9, 0] }), /negative/);
});
