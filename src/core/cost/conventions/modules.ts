import { known } from '../../operators/call.ts';
import type { Counted } from './convention.ts';

// Modules of PyTorch that exporters split into several nodes: how the node that stands for the module is told.

/** An Add that is the bias of a Linear: where the input has more than two axes, exporters write a MatMul and an Add. */
export function isLinearBias(counted: Counted): boolean {
  const { inputs, node } = counted.call;
  const bias = inputs.findIndex((input) => input?.constant && input.shape?.length === 1);
  return node.op === 'Add' && bias >= 0 && counted.maker(node.inputs[1 - bias] ?? '')?.op === 'MatMul';
}

/** A Mul of a tensor and its own sigmoid. */
export function isSilu(counted: Counted): boolean {
  const [a = '', b = ''] = counted.call.node.inputs;
  const gates = (gate: string, x: string) => {
    const maker = counted.maker(gate);
    return maker?.op === 'Sigmoid' && maker.inputs[0] === x;
  };
  return gates(a, b) || gates(b, a);
}

/** A Mul of GELU by the error function: x (1 + erf(x / sqrt 2)), or that product times 1/2. */
export function isGeluProduct(counted: Counted): boolean {
  const ofErf = (name: string): boolean => {
    const sum = counted.maker(name);
    return sum?.op === 'Add' && sum.inputs.some((input) => counted.maker(input)?.op === 'Erf');
  };
  return counted.call.node.inputs.some((name) => {
    const maker = counted.maker(name);
    return ofErf(name) || (maker?.op === 'Mul' && maker.inputs.some(ofErf));
  });
}

/** Whether an AveragePool is an adaptive one: exporters write one that changes nothing as a window of one position. */
export function isAdaptive({ call }: Counted): boolean {
  const kernel = call.node.attributes.get('kernel_shape');
  return Array.isArray(kernel) && kernel.every((taps) => Number(taps) === 1);
}

/** Whether an input is a table that positions are looked up in: the weight of an Embedding. */
export function isEmbedding({ call }: Counted): boolean {
  const [table, indices] = call.inputs;
  return table?.constant === true && indices?.constant === false && known(table.shape)?.length === 2;
}
