import { type Context, contextOf } from '../../core/context.ts';
import { fovea } from '../../core/cost/conventions/fovea.ts';
import { conventionOf, conventions as everyConvention } from '../../core/cost/conventions/index.ts';
import { type Change, type Explanation, explain, type Figure } from '../../core/cost/explain.ts';
import { type Reconciliation, reconcile } from '../../core/cost/reconcile.ts';
import { type Unpriced, unpriced } from '../../core/cost/unpriced.ts';
import { editTrace } from '../../core/edits/apply.ts';
import { factsOf } from '../../core/facts.ts';
import { Fault } from '../../core/fault.ts';
import type { Network, Shape } from '../../core/graph.ts';
import type { Report } from '../../core/report.ts';
import { type Trace, traceGraph } from '../../core/trace.ts';
import { headed } from './headed.ts';
import { defineView, type ViewOptions } from './view.ts';

/** A network under two conventions, or against a published figure. */
export interface CompareView extends Context, Pick<Report, 'network' | 'engine'> {
  /** `partial` where something is not priced in full. */
  readonly status: 'complete' | 'partial';
  /** Layers that are not priced in full, from which what is left of a difference may come; empty where the answer is complete. */
  readonly unknown: readonly Unpriced[];
  /** Two conventions, operator by operator; null where none were asked for. */
  readonly reconciliation: Reconciliation | null;
  /** The figure that was asked for; null where none was. */
  readonly figure: Figure | null;
  /** What may have led to it, the likeliest first; null where no figure was asked for. */
  readonly explanations: readonly Explanation[] | null;
}

function answer(network: Network, options: ViewOptions): CompareView {
  const { conventions, figure } = options;
  if (!conventions && !figure) {
    throw new Fault('invalid-option', 'there is nothing to compare with: add conventions=fvcore,thop or figure=4.1e9:FLOP');
  }
  const trace = traceGraph(network.graph, options);
  const exact = options.causal === 'exact';
  const [a, b] = (conventions ?? []).map(conventionOf);
  const { facts } = factsOf(trace, fovea, [], exact);
  const unknown = unpriced(trace, facts, figure ? everyConvention() : a && b ? [a, b] : []);
  const given: Figure | null = figure ? { value: figure.value, unit: figure.unit ?? null } : null;
  return headed(network, {
    ...contextOf(trace),
    status: unknown.length === 0 ? 'complete' : 'partial',
    unknown,
    reconciliation: a && b ? reconcile(trace, a, b, exact) : null,
    figure: given,
    explanations: given && explain(trace, given, (change) => changed(network, options, trace, change), exact),
  });
}

/** The network on images of another size, with another graph, or after edits. */
function changed({ graph }: Network, options: ViewOptions, trace: Trace, change: Change): Trace | null {
  if ('edits' in change) return editTrace(trace, change.edits, { options }).trace;
  if ('graph' in change) return traceGraph(change.graph, options);
  const inputs = new Map<string, Shape>(options.inputs);
  let resized = false;
  for (const { name, shape } of trace.inputs) {
    const axes = trace.axes.of(name);
    const spatial = axes.filter((axis) => axis === 'H' || axis === 'W').length;
    if (!shape || spatial !== 2) continue;
    inputs.set(
      name,
      shape.map((dim, axis) => (axes[axis] === 'H' || axes[axis] === 'W' ? change.size : dim)),
    );
    resized = true;
  }
  return resized ? traceGraph(graph, { ...options, inputs }) : null;
}

/** One network, two ways to count. */
export const compare = defineView({
  id: 'compare',
  summary: 'Why two figures of cost differ',
  description:
    'One network under two conventions, with the difference operator by operator; or against a published figure, with the ranked explanations that reproduce it: ' +
    'convention, a factor of 2, input size, batch norms folded, batch norms or biases left out, the place of strides. ' +
    'Layers that cannot be priced are listed: what is left of a difference may come from them.',
  takes: ['conventions', 'figure', 'causal', 'strict'],
  heavy: true,
  answer,
  forms: {},
});
