import { type Count, times } from '../count.ts';
import { counters } from './amount.ts';
import { axisIn, dataOf, dim, int, known, malformed, need, shapeOf, size } from './call.ts';
import { type AxisMap, type Call, defineOperator, MOVEMENT, type Operator } from './operator.ts';
import { axisByAxis, DATA_DEPENDENT, EACH, RANK_UNKNOWN, table } from './relation.ts';
import { BOTH, NOTHING, type Saves } from './saves.ts';
import { elementsOf } from './shape.ts';
import { offsets, rounded, stridesOf } from './value.ts';

/** The axis that a running sum or product goes along; null where it is not known. */
function runningAxis(call: Call): number | null {
  const rank = shapeOf(call, 0)?.length;
  const axis = dataOf(call, 1)?.[0];
  return rank === undefined || axis === undefined ? null : axisIn(call, axis, rank);
}

const isExclusive = (call: Call) => int(call, 'exclusive', 0) !== 0;
const isReverse = (call: Call) => int(call, 'reverse', 0) !== 0;

/** Output o takes in the positions up to o, without o where it is exclusive, from the end where it is reversed. */
function runningMap(call: Call, n: number | null): AxisMap {
  const skip = isExclusive(call) ? 1 : 0;
  const span = (o: number): readonly [number, number] => (isReverse(call) ? [o + skip, (n ?? 0) - 1] : [0, o - skip]);
  return table(n, (o) => (span(o)[0] > span(o)[1] ? null : span(o)), `${call.node.op} has no meaning past its border`);
}

/** Output o joins the positions up to o of one axis; `start` stands before the first one where it is exclusive. */
function running(op: string, kind: 'add' | 'mul', join: (a: number, b: number) => number, start: number, saves: Saves): Operator {
  return defineOperator(op, {
    saves,
    infer: (call) => {
      need(call, 1);
      runningAxis(call);
      return [{ dtype: need(call, 0).dtype, shape: shapeOf(call, 0) }];
    },
    value: (call) => {
      const [value, shape, axis] = [dataOf(call, 0), known(shapeOf(call, 0)), runningAxis(call)];
      if (!value || !shape || axis === null) return null;
      const out = [...value];
      const step = stridesOf(shape)[axis] as number;
      const n = shape[axis] as number;
      for (const base of offsets(shape.with(axis, 1), shape)) {
        const row = Array.from({ length: n }, (_, i) => base + (isReverse(call) ? n - 1 - i : i) * step);
        let so = start;
        for (const at of row) {
          const before = so;
          so = join(so, value[at] as number);
          out[at] = isExclusive(call) ? before : so;
        }
      }
      return rounded(need(call, 0).dtype, out);
    },
    field: (call, i) => {
      const shape = shapeOf(call, 0);
      const along = runningAxis(call);
      if (i > 0) return 'dataDependent';
      if (!shape) return RANK_UNKNOWN;
      if (along === null) return { unknown: `the axis of ${op} is not known` };
      return axisByAxis(shape.length, (axis) => (axis === along ? runningMap(call, size(shape[axis])) : EACH));
    },
    cost: (call) => {
      const [shape, axis] = [known(shapeOf(call, 0)), runningAxis(call)];
      if (!shape || axis === null) return null;
      const steps = shape.map((n, a) => (a === axis ? Math.max(n - 1, 0) : n));
      return counters(call, { [kind]: steps.reduce((a: Count, b) => times(a, b), 1) });
    },
    defaults: () => ({ exclusive: 0, reverse: 0 }),
  });
}

/** Source: ONNX CumSum and CumProd. */
export const cumSum = running('CumSum', 'add', (a, b) => a + b, 0, NOTHING);
export const cumProd = running('CumProd', 'mul', (a, b) => a * b, 1, BOTH);

const topAxis = (call: Call, rank: number) => axisIn(call, int(call, 'axis', -1), rank);

/** Source: ONNX TopK (values, then their indices). */
export const topK = defineOperator('TopK', {
  saves: { outputs: [1] },
  infer: (call) => {
    const { dtype, shape } = need(call, 0);
    const k = dataOf(call, 1)?.[0];
    need(call, 1);
    const axis = shape && topAxis(call, shape.length);
    const n = axis === null ? null : size(shape?.[axis]);
    if (k !== undefined && n !== null && dim(call, k) > n) malformed(call, `the ${k} greatest of ${n}`);
    const out = shape && axis !== null ? shape.with(axis, k === undefined ? null : dim(call, k)) : null;
    return [
      { dtype, shape: out },
      { dtype: 'int64', shape: out },
    ];
  },
  field: (call, i) => {
    const rank = shapeOf(call, 0)?.length;
    if (i > 0) return 'dataDependent';
    if (rank === undefined) return RANK_UNKNOWN;
    const along = topAxis(call, rank);
    return axisByAxis(rank, (axis) => (axis === along ? DATA_DEPENDENT : EACH));
  },
  // Selection with a heap of k: each element is compared along one path of the heap.
  cost: (call) => {
    const [elements, k] = [elementsOf(call.inputs[0]), dataOf(call, 1)?.[0]];
    return elements === null || k === undefined ? null : counters(call, { cmp: times(elements, Math.ceil(Math.log2(k + 1))) });
  },
  defaults: () => ({ axis: -1, largest: 1, sorted: 1 }),
});

/** Positions that are not zero, in row-major order. */
function nonZeros(call: Call): readonly number[] | null {
  return dataOf(call, 0)?.flatMap((x, at) => (x === 0 ? [] : [at])) ?? null;
}

/** Source: ONNX NonZero: one row per axis, one column per position found. */
export const nonZero = defineOperator('NonZero', {
  infer: (call) => [{ dtype: 'int64', shape: [need(call, 0).shape?.length ?? null, nonZeros(call)?.length ?? null] }],
  value: (call) => {
    const [found, shape] = [nonZeros(call), known(shapeOf(call, 0))];
    if (!found || !shape) return null;
    const strides = stridesOf(shape);
    return shape.flatMap((n, axis) => found.map((at) => Math.floor(at / (strides[axis] as number)) % n));
  },
  field: () => 'dataDependent',
  cost: (call) => {
    const elements = elementsOf(call.inputs[0]);
    return elements === null ? null : { cmp: elements };
  },
});

/** Source: ONNX Trilu: a triangle of each matrix, zeros elsewhere. */
export const trilu = defineOperator('Trilu', {
  saves: NOTHING,
  infer: (call) => {
    const { dtype, shape } = need(call, 0);
    if (shape && shape.length < 2) malformed(call, `a tensor of rank ${shape.length}, matrices are needed`);
    return [{ dtype, shape }];
  },
  field: (_, i) => (i === 0 ? 'elementwise' : 'dataDependent'),
  cost: () => MOVEMENT,
  defaults: () => ({ upper: 1 }),
});
