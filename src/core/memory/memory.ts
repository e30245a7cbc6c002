import { type Context, contextOf } from '../context.ts';
import { fovea } from '../cost/conventions/fovea.ts';
import { type Count, countToJson, sum } from '../count.ts';
import { factsOf } from '../facts.ts';
import type { DType } from '../graph.ts';
import { tensorJson } from '../layers.ts';
import { asIf, checkPrecision, type Precision } from '../precision.ts';
import type { CountJson } from '../report.ts';
import type { Trace } from '../trace.ts';
import { type ActivationMemory, activationMemory } from './activations.ts';
import { type LiveStep, liveBytes, peakStep, type Storage, storagesOf } from './liveness.ts';
import { dataOutputs, inputBytes, liveSteps } from './steps.ts';
import { type TimelinePoint, timelineOf } from './timeline.ts';
import { type WeightMemory, weightMemory } from './weights.ts';

/** What a caller may ask of the memory view. */
export interface MemoryOptions extends Precision {
  /** Whether an activation function may overwrite an input that nothing else needs; false by default. */
  readonly inplace?: boolean;
}

/** Where the memory of a network goes when it runs forward, in bytes. */
export interface MemoryView extends Context {
  /** `partial` where some of the figures are lower bounds. */
  readonly status: 'complete' | 'partial';
  /** Names of the figures to which something of unknown size would have to be added. */
  readonly lowerBounds: readonly ('activations' | 'peak')[];
  /** The options that the figures rest on. */
  readonly assumed: {
    /** Type that floating-point weights are taken to have; null where each keeps its own. */
    readonly weights: DType | null;
    /** Type that all other floating-point tensors are taken to have; null where each keeps its own. */
    readonly activations: DType | null;
    /** Whether activation functions may overwrite their inputs. */
    readonly inplace: boolean;
  };
  /** What the stored tensors take. */
  readonly weights: WeightMemory;
  /** What all layers together put out. */
  readonly activations: ActivationMemory;
  /** The most that is live at once, in the order of the file and without weights: what this order needs at least. */
  readonly peak: PeakMemory;
  /** Live bytes from layer to layer. Where there are many layers, a point stands for several and gives the most of theirs. */
  readonly timeline: readonly TimelinePoint[];
}

/** The moment at which most memory is needed. */
export interface PeakMemory {
  /** Bytes that are live then. */
  readonly bytes: CountJson;
  /** Index of the layer that runs then; null for a network without layers. */
  readonly index: number | null;
  /** Its id. */
  readonly layer: string | null;
  /** Number of tensors that are live then. */
  readonly count: number;
  /** These tensors, the largest first; at most 100. */
  readonly tensors: readonly LiveTensor[];
}

/** A tensor that is live at the peak. */
export interface LiveTensor {
  /** Name of the tensor that owns the memory; views of it have other names. */
  readonly name: string;
  /** Id of the layer that wrote it; null for an input of the network. */
  readonly layer: string | null;
  /** The type that it is taken to have; null where it is unknown. */
  readonly dtype: DType | null;
  /** Sizes, null where unknown; null where not even the rank is known. */
  readonly shape: readonly (number | null)[] | null;
  /** null where a size or the type is unknown. */
  readonly bytes: CountJson | null;
}

/** Most tensors that are listed at the peak. */
const MAX_LISTED = 100;

/**
 * The memory of a traced graph: weights, activations, and the live peak in the order of the file, with the tensors that are
 * live then. Views own nothing, and what a layer reads and writes is live together. What a loop's body writes is there once at a
 * time, but for what the loop collects.
 * Fault: `invalid-option`.
 */
export function memoryOf(trace: Trace, options: MemoryOptions = {}): MemoryView {
  checkPrecision(options);
  const { facts, params, diagnostics } = factsOf(trace, fovea);
  const inplace = options.inplace ?? false;
  const inputs = inputBytes(trace, options);
  const steps = liveSteps(facts, options, inplace);
  const outputs = trace.graph.outputs.map(({ name }) => name);
  const storages = storagesOf(inputs, steps, outputs);
  const live = liveBytes(storages, steps.length);
  const { memory: activations, unknownInput, unknownOutput, unbounded } = activationMemory(trace, facts, options);
  const lowerBounds = [
    ...(unknownOutput || unbounded ? ['activations' as const] : []),
    ...(unknownOutput || unknownInput ? ['peak' as const] : []),
  ];
  const layerOf = new Map(facts.flatMap((fact) => dataOutputs(fact).map(({ name }) => [name, fact.call.node.id])));
  const describe = (storage: Storage): LiveTensor => {
    const { name, dtype, shape } = tensorJson(storage.name, trace.tensors.get(storage.name));
    const known = dtype !== null && (shape?.every((dim) => dim !== null) ?? false);
    const bytes = known ? countToJson(storage.bytes) : null;
    return { name, layer: layerOf.get(name) ?? null, dtype: asIf(dtype, options.activations), shape, bytes };
  };
  return {
    ...contextOf(trace, diagnostics),
    status: lowerBounds.length === 0 ? 'complete' : 'partial',
    lowerBounds,
    assumed: { weights: options.weights ?? null, activations: options.activations ?? null, inplace },
    weights: weightMemory(trace, params, options.weights),
    activations,
    peak: peakOf(storages, steps, live, describe),
    timeline: timelineOf(live, (at) => steps[at]?.id ?? ''),
  };
}

function peakOf(storages: readonly Storage[], steps: readonly LiveStep[], live: readonly Count[], describe: (s: Storage) => LiveTensor) {
  const at = peakStep(live);
  const there = storages
    .filter(({ from, to }) => from <= at && at <= to)
    .sort((a, b) => (a.bytes < b.bytes ? 1 : a.bytes > b.bytes ? -1 : 0));
  const step = steps[at];
  return {
    bytes: countToJson(live[at] ?? sum(there.map(({ bytes }) => bytes))),
    index: step ? at : null,
    layer: step?.id ?? null,
    count: there.length,
    tensors: there.slice(0, MAX_LISTED).map(describe),
  };
}
