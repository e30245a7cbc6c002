import { times } from '../count.ts';
import type { Dim, Shape } from '../graph.ts';
import { type Amounts, each, perOutput, together } from './amount.ts';
import { axisIn, dataOf, dim, has, int, known, malformed, need, shapeOf, size } from './call.ts';
import { dtypeOf } from './cast.ts';
import { type Call, defineOperator, type Operator, type Relation } from './operator.ts';
import { ALL, axisByAxis, EACH, link, RANK_UNKNOWN, unknownMap, windows } from './relation.ts';
import { INPUT, NOTHING, type Saves } from './saves.ts';
import { volume } from './shape.ts';

/** A fast Fourier transform of n complex points (Cooley and Tukey 1965, radix 2): n log2 n butterflies' halves of 2 mul, 3 add. */
function transform(n: number): Amounts {
  const steps = n < 2 ? 0 : Math.ceil(Math.log2(n));
  return { mul: times(2, n, steps), add: times(3, n, steps) };
}

/** A scalar input as a size; null where it is not known. */
function sizeAt(call: Call, i: number): number | null {
  const n = dataOf(call, i)?.[0];
  return n === undefined ? null : dim(call, n);
}

const onesided = (call: Call, fallback: number) => int(call, 'onesided', fallback) !== 0;
const inverse = (call: Call) => int(call, 'inverse', 0) !== 0;
const half = (n: number) => Math.floor(n / 2) + 1;

/** The axis that is transformed; null where it is not known. The last one holds real and imaginary parts. */
function transformedAxis(call: Call, rank: number): number | null {
  const stated = has(call, 2) ? dataOf(call, 2)?.[0] : -2;
  if (stated === undefined) return null;
  const axis = axisIn(call, stated, rank);
  return axis === rank - 1 ? malformed(call, 'the last axis holds real and imaginary parts') : axis;
}

/** Points of the transform. */
function pointsOf(call: Call, n: Dim): number | null {
  if (has(call, 1)) return sizeAt(call, 1);
  if (typeof n !== 'number') return null;
  return onesided(call, 0) && inverse(call) ? dim(call, 2 * (n - 1)) : n;
}

function transformedShape(call: Call): Shape | null {
  const shape = shapeOf(call, 0);
  if (!shape) return null;
  if (shape.length < 2) malformed(call, `a tensor of rank ${shape.length} has no signal axis`);
  const axis = transformedAxis(call, shape.length);
  if (axis === null) return shape.map((_, j) => (j === shape.length - 1 ? 2 : null));
  const points = pointsOf(call, shape[axis] ?? null);
  const sided = onesided(call, 0) && !inverse(call);
  const last = onesided(call, 0) && inverse(call) ? 1 : 2;
  return shape.with(axis, points !== null && sided ? half(points) : points).with(-1, last);
}

/** PyTorch keeps what a transform of real numbers reads, though its gradient needs the size alone; a complex one keeps nothing. */
const REAL = (call: Call): Saves => (size(shapeOf(call, 0)?.at(-1)) === 1 ? INPUT : NOTHING);

/** Source: ONNX DFT. */
export const dft = defineOperator('DFT', {
  saves: REAL,
  infer: (call) => [{ dtype: need(call, 0).dtype, shape: transformedShape(call) }],
  field: (call, i): Relation => {
    const rank = shapeOf(call, 0)?.length;
    if (i > 0) return 'dataDependent';
    if (rank === undefined) return RANK_UNKNOWN;
    const along = transformedAxis(call, rank);
    if (along === null) return { unknown: 'the axis of the transform is not known' };
    return axisByAxis(rank, (axis) => (axis === rank - 1 ? null : axis === along ? ALL : EACH));
  },
  cost: (call) => {
    const shape = known(shapeOf(call, 0));
    const axis = shape && transformedAxis(call, shape.length);
    if (!shape || axis === null) return null;
    const points = pointsOf(call, shape[axis] ?? null);
    return points === null ? null : each(call, volume(shape.with(axis, 1).with(-1, 1)), transform(points));
  },
  defaults: () => ({ inverse: 0, onesided: 0 }),
});

/** Length of a frame: as stated, or that of the window, or the whole signal. */
function frameLength(call: Call): number | null {
  if (has(call, 3)) return sizeAt(call, 3);
  return has(call, 2) ? size(shapeOf(call, 2)?.[0]) : size(shapeOf(call, 0)?.[1]);
}

function frames(call: Call, length: Dim, frame: number | null): Dim {
  const step = sizeAt(call, 1);
  need(call, 1);
  if (step === 0) malformed(call, 'a frame_step of 0');
  if (typeof length !== 'number' || step === null || frame === null) return null;
  return frame > length ? malformed(call, `a frame of ${frame} in a signal of ${length}`) : Math.floor((length - frame) / step) + 1;
}

/** Source: ONNX STFT: a transform of every frame of a signal, which a window may weigh. */
export const stft = defineOperator('STFT', {
  // Frames show the signal, unless a window makes new ones.
  saves: (call) => {
    const complex = shapeOf(call, 0)?.length === 3 && size(shapeOf(call, 0)?.[2]) === 2;
    if (!has(call, 2)) return complex ? NOTHING : INPUT;
    const framed = () => (complex ? 0 : volume([...(call.outputs[0]?.shape?.slice(0, 2) ?? [null]), frameLength(call)]));
    return { operands: [0, 2], within: framed };
  },
  infer: (call) => {
    const { dtype, shape } = need(call, 0);
    if (shape && shape.length !== 3 && shape.length !== 2) malformed(call, `a signal of rank ${shape.length}, 3 is needed`);
    const frame = frameLength(call);
    const bins = frame !== null && onesided(call, 1) ? half(frame) : frame;
    return [{ dtype, shape: [shape?.[0] ?? null, frames(call, shape?.[1] ?? null, frame), bins, 2] }];
  },
  field: (call, i): Relation => {
    if (i === 2) return [null, null, null, null];
    if (i > 0) return 'dataDependent';
    const [step, frame] = [sizeAt(call, 1), frameLength(call)];
    const map = step && frame ? windows(step, 0, frame, 1) : unknownMap('the frames are not known');
    return [link(0, EACH), link(1, map), null, null];
  },
  cost: (call) => {
    const output = call.outputs[0]?.shape ?? [null];
    const frame = frameLength(call);
    const count = volume(output.slice(0, 2));
    if (frame === null || count === null) return null;
    return together(call, each(call, count, transform(frame)), each(call, count, { mul: has(call, 2) ? frame : 0 }));
  },
  defaults: () => ({ onesided: 1 }),
});

/** One element: its place on the circle, two cosines, three terms. Source: the function bodies of the ONNX specification. */
const WINDOW: Amounts = { mul: 5, add: 3, exp: 2 };

function taper(op: string): Operator {
  return defineOperator(op, {
    infer: (call) => {
      need(call, 0);
      return [{ dtype: dtypeOf(call, 'output_datatype', 'float32'), shape: [sizeAt(call, 0)] }];
    },
    field: () => 'none',
    cost: (call) => perOutput(call, WINDOW),
    defaults: () => ({ output_datatype: 1, periodic: 1 }),
  });
}

export const tapers: readonly Operator[] = ['BlackmanWindow', 'HammingWindow', 'HannWindow'].map(taper);

/** Source: ONNX MelWeightMatrix: bins of a one-sided spectrum by bands. What a runtime does to make it is not stated. */
export const melWeightMatrix = defineOperator('MelWeightMatrix', {
  arguments: [0, 1, 2, 3, 4],
  infer: (call) => {
    const points = sizeAt(call, 1);
    need(call, 0);
    return [{ dtype: dtypeOf(call, 'output_datatype', 'float32'), shape: [points === null ? null : half(points), sizeAt(call, 0)] }];
  },
  field: () => 'none',
  cost: () => null,
  defaults: () => ({ output_datatype: 1 }),
});
