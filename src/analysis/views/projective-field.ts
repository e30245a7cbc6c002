import { type Context, contextOf } from '../../core/context.ts';
import type { Network } from '../../core/graph.ts';
import { type ProjectiveField, projectiveField as project } from '../../core/receptive-field/projective.ts';
import type { Report } from '../../core/report.ts';
import { traceGraph } from '../../core/trace.ts';
import { headed } from './headed.ts';
import { type ChosenLayer, layerOf, sourceOf } from './target.ts';
import { defineView, type ViewOptions } from './view.ts';

/** Which units of a layer depend on one position of the source. */
export interface ProjectiveFieldView extends Context, Pick<Report, 'network' | 'engine'> {
  readonly layer: ChosenLayer['layer'];
  readonly output: ChosenLayer['output'];
  readonly field: ProjectiveField;
}

function answer(network: Network, options: ViewOptions): ProjectiveFieldView {
  const trace = traceGraph(network.graph, options);
  const source = sourceOf(trace, options.source);
  const { layer, output, target } = layerOf(trace, source, options.layer);
  return headed(network, { ...contextOf(trace), layer, output, field: project(trace, { target, source, position: options.position }) });
}

/** The projective field of one position of the source. */
export const projectiveField = defineView({
  id: 'projective-field',
  summary: 'Which units of a layer depend on one position of the input',
  description:
    'The dual of the receptive field: the units of a layer that one position of the source (the centre by default) reaches, borders and all.',
  takes: ['layer', 'source', 'position'],
  heavy: true,
  answer,
  forms: {},
});
