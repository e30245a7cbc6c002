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

/** Sums over the layers, each as often as it runs, and whether something of unknown size or number is missing in them. */
export function activationMemory({ inputs, tensors }: Trace, facts: readonly LayerFacts[], precision: Precision) {
  const owning = facts.filter(({ view }) => !view);
  const owned = owning.flatMap(outputsOf);
  const fed = inputs.map(({ name }) => ({ tensor: tensors.get(name) as Tensor, repeats: 1 }));
  const kept = facts.filter(({ call }) => call.node.op !== 'Relu').flatMap(outputsOf);
  const contracted = facts.filter(({ call }) => CONTRACTIONS.has(call.node.op)).flatMap(outputsOf);
  const memory: ActivationMemory = {
    elements: countToJson(elements(owned)),
    bytes: countToJson(sum(owned.map(({ tensor, repeats }) => times(repeats ?? 1, tensorBytes(tensor, precision) ?? 0)))),
    fvcore: countToJson(elements(contracted)),
    convnetBurden: countToJson(times(4, elements([...fed, ...kept]))),
  };
  const unknown = ({ tensor }: Output) => tensorBytes(tensor) === null;
  const unbounded = owned.some(({ tensor, repeats }) => repeats === null && tensorBytes(tensor) !== 0);
  return { memory, unknownInput: fed.some(unknown), unknownOutput: owned.some(unknown), unbounded };
}

/** A tensor, and how often it is written; null where that is not known. */
interface Output {
  readonly tensor: Tensor;
  readonly repeats: Count | null;
}

const outputsOf = (fact: LayerFacts): Output[] => dataOutputs(fact).map(({ tensor }) => ({ tensor, repeats: fact.call.repeats }));

function elements(outputs: readonly Output[]): Count {
  return sum(outputs.map(({ tensor, repeats }) => times(repeats ?? 1, elementsOf(tensor) ?? 0)));
}
