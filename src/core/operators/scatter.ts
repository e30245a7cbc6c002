import { each } from './amount.ts';
import { axisIn, dataOf, int, known, malformed, need, shapeOf, size, string } from './call.ts';
import { checkIndices, checkPositions, offsetAt } from './gather.ts';
import { type Call, type Counters, defineOperator, type Relation } from './operator.ts';
import type { Saves } from './saves.ts';
import { elementsOf } from './shape.ts';
import { offsets, stridesOf } from './value.ts';

type Join = (old: number, update: number) => number;

const JOINS: ReadonlyMap<string, Join> = new Map([
  ['none', (_: number, update: number) => update],
  ['add', (old: number, update: number) => old + update],
  ['mul', (old: number, update: number) => old * update],
  ['max', Math.max],
  ['min', Math.min],
]);

function joinOf(call: Call): Join {
  const reduction = string(call, 'reduction', 'none');
  return (
    JOINS.get(reduction) ??
    malformed(call, `reduction ${JSON.stringify(reduction.slice(0, 40))} is none of ${[...JOINS.keys()].join(', ')}`)
  );
}

/** The first input with updates written where `at` says; null where a position is outside. */
function written(call: Call, at: readonly number[]): readonly number[] | null {
  const [value, updates] = [dataOf(call, 0), dataOf(call, 2)];
  if (!value || !updates) return null;
  const join = joinOf(call);
  const out = [...value];
  for (const [j, offset] of at.entries()) {
    const old = out[offset];
    const update = updates[j];
    if (old === undefined || update === undefined) return null;
    out[offset] = join(old, update);
  }
  return out;
}

/** Each update is one element to place, and one operation where it is joined with what is there. */
function cost(call: Call): Counters | null {
  const reduction = string(call, 'reduction', 'none');
  const joined = { none: {}, add: { add: 1 }, mul: { mul: 1 }, max: { cmp: 1 }, min: { cmp: 1 } }[reduction];
  return each(call, elementsOf(call.inputs[2]), { load: 1, ...joined });
}

/** Where each gradient goes; a product, greatest or least one is found again by comparing with the result. */
const saves = (call: Call): Saves =>
  ['none', 'add'].includes(string(call, 'reduction', 'none')) ? { inputs: [1] } : { inputs: [0, 1, 2], outputs: [0] };

/** The tensor position by position; which positions the updates overwrite is not followed. */
const field = (call: Call, i: number): Relation => {
  if (i === 0) return 'elementwise';
  return i === 2 && need(call, 1).constant ? { unknown: 'where the updates are written is not followed' } : 'dataDependent';
};

function inferScatter(call: Call) {
  joinOf(call);
  need(call, 1);
  need(call, 2);
  return [{ dtype: need(call, 0).dtype, shape: shapeOf(call, 0) }];
}

/** Source: ONNX ScatterND. */
export const scatterNd = defineOperator('ScatterND', {
  saves,
  infer: (call) => {
    const depth = shapeOf(call, 1)?.at(-1);
    const rank = shapeOf(call, 0)?.length;
    if (typeof depth === 'number' && rank !== undefined && depth > rank)
      malformed(call, `indices of ${depth} axes for a tensor of rank ${rank}`);
    checkPositions(call, 0);
    return inferScatter(call);
  },
  value: (call) => {
    const indices = dataOf(call, 1);
    const [shape, where] = [known(shapeOf(call, 0)), known(shapeOf(call, 1))];
    const depth = where?.at(-1);
    if (!indices || !shape || !depth) return null;
    const inner = offsets(shape.slice(depth), shape.slice(depth));
    const rows = Array.from({ length: indices.length / depth }, (_, row) => indices.slice(row * depth, (row + 1) * depth));
    return written(
      call,
      rows.flatMap((row) => inner.map((at) => at + offsetAt(row, shape))),
    );
  },
  field,
  cost,
  defaults: () => ({ reduction: 'none' }),
});

/** Source: ONNX ScatterElements. */
export const scatterElements = defineOperator('ScatterElements', {
  saves,
  infer: (call) => {
    const [data, indices] = [shapeOf(call, 0), shapeOf(call, 1)];
    if (data && indices && data.length !== indices.length)
      malformed(call, `indices of rank ${indices.length} for a tensor of rank ${data.length}`);
    need(call, 1);
    if (data) checkIndices(call, size(data[axisIn(call, int(call, 'axis', 0), data.length)]));
    return inferScatter(call);
  },
  value: (call) => {
    const indices = dataOf(call, 1);
    const [shape, where] = [known(shapeOf(call, 0)), known(shapeOf(call, 1))];
    if (!indices || !shape || !where) return null;
    const axis = axisIn(call, int(call, 'axis', 0), shape.length);
    const n = shape[axis] as number;
    const strides = stridesOf(shape).map((stride, j) => (j === axis ? 0 : stride));
    const step = stridesOf(shape)[axis] as number;
    return written(
      call,
      offsets(where, shape, strides).map((at, j) => at + (((indices[j] as number) + n) % n) * step),
    );
  },
  field,
  cost,
  defaults: () => ({ axis: 0, reduction: 'none' }),
});
