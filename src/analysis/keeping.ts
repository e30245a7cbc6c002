import { analyze } from '../core/analyze.ts';
import type { Network } from '../core/graph.ts';
import type { FieldAxis, Layer } from '../core/report.ts';
import { traceGraph } from '../core/trace.ts';
import { VERSION } from '../core/version.ts';
import { encodeGraph } from '../store/codec/graph-bytes.ts';
import type { NewNetwork } from '../store/network.ts';
import type { KeptTotals } from '../store/totals.ts';
import { layerOf, sourcesOf } from './views/target.ts';

/** A network as it is kept: its graph, and the totals of its report under no options. Faults: those of `analyze`. */
export function newNetwork(network: Network): NewNetwork {
  const { graph, sha256, format, name, bytes, producer, opset } = network;
  return {
    about: { sha256, format, name, bytes, ...(producer !== undefined && { producer }), ...(opset !== undefined && { opset }) },
    graph: encodeGraph(graph),
    totals: totalsOf(network),
  };
}

function totalsOf(network: Network): KeptTotals {
  const { layers = [], status, coverage, totals } = analyze(network);
  return {
    engine: VERSION,
    status,
    nodes: coverage.nodes,
    layers: layers.length,
    params: totals.params.trainable,
    macs: totals.macs,
    flops: totals.flops,
    weightBytes: totals.memory.weightBytes,
    activations: totals.activations.elements,
    activationBytes: totals.activations.bytes,
    peakBytes: totals.memory.peakBytes,
    receptiveField: receptiveField(network, layers),
    depth: totals.depth,
    nonlinearities: totals.nonlinearities,
    lowerBounds: totals.lowerBounds,
  };
}

/** As `KeptTotals` defines it. */
function receptiveField({ graph }: Network, layers: readonly Layer[]): number | null {
  if (layers.length === 0) return null;
  const trace = traceGraph(graph, {});
  const [source] = sourcesOf(trace, undefined);
  const { layer } = layerOf(trace, source, undefined);
  const fields = layers[layer.index]?.outputs[0]?.receptiveFields ?? [];
  return largest(fields.find((field) => field.source === source?.name)?.axes ?? []);
}

function largest(axes: readonly FieldAxis[]): number | null {
  const sizes = axes.map(({ size }) => size);
  return sizes.length === 0 || sizes.includes(null) ? null : Math.max(...(sizes as number[]));
}
