import { times } from '../count.ts';
import type { Dim, Shape } from '../graph.ts';
import { counters } from './amount.ts';
import { float, has, int, malformed, need, sameDim, shapeOf } from './call.ts';
import { type AxisLink, type Call, defineOperator } from './operator.ts';
import { BROADCAST, channelsInside, EACH, link, RANK_UNKNOWN } from './relation.ts';
import { OPERANDS } from './saves.ts';
import { broadcast, volume } from './shape.ts';

/** Both operands as matrices with batch axes: a vector is a row on the left, a column on the right. Source: NumPy matmul. */
function operands(call: Call): readonly [Shape, Shape] | null {
  const [a, b] = [shapeOf(call, 0), shapeOf(call, 1)];
  if (a?.length === 0 || b?.length === 0) malformed(call, 'an operand is a scalar');
  if (!a || !b) return null;
  return [a.length === 1 ? [1, a[0] as Dim] : a, b.length === 1 ? [b[0] as Dim, 1] : b];
}

const isVector = (call: Call, i: number) => shapeOf(call, i)?.length === 1;

interface Product {
  readonly batch: Shape;
  readonly m: Dim;
  readonly k: Dim;
  readonly n: Dim;
}

function productOf(call: Call): Product | null {
  const pair = operands(call);
  if (!pair) return null;
  const [a, b] = pair;
  return {
    batch: broadcast(call, [a.slice(0, -2), b.slice(0, -2)]) as Shape,
    m: a.at(-2) as Dim,
    k: sameDim(call, a.at(-1) as Dim, b.at(-2) as Dim, 'the contracted sizes differ'),
    n: b.at(-1) as Dim,
  };
}

/** Source: ONNX MatMul. */
export const matMul = defineOperator('MatMul', {
  saves: OPERANDS,
  infer: (call) => {
    const { dtype } = need(call, 0);
    const product = productOf(call);
    if (!product) return [{ dtype, shape: null }];
    const { batch, m, n } = product;
    return [{ dtype, shape: [...batch, ...(isVector(call, 0) ? [] : [m]), ...(isVector(call, 1) ? [] : [n])] }];
  },
  field: (call, i) => {
    const product = productOf(call);
    const shape = shapeOf(call, i);
    if (!product || !shape) return RANK_UNKNOWN;
    const batch = batchLinks(product.batch, shape.slice(0, -2));
    // The operand's own matrix axis: rows of the left one, columns of the right one.
    const own = isVector(call, i) ? null : link(shape.length - (i === 0 ? 2 : 1), EACH);
    return [...batch, ...(isVector(call, 0) ? [] : [i === 0 ? own : null]), ...(isVector(call, 1) ? [] : [i === 1 ? own : null])];
  },
  // A side that is broadcast costs each time.
  cost: (call) => {
    const product = productOf(call);
    const macs = product && volume([...product.batch, product.m, product.k, product.n]);
    return macs === null ? null : counters(call, { mac: macs });
  },
  // A matrix of weights maps features; of a tensor of rows that is as well a mixture of the rows, which was transposed for it.
  axes: (call) => {
    const rank = shapeOf(call, 0)?.length ?? 0;
    return rank >= 4 && need(call, 1).constant ? channelsInside(rank) : null;
  },
});

/** Batch axes of an operand under those of the product. */
function batchLinks(out: Shape, own: Shape): readonly (AxisLink | null)[] {
  const lead = out.length - own.length;
  return out.map((dim, axis) => (axis < lead ? null : link(axis - lead, own[axis - lead] === 1 && dim !== 1 ? BROADCAST : EACH)));
}

const transposed = (call: Call, i: number) => int(call, i === 0 ? 'transA' : 'transB', 0) !== 0;

/** Rows and columns of an operand after its transposition. */
function matrix(call: Call, i: number): readonly [Dim, Dim] {
  const shape = shapeOf(call, i) ?? [null, null];
  if (shape.length !== 2) malformed(call, `operand ${i} has rank ${shape.length}, a matrix is needed`);
  const [rows, columns] = shape as readonly [Dim, Dim];
  return transposed(call, i) ? [columns, rows] : [rows, columns];
}

/** Source: ONNX Gemm. */
export const gemm = defineOperator('Gemm', {
  saves: OPERANDS,
  infer: (call) => {
    const [[m, ka], [kb, n]] = [matrix(call, 0), matrix(call, 1)];
    sameDim(call, ka, kb, 'the contracted sizes differ');
    if (has(call, 2)) checkAddend(call, [m, n]);
    return [{ dtype: need(call, 0).dtype, shape: [m, n] }];
  },
  field: (call, i) => {
    if (i === 2) return 'elementwise';
    return i === 0 ? [link(transposed(call, 0) ? 1 : 0, EACH), null] : [null, link(transposed(call, 1) ? 0 : 1, EACH)];
  },
  cost: (call) => {
    const [[m, ka], [kb, n]] = [matrix(call, 0), matrix(call, 1)];
    const outputs = volume([m, n]);
    const k = volume([ka ?? kb]);
    if (outputs === null || k === null) return null;
    const scaled = Number(float(call, 'alpha', 1) !== 1) + Number(has(call, 2) && float(call, 'beta', 1) !== 1);
    return counters(call, { mac: times(outputs, k), mul: times(outputs, scaled), add: has(call, 2) ? outputs : 0 });
  },
  defaults: () => ({ alpha: 1, beta: 1, transA: 0, transB: 0 }),
});

/** The addend broadcasts to the product, never the other way. */
function checkAddend(call: Call, product: Shape): void {
  const wide = broadcast(call, [product, shapeOf(call, 2)]);
  const grows = wide?.some((dim, axis) => wide.length > 2 || (product[axis] === 1 && typeof dim === 'number' && dim > 1));
  if (grows) malformed(call, 'the addend is larger than the product');
}
