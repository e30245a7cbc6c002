import { isFloat } from './graph.ts';
import { isTrained, type Params, type StoredTensor } from './params.ts';
import type { Trace } from './trace.ts';

/** What training has to find gradients of. */
export interface Gradients {
  /** The stored tensors that are trained, by name. */
  readonly trained: ReadonlyMap<string, StoredTensor>;
  /** Names of all tensors that need a gradient: those, and what is computed from them. */
  readonly needed: ReadonlySet<string>;
}

/**
 * The tensors that need a gradient if every floating-point weight is trained, but for running statistics, scales of quantised
 * tensors, single numbers, and weights whose names begin with one of `frozen`. What comes before the first trained weight needs none.
 */
export function gradientsOf({ calls }: Trace, params: Params, frozen: readonly string[]): Gradients {
  const trained = new Map<string, StoredTensor>();
  for (const [name, tensor] of params.tensors) {
    const learns = isFloat(tensor.dtype) && tensor.elements !== 1 && isTrained(tensor);
    if (learns && !frozen.some((prefix) => name.startsWith(prefix))) trained.set(name, tensor);
  }
  const needed = new Set(trained.keys());
  for (const { node, outputs } of calls) {
    if (!node.inputs.some((name) => needed.has(name))) continue;
    for (const [k, name] of node.outputs.entries()) {
      const dtype = outputs[k]?.dtype ?? null;
      if (name !== '' && (dtype === null || isFloat(dtype))) needed.add(name);
    }
  }
  return { trained, needed };
}
