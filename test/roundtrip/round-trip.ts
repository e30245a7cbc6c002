import { analyze } from '../../src/core/analyze.ts';
import type { Graph } from '../../src/core/graph.ts';
import type { Layer, Report } from '../../src/core/report.ts';
import { readDescription, writeDescription } from '../../src/formats/description/index.ts';
import type { Limits } from '../../src/formats/format.ts';

/** A graph as the text of a description, and what that is read as. */
export function rewritten(graph: Graph, limits: Limits): { text: string; graph: Graph } {
  const text = JSON.stringify(writeDescription(graph));
  return { text, graph: readDescription(JSON.parse(text), limits) };
}

export function report(graph: Graph): Report {
  return analyze({ graph, format: '', name: '', bytes: 0, sha256: '' });
}

/**
 * What a description keeps of a network: all that a report says but for the names of tensors within it, attributes (of
 * which it may leave out those that change nothing) and scalars (some of which are arguments of layers).
 */
export function essence({ inputs, outputs, assumptions, status, totals, layers = [] }: Report): unknown {
  const { params, memory, lowerBounds, ...rest } = totals;
  const { scalars, ...counted } = params;
  const { peakLayer, ...bytes } = memory;
  void [scalars, peakLayer, lowerBounds];
  return { inputs, outputs, assumptions, status, totals: { ...rest, params: counted, memory: bytes }, layers: layers.map(layerEssence) };
}

function layerEssence({ id, op, params, macs, flops, operations, validMacs, activationBytes, outputs }: Layer): unknown {
  const tensors = outputs.map(({ dtype, shape, receptiveFields }) => ({
    dtype,
    shape,
    fields: receptiveFields.map(({ source, axes }) => ({
      source,
      axes: axes.map(({ cause, ...axis }) => ({ ...axis, caused: cause !== undefined })),
    })),
  }));
  return { id, op, params, macs, flops, operations, validMacs, activationBytes, outputs: tensors };
}

/** Layers whose scope is not what it was; a node without a name gets one, and with it a scope. */
export function strayed(before: Report, after: Report): string[] {
  const scopes = new Map(after.layers?.map(({ id, scope }) => [id, scope]));
  return (before.layers ?? []).filter(({ id, name, scope }) => name !== '' && scopes.get(id) !== scope).map(({ id }) => id);
}
