import type { Dim, Shape } from '../graph.ts';
import { dataOf, dim, has, int, malformed, need, rank, sizesAt } from './call.ts';
import { type Call, defineOperator, type Inferred, MOVEMENT, type Operator, type Relation, type Tensor } from './operator.ts';
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

export const squeeze = view('Squeeze', (call, { shape }) => {
  const axes = dataOf(call, 1);
  if (!shape) return null;
  if (!has(call, 1)) return shape.every((size) => typeof size === 'number') ? shape.filter((size) => size !== 1) : null;
  if (!axes) {
    const count = lengthOf(call, need(call, 1));
    return count === null || count > shape.length ? null : unknownDims(call, shape.length - count);
  }
  const dropped = new Set(axesIn(call, axes, shape.length));
  for (const axis of dropped) {
    const size = shape[axis];
    if (typeof size === 'number' && size !== 1) malformed(call, `axis ${axis} of size ${size} cannot be squeezed`);
  }
  return shape.filter((_, axis) => !dropped.has(axis));
});

export const unsqueeze = view('Unsqueeze', (call, { shape }) => {
  const axes = dataOf(call, 1);
  const count = axes?.length ?? lengthOf(call, need(call, 1));
  if (!shape || count === null) return null;
  const out = rank(call, shape.length + count);
  if (!axes) return unknownDims(call, out);
  const added = axesIn(call, axes, out);
  const old = shape.values();
  return Array.from({ length: out }, (_, axis) => (added.includes(axis) ? 1 : (old.next().value as Dim)));
});

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
