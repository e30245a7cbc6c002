import type { Shape } from '../graph.ts';
import { perOutput } from './amount.ts';
import { axisIn, dataOf, int, known, malformed, need, rank, shapeOf, size } from './call.ts';
import { type AxisLink, type Call, defineOperator, type Relation } from './operator.ts';
import { axisByAxis, DATA_DEPENDENT, EACH, link, RANK_UNKNOWN, table, unknownMap } from './relation.ts';
import type { Saves } from './saves.ts';
import { broadcast } from './shape.ts';
import { offsets, stridesOf } from './value.ts';

const alongOf = (call: Call, of: number) => axisIn(call, int(call, 'axis', 0), of);

/** Indices from the end are negative; null where one is outside. */
function position(index: number, n: number): number | null {
  const at = index < 0 ? index + n : index;
  return at >= 0 && at < n ? at : null;
}

/** How the axis that is indexed is read, where the indices are a list. */
function picked(call: Call, n: number | null) {
  const indices = need(call, 1);
  if (!indices.constant) return DATA_DEPENDENT;
  if (indices.shape?.length !== 1) return unknownMap('indices of more than one axis are not followed');
  const { value } = indices;
  if (!value || (n === null && value.some((index) => index < 0))) return unknownMap('the indices are not known');
  const at = (o: number) => position(value[o] as number, n ?? Number.POSITIVE_INFINITY);
  return table(value.length, (o) => [at(o) ?? 0, at(o) ?? -1], 'Gather has no meaning past its border');
}

/** Holds indices that are known to an axis of n positions. */
export function checkIndices(call: Call, n: number | null): void {
  const outside = n === null ? undefined : dataOf(call, 1)?.find((index) => position(index, n) === null);
  if (outside !== undefined) malformed(call, `index ${outside} is outside an axis of ${n}`);
}

/** The position that a scalar index names, where it is known: that of no other one is read. */
function single(call: Call, n: number | null): number | null {
  const index = need(call, 1).shape?.length === 0 ? dataOf(call, 1)?.[0] : undefined;
  return index === undefined || (n === null && index < 0) ? null : position(index, n ?? Number.POSITIVE_INFINITY);
}

/** Where each gradient goes back to. */
const INDICES: Saves = { inputs: [1] };

/** Source: ONNX Gather. The indices take the place of the axis. */
export const gather = defineOperator('Gather', {
  saves: INDICES,
  moves: true,
  tables: [0],
  infer: (call) => {
    const { dtype, shape } = need(call, 0);
    const indices = shapeOf(call, 1);
    if (!shape || !indices) return [{ dtype, shape: null }];
    const axis = alongOf(call, shape.length);
    const n = size(shape[axis]);
    checkIndices(call, n);
    rank(call, shape.length - 1 + indices.length);
    return [{ dtype, shape: [...shape.slice(0, axis), ...indices, ...shape.slice(axis + 1)] }];
  },
  value: (call) => {
    const [value, indices, shape] = [dataOf(call, 0), dataOf(call, 1), known(shapeOf(call, 0))];
    if (!value || !indices || !shape) return null;
    const axis = alongOf(call, shape.length);
    const n = shape[axis] as number;
    const inner = offsets(shape.slice(axis + 1), shape.slice(axis + 1));
    const outer = offsets(shape.slice(0, axis), shape, stridesOf(shape));
    const step = stridesOf(shape)[axis] as number;
    return outer.flatMap((base) =>
      indices.flatMap((index) => inner.map((at) => value[base + (position(index, n) ?? 0) * step + at] as number)),
    );
  },
  field: (call, i): Relation => {
    const shape = shapeOf(call, 0);
    const indices = shapeOf(call, 1);
    if (!shape || !indices) return RANK_UNKNOWN;
    const axis = alongOf(call, shape.length);
    const rest = shape.length - axis - 1;
    if (i === 1) return [...none(axis), ...indices.map((_, j) => link(j, EACH)), ...none(rest)];
    const map = indices.length === 0 ? EACH : picked(call, size(shape[axis]));
    const links = [
      ...shape.slice(0, axis).map((_, j) => link(j, EACH)),
      ...indices.map((_, j) => (j === 0 ? link(axis, map) : null)),
      ...Array.from({ length: rest }, (_, j) => link(axis + 1 + j, EACH)),
    ];
    const one = single(call, size(shape[axis]));
    return one === null ? links : { links, picks: [{ input: axis, position: one }] };
  },
  cost: (call) => perOutput(call, { load: 1 }),
  defaults: () => ({ axis: 0 }),
});

const none = (count: number): readonly (AxisLink | null)[] => Array.from({ length: count }, () => null);

const byIndex = (call: Call): Relation =>
  need(call, 1).constant ? { unknown: 'which positions the indices name is not followed' } : 'dataDependent';

/** Source: ONNX GatherElements. The output has the shape of the indices. */
export const gatherElements = defineOperator('GatherElements', {
  saves: INDICES,
  infer: (call) => {
    const [data, indices] = [need(call, 0), need(call, 1)];
    if (data.shape && indices.shape && data.shape.length !== indices.shape.length)
      malformed(call, `indices of rank ${indices.shape.length} for a tensor of rank ${data.shape.length}`);
    if (data.shape) checkIndices(call, size(data.shape[alongOf(call, data.shape.length)]));
    return [{ dtype: data.dtype, shape: indices.shape }];
  },
  field: (call, i) => {
    if (i === 1) return 'elementwise';
    const shape = shapeOf(call, 0);
    if (!shape) return RANK_UNKNOWN;
    const along = alongOf(call, shape.length);
    const map = need(call, 1).constant ? unknownMap('which positions the indices name is not followed') : DATA_DEPENDENT;
    return axisByAxis(shape.length, (axis) => (axis === along ? map : EACH));
  },
  cost: (call) => perOutput(call, { load: 1 }),
  defaults: () => ({ axis: 0 }),
});

/** Source: ONNX GatherND. The last axis of the indices names positions on the data's axes after the batch axes. */
function gatheredShape(call: Call): Shape | null {
  const [data, indices] = [shapeOf(call, 0), shapeOf(call, 1)];
  const batch = int(call, 'batch_dims', 0);
  if (indices?.length === 0 || data?.length === 0) malformed(call, 'data and indices need an axis');
  const depth = size(indices?.at(-1));
  if (!data || !indices || depth === null) return null;
  if (batch < 0 || batch >= Math.min(data.length, indices.length)) malformed(call, `batch_dims is ${batch}`);
  if (depth < 1 || depth > data.length - batch) malformed(call, `indices of ${depth} axes for a tensor of rank ${data.length}`);
  broadcast(call, [data.slice(0, batch), indices.slice(0, batch)]);
  const left = data.slice(batch + depth);
  rank(call, indices.length - 1 + left.length);
  return [...indices.slice(0, -1), ...left];
}

export const gatherNd = defineOperator('GatherND', {
  saves: INDICES,
  infer: (call) => {
    const shape = gatheredShape(call);
    checkPositions(call, int(call, 'batch_dims', 0));
    return [{ dtype: need(call, 0).dtype, shape }];
  },
  value: (call) => {
    const [value, indices] = [dataOf(call, 0), dataOf(call, 1)];
    const [shape, where] = [known(shapeOf(call, 0)), known(shapeOf(call, 1))];
    if (!value || !indices || !shape || !where || int(call, 'batch_dims', 0) !== 0) return null;
    const depth = where.at(-1) as number;
    const inner = offsets(shape.slice(depth), shape.slice(depth));
    const rows = Array.from({ length: indices.length / depth }, (_, row) => indices.slice(row * depth, (row + 1) * depth));
    return rows.flatMap((row) => inner.map((at) => value[at + offsetAt(row, shape)] ?? Number.NaN));
  },
  field: (call, i) => (i === 1 ? 'dataDependent' : byIndex(call)),
  cost: (call) => perOutput(call, { load: 1 }),
  defaults: () => ({ batch_dims: 0 }),
});

/** Holds positions that are known, one for each row of the indices' last axis, to the data's axes from `first` on. */
export function checkPositions(call: Call, first: number): void {
  const [data, indices] = [shapeOf(call, 0), dataOf(call, 1)];
  const depth = size(shapeOf(call, 1)?.at(-1));
  if (!data || !indices || !depth) return;
  for (const [at, index] of indices.entries()) {
    const n = size(data[first + (at % depth)]);
    if (n !== null && position(index, n) === null) malformed(call, `index ${index} is outside an axis of ${n}`);
  }
}

/** Offset of a position that leads into a tensor of `shape`. */
export function offsetAt(row: readonly number[], shape: readonly number[]): number {
  const strides = stridesOf(shape);
  return row.reduce((sum, index, axis) => sum + (position(index, shape[axis] as number) ?? Number.NaN) * (strides[axis] as number), 0);
}
