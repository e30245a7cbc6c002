import type { Node } from '../graph.ts';
import { between } from './between.ts';
import { convolutionOf, newConvolution, pointwiseWindow, rebuilt } from './convolution.ts';
import type { Draft } from './draft.ts';
import { defineLayerEdit } from './kind.ts';
import { optional, type Told } from './parameters.ts';
import { refuse } from './refusal.ts';

const parameters = {
  activations: optional('flag', 'Whether normalization and activation of the layer also stand between the two; true by default.'),
};

function change(draft: Draft, node: Node, { activations = true }: Told<typeof parameters>): void {
  const convolution = convolutionOf(draft, node);
  const { window, from, groups, bias } = convolution;
  if (groups !== 1) refuse(`it has ${groups} groups already`, node);
  if (window.kernel.every((taps) => taps === 1)) refuse('a window of one tap has nothing to separate', node);
  const input = node.inputs[0] as string;
  const depthwise = newConvolution(draft, convolution, { id: `${node.id}.depthwise`, input, from, to: from, groups: from, window, bias });
  const nodes = [depthwise, ...(activations ? between(draft, convolution, depthwise, from) : [])];
  const pointwise = rebuilt(draft, convolution, { window: pointwiseWindow(window) });
  draft.replace(node, [...nodes, { ...pointwise, inputs: [(nodes.at(-1) as Node).id, ...pointwise.inputs.slice(1)] }]);
}

/** Replaces a convolution by a depthwise separable one. */
export const separable = defineLayerEdit(
  'separable',
  'Replaces a convolution by a depthwise one with its window and a 1 x 1 one that mixes the channels.',
  parameters,
  change,
  {
    propose: (draft, { node }) => {
      if (node.op !== 'Conv') return [];
      const { groups, window } = convolutionOf(draft, node);
      return groups === 1 && window.kernel.some((k) => k > 1) ? [{}] : [];
    },
  },
);
