import { type Count, plus, times } from '../count.ts';
import type { DType, TensorType } from '../graph.ts';
import { type Amounts, mean, norm, perOutput, together } from './amount.ts';
import { float, int, known, malformed, need, shapeOf } from './call.ts';
import { type Call, defineOperator, type Operator } from './operator.ts';
import { channelsFirst, EACH, link, RANK_UNKNOWN } from './relation.ts';
import { allOf, INPUT, manyOf, type Saves, WITH_INDICES } from './saves.ts';
import { elementsOf } from './shape.ts';
import { tapsInPadding } from './taps.ts';
import { places, slide, spatialAxes, spatialLinks, windowDefaults, windowMap, windowOf } from './window.ts';

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

/** Operations that one more element in a window takes. */
function perTap(perWindow: (taps: Count, call: Call) => Amounts, call: Call): number {
  const of = (taps: number) => Object.values(perWindow(taps, call)).reduce((sum: number, amount) => sum + Number(amount), 0);
  return of(2) - of(1);
}

/** A pool over windows; `perWindow` are the primitives of one window of that many elements. */
function pool(
  op: string,
  perWindow: (taps: Count, call: Call) => Amounts,
  own: Readonly<Record<string, number>>,
  more: { readonly second?: DType; readonly saves: Saves },
): Operator {
  const { second, saves } = more;
  return defineOperator(op, {
    saves,
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
      const window = windowOf(call, axes, null);
      const taps = times(...(window.kernel as readonly number[]));
      const counted = perOutput(call, perWindow(taps, call));
      const [input, output] = [known(shapeOf(call, 0)), known(call.outputs[0]?.shape ?? null)];
      if (!counted || !input || !output) return counted;
      const images = times(output[0] as number, output[1] as number);
      return together(call, counted, {
        padding: times(images, tapsInPadding(places(call, window, input, output)), perTap(perWindow, call)),
      });
    },
    defaults: (call) => ({ ...own, ...windowDefaults(call, axesOf(call), null) }),
    axes: channelsFirst,
  });
}

/**
 * What a pool by a norm keeps, by PyTorch's formula (sign(m) relu(|m|) k)^(1/p) with m, the mean of the powers: the tensor and
 * its powers, and of each output the mean, its sign, the rectified one and the sum under the root.
 */
export const POWERS: Saves = {
  inputs: [0],
  within: (call) => allOf(elementsOf(call.inputs[0]), manyOf(elementsOf(call.outputs[0]), 4)),
};

/** Source of the family: ONNX MaxPool, AveragePool, LpPool. */
export const maxPool = pool(
  'MaxPool',
  (n) => ({ cmp: plus(n, -1) }),
  { ceil_mode: 0, storage_order: 0 },
  { second: 'int64', saves: WITH_INDICES },
);
export const averagePool = pool('AveragePool', (n) => mean(n), { ceil_mode: 0, count_include_pad: 0 }, { saves: INPUT });
export const lpPool = pool('LpPool', (n, call) => norm(n, float(call, 'p', 2)), { ceil_mode: 0, p: 2 }, { saves: POWERS });
