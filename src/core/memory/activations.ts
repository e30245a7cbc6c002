import { type Count, countToJson, sum, times } from '../count.ts';
import type { LayerFacts } from '../layers.ts';
import type { Tensor } from '../operators/operator.ts';
import { elementsOf } from '../operators/shape.ts';
import type { Precision } from '../precision.ts';
import type { CountJson } from '../report.ts';
import type { Trace } from '../trace.ts';
import { dataOutputs, tensorBytes } from './steps.ts';

/** What all layers together put out, counted in the ways that are in use. Sums are of what is known. */
export interface ActivationMemory {
  /** Elements of all layer outputs that own memory (views own none): what is needed if nothing is ever freed. */
  readonly elements: CountJson;
  /** Their bytes, in the types that they are taken to have. */
  readonly bytes: CountJson;
  /** Elements of the outputs of convolutions and matrix products only: fvcore's and timm's "activations" (Radosavovic et al. 2020). */
  readonly fvcore: CountJson;
  /** Bytes of the network inputs and of every layer output, views too but not those of ReLU, four for each element: "feature memory" of convnet-burden. */
  readonly convnetBurden: CountJson;
}

/** What fvcore counts the outputs of (convolution, linear, matmul, einsum), and the operators that stand for the same. */
const CONTRACTIONS = new Set(
  ['Conv', 'ConvTranspose', 'Gemm', 'MatMul', 'Einsum', 'ConvInteger', 'MatMulInteger', 'QLinearConv', 'QLinearMatMul'].concat(
    ['FusedConv', 'NhwcConv', 'FusedGemm', 'FusedMatMul', 'TransposeMatMul', 'MatMulNBits'].map((op) => `com.microsoft.${op}`),
  ),
);

/** Sums over the layers, and whether something of unknown size is missing in them. */
export function activationMemory({ inputs, tensors }: Trace, facts: readonly LayerFacts[], precision: Precision) {
  const owning = facts.filter(({ view }) => !view);
  const owned = owning.flatMap(dataOutputs);
  const fed = inputs.map(({ name }) => tensors.get(name) as Tensor);
  const kept = facts.filter(({ call }) => call.node.op !== 'Relu').flatMap(dataOutputs);
  const contracted = facts.filter(({ call }) => CONTRACTIONS.has(call.node.op)).flatMap(dataOutputs);
  const memory: ActivationMemory = {
    elements: countToJson(elements(owned)),
    bytes: countToJson(sum(owned.map(({ tensor }) => tensorBytes(tensor, precision) ?? 0))),
    fvcore: countToJson(elements(contracted)),
    convnetBurden: countToJson(times(4, elements([...fed.map((tensor) => ({ tensor })), ...kept]))),
  };
  const unknown = (tensor: Tensor) => tensorBytes(tensor) === null;
  return { memory, unknownInput: fed.some(unknown), unknownOutput: owned.some(({ tensor }) => unknown(tensor)) };
}

function elements(outputs: readonly { readonly tensor: Tensor }[]): Count {
  return sum(outputs.map(({ tensor }) => elementsOf(tensor) ?? 0));
}
