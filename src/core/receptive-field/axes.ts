import { isFloat, type Shape } from '../graph.ts';
import type { Inference } from '../inference/infer.ts';
import type { Relation, Tensor } from '../operators/operator.ts';
import { linksOf } from './follow.ts';

/** An axis of an input seen from a tensor further on: entry a is the input axis that axis a of the tensor came from, or -1. */
interface Trace {
  readonly input: string;
  readonly from: readonly number[];
}

/**
 * Names for the axes of the data inputs: 'N' 'C' 'D' 'H' 'W' 'T', or the axis index. The first operator on the way that
 * gives its axes a meaning (a convolution, a pool, ...) decides, so that an NHWC input whose Transpose comes first is named
 * as such; where none does, the layout that exporters use for the rank.
 */
export function nameAxes(calls: readonly Inference[], inputs: ReadonlyMap<string, Tensor>): Map<string, readonly string[]> {
  const names = new Map<string, readonly string[]>();
  const traces = new Map<string, Trace>();
  for (const [input, { shape }] of inputs) {
    if (shape) traces.set(input, { input, from: shape.map((_, axis) => axis) });
  }
  let open = traces.size;
  for (const call of calls) {
    if (open === 0) break;
    call.node.inputs.forEach((value, i) => {
      const trace = traces.get(value);
      if (!trace || names.has(trace.input)) return;
      const rank = inputs.get(trace.input)?.shape?.length ?? 0;
      const meaning = i === 0 ? call.operator?.axes?.(call) : null;
      if (meaning) {
        names.set(trace.input, nameByMeaning(meaning, trace, rank));
        open -= 1;
      } else if (call.operator && call.node.outputs[0]) {
        const from = traceThrough(call.operator.field(call, i, 0), trace.from, call.outputs[0]?.shape ?? null);
        if (from) traces.set(call.node.outputs[0], { input: trace.input, from });
      }
    });
  }
  for (const [input, tensor] of inputs) if (!names.has(input)) names.set(input, namesByRank(tensor));
  return names;
}

function nameByMeaning(meaning: readonly string[], trace: Trace, rank: number): string[] {
  const names = Array.from({ length: rank }, (_, axis) => String(axis));
  trace.from.forEach((axis, a) => {
    const name = meaning[a];
    if (axis >= 0 && name !== undefined) names[axis] = name;
  });
  return names;
}

function traceThrough(relation: Relation, from: readonly number[], shape: Shape | null): readonly number[] | null {
  if (relation === 'elementwise') return shape?.length === from.length ? from : null;
  const links = linksOf(relation);
  return links.length === 0 ? null : links.map((link) => (link ? (from[link.input] ?? -1) : -1));
}

/** Axis names of a tensor of which nothing but its type is known. */
export function namesByRank({ shape, dtype }: Pick<Tensor, 'shape' | 'dtype'>): readonly string[] {
  const rank = shape?.length ?? 0;
  if (rank === 2) return isFloat(dtype) || dtype === null ? ['N', 'C'] : ['N', 'T'];
  if (rank === 3) return ['N', 'T', 'C'];
  if (rank === 4) return ['N', 'C', 'H', 'W'];
  if (rank === 5) return ['N', 'C', 'D', 'H', 'W'];
  return Array.from({ length: rank }, (_, axis) => (axis === 0 && rank > 1 ? 'N' : String(axis)));
}
