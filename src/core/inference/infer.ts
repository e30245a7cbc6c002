import type { Constant, Node } from '../graph.ts';
import { known } from '../operators/call.ts';
import { operatorOf } from '../operators/index.ts';
import type { Call, Inferred, Operator, Tensor } from '../operators/operator.ts';

/** Tensors of more elements than this are not evaluated: shape arithmetic is small, weights and masks are not. */
const FOLD_LIMIT = 1024;

const UNKNOWN: Inferred = Object.freeze({ dtype: null, shape: null });

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
  const before: Call = { node, inputs, outputs: [] };
  const inferred = operator ? operator.infer(before) : [];
  const constant = inputs.every((input) => input === undefined || input.constant);
  const outputs = node.outputs.map((_, k): Tensor => {
    const { dtype, shape, elements } = inferred[k] ?? UNKNOWN;
    return elements === undefined ? { dtype, shape, value: null, constant } : { dtype, shape, value: null, constant, elements };
  });
  const call: Inference = { node, inputs, outputs, operator };
  if (operator) fold(operator, call, outputs);
  node.outputs.forEach((name, k) => {
    if (name !== '') tensors.set(name, outputs[k] as Tensor);
  });
  return call;
}

function fold(operator: Operator, call: Inference, outputs: Tensor[]): void {
  for (const [k, output] of outputs.entries()) {
    const shape = known(output.shape);
    if (!shape || shape.reduce((a, b) => a * b, 1) > FOLD_LIMIT) continue;
    const found = operator.value?.(call, k) ?? operator.sizes?.(call, k) ?? null;
    const data = known(found);
    if (data) outputs[k] = { ...output, value: data, constant: true };
    else if (found) outputs[k] = { ...output, sizes: found };
  }
}
