import { type Count, times } from '../count.ts';
import type { Dim } from '../graph.ts';
import { perOutput, together } from './amount.ts';
import { choice, has, known, malformed, need, sameDim, shapeOf, size } from './call.ts';
import { type AxisMap, type Call, defineOperator, type Relation } from './operator.ts';
import { EACH, link, shifted, windows } from './relation.ts';
import { allOf, OPERANDS } from './saves.ts';
import { elementsOf, sumDim, volume } from './shape.ts';
import { tapsInPadding } from './taps.ts';

const ACTIVATIONS = ['none', 'silu', 'swish'] as const;

/** Taps of the kernel, of a weight channels x 1 x taps. */
function tapsOf(call: Call): number | null {
  const weight = shapeOf(call, 1);
  if (weight && weight.length !== 3) malformed(call, `the weight has rank ${weight.length}, 3 is needed`);
  if (weight) sameDim(call, weight[1] as Dim, 1, 'the kernel is depthwise');
  const taps = size(weight?.[2]);
  return taps === 0 ? malformed(call, 'a kernel of 0 taps') : taps;
}

/** What the output (k = 0) or the new state (k = 1) reads of the input or the old state, which stands before the input. */
function tapsMap(call: Call, taps: number, i: number, k: number): AxisMap {
  const begin = i === 0 ? 1 - taps : 0;
  if (k === 0) return windows(1, begin, taps, 1);
  const length = size(shapeOf(call, 0)?.[2]);
  return shifted((length ?? 0) + begin, 1, length !== null);
}

/** As many products for the gradient of what is convolved, and of the weight, as forward. */
function backward(call: Call, needs: (slot: number) => boolean): Count | null {
  const [outputs, taps] = [elementsOf(call.outputs[0]), tapsOf(call)];
  const factor = (needs(0) || needs(3) ? 1 : 0) + (needs(1) ? 1 : 0);
  return outputs === null || taps === null ? null : times(factor, outputs, taps);
}

/** Source: ONNX CausalConvWithState: a depthwise convolution over what came before, which it hands on as a state. */
export const causalConvWithState = defineOperator('CausalConvWithState', {
  // Behind a state the input is a new tensor; what goes into the activation is one too.
  saves: (call) => {
    const [shape, taps] = [shapeOf(call, 0), tapsOf(call)];
    const joined = volume(shape?.with(2, sumDim(call, [shape[2] ?? null, taps === null ? null : taps - 1])) ?? [null]);
    const activated = choice(call, 'activation', ACTIVATIONS) === 'none' ? 0 : elementsOf(call.inputs[0]);
    const within = () => allOf(has(call, 3) ? joined : 0, activated);
    return { ...(has(call, 3) ? {} : OPERANDS), within, backward: (_, needs) => backward(call, needs) };
  },
  infer: (call) => {
    choice(call, 'activation', ACTIVATIONS);
    const { dtype, shape } = need(call, 0);
    if (shape && shape.length !== 3) malformed(call, `the input has rank ${shape.length}, 3 is needed`);
    const taps = tapsOf(call);
    const channels = sameDim(call, shape?.[1] ?? null, shapeOf(call, 1)?.[0] ?? null, 'channels of the input and the weight differ');
    return [
      { dtype, shape: [shape?.[0] ?? null, channels, shape?.[2] ?? null] },
      { dtype: call.inputs[3]?.dtype ?? dtype, shape: [shape?.[0] ?? null, channels, taps === null ? null : taps - 1] },
    ];
  },
  field: (call, i, k): Relation => {
    const taps = tapsOf(call);
    if (taps === null) return { unknown: 'the kernel size is not known' };
    if (i === 1 || i === 2) return k === 0 ? [null, link(0, EACH), null] : 'none';
    return [link(0, EACH), link(1, EACH), link(2, tapsMap(call, taps, i, k))];
  },
  cost: (call) => {
    const taps = tapsOf(call);
    if (taps === null) return null;
    const activated = choice(call, 'activation', ACTIVATIONS) === 'none' ? {} : { exp: 1, add: 1, div: 1, mul: 1 };
    const shape = known(shapeOf(call, 0));
    // Without a state, zeros stand before the first position.
    const before = { taps, stride: 1, dilation: 1, begin: taps - 1, n: shape?.[2] ?? 0, positions: shape?.[2] ?? 0 };
    const padding = shape && !has(call, 3) ? times(shape[0] as number, shape[1] as number, tapsInPadding([before])) : 0;
    return together(call, { padding }, perOutput(call, { mac: taps, add: has(call, 2) ? 1 : 0 }), perOutput(call, activated));
  },
  defaults: () => ({ activation: ACTIVATIONS[0] }),
  axes: () => ['N', 'C', 'T'],
});
