import { times } from '../count.ts';
import type { Dim, Shape } from '../graph.ts';
import { counters } from './amount.ts';
import { has, known, malformed, need, sameDim, shapeOf, size } from './call.ts';
import { type Call, defineOperator } from './operator.ts';
import { channelsFirst, perChannel, RANK_UNKNOWN } from './relation.ts';
import { OPERANDS } from './saves.ts';
import { tapsInPadding } from './taps.ts';
import { groupsOf, places, slide, spatialAxes, spatialLinks, windowDefaults, windowMap, windowOf } from './window.ts';

const axesOf = (call: Call) => spatialAxes(call, shapeOf(call, 0), shapeOf(call, 1));

/** Holds a tensor of N, C and `axes` spatial axes to its rank. */
export function checkRank(call: Call, shape: Shape | null, axes: number, what: string): void {
  if (shape && shape.length !== axes + 2) malformed(call, `${what} has rank ${shape.length}, ${axes + 2} is needed`);
}

/** The output channels, after a check that the weight fits the input and the groups divide both. */
function channels(call: Call, groups: number): Dim {
  const weight = shapeOf(call, 1);
  const input = size(shapeOf(call, 0)?.[1]);
  const perGroup = size(weight?.[1]);
  if (input !== null && perGroup !== null && input !== perGroup * groups)
    malformed(call, `the input has ${input} channels, the weight expects ${groups} groups of ${perGroup}`);
  const out = weight?.[0] ?? null;
  if (typeof out === 'number' && out % groups !== 0) malformed(call, `${groups} groups do not divide ${out} output channels`);
  return checkBias(call, out);
}

/** Output channels, which the bias has too. */
export function checkBias(call: Call, out: Dim): Dim {
  const bias = has(call, 2) ? shapeOf(call, 2) : null;
  if (!bias) return out;
  if (bias.length !== 1) malformed(call, `the bias has rank ${bias.length}`);
  return sameDim(call, out, bias[0] as Dim, 'output channels and bias');
}

/** Source: ONNX Conv. */
export const conv = defineOperator('Conv', {
  saves: OPERANDS,
  infer: (call) => {
    const { dtype, shape } = need(call, 0);
    const axes = axesOf(call);
    const out = channels(call, groupsOf(call));
    if (axes === null) return [{ dtype, shape: null }];
    checkRank(call, shape, axes, 'the input');
    checkRank(call, shapeOf(call, 1), axes, 'the weight');
    const window = windowOf(call, axes, shapeOf(call, 1));
    const spatial = window.kernel.map((_, axis) => slide(call, window, axis, shape?.[axis + 2] ?? null, false));
    return [{ dtype, shape: [shape?.[0] ?? null, out, ...spatial] }];
  },
  field: (call, i) => {
    const axes = axesOf(call);
    if (axes === null) return RANK_UNKNOWN;
    if (i > 0) return perChannel(axes + 2);
    const window = windowOf(call, axes, shapeOf(call, 1));
    const input = shapeOf(call, 0);
    return spatialLinks(axes, null, (axis) => windowMap(call, window, axis, input?.[axis + 2] ?? null));
  },
  // Taps in the padding count, as in all tools: N * O * Cout * (Cin / g) * k, whatever the dilation.
  cost: (call) => {
    const [input, output, weight] = [shapeOf(call, 0), call.outputs[0]?.shape ?? null, shapeOf(call, 1)].map(known);
    if (!input || !output || !weight) return null;
    const elements = times(...output);
    const window = places(call, windowOf(call, weight.length - 2, weight), input, output);
    const padding = times(output[0] as number, output[1] as number, weight[1] as number, tapsInPadding(window));
    return counters(call, { mac: times(elements, ...weight.slice(1)), add: has(call, 2) ? elements : 0, padding });
  },
  defaults: (call) => ({ group: 1, ...windowDefaults(call, axesOf(call), shapeOf(call, 1)) }),
  axes: channelsFirst,
});
