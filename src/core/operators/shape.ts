import { type Count, plus, times } from '../count.ts';
import type { Dim, Shape, TensorType } from '../graph.ts';
import { axisIn, dim, known, malformed, rank } from './call.ts';
import type { Call, Tensor } from './operator.ts';

/** Elements of a tensor; null where a size is unknown. */
export function elementsOf(tensor: Tensor | undefined): Count | null {
  return tensor?.shape ? volume(tensor.shape) : null;
}

/** The product of sizes; null where one of them is unknown. */
export function volume(dims: Shape): Count | null {
  let product: Count = 1;
  for (let axis = 0; axis < dims.length; axis++) {
    const dim = dims[axis];
    if (typeof dim !== 'number') return null;
    product = times(product, dim);
  }
  return product;
}

/** The product of sizes as a size: a name survives where all other sizes are 1. */
export function productDim(call: Call, dims: Shape): Dim {
  const factors = dims.filter((d) => d !== 1);
  if (factors.length === 1) return factors[0] as Dim;
  if (factors.includes(0)) return 0;
  const product = volume(factors);
  return product === null ? null : dim(call, product);
}

/** The sum of sizes as a size. */
export function sumDim(call: Call, dims: Shape): Dim {
  if (dims.length === 1) return dims[0] as Dim;
  const sizes = known(dims);
  return (
    sizes &&
    dim(
      call,
      sizes.reduce((a: Count, b) => plus(a, b), 0),
    )
  );
}

/** Where each of several stretches begins that follow each other, and where the last one ends; null after an unknown size. */
export function beginsOf(sizes: Shape): readonly (number | null)[] {
  const begins: (number | null)[] = [0];
  for (const [j, own] of sizes.entries()) {
    const begin = begins[j] ?? null;
    begins.push(begin === null || typeof own !== 'number' ? null : begin + own);
  }
  return begins;
}

/** As many sizes that are not known. */
export function unknownDims(call: Call, count: number): Shape {
  return Array.from({ length: rank(call, count) }, () => null);
}

/** The length of a tensor of one axis (a list of axes, of sizes, ...); null where it is unknown. */
export function lengthOf(call: Call, tensor: Tensor): number | null {
  if (tensor.value) return tensor.value.length;
  if (!tensor.shape) return null;
  if (tensor.shape.length > 1) malformed(call, `expected a list, got a tensor of rank ${tensor.shape.length}`);
  const length = tensor.shape.length === 0 ? 1 : tensor.shape[0];
  return typeof length === 'number' ? length : null;
}

/** The shape of input i, which has one of these ranks; that of unknown sizes and the first rank where its rank is unknown. */
export function ranked(call: Call, i: number, ...ranks: readonly number[]): Shape {
  const shape = call.inputs[i]?.shape ?? Array<null>(ranks[0] ?? 0).fill(null);
  return ranks.includes(shape.length) ? shape : malformed(call, `input ${i} has rank ${shape.length}, ${ranks.join(' or ')} is needed`);
}

/** Axes as a specification lists them, brought into 0 .. rank-1; the same axis twice is malformed. */
export function axesIn(call: Call, axes: readonly number[], of: number): readonly number[] {
  if (axes.length > of) malformed(call, `${axes.length} axes for a tensor of rank ${of}`);
  const found = axes.map((axis) => axisIn(call, axis, of));
  if (new Set(found).size !== found.length) malformed(call, `axes [${axes.join(', ')}] name one axis twice`);
  return found;
}

/** The shape of shapes broadcast against each other by NumPy's rules; null where a rank is unknown. */
export function broadcast(call: Call, shapes: readonly (Shape | null)[]): Shape | null {
  if (shapes.some((s) => s === null)) return null;
  const known = shapes as readonly Shape[];
  const first = known[0];
  if (first && known.every((shape) => sameShape(shape, first))) return first;
  const rank = known.reduce((most, s) => Math.max(most, s.length), 0);
  return Array.from({ length: rank }, (_, axis) => {
    let out: Dim = 1;
    for (const shape of known) {
      const at = axis - rank + shape.length;
      if (at >= 0) out = broadcastDim(call, out, shape[at] as Dim, axis);
    }
    return out;
  });
}

function sameShape(a: Shape, b: Shape): boolean {
  return a === b || (a.length === b.length && a.every((dim, axis) => dim === b[axis]));
}

function broadcastDim(call: Call, a: Dim, b: Dim, axis: number): Dim {
  if (a === 1) return b;
  if (b === 1 || a === b) return a;
  if (typeof a === 'number' && typeof b === 'number') return malformed(call, `sizes ${a} and ${b} on axis ${axis} do not broadcast`);
  // An unknown size against a known one above 1 is either 1 or the same, and the result is the known one.
  if (typeof a === 'number') return a;
  if (typeof b === 'number') return b;
  return null;
}

/** What two types agree in: sizes that differ are unknown, and so is the shape where the ranks differ. */
export function agreedType(a: TensorType, b: TensorType): TensorType {
  const shape = a.shape && a.shape.length === b.shape?.length ? a.shape.map((dim, axis) => (dim === b.shape?.[axis] ? dim : null)) : null;
  return { dtype: a.dtype === b.dtype ? a.dtype : null, shape };
}
