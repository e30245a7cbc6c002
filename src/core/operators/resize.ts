import type { Dim, Shape } from '../graph.ts';
import { type Amounts, perOutput } from './amount.ts';
import { choice, dataOf, dim, has, int, ints, malformed, need, shapeOf, size, sizesAt, string } from './call.ts';
import { type AxisMap, type Call, defineOperator, type Relation } from './operator.ts';
import { axisByAxis, EACH, RANK_UNKNOWN, unknownMap } from './relation.ts';
import { type Axis, COORDINATES, kernelOf, MODES, NEAREST, resizeMap } from './resize-map.ts';
import { fraction, type Scale } from './resize-scale.ts';
import { NOTHING } from './saves.ts';
import { axesIn, lengthOf, unknownDims } from './shape.ts';

const POLICIES = ['stretch', 'not_larger', 'not_smaller'] as const;

/** An input that holds a list; an empty tensor stands for one that is left out. */
const given = (call: Call, i: number) => has(call, i) && lengthOf(call, need(call, i)) !== 0;

/** The axes that `scales`, `sizes` and `roi` speak of. */
function resized(call: Call, rank: number): readonly number[] {
  return axesIn(call, ints(call, 'axes') ?? Array.from({ length: rank }, (_, axis) => axis), rank);
}

function listAt<T extends Dim>(call: Call, list: readonly T[] | null, length: number): readonly T[] | null {
  if (list && list.length !== length) malformed(call, `a list of ${list.length} entries for ${length} axes`);
  return list;
}

/** Sizes and scales under the policy, which may ask for one common scale. Source: ONNX Resize, keep_aspect_ratio_policy. */
function aimedAt(call: Call, sizes: readonly Dim[], inputs: readonly Dim[]): readonly Omit<Axis, 'roi'>[] {
  const policy = choice(call, 'keep_aspect_ratio_policy', POLICIES);
  const apart = sizes.map((m, j) => sized(inputs[j] ?? null, m));
  if (policy === 'stretch') return apart;
  const scales = apart.flatMap(({ scale }) => scale ?? []);
  if (scales.length < apart.length) return inputs.map((input) => ({ input, output: null, scale: null }));
  const sign = policy === 'not_larger' ? 1 : -1;
  const common = scales.reduce((a, b) => (sign * (b.p * a.q - a.p * b.q) < 0 ? b : a));
  return inputs.map((input) => ({ input, output: dim(call, rounded(input as number, common)), scale: common }));
}

/** n times the scale, to the nearest integer, halves up. */
function rounded(n: number, { p, q }: Scale): number {
  return Math.floor((2 * n * p + q) / (2 * q));
}

const UNTOUCHED = { scale: { p: 1, q: 1, value: 1 }, roi: null } as const;

/** Every axis with its sizes and its scale. Source: ONNX Resize. */
function axesOf(call: Call, shape: Shape): readonly Axis[] {
  const listed = resized(call, shape.length);
  if (given(call, 2) === given(call, 3)) malformed(call, 'exactly one of scales and sizes is needed');
  const scales = given(call, 2) ? listAt(call, dataOf(call, 2), listed.length) : null;
  const sizes = given(call, 3) ? listAt(call, sizesAt(call, 3), listed.length) : null;
  const cropped = settings(call).coordinates === 'tf_crop_and_resize';
  const roi = cropped && given(call, 1) ? listAt(call, dataOf(call, 1), 2 * listed.length) : null;
  const inputs = listed.map((axis) => shape[axis] ?? null);
  const targets =
    sizes &&
    aimedAt(
      call,
      sizes.map((m) => (typeof m === 'number' ? dim(call, m) : m)),
      inputs,
    );
  const out: Axis[] = shape.map((input) => ({ input, output: input, ...UNTOUCHED }));
  for (const [j, axis] of listed.entries()) {
    const input = inputs[j] ?? null;
    const box = roi && ([roi[j] as number, roi[j + listed.length] as number] as const);
    out[axis] = { ...(scales ? scaled(call, input, scales[j] as number) : (targets?.[j] ?? sized(input, null))), roi: box };
  }
  return out;
}

/** The size is the product in single precision, as ONNX's own inference and ONNX Runtime compute it. */
function scaled(call: Call, input: Dim, scale: number): Omit<Axis, 'roi'> {
  if (!(scale > 0 && scale < Number.POSITIVE_INFINITY)) return malformed(call, `a scale of ${scale}`);
  const ratio = fraction(scale);
  if (scale === 1) return { input, output: input, scale: ratio };
  return { input, output: typeof input === 'number' ? dim(call, Math.floor(Math.fround(input * scale))) : null, scale: ratio };
}

function sized(input: Dim, output: Dim): Omit<Axis, 'roi'> {
  const [n, m] = [size(input), size(output)];
  return { input, output, scale: n && m ? { p: m, q: n, value: m / n } : null };
}

const settings = (call: Call) => ({
  mode: choice(call, 'mode', MODES),
  coordinates: choice(call, 'coordinate_transformation_mode', COORDINATES),
  nearest: choice(call, 'nearest_mode', NEAREST),
  antialias: int(call, 'antialias', 0) !== 0,
});

/** Whether an axis is stretched or shrunk; null where that is not known. */
const changes = ({ scale }: Axis): boolean | null => scale && scale.p !== scale.q;

/** Taps per axis multiply; their weights are free. Source: cubic and linear interpolation, axis by axis. */
function perElement(call: Call, axes: readonly Axis[]): Amounts | null {
  const { mode, antialias } = settings(call);
  if (mode === 'nearest') return {};
  let taps = 1;
  for (const axis of axes) {
    const changed = changes(axis);
    if (changed === null) return null;
    if (changed) taps *= Math.ceil(2 * kernelOf(mode, antialias, axis.scale?.value ?? 1));
  }
  if (taps === 1) return {};
  return Number.isSafeInteger(taps) ? { mul: taps, add: taps - 1 } : null;
}

/** Source: ONNX Resize. */
export const resize = defineOperator('Resize', {
  arguments: [1, 2, 3],
  saves: NOTHING,
  infer: (call) => {
    const { dtype, shape } = need(call, 0);
    settings(call);
    if (shape) return [{ dtype, shape: axesOf(call, shape).map(({ output }) => output) }];
    const listed = ints(call, 'axes') ? null : lengthOf(call, need(call, given(call, 3) ? 3 : 2));
    return [{ dtype, shape: listed === null ? null : unknownDims(call, listed) }];
  },
  field: (call, i): Relation => {
    if (i > 0) return 'dataDependent';
    const shape = shapeOf(call, 0);
    if (!shape) return RANK_UNKNOWN;
    const axes = axesOf(call, shape);
    const how = settings(call);
    const maps = new Map<string, AxisMap>();
    return axisByAxis(shape.length, (axis) => {
      const one = axes[axis] as Axis;
      if (changes(one) === false && one.roi === null) return EACH;
      const key = JSON.stringify(one);
      const map = maps.get(key) ?? resizeMap(one, how) ?? unknownMap('the scale of Resize is not known');
      maps.set(key, map);
      return map;
    });
  },
  cost: (call) => {
    const shape = shapeOf(call, 0);
    const amounts = shape && perElement(call, axesOf(call, shape));
    return amounts && perOutput(call, amounts);
  },
  defaults: (call) => ({
    mode: MODES[0],
    coordinate_transformation_mode: COORDINATES[0],
    antialias: 0,
    keep_aspect_ratio_policy: POLICIES[0],
    ...(string(call, 'mode', MODES[0]) === 'nearest' && { nearest_mode: NEAREST[0] }),
    ...(string(call, 'mode', MODES[0]) === 'cubic' && { cubic_coeff_a: -0.75, exclude_outside: 0 }),
  }),
});
