import { DTYPE_BITS, type DType } from '../../core/graph.ts';
import type { Precision } from '../../core/precision.ts';

/** What floating-point types are called for short. */
const SHORT: ReadonlyMap<string, DType> = new Map([
  ['fp64', 'float64'],
  ['fp32', 'float32'],
  ['fp16', 'float16'],
  ['bf16', 'bfloat16'],
]);

/** Names of the types that floating-point tensors can be taken to have, the short ones last. */
export const NUMBER_TYPES = [...Object.keys(DTYPE_BITS).filter((type) => !/^(string|bool|complex)/.test(type)), ...SHORT.keys()];

/** The types that tensors are taken to have; options are checked where they come in. */
export function precisionOf({ weights, activations }: { readonly weights?: string; readonly activations?: string }): Precision {
  return {
    ...(weights !== undefined && { weights: typeOf(weights) }),
    ...(activations !== undefined && { activations: typeOf(activations) }),
  };
}

function typeOf(name: string): DType {
  return SHORT.get(name) ?? (name as DType);
}
