import { times } from '../count.ts';
import type { Dim, Shape } from '../graph.ts';
import { perOutput } from './amount.ts';
import { choice, dataOf, dim, has, int, ints, malformed, need, sameDim } from './call.ts';
import { type Call, defineOperator, type Relation } from './operator.ts';
import { channelsFirst, DATA_DEPENDENT, EACH, link } from './relation.ts';
import { manyOf } from './saves.ts';
import { elementsOf, ranked } from './shape.ts';

/** One image of fixed size for each region: regions x channels x height x width. */
function pooledShape(call: Call, coordinates: number, height: number, width: number): Shape {
  const [image, regions] = [ranked(call, 0, 4), ranked(call, 1, 2)];
  sameDim(call, regions[1] as Dim, coordinates, 'numbers that describe a region');
  const count = has(call, 2)
    ? sameDim(call, regions[0] as Dim, ranked(call, 2, 1)[0] as Dim, 'regions and their batch indices differ')
    : regions[0];
  return [count as Dim, image[1] as Dim, dim(call, height), dim(call, width)];
}

/** Of the image, positions that the regions name; of the regions and their batch indices, one each. */
function regionField(_: Call, i: number): Relation {
  if (i > 0) return [link(0, EACH), null, null, null];
  return [link(0, DATA_DEPENDENT), link(1, EACH), link(2, DATA_DEPENDENT), link(3, DATA_DEPENDENT)];
}

const ROI_MODES = ['avg', 'max'] as const;

/** Source: ONNX RoiAlign (He et al. 2017). */
export const roiAlign = defineOperator('RoiAlign', {
  // Samples are placed anew by the regions (torchvision, roi_align_kernel); which of them was the greatest is not stated.
  saves: (call) => (choice(call, 'mode', ROI_MODES) === 'avg' ? { inputs: [1, 2] } : null),
  infer: (call) => {
    choice(call, 'mode', ROI_MODES);
    const shape = pooledShape(call, 4, int(call, 'output_height', 1), int(call, 'output_width', 1));
    return [{ dtype: need(call, 0).dtype, shape }];
  },
  field: regionField,
  // Each sample is bilinear (4 mul, 3 add). How many there are is left to the region's size where sampling_ratio is 0.
  cost: (call) => {
    const ratio = int(call, 'sampling_ratio', 0);
    if (ratio < 1) return null;
    const samples = times(ratio, ratio);
    const others = BigInt(samples) - 1n;
    const joined =
      choice(call, 'mode', ROI_MODES) === 'avg'
        ? { add: BigInt(times(3, samples)) + others, div: 1 }
        : { add: times(3, samples), cmp: others };
    return perOutput(call, { mul: times(4, samples), ...joined });
  },
  defaults: () => ({
    coordinate_transformation_mode: 'half_pixel',
    mode: ROI_MODES[0],
    output_height: 1,
    output_width: 1,
    sampling_ratio: 0,
    spatial_scale: 1,
  }),
  axes: channelsFirst,
});

/** Source: ONNX MaxRoiPool (Girshick 2015). The windows are as large as the regions: the comparisons are not known. */
export const maxRoiPool = defineOperator('MaxRoiPool', {
  // The regions, and the position of each maximum in int32 (torchvision, roi_pool_kernel).
  saves: { inputs: [1], beside: (call) => manyOf(elementsOf(call.outputs[0]), 4) },
  infer: (call) => {
    const pooled = ints(call, 'pooled_shape') ?? malformed(call, 'pooled_shape is required');
    if (pooled.length !== 2) malformed(call, `pooled_shape has ${pooled.length} entries`);
    return [{ dtype: need(call, 0).dtype, shape: pooledShape(call, 5, pooled[0] as number, pooled[1] as number) }];
  },
  field: regionField,
  cost: () => null,
  defaults: () => ({ spatial_scale: 1 }),
  axes: channelsFirst,
});

/** Source: ONNX NonMaxSuppression. What is kept, and so its size, depends on the data; nothing is, unless a number is allowed. */
export const nonMaxSuppression = defineOperator('NonMaxSuppression', {
  arguments: [2, 3, 4],
  infer: (call) => {
    const [boxes, scores] = [ranked(call, 0, 3), ranked(call, 1, 3)];
    sameDim(call, boxes[0] as Dim, scores[0] as Dim, 'batches of boxes and scores differ');
    sameDim(call, boxes[1] as Dim, scores[2] as Dim, 'numbers of boxes and scores differ');
    sameDim(call, boxes[2] as Dim, 4, 'numbers that describe a box');
    const most = has(call, 2) ? dataOf(call, 2)?.[0] : 0;
    return [{ dtype: 'int64', shape: [most === 0 ? 0 : null, 3] }];
  },
  field: () => 'dataDependent',
  cost: () => null,
  defaults: () => ({ center_point_box: 0 }),
});
