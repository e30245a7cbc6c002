import { type Count, plus, times } from '../count.ts';
import type { DType, Shape } from '../graph.ts';
import { type Amounts, each, mean, norm } from './amount.ts';
import { axisIn, dataOf, has, int, known, need, shapeOf } from './call.ts';
import { type Call, defineOperator, type Operator } from './operator.ts';
import { axisByAxis, EACH, RANK_UNKNOWN } from './relation.ts';
import { BOTH, INPUT, NOTHING, type Saves } from './saves.ts';
import { axesIn, elementsOf, lengthOf, unknownDims, volume } from './shape.ts';
import { offsets, rounded } from './value.ts';

/** The axes that are reduced; null where they are not known. */
function reducedAxes(call: Call, rank: number): readonly number[] | null {
  const axes = dataOf(call, 1);
  if (has(call, 1) && !axes) return lengthOf(call, need(call, 1)) === 0 ? emptyAxes(call, rank) : null;
  return axes?.length ? axesIn(call, axes, rank) : emptyAxes(call, rank);
}

const emptyAxes = (call: Call, rank: number) => (int(call, 'noop_with_empty_axes', 0) ? [] : Array.from({ length: rank }, (_, i) => i));

function reducedShape(shape: Shape, axes: readonly number[], keep: boolean): Shape {
  const reduced = new Set(axes);
  return keep ? shape.map((dim, axis) => (reduced.has(axis) ? 1 : dim)) : shape.filter((_, axis) => !reduced.has(axis));
}

function inferReduced(call: Call, axes: readonly number[] | null, keep: boolean): Shape | null {
  const shape = shapeOf(call, 0);
  if (!shape) return null;
  if (axes) return reducedShape(shape, axes, keep);
  if (keep) return unknownDims(call, shape.length);
  const count = lengthOf(call, need(call, 1));
  return count !== null && count <= shape.length ? unknownDims(call, shape.length - count) : null;
}

function reducedField(call: Call, axes: readonly number[] | null, keep: boolean) {
  const rank = shapeOf(call, 0)?.length;
  if (rank === undefined) return RANK_UNKNOWN;
  if (!axes) return { unknown: 'the axes that are reduced are not known' };
  const reduced = new Set(axes);
  if (keep) return axisByAxis(rank, (axis) => (reduced.has(axis) ? null : EACH));
  const left = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => !reduced.has(axis));
  return left.map((input) => ({ input, map: EACH }));
}

/** Elements along the axes that each output takes in. */
function reducedCount(call: Call, axes: readonly number[] | null): Count | null {
  const shape = shapeOf(call, 0);
  return shape && axes && volume(axes.map((axis) => shape[axis] ?? null));
}

type Fold = (row: readonly number[]) => number;

/** The rows that are reduced, each folded to one element, in the order of the output. */
function foldRows(call: Call, axes: readonly number[] | null, fold: Fold): readonly number[] | null {
  const value = dataOf(call, 0);
  const shape = known(shapeOf(call, 0));
  if (!value || !shape || !axes) return null;
  const outer = shape.map((n, axis) => (axes.includes(axis) ? 1 : n));
  const inner = shape.map((n, axis) => (axes.includes(axis) ? n : 1));
  const steps = offsets(inner, shape);
  return offsets(outer, shape).map((base) => fold(steps.map((step) => value[base + step] as number)));
}

function reduction(op: string, perOutput: (n: Count) => Amounts, saves: Saves, fold?: Fold): Operator {
  const axesOf = (call: Call) => {
    const rank = shapeOf(call, 0)?.length;
    return rank === undefined ? null : reducedAxes(call, rank);
  };
  const keeps = (call: Call) => int(call, 'keepdims', 1) !== 0;
  return defineOperator(op, {
    saves,
    infer: (call) => [{ dtype: need(call, 0).dtype, shape: inferReduced(call, axesOf(call), keeps(call)) }],
    ...(fold && { value: (call) => rounded(call.inputs[0]?.dtype ?? null, foldRows(call, axesOf(call), fold)) }),
    field: (call, i) => (i === 0 ? reducedField(call, axesOf(call), keeps(call)) : 'dataDependent'),
    cost: (call) => {
      const n = reducedCount(call, axesOf(call));
      const outputs = outputsOf(call, n);
      return n === null || outputs === null ? null : each(call, outputs, perOutput(n));
    },
    defaults: () => ({ keepdims: 1, noop_with_empty_axes: 0 }),
  });
}

/** Outputs that take in at least one element: an empty row costs nothing. */
function outputsOf(call: Call, n: Count | null): Count | null {
  return n === 0 ? 0 : volume(call.outputs[0]?.shape ?? [null]);
}

/** The logarithm's gradient needs what it is of. */
const SUM: Saves = { within: (call) => elementsOf(call.outputs[0]) };

const sum = (row: readonly number[]) => row.reduce((a, b) => a + b, 0);
const add = (n: Count): Amounts => ({ add: plus(n, -1) });
const cmp = (n: Count): Amounts => ({ cmp: plus(n, -1) });

/** Source of the family: ONNX ReduceSum and its siblings, and the functions that they stand for. */
export const reductions: readonly Operator[] = [
  reduction('ReduceSum', add, NOTHING, sum),
  reduction('ReduceMean', mean, NOTHING, (row) => sum(row) / row.length),
  reduction('ReduceMax', cmp, BOTH, (row) => row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)),
  reduction('ReduceMin', cmp, BOTH, (row) => row.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)),
  reduction(
    'ReduceProd',
    (n) => ({ mul: plus(n, -1) }),
    BOTH,
    (row) => row.reduce((a, b) => a * b, 1),
  ),
  reduction('ReduceL1', (n) => norm(n, 1), INPUT),
  reduction('ReduceL2', (n) => norm(n, 2), BOTH),
  reduction('ReduceLogSum', (n) => ({ ...add(n), exp: 1 }), SUM),
  reduction('ReduceLogSumExp', (n) => ({ ...add(n), exp: plus(n, 1) }), BOTH),
  reduction('ReduceSumSquare', (n) => ({ ...add(n), mul: n }), INPUT),
];

/** The position of the greatest or least element along an axis. */
function arg(op: string, better: (a: number, b: number) => boolean): Operator {
  const axesOf = (call: Call) => {
    const rank = shapeOf(call, 0)?.length;
    return rank === undefined ? null : [axisIn(call, int(call, 'axis', 0), rank)];
  };
  const keeps = (call: Call) => int(call, 'keepdims', 1) !== 0;
  const best = (last: boolean): Fold => {
    const wins = (a: number, b: number) => better(a, b) || (last && a === b);
    return (row) => row.reduce((at, x, i) => (wins(x, row[at] as number) ? i : at), 0);
  };
  return defineOperator(op, {
    saves: NOTHING,
    infer: (call) => [{ dtype: 'int64' as DType, shape: inferReduced(call, axesOf(call), keeps(call)) }],
    value: (call) => foldRows(call, axesOf(call), best(int(call, 'select_last_index', 0) !== 0)),
    field: (call) => reducedField(call, axesOf(call), keeps(call)),
    cost: (call) => {
      const n = reducedCount(call, axesOf(call));
      const outputs = outputsOf(call, n);
      return n === null || outputs === null ? null : { cmp: times(outputs, plus(n, -1)) };
    },
    defaults: () => ({ axis: 0, keepdims: 1, select_last_index: 0 }),
  });
}

export const argMax = arg('ArgMax', (a, b) => a > b);
export const argMin = arg('ArgMin', (a, b) => a < b);
