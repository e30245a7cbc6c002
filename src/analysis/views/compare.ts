import { type Context, contextOf } from '../../core/context.ts';
import { conventionOf } from '../../core/cost/conventions/index.ts';
import { type Change, type Explanation, explain, type Figure } from '../../core/cost/explain.ts';
import { type Reconciliation, reconcile } from '../../core/cost/reconcile.ts';
import { Fault } from '../../core/fault.ts';
import type { Network, Shape } from '../../core/graph.ts';
import type { Report } from '../../core/report.ts';
import { type Trace, traceGraph } from '../../core/trace.ts';
import { headed } from './headed.ts';
import { defineView, type ViewOptions } from './view.ts';

/** A network under two conventions, or against a published figure. */
export interface CompareView extends Context, Pick<Report, 'network' | 'engine'> {
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
  const [a, b] = (conventions ?? []).map(conventionOf);
  const given: Figure | null = figure ? { value: figure.value, unit: (figure.unit ?? null) as Figure['unit'] } : null;
  return headed(network, {
    ...contextOf(trace),
    reconciliation: a && b ? reconcile(trace, a, b) : null,
    figure: given,
    explanations: given && explain(trace, given, (change) => changed(network, options, trace, change)),
  });
}

/** The network on images of another size, or with another graph. */
function changed({ graph }: Network, options: ViewOptions, trace: Trace, change: Change): Trace | null {
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
    'convention, a factor of 2, input size, batch norms or biases left out, the place of strides.',
  takes: ['conventions', 'figure', 'causal'],
  heavy: true,
  answer,
  forms: {},
});
