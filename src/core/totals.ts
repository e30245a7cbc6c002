import type { Convention } from './cost/conventions/convention.ts';
import { addPrimitives, flopsOf, NO_OPERATIONS, operationsJson } from './cost/counters.ts';
import { type Count, countToJson, sum, times } from './count.ts';
import { type LayerFacts, ownedBytes } from './layers.ts';
import { peakBytes } from './memory/liveness.ts';
import { known } from './operators/call.ts';
import type { Tensor } from './operators/operator.ts';
import { bytesOf, type Params } from './params.ts';
import type { ReceptiveField, Totals } from './report.ts';

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
  const costs = facts.map((fact) => fact.operations);
  const operations = costs.filter((cost) => cost !== null).reduce(addPrimitives, NO_OPERATIONS);
  const owned = facts.filter((fact) => !fact.view).flatMap((fact) => fact.outputs);
  const memory = peakOf(input);
  const unknownOperator = facts.some((fact) => !fact.call.operator);
  const lowerBounds = [
    ...(costs.includes(null) || facts.some((fact) => fact.call.repeats === null) ? ['macs', 'flops', 'operations', 'cost'] : []),
    ...(facts.some((fact) => ownedBytes(fact) === null) ? ['activations', 'memory.peakBytes'] : []),
    ...(unknownOperator ? ['depth', 'nonlinearities'] : []),
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
    cost: { value: countToJson(sum(facts.map((fact) => fact.cost ?? 0))), unit },
    activations: {
      elements: countToJson(sum(owned.map((output) => output.elements ?? 0))),
      bytes: countToJson(sum(owned.map((output) => output.bytes ?? 0))),
    },
    memory: { weightBytes: countToJson(params.total.bytes), peakBytes: countToJson(memory.bytes), peakLayer: memory.layer },
    depth: depthOf(facts),
    nonlinearities: facts.filter((fact) => fact.call.operator?.nonlinear).length,
    stride: stridesOf(input.mainFields),
    lowerBounds,
  };
}

function peakOf({ facts, inputs, outputs }: TotalsInput): ReturnType<typeof peakBytes> {
  const sizes = new Map<string, Count>();
  for (const [name, { dtype, shape }] of inputs) {
    const dims = known(shape);
    sizes.set(name, dims && dtype ? bytesOf(times(...dims), dtype) : 0);
  }
  const steps = facts.map(({ call, view, outputs }) => {
    const reads = call.node.inputs.filter((name, i) => name !== '' && call.inputs[i]?.constant === false);
    const writes = call.node.outputs.map((name, k) => ({ name, bytes: outputs[k]?.bytes ?? 0 })).filter(({ name }) => name !== '');
    return { id: call.node.id, reads, writes, viewOf: view ? (reads[0] ?? null) : null };
  });
  return peakBytes(sizes, steps, outputs);
}

/** Most contractions with weights on any one path: the "50" of ResNet-50. */
function depthOf(facts: readonly LayerFacts[]): number {
  const depths = new Map<string, number>();
  let deepest = 0;
  for (const { call, operations } of facts) {
    const learned = operations !== null && operations.mac > 0 && call.inputs.some((input) => input?.constant);
    let depth = learned ? 1 : 0;
    let before = 0;
    for (const name of call.node.inputs) before = Math.max(before, depths.get(name) ?? 0);
    depth += before;
    for (const name of call.node.outputs) depths.set(name, depth);
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** Total stride per axis of the main output; with several sources, an axis is named as in the first that has it. */
function stridesOf(fields: readonly ReceptiveField[]): Record<string, number | null> {
  const strides = new Map<string, number | null>();
  for (const { axes } of fields) for (const { axis, stride } of axes) if (!strides.has(axis)) strides.set(axis, stride);
  return Object.fromEntries(strides);
}
