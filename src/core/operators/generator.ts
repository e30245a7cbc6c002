import type { DType, TensorType } from '../graph.ts';
import { perOutput } from './amount.ts';
import { axisIn, dataOf, dim, float, int, ints, known, malformed, need, rank, shapeOf, sizesAt, tensor } from './call.ts';
import { dtypeOf } from './cast.ts';
import { type Call, defineOperator, MOVEMENT } from './operator.ts';
import { EACH, link, RANK_UNKNOWN } from './relation.ts';
import { NOTHING } from './saves.ts';
import { elementsOf, lengthOf, unknownDims } from './shape.ts';
import { rounded } from './value.ts';

interface Made extends TensorType {
  readonly data: readonly number[] | null;
}

/** What a Constant node holds, in whichever of the attributes it stands. Source: ONNX Constant. */
function made(call: Call): Made {
  const given = (name: string) => call.node.attributes.has(name);
  const value = tensor(call, 'value');
  if (value) return value;
  if (given('value_float')) return { dtype: 'float32', shape: [], data: [float(call, 'value_float', 0)] };
  if (given('value_int')) return { dtype: 'int64', shape: [], data: [int(call, 'value_int', 0)] };
  if (given('value_string')) return { dtype: 'string', shape: [], data: null };
  const list = ints(call, 'value_ints');
  if (list) return { dtype: 'int64', shape: [list.length], data: list };
  for (const [name, dtype] of [['value_floats', 'float32'] as const, ['value_strings', 'string'] as const]) {
    const values = call.node.attributes.get(name);
    if (!Array.isArray(values)) continue;
    return { dtype, shape: [values.length], data: dtype === 'float32' ? values.map(Number) : null };
  }
  return given('sparse_value') ? { dtype: null, shape: null, data: null } : malformed(call, 'it holds no value');
}

export const constant = defineOperator('Constant', {
  saves: NOTHING,
  generates: true,
  infer: (call) => [made(call)],
  value: (call) => made(call).data,
  field: () => 'none',
  cost: () => MOVEMENT,
});

/** Source: ONNX ConstantOfShape. */
export const constantOfShape = defineOperator('ConstantOfShape', {
  saves: NOTHING,
  generates: true,
  infer: (call) => {
    const dtype: DType = tensor(call, 'value')?.dtype ?? 'float32';
    const target = sizesAt(call, 0);
    const length = target?.length ?? lengthOf(call, need(call, 0));
    if (length === null) return [{ dtype, shape: null }];
    rank(call, length);
    return [{ dtype, shape: target ? target.map((n) => (typeof n === 'number' ? dim(call, n) : n)) : unknownDims(call, length) }];
  },
  value: (call) => {
    const value = tensor(call, 'value');
    const fill = value ? value.data?.[0] : 0;
    const n = Number(elementsOf(call.outputs[0]));
    return fill === undefined ? null : Array.from({ length: n }, () => fill);
  },
  field: () => 'none',
  cost: () => MOVEMENT,
});

/** Source: ONNX Shape. */
export const shape = defineOperator('Shape', {
  saves: NOTHING,
  infer: (call) => {
    const dims = part(call);
    return [{ dtype: 'int64', shape: [dims?.length ?? null] }];
  },
  value: (call) => known(part(call)),
  sizes: part,
  field: () => 'none',
  cost: () => MOVEMENT,
  defaults: () => ({ start: 0 }),
});

function part(call: Call) {
  const end = call.node.attributes.has('end') ? int(call, 'end', 0) : undefined;
  return shapeOf(call, 0)?.slice(int(call, 'start', 0), end) ?? null;
}

/** Source: ONNX Size. */
export const size = defineOperator('Size', {
  saves: NOTHING,
  infer: (call) => {
    need(call, 0);
    return [{ dtype: 'int64', shape: [] }];
  },
  value: (call) => {
    const n = elementsOf(call.inputs[0]);
    return typeof n === 'number' ? [n] : null;
  },
  field: () => 'none',
  cost: () => MOVEMENT,
});

/** Number of steps from start to limit; null where one of the three is not known. Source: ONNX Range. */
function steps(call: Call): number | null {
  const [start, limit, delta] = [0, 1, 2].map((i) => dataOf(call, i)?.[0]);
  if (start === undefined || limit === undefined || delta === undefined) return null;
  if (delta === 0) return malformed(call, 'a delta of 0');
  return dim(call, Math.max(Math.ceil((limit - start) / delta), 0));
}

export const range = defineOperator('Range', {
  arguments: [0, 1, 2],
  saves: NOTHING,
  infer: (call) => [{ dtype: need(call, 0).dtype, shape: [steps(call)] }],
  value: (call) => {
    const [start, delta] = [dataOf(call, 0)?.[0], dataOf(call, 2)?.[0]];
    const n = steps(call);
    if (start === undefined || delta === undefined || n === null) return null;
    return rounded(
      need(call, 0).dtype,
      Array.from({ length: n }, (_, i) => start + i * delta),
    );
  },
  field: () => 'none',
  cost: (call) => perOutput(call, { mul: 1, add: 1 }),
});

/** Source: ONNX EyeLike. */
export const eyeLike = defineOperator('EyeLike', {
  saves: NOTHING,
  generates: true,
  infer: (call) => {
    const { dtype, shape } = need(call, 0);
    if (shape && shape.length !== 2) malformed(call, `a tensor of rank ${shape.length}, a matrix is needed`);
    return [{ dtype: dtypeOf(call, 'dtype', dtype), shape: shape ?? [null, null] }];
  },
  field: () => 'none',
  cost: () => MOVEMENT,
  defaults: () => ({ k: 0 }),
});

/** Where the new axis of a OneHot stands in its output. */
const newAxis = (call: Call, indices: number) => axisIn(call, int(call, 'axis', -1), indices + 1);

/** Source: ONNX OneHot. */
export const oneHot = defineOperator('OneHot', {
  arguments: [1, 2],
  saves: NOTHING,
  infer: (call) => {
    const indices = shapeOf(call, 0);
    const depth = dataOf(call, 1)?.[0];
    const { dtype } = need(call, 2);
    if (!indices) return [{ dtype, shape: null }];
    rank(call, indices.length + 1);
    const axis = newAxis(call, indices.length);
    return [{ dtype, shape: indices.toSpliced(axis, 0, depth === undefined ? null : dim(call, Math.trunc(depth))) }];
  },
  field: (call, i) => {
    if (i === 1) return 'dataDependent';
    const rank = shapeOf(call, 0)?.length;
    if (rank === undefined) return RANK_UNKNOWN;
    const axis = newAxis(call, rank);
    return Array.from({ length: rank + 1 }, (_, o) => (i === 2 || o === axis ? null : link(o < axis ? o : o - 1, EACH)));
  },
  cost: () => MOVEMENT,
  defaults: () => ({ axis: -1 }),
});
