import type { Dim, Shape } from '../graph.ts';
import { dataOf, dim, has, int, malformed, need, rank, sizesAt } from './call.ts';
import { type Call, defineOperator, type Inferred, MOVEMENT, type Operator, type Relation, type Tensor } from './operator.ts';
import { EACH, link } from './relation.ts';
import { NOTHING } from './saves.ts';
import { axesIn, elementsOf, lengthOf, productDim, unknownDims, volume } from './shape.ts';

/** An operator that shows the elements of its first input, in their order, under another shape. */
export function view(op: string, infer: (call: Call, data: Tensor) => Shape | null, more: Partial<Operator> = {}): Operator {
  return defineOperator(op, {
    view: true,
    moves: true,
    saves: NOTHING,
    infer: (call): readonly Inferred[] => [{ dtype: need(call, 0).dtype, shape: infer(call, need(call, 0)) }],
    value: (call) => dataOf(call, 0),
    field: (_, i): Relation => (i === 0 ? 'reshape' : 'dataDependent'),
    cost: () => MOVEMENT,
    ...more,
  });
}

/** What -1 stands for: the input's elements over those of the other sizes; null where they are not known. */
function remaining(call: Call, input: Shape, target: Shape, copied: (axis: number) => boolean): Dim {
  // Sizes that are copied stand on both sides, and so do those that are equal: they need not be known.
  const given = input.filter((_, axis) => !copied(axis));
  const others = target.filter((size, axis) => size !== -1 && !copied(axis));
  for (const [at, size] of others.entries()) {
    if (!size || !given.includes(size)) continue;
    given.splice(given.indexOf(size), 1);
    others[at] = 1;
  }
  const [inner, outer] = [volume(given), volume(others)];
  if (outer === 1) return productDim(call, inner === null ? given : [dim(call, inner)]);
  if (inner === null || outer === null) return null;
  if (outer === 0 || BigInt(inner) % BigInt(outer) !== 0n) malformed(call, `${inner} elements do not divide by ${outer}`);
  return dim(call, BigInt(inner) / BigInt(outer));
}

/** The target of a Reshape with 0 (copied, without `allowzero`) and -1 (what remains) resolved. Source: ONNX Reshape. */
function resolve(call: Call, input: Shape | null, target: Shape): Shape {
  const zero = int(call, 'allowzero', 0) !== 0;
  const copied = (axis: number) => !zero && target[axis] === 0;
  for (const size of target) if (typeof size === 'number' && size !== -1) dim(call, size);
  if (target.filter((size) => size === -1).length > 1) malformed(call, 'more than one size is -1');
  return target.map((size, axis) => {
    if (size === -1) return input && remaining(call, input, target, copied);
    if (!copied(axis)) return size;
    return input && axis >= input.length
      ? malformed(call, `axis ${axis} to copy is outside a tensor of rank ${input.length}`)
      : (input?.[axis] ?? null);
  });
}

export const reshape = view(
  'Reshape',
  (call, data) => {
    const target = sizesAt(call, 1);
    if (!target) {
      const length = lengthOf(call, need(call, 1));
      return length === null ? null : unknownDims(call, length);
    }
    rank(call, target.length);
    const shape = resolve(call, data.shape, target);
    const [before, after] = [elementsOf(data), volume(shape)];
    if (before !== null && after !== null && before !== after)
      malformed(call, `${before} elements do not reshape to [${shape.join(', ')}]`);
    return shape;
  },
  { defaults: () => ({ allowzero: 0 }) },
);

export const flatten = view(
  'Flatten',
  (call, { shape }) => {
    if (!shape) return [null, null];
    const axis = int(call, 'axis', 1);
    const at = axis < 0 ? axis + shape.length : axis;
    if (at < 0 || at > shape.length) malformed(call, `axis ${axis} is outside a tensor of rank ${shape.length}`);
    return [productDim(call, shape.slice(0, at)), productDim(call, shape.slice(at))];
  },
  { defaults: () => ({ axis: 1 }) },
);

/** The axes that a Squeeze leaves; null where they are not known. */
function left(call: Call, shape: Shape): readonly number[] | null {
  const axes = dataOf(call, 1);
  if (!has(call, 1) && !shape.every((size) => typeof size === 'number')) return null;
  if (has(call, 1) && !axes) return null;
  const dropped = axes && axesIn(call, axes, shape.length);
  return [...shape.keys()].filter((axis) => (dropped ? !dropped.includes(axis) : shape[axis] !== 1));
}

export const squeeze = view(
  'Squeeze',
  (call, { shape }) => {
    if (!shape) return null;
    const kept = left(call, shape);
    if (!kept) {
      const count = has(call, 1) ? lengthOf(call, need(call, 1)) : null;
      return count === null || count > shape.length ? null : unknownDims(call, shape.length - count);
    }
    for (const [axis, size] of shape.entries()) {
      if (kept.includes(axis) || typeof size !== 'number' || size === 1) continue;
      malformed(call, `axis ${axis} of size ${size} cannot be squeezed`);
    }
    return kept.map((axis) => shape[axis] as Dim);
  },
  {
    field: (call, i) => {
      const shape = call.inputs[0]?.shape;
      const kept = i === 0 && shape ? left(call, shape) : null;
      return kept ? kept.map((axis) => link(axis, EACH)) : i === 0 ? 'reshape' : 'dataDependent';
    },
  },
);

/** For each axis behind an Unsqueeze the one that it was; null for those that are added, or for all where they are not known. */
function grown(call: Call, shape: Shape): readonly (number | null)[] | null {
  const axes = dataOf(call, 1);
  if (!axes) return null;
  const out = rank(call, shape.length + axes.length);
  const added = axesIn(call, axes, out);
  const old = shape.keys();
  return Array.from({ length: out }, (_, axis) => (added.includes(axis) ? null : (old.next().value as number)));
}

export const unsqueeze = view(
  'Unsqueeze',
  (call, { shape }) => {
    const from = shape && grown(call, shape);
    if (shape && from) return from.map((axis) => (axis === null ? 1 : (shape[axis] as Dim)));
    const count = dataOf(call, 1)?.length ?? lengthOf(call, need(call, 1));
    return shape && count !== null ? unknownDims(call, rank(call, shape.length + count)) : null;
  },
  {
    field: (call, i) => {
      const shape = call.inputs[0]?.shape;
      const from = i === 0 && shape ? grown(call, shape) : null;
      return from ? from.map((axis) => (axis === null ? null : link(axis, EACH))) : i === 0 ? 'reshape' : 'dataDependent';
    },
  },
);

export const identity = view('Identity', (_, { shape }) => shape, { field: () => 'elementwise' });

/** Source: ONNX Dropout. At inference it passes its input on; the mask is then all true. */
export const dropout = defineOperator('Dropout', {
  arguments: [1, 2],
  view: true,
  saves: { copies: true, beside: (call) => elementsOf(need(call, 0)) },
  infer: (call) => {
    const { dtype, shape } = need(call, 0);
    return [
      { dtype, shape },
      { dtype: 'bool', shape },
    ];
  },
  field: (_, i, k) => (i === 0 && k === 0 ? 'elementwise' : 'none'),
  cost: () => MOVEMENT,
});
