import type { Dim } from '../graph.ts';
import { dataOf, dim, ints, malformed, shapeOf, size } from './call.ts';
import { movement } from './movement.ts';
import type { Call } from './operator.ts';
import { axisByAxis, channelsFirst, EACH, RANK_UNKNOWN, shifted } from './relation.ts';
import { axesIn, sumDim } from './shape.ts';

/** The axes whose sizes are stated, in the order of the list. */
function listedAxes(call: Call, rank: number): readonly number[] {
  return axesIn(call, ints(call, 'axes') ?? Array.from({ length: rank }, (_, axis) => axis), rank);
}

/** Half of what is cut off or added stands before the tensor, the smaller half where they differ. */
function centred(n: Dim, m: Dim) {
  if (n === m) return EACH;
  const [from, to] = [size(n), size(m)];
  if (from === null || to === null) return shifted(0, 1, false);
  return shifted(from > to ? Math.floor((from - to) / 2) : 0 - Math.floor((to - from) / 2));
}

/** Source: ONNX CenterCropPad. */
export const centerCropPad = movement('CenterCropPad', {
  inserts: true,
  shape: (call) => {
    const shape = shapeOf(call, 0);
    if (!shape) return null;
    const target = dataOf(call, 1);
    const axes = listedAxes(call, shape.length);
    if (target && target.length !== axes.length) malformed(call, `${target.length} sizes for ${axes.length} axes`);
    return shape.map((n, axis) => {
      const at = axes.indexOf(axis);
      return at < 0 ? n : target ? dim(call, target[at] as number) : null;
    });
  },
  field: (call) => {
    const shape = shapeOf(call, 0);
    if (!shape) return RANK_UNKNOWN;
    const axes = listedAxes(call, shape.length);
    return axisByAxis(shape.length, (axis) =>
      axes.includes(axis) ? centred(shape[axis] ?? null, call.outputs[0]?.shape?.[axis] ?? null) : EACH,
    );
  },
});

/** Positions that are cut off at the left, the top, the right and the bottom. */
function borderOf(call: Call): readonly [number, number, number, number] {
  const border = ints(call, 'border') ?? [0, 0, 0, 0];
  if (border.length !== 4 || border.some((n) => n < 0)) malformed(call, 'border is no list of four sizes');
  return border as [number, number, number, number];
}

/** Source: ONNX Crop, of the first operator set only. */
export const crop = movement('Crop', {
  shape: (call) => {
    const shape = shapeOf(call, 0) ?? [null, null, null, null];
    if (shape.length !== 4) malformed(call, `a tensor of rank ${shape.length}, N x C x H x W is needed`);
    const [n = null, c = null, h = null, w = null] = shape;
    const [left, top, right, bottom] = borderOf(call);
    const target = ints(call, 'scale');
    if (target && target.length !== 2) malformed(call, `scale has ${target.length} entries`);
    const [height, width] = target ?? [sumDim(call, [h, 0 - top - bottom]), sumDim(call, [w, 0 - left - right])];
    return [n, c, ...[height ?? null, width ?? null].map((d) => (typeof d === 'number' ? dim(call, d) : d))];
  },
  field: (call) => {
    const [left, top] = borderOf(call);
    return axisByAxis(4, (axis) => (axis < 2 ? EACH : shifted(axis === 2 ? top : left)));
  },
  axes: channelsFirst,
});
