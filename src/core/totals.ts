import type { Convention } from './cost/conventions/convention.ts';
import { flopsOf, operationsJson } from './cost/counters.ts';
import { type Count, countToJson, times } from './count.ts';
import type { LayerFacts } from './layers.ts';
import { type LiveStep, peakBytes } from './memory/liveness.ts';
import { known } from './operators/call.ts';
import type { Tensor } from './operators/operator.ts';
import { bytesOf, type Params } from './params.ts';
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

/** Sums over the layers. Where a layer's share is unknown the sum is of what is known, and its name stands in `lowerBounds`. */
export function totalsOf(input: TotalsInput): Totals {
  const { facts, params, unit } = input;
  const tally = new Tally();
  const steps = facts.map((fact) => {
    tally.add(fact);
    return liveStep(fact);
  });
  const memory = peakBytes(inputBytes(input.inputs), steps, input.outputs);
  const { operations } = tally;
  const lowerBounds = [
    ...(tally.lacksOperations ? ['macs', 'flops', 'operations', 'validMacs', 'validFlops'] : []),
    ...(tally.lacksCost ? ['cost'] : []),
    ...(tally.lacksMemory ? ['activations', 'memory.peakBytes'] : []),
    ...(tally.lacksOperator ? ['depth', 'nonlinearities'] : []),
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
    depth: tally.depth,
    nonlinearities: tally.nonlinearities,
    stride: stridesOf(input.mainFields),
    lowerBounds,
  };
}

function inputBytes(inputs: ReadonlyMap<string, Tensor>): Map<string, Count> {
  const sizes = new Map<string, Count>();
  for (const [name, { dtype, shape }] of inputs) {
    const dims = known(shape);
    sizes.set(name, dims && dtype ? bytesOf(times(...dims), dtype) : 0);
  }
  return sizes;
}

function liveStep({ call, view, outputs }: LayerFacts): LiveStep {
  const { node } = call;
  const isData = (name: string, i: number) => name !== '' && call.inputs[i]?.constant === false;
  const reads = node.inputs.every(isData) ? node.inputs : node.inputs.filter(isData);
  const written = node.outputs.map((name, k) => ({ name, bytes: outputs[k]?.bytes ?? 0 }));
  const writes = node.outputs.includes('') ? written.filter(({ name }) => name !== '') : written;
  return { id: node.id, reads, writes, viewOf: view ? (reads[0] ?? null) : null };
}

/** Total stride per axis of the main output; with several sources, an axis is named as in the first that has it. */
function stridesOf(fields: readonly ReceptiveField[]): Record<string, number | null> {
  const strides = new Map<string, number | null>();
  for (const { axes } of fields) for (const { axis, stride } of axes) if (!strides.has(axis)) strides.set(axis, stride);
  return Object.fromEntries(strides);
}
