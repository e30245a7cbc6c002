import { type Context, contextOf } from '../context.ts';
import { type Count, countToJson, plus, times } from '../count.ts';
import { factsOf } from '../facts.ts';
import { Fault } from '../fault.ts';
import { gradientsOf } from '../gradients.ts';
import type { LayerFacts } from '../layers.ts';
import type { CountJson } from '../report.ts';
import type { Trace } from '../trace.ts';
import { backwardOf } from './backward.ts';
import { fovea } from './conventions/fovea.ts';
import { addPrimitives, flopsOf, NO_OPERATIONS, type Primitives } from './counters.ts';

/** How the network is trained. */
export interface TrainingCostOptions {
  /** Beginnings of the names of weights that are not trained. */
  readonly frozen?: readonly string[];
  /** Share of the forward pass that is computed a second time for the backward pass: 0 (the default) to 1, as with checkpoints. */
  readonly recompute?: number;
  /** Whether the answer lists the layers; true by default. */
  readonly layers?: boolean;
}

/** What one step of training computes, for the batch that was asked for. */
export interface TrainingCostView extends Context {
  /** `partial` where the figures are lower bounds. */
  readonly status: 'complete' | 'partial';
  /** Names of the totals to which something unknown would have to be added. */
  readonly lowerBounds: readonly ('forward' | 'backward' | 'step')[];
  /** What the figures rest on. */
  readonly assumed: {
    /** Beginnings of the names of weights that are not trained. */
    readonly frozen: readonly string[];
    /** Share of the forward pass that is computed a second time. */
    readonly recompute: number;
    /** What is not counted. */
    readonly leavesOut: readonly string[];
  };
  /** Operations of the forward pass. */
  readonly forward: PassCost;
  /** Operations of the gradients. */
  readonly backward: PassCost;
  /** Both, and what is computed a second time, rounded up. */
  readonly step: PassCost;
  /** Missing where they were not asked for. */
  readonly layers?: readonly TrainingCostLayer[];
}

/** What a pass computes. */
export interface PassCost {
  /** Multiply-accumulates of contractions. */
  readonly macs: CountJson;
  /** All operations; a multiply-accumulate is two. */
  readonly flops: CountJson;
}

/** What training computes for one layer. */
export interface TrainingCostLayer {
  /** Its place among the layers of the report. */
  readonly index: number;
  /** Its unique name. */
  readonly id: string;
  /** Its operator. */
  readonly op: string;
  /** Its operations; null where a size that decides it is unknown. */
  readonly forward: PassCost | null;
  /** Those of its gradients; null where a size or the rule of the operator is unknown; zero where nothing needs a gradient. */
  readonly backward: PassCost | null;
}

/** What a layer computes on the way forth and back; null where unknown. */
interface Row {
  readonly fact: LayerFacts;
  readonly forward: Primitives | null;
  readonly backward: Primitives | null;
}

const LEAVES_OUT = [
  'the loss',
  'the update of the weights',
  'what is computed from weights alone',
  'that the first of many iterations of a loop may need fewer gradients than the others',
];

/** The cost of a training step of a traced graph. Fault: `invalid-option`. */
export function trainingCostOf(trace: Trace, options: TrainingCostOptions = {}): TrainingCostView {
  const { frozen = [], recompute = 0 } = options;
  if (!(recompute >= 0 && recompute <= 1)) throw new Fault('invalid-option', 'recompute is a share from 0 to 1');
  const { facts, params, diagnostics } = factsOf(trace, fovea);
  const { needed } = gradientsOf(trace, params, frozen);
  const rows = facts.map((fact): Row => ({ fact, forward: fact.operations, backward: backwardOf(fact, needed) }));
  const unbounded = facts.some(({ call }) => call.repeats === null);
  const missing = (part: 'forward' | 'backward') => unbounded || rows.some((row) => row[part] === null);
  const lowerBounds = [
    ...(missing('forward') ? ['forward' as const] : []),
    ...(missing('backward') ? ['backward' as const] : []),
    ...(missing('forward') || missing('backward') ? ['step' as const] : []),
  ];
  const total = (part: 'forward' | 'backward') =>
    rows.reduce<Primitives>((all, row) => (row[part] ? addPrimitives(all, row[part]) : all), NO_OPERATIONS);
  const [forward, backward] = [total('forward'), total('backward')];
  const step = (kind: (p: Primitives) => Count) => countToJson(plus(kind(forward), partOf(kind(forward), recompute), kind(backward)));
  return {
    ...contextOf(trace, diagnostics),
    status: lowerBounds.length === 0 ? 'complete' : 'partial',
    lowerBounds,
    assumed: { frozen, recompute, leavesOut: LEAVES_OUT },
    forward: passJson(forward),
    backward: passJson(backward),
    step: { macs: step(({ mac }) => mac), flops: step(flopsOf) },
    ...(options.layers !== false && { layers: rows.map(layerJson) }),
  };
}

function layerJson({ fact: { call }, forward, backward }: Row, index: number): TrainingCostLayer {
  return { index, id: call.node.id, op: call.node.op, forward: forward && passJson(forward), backward: backward && passJson(backward) };
}

/** Steps of a share: a millionth is finer than anyone states it. */
const PARTS = 1_000_000;

/** A share of a count, rounded up. */
function partOf(count: Count, share: number): bigint {
  const parts = BigInt(times(count, Math.round(share * PARTS)));
  return (parts + BigInt(PARTS - 1)) / BigInt(PARTS);
}

function passJson(operations: Primitives): PassCost {
  return { macs: countToJson(operations.mac), flops: countToJson(flopsOf(operations)) };
}
