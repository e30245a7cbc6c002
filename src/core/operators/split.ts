import type { Shape } from '../graph.ts';
import { axisIn, dataOf, dim, has, int, known, malformed, need, shapeOf, size } from './call.ts';
import { type Call, defineOperator, MOVEMENT } from './operator.ts';
import { axisByAxis, EACH, RANK_UNKNOWN, shifted } from './relation.ts';
import { NOTHING } from './saves.ts';
import { beginsOf, lengthOf, sumDim, volume } from './shape.ts';
import { offsets } from './value.ts';

interface Parts {
  readonly axis: number;
  /** Size of each output along the axis. */
  readonly sizes: Shape;
  /** Where each output begins; null where that is not known. */
  readonly begins: readonly (number | null)[];
}

const found = new WeakMap<Call, Parts>();

/** The parts of a node; kept, since they are asked for once per output. */
function partsOf(call: Call, shape: Shape): Parts {
  const before = found.get(call);
  if (before) return before;
  const axis = axisIn(call, int(call, 'axis', 0), shape.length);
  const sizes = sizesOf(call, size(shape[axis]));
  const parts = { axis, sizes, begins: beginsOf(sizes) };
  found.set(call, parts);
  return parts;
}

/** Sizes as an input, or equal parts of which the last may be smaller. */
function sizesOf(call: Call, n: number | null): Shape {
  const outputs = call.node.outputs.length;
  const stated = dataOf(call, 1);
  const parts = (has(call, 1) ? lengthOf(call, need(call, 1)) : null) ?? int(call, 'num_outputs', outputs);
  if (parts < outputs || parts < 1) malformed(call, `${parts} parts for ${outputs} outputs`);
  if (stated) {
    const total = sumDim(call, [0, ...stated.map((s) => dim(call, s))]);
    if (n !== null && total !== n) malformed(call, `parts that make up ${total} of ${n}`);
    return stated;
  }
  if (has(call, 1) || n === null) return call.node.outputs.map(() => null);
  const chunk = Math.ceil(n / parts);
  return call.node.outputs.map((_, k) => dim(call, k === parts - 1 ? n - chunk * (parts - 1) : chunk));
}

/** Source: ONNX Split. */
export const split = defineOperator('Split', {
  saves: NOTHING,
  moves: true,
  infer: (call) => {
    const { dtype, shape } = need(call, 0);
    if (!shape) return call.node.outputs.map(() => ({ dtype, shape }));
    const { axis, sizes } = partsOf(call, shape);
    return call.node.outputs.map((_, k) => ({ dtype, shape: shape.with(axis, sizes[k] ?? null) }));
  },
  value: (call, k) => {
    const value = dataOf(call, 0);
    const [shape, output] = [known(shapeOf(call, 0)), known(call.outputs[k]?.shape ?? null)];
    if (!value || !shape || !output) return null;
    const parts = partsOf(call, shape);
    const base = (parts.begins[k] as number) * Number(volume(shape.slice(parts.axis + 1)));
    return offsets(output, shape).map((at) => value[base + at] as number);
  },
  field: (call, i, k) => {
    if (i > 0) return 'dataDependent';
    const shape = shapeOf(call, 0);
    if (!shape) return RANK_UNKNOWN;
    const parts = partsOf(call, shape);
    const begin = parts.begins[k] ?? null;
    const map = begin === null ? shifted(0, 1, false) : shifted(begin);
    return axisByAxis(shape.length, (axis) => (axis === parts.axis ? map : EACH));
  },
  cost: () => MOVEMENT,
  defaults: () => ({ axis: 0 }),
});
