import type { Node } from '../graph.ts';
import { between } from './between.ts';
import { convolutionOf, newConvolution, pointwiseWindow, rebuilt } from './convolution.ts';
import type { Draft } from './draft.ts';
import { defineLayerEdit } from './kind.ts';
import { optional, type Told } from './parameters.ts';
import { refuse } from './refusal.ts';

const parameters = {
  channels: optional('count', 'Channels between the two; a quarter of those of the input by default.'),
  activations: optional('flag', 'Whether normalization and activation of the layer also stand between the two; true by default.'),
};

/** The share of the channels that a bottleneck of ResNet keeps. */
const KEPT = 1 / 4;

function change(draft: Draft, node: Node, { channels, activations = true }: Told<typeof parameters>): void {
  const convolution = convolutionOf(draft, node);
  const { window, from, groups, bias } = convolution;
  if (groups !== 1) refuse(`its ${groups} groups do not mix their channels, so that fewer cannot stand for them`, node);
  const to = channels ?? Math.max(1, Math.floor(from * KEPT));
  if (to >= from) refuse(`${to} channels are no reduction of ${from}`, node);
  const input = node.inputs[0] as string;
  const reduction = newConvolution(draft, convolution, {
    id: `${node.id}.reduce`,
    input,
    from,
    to,
    window: pointwiseWindow(window),
    bias,
  });
  const nodes = [reduction, ...(activations ? between(draft, convolution, reduction, to) : [])];
  const reduced = rebuilt(draft, convolution, { from: to });
  draft.replace(node, [...nodes, { ...reduced, inputs: [(nodes.at(-1) as Node).id, ...reduced.inputs.slice(1)] }]);
}

/** Inserts a 1 x 1 reduction of the channels before a convolution. */
export const reduce = defineLayerEdit(
  'reduce',
  'Inserts a 1 x 1 convolution to fewer channels before a convolution, as GoogLeNet and the bottlenecks of ResNet do.',
  parameters,
  change,
  {
    propose: (draft, { node }) => {
      if (node.op !== 'Conv') return [];
      const { groups, window, from } = convolutionOf(draft, node);
      return groups === 1 && from >= 8 && window.kernel.some((k) => k > 1) ? [{}] : [];
    },
  },
);
