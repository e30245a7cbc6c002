import { type Context, contextOf } from '../../core/context.ts';
import type { Network } from '../../core/graph.ts';
import { type Alignment, alignmentOf } from '../../core/receptive-field/alignment.ts';
import type { Report } from '../../core/report.ts';
import { traceGraph } from '../../core/trace.ts';
import { headed } from './headed.ts';
import { sourceOf } from './target.ts';
import { defineView, type ViewOptions } from './view.ts';

/** Merges whose branches look at different centres. */
export interface AlignmentView extends Context, Pick<Report, 'network' | 'engine'> {
  readonly alignment: Alignment;
}

function answer(network: Network, options: ViewOptions): AlignmentView {
  const trace = traceGraph(network.graph, options);
  return headed(network, { ...contextOf(trace), alignment: alignmentOf(trace, sourceOf(trace, options.source).name) });
}

/** The alignment of all merges. */
export const alignment = defineView({
  id: 'alignment',
  summary: 'Merges whose branches look at different centres',
  description: 'Each merge whose branches look at different places of the source, by how many positions, and the layers that shift them.',
  takes: ['source'],
  heavy: true,
  answer,
  forms: {},
});
