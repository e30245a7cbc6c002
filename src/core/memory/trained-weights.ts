import { type Count, sum, times } from '../count.ts';
import type { Gradients } from '../gradients.ts';
import { type DType, isFloat } from '../graph.ts';
import { bytesOf, isBuffer, type Params } from '../params.ts';
import { asIf } from '../precision.ts';

/** Optimizers by how many numbers they keep for each weight: none, a momentum, or two moments. */
export const OPTIMIZERS = { sgd: 0, momentum: 1, adam: 2 } as const;

/** The 16-bit type of mixed precision. */
export const HALF: DType = 'bfloat16';

/** What weights take in training, in bytes. */
export interface TrainedWeights {
  /** All stored tensors, trained or not. */
  readonly all: Count;
  /** Gradients of the trained ones. */
  readonly gradients: Count;
  /** A copy of the trained ones in a wider type; 0 where there is none. */
  readonly master: Count;
  /** What the optimizer keeps. */
  readonly state: Count;
}

/** How weights are trained: the type that they are taken to have, if it is not their own. */
export interface WeightTypes {
  readonly optimizer: keyof typeof OPTIMIZERS;
  readonly mixed: boolean;
  readonly weights: DType | undefined;
}

/**
 * The bytes of weights in training. A gradient has the type of its weight, and so has what an optimizer keeps of it, as in
 * PyTorch (`zeros_like`). In mixed precision a master copy and the optimizer's numbers are float32. Integers have no
 * gradient: where weights are taken as some, they are rounded anew in each step from a master copy in their own type, which
 * gradients and optimizer go by (Jacob et al. 2018). Running statistics keep their type.
 */
export function trainedWeights({ tensors }: Params, { trained }: Gradients, { optimizer, mixed, weights }: WeightTypes): TrainedWeights {
  const rounded = isRounded(weights);
  const learning = [...trained.values()].map(({ elements, dtype }) => {
    const stored = asIf(dtype, weights) as DType;
    const gradient = rounded ? (mixed ? HALF : dtype) : stored;
    const master = mixed ? 'float32' : rounded ? dtype : null;
    return { elements, gradient, master, state: master ?? stored };
  });
  const bytes = [...tensors.values()].map((tensor) => {
    return bytesOf(tensor.elements, isBuffer(tensor) ? tensor.dtype : (asIf(tensor.dtype, weights) as DType));
  });
  return {
    all: sum(bytes),
    gradients: sum(learning.map(({ elements, gradient }) => bytesOf(elements, gradient))),
    master: sum(learning.map(({ elements, master }) => (master ? bytesOf(elements, master) : 0))),
    state: times(OPTIMIZERS[optimizer], sum(learning.map(({ elements, state }) => bytesOf(elements, state)))),
  };
}

/** The rules of `trainedWeights`, and of gradients between layers, as they apply. */
export function typeRules({ mixed, weights }: WeightTypes, activations: DType | undefined): readonly string[] {
  return [
    isRounded(weights)
      ? `integers have no gradient: weights are rounded in each step from a master copy in ${mixed ? 'float32' : 'the type of the file'}, and gradients are in ${mixed ? HALF : 'that type'}`
      : 'gradients of weights have the type of the weights',
    mixed || isRounded(weights)
      ? 'what the optimizer keeps has the type of the master copy'
      : 'what the optimizer keeps has the type of the weights',
    isRounded(activations)
      ? 'kept tensors are rounded to integers, gradients between layers have the type of the file'
      : 'kept tensors and gradients between layers have the type of the activations',
  ];
}

export function isRounded(dtype: DType | undefined): boolean {
  return dtype !== undefined && !isFloat(dtype);
}
