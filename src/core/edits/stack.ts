import type { Node } from '../graph.ts';
import { between } from './between.ts';
import { type Convolution, convolutionOf, newConvolution, rebuilt } from './convolution.ts';
import type { Draft } from './draft.ts';
import { defineLayerEdit } from './kind.ts';
import { optional, type Told } from './parameters.ts';
import { refuse } from './refusal.ts';
import type { Geometry } from './window-layer.ts';

const parameters = {
  activations: optional('flag', 'Whether normalization and activation of the layer also stand between the new ones; true by default.'),
};

/** Most convolutions that take the place of one. */
const MAX_STACK = 16;

/** How many windows of 3 the window of a convolution takes along each axis. */
function steps({ node, window }: Convolution): readonly number[] {
  const { kernel } = window;
  if (kernel.some((taps) => taps % 2 === 0)) refuse(`no stack of windows of 3 sees just what a window of ${kernel.join(' x ')} sees`, node);
  const each = kernel.map((taps) => (taps - 1) / 2);
  if (each.every((count) => count <= 1)) refuse(`its window of ${kernel.join(' x ')} is no larger than 3`, node);
  if (each.some((count) => count > MAX_STACK)) refuse(`its window of ${kernel.join(' x ')} takes more than ${MAX_STACK} layers`, node);
  return each;
}

/** The window of layer `at` of the stack. Padding is shared among the layers, and the last one takes the steps. */
function windowAt({ window }: Convolution, each: readonly number[], at: number, count: number): Geometry {
  const share = (amount: number, axis: number) => {
    const layers = each[axis] as number;
    if (layers === 0) return at === count - 1 ? amount : 0;
    return at < layers ? Math.floor(amount / layers) + (at < amount % layers ? 1 : 0) : 0;
  };
  return {
    ...window,
    kernel: each.map((layers) => (at < layers ? 3 : 1)),
    strides: at === count - 1 ? window.strides : window.strides.map(() => 1),
    dilations: window.dilations.map((dilation, axis) => (at < (each[axis] as number) ? dilation : 1)),
    begin: window.begin.map(share),
    end: window.end.map(share),
  };
}

function change(draft: Draft, node: Node, { activations = true }: Told<typeof parameters>): void {
  const convolution = convolutionOf(draft, node);
  const { from, to, groups, bias } = convolution;
  const each = steps(convolution);
  const count = Math.max(...each);
  const nodes: Node[] = [];
  let input = node.inputs[0] as string;
  for (let at = 0; at < count - 1; at++) {
    const window = windowAt(convolution, each, at, count);
    const layer = newConvolution(draft, convolution, {
      id: `${node.id}.${at + 1}`,
      input,
      from: at === 0 ? from : to,
      to,
      groups,
      window,
      bias,
    });
    nodes.push(layer, ...(activations ? between(draft, convolution, layer, to) : []));
    input = (nodes.at(-1) as Node).id;
  }
  const last = rebuilt(draft, convolution, { window: windowAt(convolution, each, count - 1, count), from: to });
  draft.replace(node, [...nodes, { ...last, inputs: [input, ...last.inputs.slice(1)] }]);
}

/** Replaces a large window by a stack of windows of 3. */
export const stack = defineLayerEdit(
  'stack',
  'Replaces a k x k convolution by a stack of 3 x 3 ones with the same receptive field; its stride goes to the last of them.',
  parameters,
  change,
  { propose: (draft, { node }) => (node.op === 'Conv' && convolutionOf(draft, node).window.kernel.some((k) => k > 3) ? [{}] : []) },
);
