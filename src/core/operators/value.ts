import type { DType } from '../graph.ts';
import { isInteger } from './amount.ts';
import { known } from './call.ts';
import type { Call } from './operator.ts';

/** Row-major strides of a shape. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = (strides[axis + 1] as number) * (shape[axis + 1] as number);
  return strides;
}

/**
 * For every position of `shape` in row-major order, the offset of that position in a tensor with the given strides
 * (those of `within` where it is a shape of the same rank).
 */
export function offsets(shape: readonly number[], within: readonly number[], strides = stridesOf(within)): number[] {
  if (shape.includes(0)) return [];
  let found = [0];
  for (const [axis, n] of shape.entries()) {
    const stride = strides[axis] as number;
    found = found.flatMap((base) => Array.from({ length: n }, (_, i) => base + i * stride));
  }
  return found;
}

/** Offsets of an input of `shape` that is broadcast to `out`, by NumPy's rules. */
export function broadcastOffsets(shape: readonly number[], out: readonly number[]): number[] {
  const strides = stridesOf(shape);
  const lead = out.length - shape.length;
  return offsets(
    out,
    out,
    out.map((_, axis) => (axis < lead || shape[axis - lead] === 1 ? 0 : (strides[axis - lead] as number))),
  );
}

/** Shape arithmetic has few operands; a function call with a million arguments fails. */
const MAX_INPUTS = 256;

/** Known inputs broadcast to the shape of the first output, element by element; null where one is not known. */
export function broadcastValues(call: Call): readonly (readonly number[])[] | null {
  const out = known(call.outputs[0]?.shape ?? null);
  if (!out || call.inputs.length > MAX_INPUTS) return null;
  const found: (readonly number[])[] = [];
  for (const input of call.inputs) {
    const shape = known(input?.shape ?? null);
    if (!input?.value || !shape) return null;
    const value = input.value;
    found.push(broadcastOffsets(shape, out).map((at) => value[at] as number));
  }
  return found;
}

/** A function of the inputs' elements, broadcast; null where an input is not known. */
export function pointwise(call: Call, f: (...x: number[]) => number): readonly number[] | null {
  const inputs = broadcastValues(call);
  const first = inputs?.[0];
  if (!first) return null;
  return rounded(
    call.outputs[0]?.dtype ?? null,
    first.map((_, at) => f(...inputs.map((input) => input[at] as number))),
  );
}

/** Elements as the type holds them; null where an integer type would have to hold what is no number. */
export function rounded(dtype: DType | null, elements: readonly number[] | null): readonly number[] | null {
  if (!elements) return null;
  if (dtype === 'float32') return elements.map(Math.fround);
  if (!isInteger(dtype)) return elements;
  // + 0 takes the sign from a zero: integers have one zero.
  return elements.every(Number.isFinite) ? elements.map((x) => x + 0) : null;
}
