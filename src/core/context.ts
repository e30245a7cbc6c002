import { tensorJson } from './layers.ts';
import type { Report } from './report.ts';
import type { Trace } from './trace.ts';

/** What an answer rests on: the sizes that were asked for, and what was assumed and noticed on the way. */
export interface Context {
  /** The data inputs with the sizes that the caller gave, and the names of their axes. */
  readonly inputs: Report['inputs'];
  /** The outputs of the network. */
  readonly outputs: Report['outputs'];
  /** Sizes that were not given and had to be assumed. */
  readonly assumptions: Report['assumptions'];
  /** What was noticed of the network. */
  readonly diagnostics: Report['diagnostics'];
}

/** The context of an answer about a traced graph; `more` are diagnostics beside those of the trace. */
export function contextOf({ graph, inputs, tensors, axes, assumptions, diagnostics }: Trace, more: Report['diagnostics'] = []): Context {
  return {
    inputs: inputs.map((input) => ({ ...tensorJson(input.name, input), axes: axes.of(input.name) })),
    outputs: graph.outputs.map(({ name }) => ({ ...tensorJson(name, tensors.get(name)), axes: axes.of(name) })),
    assumptions,
    diagnostics: [...diagnostics, ...more],
  };
}
