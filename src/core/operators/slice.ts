import type { Dim } from '../graph.ts';
import { dataOf, dim, has, malformed, need, shapeOf, size } from './call.ts';
import { movement } from './movement.ts';
import type { AxisMap, Call } from './operator.ts';
import { axisByAxis, EACH, RANK_UNKNOWN, shifted, table, unknownMap } from './relation.ts';
import { axesIn, lengthOf, unknownDims } from './shape.ts';
import { offsets, stridesOf } from './value.ts';

/** One axis of a slice, as the file states it. */
interface Cut {
  readonly start: number | null;
  readonly end: number | null;
  readonly step: number | null;
}

/** The axes that are cut; null where it is not known which. */
function cutsOf(call: Call, rank: number): ReadonlyMap<number, Cut> | null {
  const [starts, ends, steps] = [1, 2, 4].map((i) => dataOf(call, i));
  const count = lengthOf(call, need(call, 1)) ?? lengthOf(call, need(call, 2));
  const listed = dataOf(call, 3);
  if (count === null || (has(call, 3) && !listed)) return null;
  for (const list of [starts, ends, steps, listed]) {
    if (list && list.length !== count) malformed(call, `lists of ${count} and ${list.length} entries`);
  }
  if (count > rank) malformed(call, `${count} axes for a tensor of rank ${rank}`);
  const axes = axesIn(call, listed ?? Array.from({ length: count }, (_, axis) => axis), rank);
  return new Map(axes.map((axis, j) => [axis, { start: starts?.[j] ?? null, end: ends?.[j] ?? null, step: stepAt(call, steps, j) }]));
}

function stepAt(call: Call, steps: readonly number[] | null | undefined, j: number): number | null {
  if (!has(call, 4)) return 1;
  const step = steps?.[j] ?? null;
  return step === 0 ? malformed(call, 'a step of 0') : step;
}

const clamp = (x: number, low: number, high: number) => Math.min(Math.max(x, low), high);

/** The first position that is read; null where it depends on an unknown size. Source: ONNX Slice, NumPy's rules. */
function firstOf({ start, step }: Cut, input: Dim): number | null {
  const n = size(input);
  if (start === null || step === null) return null;
  if (n === null) return start >= 0 && step > 0 ? start : null;
  const from = start < 0 ? start + n : start;
  return step > 0 ? clamp(from, 0, n) : clamp(from, -1, n - 1);
}

function lengthAfter(call: Call, cut: Cut, input: Dim): Dim {
  const n = size(input);
  const first = firstOf(cut, input);
  if (n === null || first === null || cut.end === null) return isWhole(cut) ? input : null;
  const step = cut.step as number;
  const to = cut.end < 0 ? cut.end + n : cut.end;
  const last = step > 0 ? clamp(to, 0, n) : clamp(to, -1, n - 1);
  return dim(call, Math.max(Math.ceil((last - first) / step), 0));
}

/** Exporters write "to the end" as the greatest integer of 32 or 64 bits. */
const isWhole = ({ start, end, step }: Cut) => start === 0 && step === 1 && end !== null && end >= 2 ** 31 - 1;

function sliceMap(cut: Cut, input: Dim, output: Dim): AxisMap {
  const first = firstOf(cut, input);
  const { step } = cut;
  if (step === null) return unknownMap('the step of the slice is not known');
  if (step > 0) return first === null ? shifted(0, step, false) : shifted(first, step);
  if (first === null) return unknownMap('the size that a slice runs backwards over is not known');
  return table(size(output), (o) => [first + o * step, first + o * step], 'a slice with a negative step has no meaning past its border');
}

/** Source: ONNX Slice. */
export const slice = movement('Slice', {
  shape: (call) => {
    const shape = shapeOf(call, 0);
    if (!shape) return null;
    const cuts = cutsOf(call, shape.length);
    if (!cuts) return unknownDims(call, shape.length);
    return shape.map((input, axis) => {
      const cut = cuts.get(axis);
      return cut ? lengthAfter(call, cut, input) : input;
    });
  },
  field: (call) => {
    const shape = shapeOf(call, 0);
    const cuts = shape && cutsOf(call, shape.length);
    if (!shape) return RANK_UNKNOWN;
    if (!cuts) return { unknown: 'the axes of the slice are not known' };
    return axisByAxis(shape.length, (axis) => {
      const cut = cuts.get(axis);
      return cut ? sliceMap(cut, shape[axis] ?? null, call.outputs[0]?.shape?.[axis] ?? null) : EACH;
    });
  },
  source: (call, input, output) => {
    const cuts = cutsOf(call, input.length);
    if (!cuts) return null;
    const strides = stridesOf(input);
    let base = 0;
    for (const [axis, cut] of cuts) {
      base += (firstOf(cut, input[axis] ?? null) ?? 0) * (strides[axis] as number);
      strides[axis] = (strides[axis] as number) * (cut.step ?? 1);
    }
    return offsets(output, output, strides).map((at) => base + at);
  },
});
