import { type Context, contextOf } from '../context.ts';
import { fovea } from '../cost/conventions/fovea.ts';
import { type Count, countToJson, plus, sum, times } from '../count.ts';
import { factsOf } from '../facts.ts';
import { gradientsOf } from '../gradients.ts';
import type { DType } from '../graph.ts';
import { type LayerFacts, tensorJson } from '../layers.ts';
import type { Tensor } from '../operators/operator.ts';
import { asIf, checkPrecision, type Precision } from '../precision.ts';
import type { CountJson } from '../report.ts';
import type { Trace } from '../trace.ts';
import { type SavedTensor, savedBy } from './saved.ts';
import { collected, dataOutputs, tensorBytes } from './steps.ts';
import { HALF, isRounded, type OPTIMIZERS, trainedWeights, typeRules } from './trained-weights.ts';

/** How the network is trained, and what its tensors are taken to be: in mixed precision 16 bits, unless another type is said. */
export interface TrainingMemoryOptions extends Precision {
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
    /** Type that floating-point weights are taken to have; null where each keeps its own. */
    readonly weights: DType | null;
    /** Type that all other floating-point tensors are taken to have; null where each keeps its own. */
    readonly activations: DType | null;
    /** What types gradients, the state of the optimizer and what is kept have therefore. */
    readonly types: readonly string[];
    /** What a device needs beside, and what is taken to be so. */
    readonly leavesOut: readonly string[];
  };
  /** Elements that are trained. */
  readonly trained: CountJson;
  /** All stored tensors, trained or not. */
  readonly weightBytes: CountJson;
  /** The gradients of the weights. */
  readonly gradientBytes: CountJson;
  /** A copy of the trained weights in a wider type: float32 in mixed precision, their own where weights are integers; else 0. */
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
  /** Operators of which is not known what they keep, and why: Fovea has no rule, or there is no gradient. */
  readonly unknown: readonly { readonly op: string; readonly count: number; readonly reason: string }[];
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
  'reserves of fused recurrent kernels: their cells are taken as they are written out',
  'that the first of many iterations of a loop may need fewer gradients than the others',
  'that frameworks keep less of functions which the graph spells out as several operators (SiLU, GELU)',
];

/** Most tensors that are listed, and layers of each. */
const [MAX_TENSORS, MAX_LAYERS] = [100, 10];

/** The memory of a training step of a traced graph, as PyTorch keeps tensors. Fault: `invalid-option`. */
export function trainingMemoryOf(trace: Trace, options: TrainingMemoryOptions = {}): TrainingMemoryView {
  const { optimizer = 'adam', precision = 'own', frozen = [] } = options;
  checkPrecision(options);
  const mixed = precision === 'mixed';
  const { weights = mixed ? HALF : undefined, activations = mixed ? HALF : undefined } = options;
  const as: Precision = { ...(weights && { weights }), ...(activations && { activations }) };
  const { facts, params, diagnostics } = factsOf(trace, fovea);
  const gradients = gradientsOf(trace, params, frozen);
  const stored = trainedWeights(params, gradients, { optimizer, mixed, weights });
  const kept = savedBy(facts, gradients.needed, as);
  const working = workingSet(facts, gradients.needed, isRounded(activations) ? {} : as);
  const lowerBounds = [...(kept.complete ? [] : ['saved' as const]), ...(working === null ? ['workingSet' as const] : [])];
  const elements = sum([...gradients.trained.values()].map((tensor) => tensor.elements));
  const tensorBytesKept = sum(kept.tensors.map(({ bytes }) => bytes ?? 0));
  const saved = plus(tensorBytesKept, kept.beside);
  const known = plus(stored.all, stored.gradients, stored.master, stored.state, saved, working ?? 0);
  return {
    ...contextOf(trace, diagnostics),
    status: lowerBounds.length === 0 ? 'complete' : 'partial',
    lowerBounds,
    assumed: {
      optimizer,
      precision,
      frozen,
      weights: weights ?? null,
      activations: activations ?? null,
      types: typeRules({ optimizer, mixed, weights }, activations),
      leavesOut: LEAVES_OUT,
    },
    trained: countToJson(elements),
    weightBytes: countToJson(stored.all),
    gradientBytes: countToJson(stored.gradients),
    masterWeightBytes: countToJson(stored.master),
    optimizerBytes: countToJson(stored.state),
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
