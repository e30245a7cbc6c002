import type { Convention } from '../cost/conventions/convention.ts';
import { factsOf } from '../facts.ts';
import type { Tensor } from '../operators/operator.ts';
import type { Totals } from '../report.ts';
import { totalsOf } from '../totals.ts';
import type { Trace } from '../trace.ts';

/** The totals of a traced graph, of which the strides belong to a view that follows fields. */
export function measured(trace: Trace, convention: Convention): Omit<Totals, 'stride'> & { readonly layers: number } {
  const { facts, params } = factsOf(trace, convention);
  const { stride, ...totals } = totalsOf({
    facts,
    params,
    unit: convention.unit,
    inputs: new Map(trace.inputs.map(({ name }) => [name, trace.tensors.get(name) as Tensor])),
    outputs: trace.graph.outputs.map(({ name }) => name),
    mainFields: [],
  });
  return { ...totals, layers: facts.length };
}
