import { contextOf } from '../context.ts';
import { fovea } from '../cost/conventions/fovea.ts';
import { flopsOf } from '../cost/counters.ts';
import { type Count, countToJson, sum } from '../count.ts';
import { factsOf } from '../facts.ts';
import { Fault } from '../fault.ts';
import type { LayerFacts } from '../layers.ts';
import { checkPrecision } from '../precision.ts';
import type { Trace } from '../trace.ts';
import { type Device, ownDevice } from './devices/device.ts';
import { deviceOf } from './devices/index.ts';
import { FUSION_RULE, kernelsOf } from './fusion.ts';
import { layerOnDevice, totalOnDevice, type Work, workOf } from './on-device.ts';
import { arithmeticOf, type Rate, rateOf } from './rate.ts';
import { bytesMoved, type Traffic, trafficOf } from './traffic.ts';
import type { Efficiency, LayerBytes, RooflineLayer, RooflineOptions, RooflineTotals, RooflineView } from './view.ts';

/** Shares that tuned kernels of large layers exceed; small layers and depthwise convolutions stay below. */
const EFFICIENCY: Efficiency = { compute: 0.4, bandwidth: 0.6 };
/** No kernel worth a model of its time is slower. */
const MIN_SHARE = 1e-6;

const SECONDS =
  'best: fused traffic at the full bandwidth, or the operations at the full rate, whichever takes longer, kernel after kernel. ' +
  'upper: the same of every layer on its own, at the stated shares of the rates; null where the time of a layer is unknown, and best is a lower bound. Neither counts the start of kernels or copies to the device.';

/** A layer with what it computes and moves, all its runs together; null where unknown. */
interface Row {
  readonly fact: LayerFacts;
  readonly traffic: Traffic;
  readonly flops: Count | null;
  readonly bytes: Count | null;
  readonly rate: Rate | null;
  readonly work: Work | null;
}

/**
 * The roofline of a traced graph (Williams, Waterman and Patterson 2009): how much each layer computes for each byte that it
 * moves, and how fast that can be on a device. Faults: `invalid-device`, `invalid-option`.
 */
export function rooflineOf(trace: Trace, options: RooflineOptions = {}): RooflineView {
  checkPrecision(options);
  const device = chosen(options.device);
  const efficiency = efficiencyOf(options.efficiency);
  const tf32 = options.tf32 ?? false;
  const { facts, diagnostics } = factsOf(trace, fovea);
  const traffic = trafficOf(facts, trace.calls, options);
  const rows = facts.map((fact, at) => rowOf(fact, traffic.layers[at] as Traffic, device, tf32));
  const outputs = trace.graph.outputs.map(({ name }) => name);
  const kernels = kernelsOf(facts, traffic, outputs);
  const kernelOf = new Map(kernels.flatMap(({ layers }) => layers.map((at) => [at, layers[0] as number])));
  const fused = kernels.map(({ layers, traffic }) => moved(traffic, rows[layers[0] as number]?.fact.call.repeats ?? 1));
  const lowerBounds = unknowns(rows, device);
  const kernelWork = (on: Device): Work[] =>
    kernels.map(({ layers }, k) => ({
      compute: layers.reduce((seconds, at) => seconds + (rows[at]?.work?.compute ?? 0), 0),
      memory: workOf(0, fused[k] ?? null, null, on)?.memory ?? 0,
    }));
  return {
    ...contextOf(trace, diagnostics),
    status: lowerBounds.length === 0 ? 'complete' : 'partial',
    lowerBounds,
    assumed: {
      weights: options.weights ?? null,
      activations: options.activations ?? null,
      tf32,
      efficiency,
      fusion: FUSION_RULE,
      seconds: SECONDS,
    },
    device,
    totals: {
      ...amounts(rows, fused, !lowerBounds.includes('flops') && !lowerBounds.includes('bytes')),
      kernels: kernels.length,
      onDevice:
        device &&
        totalOnDevice(
          kernelWork(device),
          rows.map(({ work }) => work),
          efficiency,
          lowerBounds.includes('seconds'),
        ),
    },
    ...(options.layers !== false && { layers: rows.map((row, at) => layerOf(row, at, kernelOf.get(at) ?? null, device, efficiency)) }),
  };
}

function chosen(device: unknown): Device | null {
  if (device === undefined || device === null) return null;
  return typeof device === 'string' ? deviceOf(device) : ownDevice(device);
}

function efficiencyOf({ compute = EFFICIENCY.compute, bandwidth = EFFICIENCY.bandwidth }: RooflineOptions['efficiency'] = {}): Efficiency {
  for (const share of [compute, bandwidth]) {
    if (!(share >= MIN_SHARE && share <= 1)) throw new Fault('invalid-option', `shares of a rate are numbers from ${MIN_SHARE} to 1`);
  }
  return { compute, bandwidth };
}

function rowOf(fact: LayerFacts, traffic: Traffic, device: Device | null, tf32: boolean): Row {
  const flops = fact.operations && flopsOf(fact.operations);
  const bytes = moved(traffic, fact.call.repeats ?? 1);
  const arithmetic = arithmeticOf(traffic, fact.integer);
  const type = tf32 && arithmetic === 'float32' && fact.operations !== null && fact.operations.mac > 0 ? 'tf32' : arithmetic;
  const rate = device && type && rateOf(device, type);
  return { fact, traffic, flops, bytes, rate, work: device && workOf(flops, bytes, rate, device) };
}

function moved({ reads, weights, writes }: Traffic, repeats: Count): Count | null {
  return bytesMoved([...reads, ...weights, ...writes], repeats);
}

function unknowns(rows: readonly Row[], device: Device | null): RooflineView['lowerBounds'] {
  const unbounded = rows.some(({ fact }) => fact.call.repeats === null);
  return [
    ...(unbounded || rows.some(({ flops }) => flops === null) ? ['flops' as const] : []),
    ...(unbounded || rows.some(({ bytes }) => bytes === null) ? ['bytes' as const] : []),
    ...(device && (unbounded || rows.some(({ work }) => work === null)) ? ['seconds' as const] : []),
  ];
}

function amounts(rows: readonly Row[], fused: readonly (Count | null)[], whole: boolean): Omit<RooflineTotals, 'kernels' | 'onDevice'> {
  const known = (counts: readonly (Count | null)[]) => sum(counts.map((count) => count ?? 0));
  const [flops, bytes, fusedBytes] = [known(rows.map((row) => row.flops)), known(rows.map((row) => row.bytes)), known(fused)];
  return {
    flops: countToJson(flops),
    bytes: countToJson(bytes),
    fusedBytes: countToJson(fusedBytes),
    // Of two lower bounds the ratio bounds nothing.
    intensity: whole ? ratio(flops, bytes) : null,
    fusedIntensity: whole ? ratio(flops, fusedBytes) : null,
  };
}

/** Operations for each byte; null where nothing moves, and beyond what a double holds. */
function ratio(flops: Count | null, bytes: Count | null): number | null {
  if (flops === null || bytes === null || bytes === 0) return null;
  const intensity = Number(flops) / Number(bytes);
  return Number.isFinite(intensity) ? intensity : null;
}

function layerOf(row: Row, index: number, kernel: number | null, device: Device | null, efficiency: Efficiency): RooflineLayer {
  const { fact, traffic, flops, bytes, rate, work } = row;
  const { node, repeats } = fact.call;
  return {
    index,
    id: node.id,
    op: node.op,
    flops: flops === null ? null : countToJson(flops),
    integer: fact.integer,
    bytes: bytes === null ? null : bytesJson(traffic, repeats ?? 1),
    intensity: ratio(flops, bytes),
    kernel,
    onDevice: device && rate && work && layerOnDevice(work, rate, device, efficiency, repeats === null),
  };
}

function bytesJson({ reads, weights, writes }: Traffic, repeats: Count): LayerBytes {
  const json = (tensors: Traffic['reads']) => countToJson(bytesMoved(tensors, repeats) ?? 0);
  return { inputs: json(reads), weights: json(weights), outputs: json(writes), total: json([...reads, ...weights, ...writes]) };
}
