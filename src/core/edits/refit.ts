import { Fault } from '../fault.ts';
import { type Constant, isFloat, type Node } from '../graph.ts';
import { inferNode } from '../inference/infer.ts';
import type { Call, Tensor } from '../operators/operator.ts';
import type { Draft } from './draft.ts';
import { type Fit, fitOf } from './refit-rules.ts';
import { refuse } from './refusal.ts';

/**
 * Builds the weights anew of all layers whose inputs have other sizes than before: channels that changed go from layer to
 * layer until a layer has output channels of its own. Ids of these layers. What does not fit is left to be found when the
 * graph is traced.
 */
export function refit(draft: Draft): readonly string[] {
  const tensors = new Map<string, Tensor>(draft.trace.tensors);
  const before = new Set<Node>(draft.trace.graph.nodes);
  const changed = new Set<string>();
  const refitted: string[] = [];
  for (const node of draft.nodes) {
    if (before.has(node) && !node.inputs.some((name) => changed.has(name))) continue;
    for (const name of node.inputs) if (draft.constants.has(name)) tensors.set(name, draft.tensor(name));
    const fitting = fitted(draft, node, {
      node,
      inputs: node.inputs.map((name) => (name === '' ? undefined : tensors.get(name))),
      outputs: [],
    });
    if (fitting !== node) {
      draft.replace(node, [fitting]);
      refitted.push(node.id);
      for (const name of fitting.inputs) if (draft.constants.has(name)) tensors.set(name, draft.tensor(name));
    }
    const { outputs } = inferred(fitting, tensors);
    fitting.outputs.forEach((name, k) => {
      if (outputs[k]?.shape?.join() !== draft.trace.tensors.get(name)?.shape?.join()) changed.add(name);
    });
  }
  return refitted;
}

/** The outputs of a node; a node that contradicts its operator is why the edit cannot be made. */
function inferred(node: Node, tensors: Map<string, Tensor>): Call {
  try {
    return inferNode(node, tensors);
  } catch (error) {
    if (error instanceof Fault) return refuse(error.message, node);
    throw error;
  }
}

/** The node with weights that fit its inputs; the same node where they do, or where no rule says how. */
function fitted(draft: Draft, node: Node, call: Call): Node {
  const stored = (slot: number): Constant | undefined => {
    const constant = draft.constants.get(node.inputs[slot] ?? '');
    return constant && isFloat(constant.dtype) && !constant.synthetic ? constant : undefined;
  };
  const fit: Fit | null = fitOf(call, stored);
  if (!fit) return node;
  const inputs = [...node.inputs];
  for (const { slot, shape } of fit.weights) {
    const weight = stored(slot);
    if (weight) inputs[slot] = draft.resized(weight, shape, `${node.id}.${slot === 1 ? 'weight' : slot === 2 ? 'bias' : `input${slot}`}`);
  }
  return {
    ...node,
    inputs,
    ...(fit.groups !== undefined && { attributes: new Map([...node.attributes, ['group', fit.groups] as const]) }),
  };
}
