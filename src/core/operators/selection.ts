import { times } from '../count.ts';
import type { Shape } from '../graph.ts';
import { axisIn, dataOf, int, known, malformed, need, sameDim, shapeOf, size } from './call.ts';
import { type Call, defineOperator, MOVEMENT, type Relation } from './operator.ts';
import { axisByAxis, DATA_DEPENDENT, EACH, link, RANK_UNKNOWN, table, unknownMap } from './relation.ts';
import { elementsOf, lengthOf } from './shape.ts';
import { offsets } from './value.ts';

/** The axis along which is chosen; null where the tensor is taken as a list. */
function alongOf(call: Call, rank: number): number | null {
  return call.node.attributes.has('axis') ? axisIn(call, int(call, 'axis', 0), rank) : null;
}

/** Positions where the condition holds; null where it is not known. */
function chosen(call: Call): readonly number[] | null {
  return dataOf(call, 1)?.flatMap((x, at) => (x === 0 ? [] : [at])) ?? null;
}

/** Source: ONNX Compress. */
export const compress = defineOperator('Compress', {
  saves: { inputs: [1] },
  moves: true,
  infer: (call) => {
    const { dtype, shape } = need(call, 0);
    lengthOf(call, need(call, 1));
    const found = chosen(call);
    const count = found?.length ?? null;
    const axis = shape && alongOf(call, shape.length);
    const n = axis === null ? elementsOf(call.inputs[0]) : size(shape?.[axis]);
    const last = found?.at(-1);
    if (n !== null && last !== undefined && last >= n) malformed(call, `position ${last} is outside an axis of ${n}`);
    if (call.node.attributes.has('axis')) return [{ dtype, shape: shape?.with(axis as number, count) ?? null }];
    return [{ dtype, shape: [count] }];
  },
  field: (call, i): Relation => {
    if (i > 0) return 'dataDependent';
    if (!call.node.attributes.has('axis'))
      return need(call, 1).constant ? { unknown: 'a choice of single elements is not followed' } : 'dataDependent';
    const rank = shapeOf(call, 0)?.length;
    if (rank === undefined) return RANK_UNKNOWN;
    return axisByAxis(rank, (axis) => (axis === alongOf(call, rank) ? chosenMap(call) : EACH));
  },
  cost: () => MOVEMENT,
});

function chosenMap(call: Call) {
  const found = chosen(call);
  if (found) return table(found.length, (o) => [found[o] as number, found[o] as number], 'Compress has no meaning past its border');
  return need(call, 1).constant ? unknownMap('the condition is not known') : DATA_DEPENDENT;
}

/** Number of different elements, or of different slices along an axis; null where the elements are not known. */
function different(call: Call, axis: number | null): number | null {
  const [value, shape] = [dataOf(call, 0), known(shapeOf(call, 0))];
  if (!value || !shape) return null;
  if (axis === null) return new Set(value).size;
  const heads = offsets(
    shape.map((n, j) => (j === axis ? n : 1)),
    shape,
  );
  const inner = offsets(shape.with(axis, 1), shape);
  return new Set(heads.map((head) => inner.map((at) => value[head + at]).join())).size;
}

/** Source: ONNX Unique: the different elements (or slices), where each was first, which one each is, and how often it is there. */
export const unique = defineOperator('Unique', {
  noGradient: 'PyTorch has no gradient of it',
  infer: (call) => {
    const { dtype, shape } = need(call, 0);
    const axis = shape && alongOf(call, shape.length);
    const count = different(call, axis);
    const all = elementsOf(call.inputs[0]);
    const along: Shape[number] = axis === null ? (shape && typeof all === 'number' ? all : null) : (shape?.[axis] ?? null);
    const listed = call.node.attributes.has('axis');
    return [
      { dtype, shape: listed ? (shape?.with(axis as number, count) ?? null) : [count] },
      { dtype: 'int64', shape: [count] },
      { dtype: 'int64', shape: [listed && !shape ? null : along] },
      { dtype: 'int64', shape: [count] },
    ];
  },
  field: () => 'dataDependent',
  // Sorting by comparison: n log2 n.
  cost: (call) => {
    const n = elementsOf(call.inputs[0]);
    return n === null ? null : n > 1 ? { cmp: times(n, Math.ceil(Math.log2(Number(n)))) } : {};
  },
  defaults: () => ({ sorted: 1 }),
});

/** Axis 0 or 1, as the operator allows no other. */
function firstAxes(call: Call, name: string, fallback: number): number {
  const axis = int(call, name, fallback);
  return axis === 0 || axis === 1 ? axis : malformed(call, `${name} is ${axis}`);
}

/** Source: ONNX ReverseSequence: the first positions of each sequence of a batch, backwards. */
export const reverseSequence = defineOperator('ReverseSequence', {
  saves: { inputs: [1] },
  infer: (call) => {
    const { dtype, shape } = need(call, 0);
    const [time, batch] = [firstAxes(call, 'time_axis', 0), firstAxes(call, 'batch_axis', 1)];
    if (time === batch) malformed(call, 'time and batch are one axis');
    if (shape && shape.length < 2) malformed(call, `a tensor of rank ${shape.length}, 2 or more are needed`);
    sameDim(call, shape?.[batch] ?? null, shapeOf(call, 1)?.[0] ?? null, 'batch and sequence_lens differ');
    return [{ dtype, shape }];
  },
  field: (call, i): Relation => {
    const rank = shapeOf(call, 0)?.length;
    if (rank === undefined) return RANK_UNKNOWN;
    const batch = firstAxes(call, 'batch_axis', 1);
    if (i > 0) return Array.from({ length: rank }, (_, axis) => (axis === batch ? link(0, EACH) : null));
    const map = need(call, 1).constant ? unknownMap('constant lengths of sequences are not followed') : DATA_DEPENDENT;
    return axisByAxis(rank, (axis) => (axis === firstAxes(call, 'time_axis', 0) ? map : EACH));
  },
  cost: () => MOVEMENT,
  defaults: () => ({ batch_axis: 1, time_axis: 0 }),
});
