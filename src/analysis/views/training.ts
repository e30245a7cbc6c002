import { type TrainingCostView, trainingCostOf } from '../../core/cost/training.ts';
import type { Network } from '../../core/graph.ts';
import type { Report } from '../../core/report.ts';
import { traceGraph } from '../../core/trace.ts';
import { headed } from './headed.ts';
import { jsonWithLayers } from './layer-list.ts';
import { defineView, type ViewOptions } from './view.ts';

/** What one step of training computes. */
export type TrainingView = TrainingCostView & Pick<Report, 'network' | 'engine'>;

function answer(network: Network, options: ViewOptions): TrainingView {
  const { frozen, recompute, layers } = options;
  const trace = traceGraph(network.graph, options);
  return headed(
    network,
    trainingCostOf(trace, {
      ...(frozen && { frozen }),
      ...(recompute !== undefined && { recompute }),
      ...(layers !== undefined && { layers }),
    }),
  );
}

/** The cost of one step of training. */
export const training = defineView({
  id: 'training',
  summary: 'What one step of training computes',
  description:
    'Operations forward and backward, operator by operator: the gradients of both operands of a contraction where they are needed (groups kept), ' +
    'one operation for each of the others; what lies before everything that is trained has no backward pass. Its memory is in the view memory.',
  takes: ['frozen', 'recompute', 'layers', 'strict'],
  answer,
  forms: { json: jsonWithLayers },
});
