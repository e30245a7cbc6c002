import type { Diagnostic, Shape } from '../graph.ts';
import type { Inference } from '../inference/infer.ts';
import { size } from '../operators/call.ts';
import type { ReceptiveField } from '../report.ts';
import type { Trace } from '../trace.ts';
import { nameAxes } from './axes.ts';
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
export function followFields(trace: Trace, report: (diagnostic: Diagnostic) => void): Fields {
  const { calls, tensors } = trace;
  const live = new Map<string, readonly SourceField[]>();
  const starts = new Map<number, Table>();
  for (const source of inputSources(trace, report)) live.set(source.name, [sourceField(source, starts)]);
  const summaries = new Summaries();
  const byOutput = new Map<string, readonly ReceptiveField[]>();
  const keep = new Set(trace.graph.outputs.map(({ name }) => name));
  const readers = countReaders(calls);
  for (const name of keep) {
    const fields = live.get(name);
    if (fields) byOutput.set(name, summaries.of(fields, tensors.get(name)?.shape ?? null));
  }

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

/**
 * The field of every tensor behind `source` (a data input or any other tensor) in it, by tensor name. What does not depend
 * on it is missing. `upTo` is the index of the last call that matters.
 */
export function fieldsFrom(trace: Trace, source: Source, upTo = trace.calls.length - 1): ReadonlyMap<string, SourceField> {
  const fields = new Map([[source.name, sourceField(source, new Map())]]);
  for (const call of trace.calls.slice(0, upTo + 1)) {
    const before = call.node.inputs.map((name) => {
      const field = fields.get(name);
      return field && [field];
    });
    if (!before.some((field) => field)) continue;
    propagate(call, before, () => {}).forEach(([field], k) => {
      const name = call.node.outputs[k] as string;
      if (field && name !== source.name) fields.set(name, field);
    });
  }
  return fields;
}

/** A tensor as a source: a data input with the names of its axes, any other tensor with those that its readers give them. */
export function sourceNamed(trace: Trace, name: string): Source | null {
  const tensor = trace.tensors.get(name);
  if (!tensor || tensor.constant) return null;
  const names = trace.axes.get(name) ?? nameAxes(trace.calls, new Map([[name, tensor]])).get(name) ?? [];
  return { index: 0, name, axes: followedAxes(names, tensor.shape) };
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

function inputSources({ inputs, axes }: Trace, report: (diagnostic: Diagnostic) => void): Source[] {
  let left = MAX_AXES;
  const sources: Source[] = [];
  for (const { name, shape } of inputs) {
    const followed = followedAxes(axes.get(name) ?? [], shape);
    left -= followed.length;
    if (left < 0) {
      const message = `receptive fields are given for the first ${sources.length} of ${inputs.length} inputs only`;
      report({ code: 'sources-limited', severity: 'warning', message });
      break;
    }
    sources.push({ index: sources.length, name, axes: followed });
  }
  return sources;
}

/** All axes but batch and channel. */
function followedAxes(names: readonly string[], shape: Shape | null): Source['axes'] {
  return names.flatMap((name, axis) => (name === 'N' || name === 'C' ? [] : [{ axis, name, extent: size(shape?.[axis]) }]));
}
