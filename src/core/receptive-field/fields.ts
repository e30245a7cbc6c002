import type { Diagnostic, Shape } from '../graph.ts';
import type { Step } from '../inference/runner.ts';
import { size } from '../operators/call.ts';
import type { Tensor } from '../operators/operator.ts';
import type { ReceptiveField } from '../report.ts';
import type { Trace } from '../trace.ts';
import { callsBetween } from './between.ts';
import type { Table } from './map.ts';
import { type AxisField, propagate, type Source, type SourceField, sourceField } from './propagate.ts';
import { summarize } from './summary.ts';
import type { Target } from './target.ts';

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
  const { calls, tensors, numbers } = trace;
  const byOutput = new Map<string, readonly ReceptiveField[]>();
  const outputs = new Set(trace.graph.outputs.map(({ name }) => name));
  const live: (Seen | undefined)[] = Array(numbers.size);
  const starts = new Map<number, Table>();
  for (const source of inputSources(trace, report)) {
    const seen = seenBy([sourceField(source, starts)], tensors.get(source.name));
    const value = numbers.get(source.name);
    if (value !== undefined) live[value] = seen;
    if (outputs.has(source.name)) byOutput.set(source.name, seen.summary);
  }
  const last = lastReaders(trace);

  const byCall: Fields['byCall'][number][] = [];
  for (let at = 0; at < calls.length; at++) {
    const call = calls[at] as Step;
    const before = call.reads.map((value) => live[value]?.fields);
    if (!before.some((fields) => fields)) {
      byCall.push(NO_FIELDS);
      continue;
    }
    const after = propagate(call, before, report);
    byCall.push(
      after.map((fields, k) => {
        const known = call.reads[before.indexOf(fields)];
        const seen = (known !== undefined && live[known]) || seenBy(fields, call.outputs[k]);
        const value = call.writes[k] as number;
        if (fields.length > 0 && (last[value] as number) > at) live[value] = seen;
        const name = call.node.outputs[k] as string;
        if (outputs.has(name)) byOutput.set(name, seen.summary);
        return seen.summary;
      }),
    );
    // Fields of long axes are large.
    for (const value of call.reads) if (last[value] === at) live[value] = undefined;
  }
  return { byCall, byOutput };
}

/** What a tensor sees, and how a report says it. Tensors that see the same share it. */
interface Seen {
  readonly fields: readonly SourceField[];
  readonly summary: readonly ReceptiveField[];
}

const NO_FIELDS: Fields['byCall'][number] = Object.freeze([]);

function seenBy(fields: readonly SourceField[], tensor: Tensor | undefined): Seen {
  return { fields, summary: summarize(fields, tensor?.shape ?? null) };
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

/**
 * The field of one tensor in a source; undefined where it does not depend on it. Fields on the way live no longer than they are read,
 * as those of long axes are large. `borders` says whether the actual field is wanted beside the virtual one.
 */
export function fieldOf(
  trace: Trace,
  source: Source,
  { name, at }: Pick<Target, 'name' | 'at'>,
  borders: boolean,
): SourceField | undefined {
  const own = sourceField(source, new Map());
  const start = borders ? own : { source, axes: own.axes.map(withoutBorders) };
  if (name === source.name) return start;
  const calls = callsBetween(trace, source.name, name, at);
  const last = new Map(calls.flatMap((call, index) => call.node.inputs.map((input): [string, number] => [input, index])));
  const fields = new Map([[source.name, start]]);
  for (const [index, call] of calls.entries()) {
    const before = call.node.inputs.map((input) => {
      const field = fields.get(input);
      return field && [field];
    });
    for (const [k, [field]] of propagate(call, before, () => {}).entries()) {
      const output = call.node.outputs[k] as string;
      if (field && (output === name || last.has(output))) fields.set(output, field);
    }
    for (const input of call.node.inputs) if (last.get(input) === index) fields.delete(input);
  }
  return fields.get(name);
}

function withoutBorders({ strict }: AxisField): AxisField {
  const virtual = strict.map((path) => ({ ...path, actual: null }));
  return { strict: virtual, local: virtual };
}

/** A tensor as a source, with all its axes but batch and channel; null for one that does not depend on data. */
export function sourceNamed(trace: Trace, name: string): Source | null {
  const tensor = trace.tensors.get(name);
  if (!tensor || tensor.constant) return null;
  return { index: 0, name, axes: followedAxes(trace.axes.of(name), tensor.shape) };
}

/** Of each value the index of the last call that reads it; -1 where none does. */
function lastReaders({ calls, numbers }: Trace): Int32Array {
  const last = new Int32Array(numbers.size).fill(-1);
  for (const [at, { reads }] of calls.entries()) for (const value of reads) last[value] = at;
  return last;
}

function inputSources({ inputs, axes }: Trace, report: (diagnostic: Diagnostic) => void): Source[] {
  let left = MAX_AXES;
  const sources: Source[] = [];
  for (const { name, shape } of inputs) {
    const followed = followedAxes(axes.of(name), shape);
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
