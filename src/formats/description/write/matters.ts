import { type Inference, inferNode } from '../../../core/inference/infer.ts';
import type { Tensor } from '../../../core/operators/operator.ts';

/**
 * Whether the elements of a weight decide anything about the nodes that read it: their shapes, cost or receptive fields.
 * They do for the scales of a Resize, and not for a bias.
 */
export function matters(value: string, readers: readonly Inference[]): boolean {
  return readers.some((call) => seen(call) !== seen(blind(call, value)));
}

/** The call as if the elements were not known. */
function blind({ node, inputs }: Inference, value: string): Inference {
  const around = new Map<string, Tensor>();
  for (const [k, name] of node.inputs.entries()) {
    const tensor = inputs[k];
    if (tensor) around.set(name, name === value ? { ...tensor, value: null } : tensor);
  }
  return inferNode(node, around);
}

/** Everything that a report makes of a call. */
function seen(call: Inference): string {
  const { operator, inputs, outputs } = call;
  const fields = outputs.map((_, k) => inputs.map((input, i) => (input && !input.constant ? operator?.field(call, i, k) : null)));
  const text = [outputs, operator?.cost(call), operator?.exactCost?.(call), fields];
  return JSON.stringify(text, (_, item) => (typeof item === 'bigint' ? String(item) : item));
}
