import type { Convention } from './cost/conventions/convention.ts';
import { flopsOf, operationsJson } from './cost/counters.ts';
import { countToJson } from './count.ts';
import { depthOf } from './depth.ts';
import type { LayerFacts } from './layers.ts';
import { peakBytes } from './memory/liveness.ts';
import { liveStep, stepsOfLoops, tensorBytes } from './memory/steps.ts';
import type { Tensor } from './operators/operator.ts';
import type { Params } from './params.ts';
import type { ReceptiveField, Totals } from './report.ts';
import { Tally } from './tally.ts';

export interface TotalsInput {
  readonly facts: readonly LayerFacts[];
  readonly params: Params;
  readonly unit: Convention['unit'];
  readonly inputs: ReadonlyMap<string, Tensor>;
  readonly outputs: readonly string[];
  readonly mainFields: readonly ReceptiveField[];
}

/** The largest integer of GraphQL. */
const MAX_INT = 2 ** 31 - 1;

/** Sums over the layers. Where a layer's share is unknown the sum is of what is known, and its name stands in `lowerBounds`. */
export function totalsOf(input: TotalsInput): Totals {
  const { facts, params, unit } = input;
  const tally = new Tally();
  const steps = facts.map((fact) => {
    tally.add(fact);
    return liveStep(fact, (k) => fact.outputs[k]?.bytes ?? null);
  });
  const inputs = [...input.inputs].map(([name, tensor]) => [name, tensorBytes(tensor)] as const);
  const memory = peakBytes(new Map(inputs.map(([name, bytes]) => [name, bytes ?? 0])), stepsOfLoops(facts, steps), input.outputs);
  const { operations } = tally;
  const { depth, complete } = depthOf(facts);
  const lowerBounds = [
    ...(tally.lacksOperations ? ['macs', 'flops', 'operations', 'validMacs', 'validFlops'] : []),
    ...(tally.lacksCost ? ['cost'] : []),
    ...(tally.lacksMemory || tally.lacksActivations ? ['activations'] : []),
    ...(tally.lacksMemory || inputs.some(([, bytes]) => bytes === null) ? ['memory.peakBytes'] : []),
    ...(tally.lacksOperator || !complete ? ['depth'] : []),
    ...(tally.lacksOperator || tally.lacksNonlinearities || tally.nonlinearities > MAX_INT ? ['nonlinearities'] : []),
  ];
  return {
    params: {
      stored: countToJson(params.total.stored),
      trainable: countToJson(params.total.trainable),
      logical: countToJson(params.total.logical),
      buffers: countToJson(params.total.buffers),
      scalars: countToJson(params.total.scalars),
      bytes: countToJson(params.total.bytes),
    },
    macs: countToJson(operations.mac),
    flops: countToJson(flopsOf(operations)),
    operations: operationsJson(operations),
    validMacs: countToJson(tally.validMacs),
    validFlops: countToJson(tally.validFlops),
    cost: { value: countToJson(tally.cost), unit },
    activations: { elements: countToJson(tally.elements), bytes: countToJson(tally.bytes) },
    memory: { weightBytes: countToJson(params.total.bytes), peakBytes: countToJson(memory.bytes), peakLayer: memory.layer },
    depth,
    nonlinearities: tally.nonlinearities > MAX_INT ? MAX_INT : Number(tally.nonlinearities),
    stride: stridesOf(input.mainFields),
    lowerBounds,
  };
}

/** Total stride per axis of the main output; with several sources, an axis is named as in the first that has it. */
function stridesOf(fields: readonly ReceptiveField[]): Record<string, number | null> {
  const strides = new Map<string, number | null>();
  for (const { axes } of fields) for (const { axis, stride } of axes) if (!strides.has(axis)) strides.set(axis, stride);
  return Object.fromEntries(strides);
}
