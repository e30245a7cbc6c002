import { type Count, plus, times } from '../count.ts';
import { counters } from './amount.ts';
import { dim, ints, known, malformed, need, shapeOf, size } from './call.ts';
import { type AxisMap, type Call, defineOperator, type Operator } from './operator.ts';
import { channelsFirst, EACH, link, MAX_PERIOD, RANK_UNKNOWN, repeated, table, unknownMap, windows } from './relation.ts';
import { INPUT, type Saves, WITH_INDICES } from './saves.ts';
import { spatialLinks } from './window.ts';

const REMAINDER = 'adaptive pooling with a remainder has no meaning past its border';

function sizesOf(call: Call): readonly number[] {
  const sizes = ints(call, 'output_size') ?? malformed(call, 'output_size is required');
  const rank = shapeOf(call, 0)?.length;
  if (sizes.length < 1 || sizes.length > 62) malformed(call, `output_size has ${sizes.length} entries`);
  if (rank !== undefined && rank !== sizes.length + 2)
    malformed(call, `output_size has ${sizes.length} entries for a tensor of rank ${rank}`);
  for (const m of sizes) if (dim(call, m) === 0) malformed(call, 'an output_size of 0');
  return sizes;
}

/** Output o reads floor(o n / m) .. ceil((o + 1) n / m) - 1. Source: PyTorch AdaptiveAvgPool. */
function adaptiveMap(n: number | null, m: number): AxisMap | null {
  if (m === 1) return null;
  if (n === null) return unknownMap('the size that adaptive pooling divides is not known');
  if (n % m === 0) return windows(n / m, 0, n / m, 1);
  if (m % n === 0 && m / n <= MAX_PERIOD) return repeated(m / n);
  return table(m, (o) => [Math.floor((o * n) / m), Math.ceil(((o + 1) * n) / m) - 1], REMAINDER);
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/**
 * Elements of all windows together, over all outputs: windows overlap by one position at each of the m - 1 borders
 * between them that is no whole number, so an axis has n + m - gcd(n, m) of them.
 */
function allTaps(call: Call, m: readonly number[]): Count | null {
  const shape = known(shapeOf(call, 0));
  return shape && times(shape[0] as number, shape[1] as number, ...m.map((to, axis) => overlapping(shape[axis + 2] as number, to)));
}

const overlapping = (n: number, m: number) => n + m - gcd(n, m);

function adaptive(op: string, kind: 'add' | 'cmp', div: 0 | 1, saves: Saves): Operator {
  return defineOperator(op, {
    saves,
    infer: (call) => {
      const { dtype, shape } = need(call, 0);
      const sizes = sizesOf(call);
      if (shape?.slice(2).includes(0)) malformed(call, 'it has no position to pool');
      return [{ dtype, shape: [shape?.[0] ?? null, shape?.[1] ?? null, ...sizes] }];
    },
    field: (call) => {
      const shape = shapeOf(call, 0);
      if (!shape) return RANK_UNKNOWN;
      const sizes = sizesOf(call);
      const links = spatialLinks(sizes.length, link(1, EACH), (axis) => adaptiveMap(size(shape[axis + 2]), sizes[axis] as number) ?? EACH);
      return links.map((entry, axis) => (axis >= 2 && sizes[axis - 2] === 1 ? null : entry));
    },
    cost: (call) => {
      const taps = allTaps(call, sizesOf(call));
      const outputs = known(call.outputs[0]?.shape ?? null);
      if (taps === null || !outputs) return null;
      const windows = times(...outputs);
      return counters(call, { [kind]: plus(taps, -BigInt(windows)), div: times(windows, div) });
    },
    axes: channelsFirst,
  });
}

/** Operators of Fovea's own: ONNX has no adaptive pooling, and exporters write it only where it divides evenly. */
export const adaptiveAveragePool = adaptive('fovea.AdaptiveAveragePool', 'add', 1, INPUT);
export const adaptiveMaxPool = adaptive('fovea.AdaptiveMaxPool', 'cmp', 0, WITH_INDICES);
