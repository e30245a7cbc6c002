import { type Count, plus, times } from '../count.ts';
import { each, norm } from './amount.ts';
import { axisIn, float, int, ints, malformed, need, shapeOf } from './call.ts';
import { type Call, defineOperator } from './operator.ts';
import { axisByAxis, EACH, RANK_UNKNOWN, STATISTICS } from './relation.ts';
import { allOf, manyOf } from './saves.ts';
import { axesIn, elementsOf, volume } from './shape.ts';

/** Rows of n elements in a tensor. */
const rowsOf = (elements: Count, n: Count): Count => (n === 0 ? 0 : BigInt(elements) / BigInt(n));

const alongOf = (call: Call, rank: number) => axisIn(call, int(call, 'axis', -1), rank);

/** Source: ONNX LpNormalization: each row over its own p-norm. The quotient keeps both. */
export const lpNormalization = defineOperator('LpNormalization', {
  saves: {
    inputs: [0],
    within: (call) => volume(shapeOf(call, 0)?.map((dim, axis, shape) => (axis === alongOf(call, shape.length) ? 1 : dim)) ?? [null]),
  },
  infer: (call) => {
    const { dtype, shape } = need(call, 0);
    const p = int(call, 'p', 2);
    if (p !== 1 && p !== 2) malformed(call, `p is ${p}`);
    if (shape) alongOf(call, shape.length);
    return [{ dtype, shape }];
  },
  field: (call) => {
    const rank = shapeOf(call, 0)?.length;
    return rank === undefined ? RANK_UNKNOWN : axisByAxis(rank, (axis) => (axis === alongOf(call, rank) ? STATISTICS : EACH));
  },
  cost: (call) => {
    const [shape, elements] = [shapeOf(call, 0), elementsOf(call.inputs[0])];
    if (!shape || elements === null) return null;
    const n = volume([shape[alongOf(call, shape.length)] ?? null]) as Count;
    return n === 0 ? {} : each(call, rowsOf(elements, n), { ...norm(n, float(call, 'p', 2)), div: n });
  },
  defaults: () => ({ axis: -1, p: 2 }),
});

const axesOf = (call: Call, rank: number) => axesIn(call, ints(call, 'axes') ?? [0, 2, 3], rank);

/**
 * Source: ONNX MeanVarianceNormalization, whose function body is E[x^2] - E[x]^2 for the variance: for a row of n two
 * means, a square each (n + 1), the difference, the root and epsilon; then centre and divide. Training keeps of that the
 * tensor, the centred one, and of each row the mean, the root and the divisor.
 */
export const meanVarianceNormalization = defineOperator('MeanVarianceNormalization', {
  saves: {
    inputs: [0],
    within: (call) => {
      const shape = shapeOf(call, 0);
      const rows = volume(shape?.map((dim, axis) => (axesOf(call, shape.length).includes(axis) ? 1 : dim)) ?? [null]);
      return allOf(elementsOf(call.inputs[0]), manyOf(rows, 3));
    },
  },
  infer: (call) => {
    const { dtype, shape } = need(call, 0);
    if (shape) axesOf(call, shape.length);
    return [{ dtype, shape }];
  },
  field: (call) => {
    const rank = shapeOf(call, 0)?.length;
    if (rank === undefined) return RANK_UNKNOWN;
    const over = axesOf(call, rank);
    return axisByAxis(rank, (axis) => (over.includes(axis) ? STATISTICS : EACH));
  },
  cost: (call) => {
    const [shape, elements] = [shapeOf(call, 0), elementsOf(call.inputs[0])];
    if (!shape || elements === null) return null;
    const n = volume(axesOf(call, shape.length).map((axis) => shape[axis] ?? null)) as Count;
    return n === 0 ? {} : each(call, rowsOf(elements, n), { add: times(3, n), mul: plus(n, 1), div: plus(n, 2), exp: 1 });
  },
  defaults: () => ({ axes: [0, 2, 3] }),
});
