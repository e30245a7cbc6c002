import { type Count, plus, times } from '../count.ts';
import type { DType, TensorType } from '../graph.ts';
import { type Amounts, mean, norm, perOutput } from './amount.ts';
import { float, int, malformed, need, shapeOf } from './call.ts';
import { type Call, defineOperator, type Operator } from './operator.ts';
import { channelsFirst, EACH, link, RANK_UNKNOWN } from './relation.ts';
import { slide, spatialAxes, spatialLinks, windowDefaults, windowMap, windowOf } from './window.ts';

const axesOf = (call: Call) => spatialAxes(call, shapeOf(call, 0));

function pooled(call: Call): TensorType {
  const { dtype, shape } = need(call, 0);
  const axes = axesOf(call);
  if (axes === null) return { dtype, shape: null };
  const window = windowOf(call, axes, null);
  if (window.kernel.includes(null)) malformed(call, 'kernel_shape is required');
  const ceilMode = int(call, 'ceil_mode', 0) !== 0;
  const spatial = window.kernel.map((_, axis) => slide(call, window, axis, shape?.[axis + 2] ?? null, ceilMode));
  return { dtype, shape: [shape?.[0] ?? null, shape?.[1] ?? null, ...spatial] };
}

/** A pool over windows; `perWindow` are the primitives of one window of that many elements. */
function pool(
  op: string,
  perWindow: (taps: Count, call: Call) => Amounts,
  own: Readonly<Record<string, number>>,
  second?: DType,
): Operator {
  return defineOperator(op, {
    infer: (call) => {
      const output = pooled(call);
      return second ? [output, { dtype: second, shape: output.shape }] : [output];
    },
    field: (call) => {
      const axes = axesOf(call);
      if (axes === null) return RANK_UNKNOWN;
      const window = windowOf(call, axes, null);
      const input = shapeOf(call, 0);
      return spatialLinks(axes, link(1, EACH), (axis) => windowMap(call, window, axis, input?.[axis + 2] ?? null));
    },
    cost: (call) => {
      const axes = axesOf(call);
      if (axes === null) return null;
      const taps = windowOf(call, axes, null).kernel as readonly number[];
      return perOutput(call, perWindow(times(...taps), call));
    },
    defaults: (call) => ({ ...own, ...windowDefaults(call, axesOf(call), null) }),
    axes: channelsFirst,
  });
}

/** Source of the family: ONNX MaxPool, AveragePool, LpPool. */
export const maxPool = pool('MaxPool', (n) => ({ cmp: plus(n, -1) }), { ceil_mode: 0, storage_order: 0 }, 'int64');
export const averagePool = pool('AveragePool', (n) => mean(n), { ceil_mode: 0, count_include_pad: 0 });
export const lpPool = pool('LpPool', (n, call) => norm(n, float(call, 'p', 2)), { ceil_mode: 0, p: 2 });
