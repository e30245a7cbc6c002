import type { Dim, Shape } from '../graph.ts';
import { dataOf, dim, has, malformed, need, shapeOf } from './call.ts';
import { type Call, defineOperator, MOVEMENT, type Relation } from './operator.ts';
import { channelsFirst, DATA_DEPENDENT, EACH, link, RANK_UNKNOWN } from './relation.ts';
import { unknownDims } from './shape.ts';
import { spatialAxes, spatialLinks, windowDefaults, windowOf } from './window.ts';

const axesOf = (call: Call) => spatialAxes(call, shapeOf(call, 0));

/** Sizes before the pool: as stated, or the inverse of MaxPool's formula. */
function unpooled(call: Call): Shape | null {
  const axes = axesOf(call);
  if (axes === null) return null;
  const shape = shapeOf(call, 0) ?? Array<Dim>(axes + 2).fill(null);
  const window = windowOf(call, axes, null);
  if (window.kernel.includes(null)) malformed(call, 'kernel_shape is required');
  if (!has(call, 2)) {
    const grown = (n: Dim, axis: number): Dim => {
      const [kernel, stride] = [window.kernel[axis] as number, window.strides[axis] as number];
      return typeof n === 'number'
        ? dim(call, (n - 1) * stride + kernel - (window.begin[axis] as number) - (window.end[axis] as number))
        : null;
    };
    return [...shape.slice(0, 2), ...shape.slice(2).map(grown)];
  }
  const stated = dataOf(call, 2);
  if (stated && stated.length !== shape.length)
    malformed(call, `an output_shape of ${stated.length} entries for a tensor of rank ${shape.length}`);
  return stated ? stated.map((n) => dim(call, n)) : [...shape.slice(0, 2), ...unknownDims(call, axes)];
}

/** Source: ONNX MaxUnpool (Zeiler and Fergus 2014): elements go back where MaxPool found them, zeros elsewhere. */
export const maxUnpool = defineOperator('MaxUnpool', {
  saves: { inputs: [1] },
  infer: (call) => {
    need(call, 1);
    return [{ dtype: need(call, 0).dtype, shape: unpooled(call) }];
  },
  field: (call, i): Relation => {
    const axes = axesOf(call);
    if (axes === null) return RANK_UNKNOWN;
    return i === 2 ? 'none' : spatialLinks(axes, link(1, EACH), () => DATA_DEPENDENT);
  },
  cost: () => MOVEMENT,
  defaults: (call) => {
    const { dilations: _, auto_pad: __, ...defaults } = windowDefaults(call, axesOf(call), null) as Record<string, readonly number[]>;
    return defaults;
  },
  axes: channelsFirst,
});
