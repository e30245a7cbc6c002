import type { Constant, Node } from '../graph.ts';
import { known } from '../operators/call.ts';
import { operatorOf } from '../operators/index.ts';
import type { Call, Inferred, Operator, Tensor } from '../operators/operator.ts';
import { volume } from '../operators/shape.ts';

/** Tensors of more elements than this are not evaluated: shape arithmetic is small, weights and masks are not. */
const FOLD_LIMIT = 1024;

const UNKNOWN: Inferred = Object.freeze({ dtype: null, shape: null });
const NONE_YET: readonly Tensor[] = Object.freeze([]);

/** A node with the tensors around it. `operator` is undefined where Fovea does not know it. */
export interface Inference extends Call {
  readonly operator: Operator | undefined;
}

/** The tensor of a constant in the file. */
export function constantTensor(constant: Constant): Tensor {
  return { dtype: constant.dtype, shape: constant.shape, value: constant.data, constant: true };
}

/**
 * Types of a node's outputs, and their values where they are small constants. Reads the tensors of its inputs from
 * `tensors` (what is not there is a constant-free unknown) and adds those of its outputs.
 */
export function inferNode(node: Node, tensors: Map<string, Tensor>): Inference {
  const operator = operatorOf(node.op);
  const inputs = node.inputs.map((name) => (name === '' ? undefined : tensors.get(name)));
  const inferred = operator?.infer({ node, inputs, outputs: NONE_YET }) ?? NONE_YET;
  const constant = inputs.every((input) => input === undefined || input.constant);
  const outputs = node.outputs.map((_, k): Tensor => {
    const { dtype, shape, elements } = inferred[k] ?? UNKNOWN;
    return elements === undefined ? { dtype, shape, value: null, constant } : { dtype, shape, value: null, constant, elements };
  });
  const call: Inference = { node, inputs, outputs, operator };
  if (operator?.value || operator?.sizes) fold(operator, call, outputs);
  for (let k = 0; k < outputs.length; k++) {
    const name = node.outputs[k] as string;
    if (name !== '') tensors.set(name, outputs[k] as Tensor);
  }
  return call;
}

function fold(operator: Operator, call: Inference, outputs: Tensor[]): void {
  for (let k = 0; k < outputs.length; k++) {
    const output = outputs[k] as Tensor;
    const elements = output.shape && volume(output.shape);
    if (elements === null || elements > FOLD_LIMIT) continue;
    const found = operator.value?.(call, k) ?? operator.sizes?.(call, k) ?? null;
    const data = known(found);
    if (data) outputs[k] = { ...output, value: data, constant: true };
    else if (found) outputs[k] = { ...output, sizes: found };
  }
}
