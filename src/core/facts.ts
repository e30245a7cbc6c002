import type { Convention } from './cost/conventions/convention.ts';
import { projection } from './cost/conventions/project.ts';
import type { Diagnostic } from './graph.ts';
import { type LayerFacts, layerFacts } from './layers.ts';
import { countParams, isConstant, type Params } from './params.ts';
import type { Trace } from './trace.ts';
import { costlierWays } from './ways.ts';

export interface Facts {
  /** The layers: calls that compute on data, of undecided Ifs those of the costlier branch. Their order is that of the report. */
  readonly facts: readonly LayerFacts[];
  readonly params: Params;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * What every layer of a traced graph costs and stores. `fields` are its receptive fields by call, where they are wanted;
 * `exact` leaves out what causal masks hide.
 */
export function factsOf(trace: Trace, convention: Convention, fields: readonly LayerFacts['fields'][] = [], exact = false): Facts {
  const { calls, constants } = trace;
  const params = countParams(constants, calls);
  const project = projection(convention, calls);
  const all: LayerFacts[] = [];
  calls.forEach((call, at) => {
    if (!isConstant(call)) all.push(layerFacts(call, params.byCall.get(at), fields[at] ?? [], project, exact));
  });
  const { facts, diagnostics } = costlierWays(all);
  return { facts, params, diagnostics: [...sharedTensors(params), ...(exact ? exactScores(facts) : []), ...diagnostics] };
}

function exactScores(facts: readonly LayerFacts[]): Diagnostic[] {
  if (!facts.some(({ call }) => call.operator?.exactCost)) return [];
  const message = 'attention counts only the scores that causal masks and windows leave, as was asked for';
  return [{ code: 'exact-attention', severity: 'info', message }];
}

function sharedTensors({ total }: Params): Diagnostic[] {
  if (total.logical === total.trainable) return [];
  const message = `the file stores some equal tensors once: ${total.trainable} trainable elements stand for ${total.logical}`;
  return [{ code: 'shared-tensors', severity: 'info', message }];
}
