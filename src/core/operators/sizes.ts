import type { DType, Shape } from '../graph.ts';
import type { Call, Operator, Tensor } from './operator.ts';

// Lists of sizes of which only some are known: on the way from Shape to Reshape they are picked, joined and renamed in
// type, and what is known of them shall not be lost.

/** Shapes are short; a longer list is no shape. */
const MAX_SIZES = 64;

const HOLDS_SIZES: ReadonlySet<DType | null> = new Set(['int64', 'int32', 'uint64', 'uint32', 'float32', 'float64']);

function listed({ value, sizes, shape }: Tensor): Shape | null {
  if (value ?? sizes) return value ?? sizes ?? null;
  const length = shape?.length === 0 ? 1 : shape?.length === 1 ? shape[0] : undefined;
  return typeof length === 'number' && length <= MAX_SIZES ? Array<null>(length).fill(null) : null;
}

/**
 * Sizes as the operator moves the elements of its inputs in `slots`. It is asked for the value, with a number for each
 * size in its stead, so that no operator has to be written twice.
 */
export function movedSizes(call: Call, k: number, value: NonNullable<Operator['value']>, slots: readonly number[]): Shape | null {
  if (!HOLDS_SIZES.has(call.outputs[k]?.dtype ?? null)) return null;
  // What is known in whole has a value, or is not to have one.
  if (slots.every((slot) => call.inputs[slot]?.value)) return null;
  const found: Shape[number][] = [];
  const inputs = [...call.inputs];
  for (const slot of slots) {
    const input = inputs[slot];
    const sizes = input ? listed(input) : null;
    if (!input || !sizes || found.length + sizes.length > MAX_SIZES) return null;
    inputs[slot] = { ...input, value: sizes.map((_, j) => found.length + j) };
    found.push(...sizes);
  }
  if (found.every((size) => size === null)) return null;
  return value({ ...call, inputs }, k)?.map((at) => found[at] ?? null) ?? null;
}
