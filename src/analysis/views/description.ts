import type { Graph, Network } from '../../core/graph.ts';
import { bindInputs } from '../../core/inference/inputs.ts';
import type { Report } from '../../core/report.ts';
import { writeDescription } from '../../formats/description/index.ts';
import { headed } from './headed.ts';
import { defineView, type ViewOptions } from './view.ts';

/** A network as the description that stands for it. */
export interface DescriptionView extends Pick<Report, 'network' | 'engine'> {
  readonly description: ReturnType<typeof writeDescription>;
}

/** The graph for the sizes that were asked for. What an analysis assumes where nothing is said is no part of a network. */
function resized(graph: Graph, options: ViewOptions): Graph {
  const { inputs, assumptions } = bindInputs(graph, options);
  const assumed = new Set(assumptions.map(({ name }) => name));
  return {
    ...graph,
    inputs: inputs.map(({ name, dtype, shape }, k) => {
      const [first = null] = graph.inputs[k]?.shape ?? [];
      const open = shape !== null && assumed.has(typeof first === 'string' ? first : `${name}[0]`);
      return { name, dtype, shape: open ? [first, ...shape.slice(1)] : shape };
    }),
  };
}

/** The network as a description. */
export const description = defineView({
  id: 'description',
  summary: 'The network as a description',
  description:
    "The network in JSON, as any request takes it: PyTorch's layers where one makes exactly what the network has, ONNX's operators elsewhere. " +
    'It has the same layers, parameters, cost and receptive fields, and no weights. With edits it is the edited network.',
  takes: [],
  answer: (network: Network, options: ViewOptions): DescriptionView =>
    headed(network, { description: writeDescription(resized(network.graph, options)) }),
  forms: {},
});
