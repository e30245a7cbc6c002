import { Fault } from './fault.ts';
import { type DType, isFloat } from './graph.ts';

/** Types that tensors are taken to have in place of their own: what a network would need after a conversion. */
export interface Precision {
  /** For weights that are floating-point numbers. */
  readonly weights?: DType;
  /** For all other tensors that are floating-point numbers. */
  readonly activations?: DType;
}

/** The type that a tensor is taken to have. Integers, booleans, strings and complex numbers stay what they are. */
export function asIf(dtype: DType | null, as: DType | undefined): DType | null {
  return as !== undefined && isReal(dtype) ? as : dtype;
}

/** Holds a precision to types that numbers can have. Fault: `invalid-option`. */
export function checkPrecision({ weights, activations }: Precision): void {
  for (const dtype of [weights, activations]) {
    if (dtype === 'string' || dtype === 'bool' || dtype?.startsWith('complex'))
      throw new Fault('invalid-option', `floating-point tensors cannot be taken as ${dtype}`);
  }
}

function isReal(dtype: DType | null): boolean {
  return isFloat(dtype) && !dtype?.startsWith('complex');
}
