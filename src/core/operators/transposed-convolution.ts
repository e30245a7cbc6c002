import { times } from '../count.ts';
import type { Dim } from '../graph.ts';
import { counters } from './amount.ts';
import { dim, has, ints, known, malformed, need, shapeOf, size } from './call.ts';
import { checkBias, checkRank } from './convolution.ts';
import { type AxisMap, type Call, defineOperator } from './operator.ts';
import { channelsFirst, MAX_PERIOD, perChannel, RANK_UNKNOWN, unknownMap } from './relation.ts';
import { OPERANDS } from './saves.ts';
import { productDim } from './shape.ts';
import { tapsInPadding } from './taps.ts';
import { extent, groupsOf, spatialAxes, spatialLinks, type Window, windowDefaults, windowOf } from './window.ts';

const axesOf = (call: Call) => spatialAxes(call, shapeOf(call, 0), shapeOf(call, 1));

function channels(call: Call, groups: number): Dim {
  const input = size(shapeOf(call, 0)?.[1]);
  const weight = shapeOf(call, 1);
  const rows = size(weight?.[0]);
  if (input !== null && rows !== null && input !== rows) malformed(call, `the input has ${input} channels, the weight expects ${rows}`);
  if (rows !== null && rows % groups !== 0) malformed(call, `${groups} groups do not divide ${rows} input channels`);
  return checkBias(call, productDim(call, [weight?.[1] ?? null, groups]));
}

interface Growth {
  /** Padding before the first position; null where it depends on an unknown size. */
  readonly begin: number | null;
  readonly output: Dim;
}

/** Size and padding along an axis. Source: ONNX ConvTranspose, the equations under `pads` and `output_shape`. */
function grow(call: Call, window: Window, axis: number, input: Dim): Growth {
  const stride = window.strides[axis] as number;
  const extra = outputList(call, 'output_padding', window)?.[axis] ?? 0;
  const stated = outputList(call, 'output_shape', window)?.[axis];
  const span = extent(call, window, axis);
  const n = size(input);
  if (stated === undefined && !window.autoPad.startsWith('SAME')) {
    const begin = window.begin[axis] as number;
    if (n === null || span === null) return { begin, output: null };
    return { begin, output: dim(call, stride * (n - 1) + extra + span - begin - (window.end[axis] as number)) };
  }
  const output = stated ?? (n === null ? null : dim(call, n * stride));
  if (span === null || (stated !== undefined && n === null)) return { begin: null, output };
  // Without output_shape the output is n * stride, and n falls out of the padding.
  const missing = stated === undefined ? extra + span - stride : stride * ((n as number) - 1) + extra + span - stated;
  const total = Math.max(missing, 0);
  return { begin: window.autoPad === 'SAME_UPPER' ? Math.floor(total / 2) : Math.ceil(total / 2), output };
}

function outputList(call: Call, name: string, window: Window): readonly number[] | undefined {
  const values = ints(call, name);
  if (values && values.length !== window.kernel.length)
    malformed(call, `${name} has ${values.length} entries for ${window.kernel.length} axes`);
  if (values?.some((v) => !Number.isSafeInteger(v) || v < 0)) malformed(call, `${name} holds a value that is no size`);
  return values;
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/**
 * Output o reads the inputs i with o + begin - i*stride = dilation*t for a tap 0 <= t < taps. The outputs of one phase
 * (o modulo stride) use every (stride / gcd)-th tap; a phase without a tap reads nothing.
 */
function transposedMap(taps: number, stride: number, dilation: number, begin: number | null): AxisMap {
  if (stride > MAX_PERIOD) return unknownMap(`a transposed convolution of a stride above ${MAX_PERIOD} is not described phase by phase`);
  const lo = Array<number>(stride).fill(1);
  const hi = Array<number>(stride).fill(0);
  const common = gcd(dilation, stride);
  const every = stride / common;
  const pad = begin ?? 0;
  for (let tap = 0; tap < Math.min(taps, every); tap++) {
    const offset = dilation * tap - pad;
    const phase = ((offset % stride) + stride) % stride;
    hi[phase] = (phase - offset) / stride;
    lo[phase] = hi[phase] - (dilation / common) * Math.floor((taps - 1 - tap) / every);
  }
  return { kind: 'periodic', shift: 1, lo, hi, step: Array<number>(stride).fill(dilation / common), known: begin !== null };
}

/** Source: ONNX ConvTranspose. */
export const convTranspose = defineOperator('ConvTranspose', {
  saves: OPERANDS,
  infer: (call) => {
    const { dtype, shape } = need(call, 0);
    const axes = axesOf(call);
    const out = channels(call, groupsOf(call));
    if (axes === null) return [{ dtype, shape: null }];
    checkRank(call, shape, axes, 'the input');
    checkRank(call, shapeOf(call, 1), axes, 'the weight');
    const window = windowOf(call, axes, shapeOf(call, 1));
    const spatial = window.kernel.map((_, axis) => grow(call, window, axis, shape?.[axis + 2] ?? null).output);
    return [{ dtype, shape: [shape?.[0] ?? null, out, ...spatial] }];
  },
  field: (call, i) => {
    const axes = axesOf(call);
    if (axes === null) return RANK_UNKNOWN;
    if (i > 0) return perChannel(axes + 2);
    const window = windowOf(call, axes, shapeOf(call, 1));
    const input = shapeOf(call, 0);
    return spatialLinks(axes, null, (axis) => {
      const taps = window.kernel[axis] ?? null;
      if (taps === null) return unknownMap('the kernel size is not known');
      const { begin } = grow(call, window, axis, input?.[axis + 2] ?? null);
      return transposedMap(taps, window.strides[axis] as number, window.dilations[axis] as number, begin);
    });
  },
  // By input positions: N * I * Cin * (Cout / g) * k. Counting output positions is too high by the stride squared. What falls
  // outside the output, which padding cuts off, counts.
  cost: (call) => {
    const [input, output, weight] = [shapeOf(call, 0), call.outputs[0]?.shape ?? null, shapeOf(call, 1)].map(known);
    if (!input || !output || !weight) return null;
    const window = windowOf(call, weight.length - 2, weight);
    const taps = window.kernel.map((k, axis) => {
      const [n, positions] = [output[axis + 2] as number, input[axis + 2] as number];
      const [stride, dilation] = [window.strides[axis] as number, window.dilations[axis] as number];
      return { taps: k as number, stride, dilation, begin: grow(call, window, axis, positions).begin as number, n, positions };
    });
    const padding = times(...input.slice(0, 2), weight[1] as number, tapsInPadding(taps));
    return counters(call, { mac: times(...input, ...weight.slice(1)), add: has(call, 2) ? times(...output) : 0, padding });
  },
  defaults: (call) => {
    const axes = axesOf(call);
    const window = windowDefaults(call, axes, shapeOf(call, 1));
    return { group: 1, ...(axes !== null && { output_padding: Array<number>(axes).fill(0) }), ...window };
  },
  axes: channelsFirst,
});
