import type { Attribute, Graph, Node } from '../graph.ts';

/** Between two convolutions of a bottleneck these may stand. */
const POINTWISE = new Set(['BatchNormalization', 'Relu', 'Clip']);

/**
 * The same network with the strides of bottlenecks in their first 1x1 convolution, as in the paper of ResNet and in Caffe,
 * instead of the 3x3 convolution behind it, as in PyTorch. null where there is nothing to move.
 */
export function stridesFirst(graph: Graph): Graph | null {
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const readers = new Map<string, number>();
  for (const { inputs } of graph.nodes) for (const name of inputs) readers.set(name, (readers.get(name) ?? 0) + 1);
  const moved = new Map<Node, Node>();
  for (const node of graph.nodes) {
    const strides = listOf(node, 'strides');
    if (node.op !== 'Conv' || !strides.some((stride) => stride > 1) || !kernelOf(graph, node).some((taps) => taps > 1)) continue;
    // A depthwise convolution behind an expansion is no bottleneck.
    if (Number(node.attributes.get('group') ?? 1) !== 1) continue;
    const first = alone(makers, readers, node.inputs[0] ?? '');
    if (!first || !kernelOf(graph, first).every((taps) => taps === 1) || listOf(first, 'strides').some((stride) => stride > 1)) continue;
    moved.set(first, withStrides(first, strides));
    moved.set(
      node,
      withStrides(
        node,
        strides.map(() => 1),
      ),
    );
  }
  return moved.size === 0 ? null : { ...graph, nodes: graph.nodes.map((node) => moved.get(node) ?? node), declared: new Map() };
}

/** The convolution that makes a tensor, behind pointwise nodes, where nothing else reads what lies between. */
function alone(makers: ReadonlyMap<string, Node>, readers: ReadonlyMap<string, number>, tensor: string): Node | null {
  let name = tensor;
  for (;;) {
    const maker = readers.get(name) === 1 ? makers.get(name) : undefined;
    if (maker?.op === 'Conv') return maker;
    if (!maker || !POINTWISE.has(maker.op)) return null;
    name = maker.inputs[0] ?? '';
  }
}

function listOf(node: Node, name: string): readonly number[] {
  const value = node.attributes.get(name);
  return Array.isArray(value) ? value.map(Number) : [];
}

const kernelOf = (graph: Graph, node: Node): readonly number[] =>
  graph.constants.get(node.inputs[1] ?? '')?.shape.slice(2) ?? listOf(node, 'kernel_shape');

const withStrides = (node: Node, strides: readonly number[]): Node => ({
  ...node,
  attributes: new Map<string, Attribute>([...node.attributes, ['strides', strides]]),
});
