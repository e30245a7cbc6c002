import { type Context, contextOf } from '../context.ts';
import { fovea } from '../cost/conventions/fovea.ts';
import { type Count, countToJson, plus, sum, times } from '../count.ts';
import { factsOf } from '../facts.ts';
import { type Gradients, gradientsOf } from '../gradients.ts';
import type { DType } from '../graph.ts';
import { type LayerFacts, tensorJson } from '../layers.ts';
import type { Tensor } from '../operators/operator.ts';
import { bytesOf, isBuffer, type Params } from '../params.ts';
import { asIf, type Precision } from '../precision.ts';
import type { CountJson } from '../report.ts';
import type { Trace } from '../trace.ts';
import { type SavedTensor, savedBy } from './saved.ts';
import { collected, dataOutputs, tensorBytes } from './steps.ts';

/** Optimizers by how many numbers they keep for each weight: none, a momentum, or two moments. */
export const OPTIMIZERS = { sgd: 0, momentum: 1, adam: 2 } as const;

/** How the network is trained. */
export interface TrainingMemoryOptions {
  /** `adam` by default. */
  readonly optimizer?: keyof typeof OPTIMIZERS;
  /**
   * `own` (the default): everything in the types of the file. `mixed`: weights, gradients and activations in 16 bits, beside
   * a master copy of the weights and the optimizer's numbers in float32: 16 bytes for each weight with Adam (Rajbhandari et al. 2020).
   */
  readonly precision?: 'own' | 'mixed';
  /** Beginnings of the names of weights that are not trained. */
  readonly frozen?: readonly string[];
}

/** What one step of training needs in memory at least, in bytes, for the batch that was asked for. */
export interface TrainingMemoryView extends Context {
  /** `partial` where the figures are lower bounds. */
  readonly status: 'complete' | 'partial';
  /** Names of the figures to which something unknown would have to be added. */
  readonly lowerBounds: readonly ('saved' | 'workingSet')[];
  /** What the figures rest on. */
  readonly assumed: {
    /** The optimizer. */
    readonly optimizer: keyof typeof OPTIMIZERS;
    /** `own`: the types of the file; `mixed`: 16 bits with a master copy in float32. */
    readonly precision: 'own' | 'mixed';
    /** Beginnings of the names of weights that are not trained. */
    readonly frozen: readonly string[];
    /** What a device needs beside, and what is taken to be so. */
    readonly leavesOut: readonly string[];
  };
  /** Elements that are trained. */
  readonly trained: CountJson;
  /** All stored tensors, trained or not. */
  readonly weightBytes: CountJson;
  /** The gradients of the weights. */
  readonly gradientBytes: CountJson;
  /** A copy of the trained weights in float32; 0 without mixed precision. */
  readonly masterWeightBytes: CountJson;
  /** What the optimizer keeps. */
  readonly optimizerBytes: CountJson;
  /** What the forward pass keeps for the backward pass, every piece of memory once. */
  readonly saved: SavedMemory;
  /** The gradients of the inputs and outputs of one layer, where that is most. */
  readonly workingSetBytes: CountJson;
  /** All of these together; null where one of them is a lower bound. */
  readonly totalBytes: CountJson | null;
  /** All of these together, as far as they are known. */
  readonly knownBytes: CountJson;
}

/** What the forward pass keeps for the backward pass. */
export interface SavedMemory {
  /** All of it. */
  readonly bytes: CountJson;
  /** Part of them: statistics, positions, masks and the like, which are no tensors of the graph. */
  readonly besideBytes: CountJson;
  /** Number of tensors that are kept. */
  readonly count: number;
  /** These tensors, the largest first; at most 100. */
  readonly tensors: readonly SavedTensorJson[];
  /** Operators of which Fovea does not know what they keep. */
  readonly unknown: readonly { readonly op: string; readonly count: number }[];
}

/** A tensor that the forward pass keeps. */
export interface SavedTensorJson {
  /** Name of the tensor that owns the memory; views of it have other names. */
  readonly name: string;
  /** The type that it is taken to have; null where it is unknown. */
  readonly dtype: DType | null;
  /** Sizes, null where unknown; null where not even the rank is known. */
  readonly shape: readonly (number | null)[] | null;
  /** null where they are unknown. */
  readonly bytes: CountJson | null;
  /** Ids of the layers whose gradients need it; at most 10. */
  readonly neededBy: readonly string[];
}

const LEAVES_OUT = [
  'workspaces of kernels, and what an allocator caches or loses in fragments',
  'checkpoints: everything that is needed is kept',
  'what is computed from weights alone',
  'that some frameworks move (transpose, slice) without a copy',
  'layers that the graph left out for inference, such as dropout',
  'that frameworks keep less of functions which the graph spells out as several operators (SiLU, GELU)',
];

/** Most tensors that are listed, and layers of each. */
const [MAX_TENSORS, MAX_LAYERS] = [100, 10];

/** The memory of a training step of a traced graph, as PyTorch keeps tensors. */
export function trainingMemoryOf(trace: Trace, options: TrainingMemoryOptions = {}): TrainingMemoryView {
  const { optimizer = 'adam', precision = 'own', frozen = [] } = options;
  const as: Precision = precision === 'mixed' ? { weights: 'bfloat16', activations: 'bfloat16' } : {};
  const { facts, params, diagnostics } = factsOf(trace, fovea);
  const gradients = gradientsOf(trace, params, frozen);
  const weights = weightBytes(params, gradients, as);
  const kept = savedBy(facts, gradients.needed, as);
  const working = workingSet(facts, gradients.needed, as);
  const lowerBounds = [...(kept.complete ? [] : ['saved' as const]), ...(working === null ? ['workingSet' as const] : [])];
  const elements = sum([...gradients.trained.values()].map((tensor) => tensor.elements));
  const master = precision === 'mixed' ? times(4, elements) : 0;
  const perState = precision === 'mixed' ? times(4, elements) : weights.trained;
  const state = times(OPTIMIZERS[optimizer], perState);
  const tensorBytesKept = sum(kept.tensors.map(({ bytes }) => bytes ?? 0));
  const saved = plus(tensorBytesKept, kept.beside);
  const known = plus(weights.all, weights.trained, master, state, saved, working ?? 0);
  return {
    ...contextOf(trace, diagnostics),
    status: lowerBounds.length === 0 ? 'complete' : 'partial',
    lowerBounds,
    assumed: { optimizer, precision, frozen, leavesOut: LEAVES_OUT },
    trained: countToJson(elements),
    weightBytes: countToJson(weights.all),
    gradientBytes: countToJson(weights.trained),
    masterWeightBytes: countToJson(master),
    optimizerBytes: countToJson(state),
    saved: {
      bytes: countToJson(saved),
      besideBytes: countToJson(kept.beside),
      count: kept.tensors.length,
      tensors: kept.tensors
        .toSorted(bySize)
        .slice(0, MAX_TENSORS)
        .map((tensor) => savedJson(tensor, trace, as)),
      unknown: kept.unknown,
    },
    workingSetBytes: countToJson(working ?? 0),
    totalBytes: lowerBounds.length === 0 ? countToJson(known) : null,
    knownBytes: countToJson(known),
  };
}

/** Bytes of all weights, and of the trained ones; running statistics keep their type. */
function weightBytes({ tensors }: Params, { trained }: Gradients, { weights }: Precision): { all: Count; trained: Count } {
  const bytes = [...tensors].map(([name, tensor]): [string, Count] => {
    const dtype = isBuffer(tensor) ? tensor.dtype : (asIf(tensor.dtype, weights) as DType);
    return [name, bytesOf(tensor.elements, dtype)];
  });
  return {
    all: sum(bytes.map(([, count]) => count)),
    trained: sum(bytes.filter(([name]) => trained.has(name)).map(([, count]) => count)),
  };
}

/** The most that the gradients of one layer's inputs and outputs take together; null where some are unknown. */
function workingSet(facts: readonly LayerFacts[], needed: ReadonlySet<string>, as: Precision): Count | null {
  let most: Count = 0;
  for (const fact of facts) {
    if (fact.view) continue;
    const { node, inputs } = fact.call;
    const pieces = collected(fact.call);
    const read = node.inputs.map((name, i) => ({ name, tensor: inputs[i], pieces })).filter(({ tensor }) => tensor && !tensor.constant);
    const written = dataOutputs(fact).map((output) => ({ ...output, pieces: 1 }));
    const tensors = new Map([...read, ...written].filter(({ name }) => needed.has(name)).map((tensor) => [tensor.name, tensor]));
    const bytes = [...tensors.values()].map(({ tensor, pieces }) => [tensorBytes(tensor as Tensor, as), pieces] as const);
    if (bytes.some(([size]) => size === null)) return null;
    const all = sum(bytes.map(([size, pieces]) => times(size as Count, pieces)));
    if (all > most) most = all;
  }
  return most;
}

const bySize = (a: SavedTensor, b: SavedTensor) => {
  const [left, right] = [a.bytes ?? 0, b.bytes ?? 0];
  return left < right ? 1 : left > right ? -1 : 0;
};

function savedJson({ name, bytes, neededBy }: SavedTensor, trace: Trace, { activations }: Precision): SavedTensorJson {
  const { dtype, shape } = tensorJson(name, trace.tensors.get(name));
  return {
    name,
    dtype: asIf(dtype, activations),
    shape,
    bytes: bytes === null ? null : countToJson(bytes),
    neededBy: neededBy.slice(0, MAX_LAYERS),
  };
}
