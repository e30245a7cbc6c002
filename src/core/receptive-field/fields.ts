import type { Diagnostic, Graph } from '../graph.ts';
import type { Inference } from '../inference/infer.ts';
import { size } from '../operators/call.ts';
import type { Tensor } from '../operators/operator.ts';
import type { ReceptiveField } from '../report.ts';
import type { Table } from './map.ts';
import { propagate, type Source, type SourceField, sourceField } from './propagate.ts';
import { Summaries } from './summary.ts';

/** Most axes of sources that one analysis follows, so that time is linear in the graph. */
const MAX_AXES = 64;

export interface Fields {
  /** Receptive fields per call and output; empty for constants. */
  readonly byCall: readonly (readonly (readonly ReceptiveField[])[])[];
  /** Receptive fields of the graph's outputs, by name. */
  readonly byOutput: ReadonlyMap<string, readonly ReceptiveField[]>;
}

/** Receptive fields of every data tensor with respect to the data inputs. */
export function followFields(
  graph: Graph,
  calls: readonly Inference[],
  inputs: ReadonlyMap<string, Tensor>,
  axes: ReadonlyMap<string, readonly string[]>,
  report: (diagnostic: Diagnostic) => void,
): Fields {
  const live = new Map<string, readonly SourceField[]>();
  const starts = new Map<number, Table>();
  for (const source of sourcesOf(inputs, axes, report)) live.set(source.name, [sourceField(source, starts)]);
  const summaries = new Summaries();
  const byOutput = new Map<string, readonly ReceptiveField[]>();
  const keep = new Set(graph.outputs.map(({ name }) => name));
  const readers = countReaders(calls);
  for (const name of keep) if (inputs.has(name)) byOutput.set(name, summaries.of(live.get(name) ?? [], inputs.get(name)?.shape ?? null));

  const byCall = calls.map((call) => {
    const before = call.node.inputs.map((name) => live.get(name));
    const after = before.some((fields) => fields?.length) ? propagate(call, before, report) : [];
    for (const name of call.node.inputs) release(name, readers, live);
    return after.map((fields, k) => {
      const name = call.node.outputs[k] as string;
      const summary = summaries.of(fields, call.outputs[k]?.shape ?? null);
      if (keep.has(name)) byOutput.set(name, summary);
      if (readers.has(name)) live.set(name, fields);
      return summary;
    });
  });
  return { byCall, byOutput };
}

function countReaders(calls: readonly Inference[]): Map<string, number> {
  const readers = new Map<string, number>();
  for (const { node } of calls) for (const name of node.inputs) readers.set(name, (readers.get(name) ?? 0) + 1);
  return readers;
}

/** Forgets a tensor's field behind its last reader: fields of long axes are large. */
function release(name: string, readers: Map<string, number>, live: Map<string, unknown>): void {
  const left = (readers.get(name) ?? 0) - 1;
  readers.set(name, left);
  if (left <= 0) live.delete(name);
}

function sourcesOf(
  inputs: ReadonlyMap<string, Tensor>,
  axes: ReadonlyMap<string, readonly string[]>,
  report: (diagnostic: Diagnostic) => void,
): Source[] {
  let left = MAX_AXES;
  const sources: Source[] = [];
  for (const [name, { shape }] of inputs) {
    const names = axes.get(name) ?? [];
    const followed = names.flatMap((axisName, axis) =>
      axisName === 'N' || axisName === 'C' ? [] : [{ axis, name: axisName, extent: size(shape?.[axis]) }],
    );
    left -= followed.length;
    if (left < 0) {
      const message = `receptive fields are given for the first ${sources.length} of ${inputs.size} inputs only`;
      report({ code: 'sources-limited', severity: 'warning', message });
      break;
    }
    sources.push({ index: sources.length, name, axes: followed });
  }
  return sources;
}
