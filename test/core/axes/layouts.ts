import type { Attribute, Constant, Graph, Node } from '../../../src/core/graph.ts';
import type { Tensor1d } from '../receptive-field/oracle.ts';
import { toGraph } from '../receptive-field/random-network.ts';

/** How the tensors between the layers lie, which the operators of fixed layout never see: they stand between Transposes. */
export const LAYOUTS = ['NCHW', 'NHWC', 'CNHW', 'NCT', 'NTC', 'TNC'] as const;
export type Layout = (typeof LAYOUTS)[number];

const FIXED = new Set(['Conv', 'ConvTranspose', 'GlobalAveragePool', 'fovea.AdaptiveAveragePool']);
const HALVED = ['strides', 'dilations', 'output_padding', 'output_size'];

/** A random one-dimensional network with its tensors t0, t1, ... in another layout; its positions lie on axis `along`. */
export function toLayout(network: readonly Tensor1d[], layout: Layout): { graph: Graph; along: number } {
  const graph = toGraph(network);
  const rank = layout.length;
  const first = rank === 3 ? 'NCT' : 'NCHW';
  const order = [...layout].map((letter) => first.indexOf(letter));
  const back = [...first].map((letter) => layout.indexOf(letter));
  const fitting = <T>(list: readonly T[]): readonly T[] => list.slice(0, rank);
  const turned = <T>(list: readonly T[]) => order.map((axis) => list[axis] as T);

  const constants = new Map<string, Constant>();
  for (const constant of graph.constants.values()) {
    const { name, shape, data } = constant;
    // What a Resize multiplies by is one number per axis, the axis that a Slice cuts is one number.
    const scales = shape.length === 1 && shape[0] === 4;
    const pads = shape.length === 1 && shape[0] === 8;
    if (pads && data) {
      const around = [data.slice(0, 4), data.slice(4)].flatMap((side) => turned(fitting(side)));
      constants.set(name, { ...constant, shape: [2 * rank], data: around });
    } else if (scales && data) constants.set(name, { ...constant, shape: [rank], data: turned(fitting(data)) });
    else if (name.endsWith('.2') && data) constants.set(name, { ...constant, data: [layout.indexOf(rank === 3 ? 'T' : 'H')] });
    else constants.set(name, { ...constant, shape: shape.length === 4 ? fitting(shape) : shape });
  }

  const nodes = graph.nodes.flatMap((node): Node[] => {
    const attributes = new Map<string, Attribute>();
    for (const [name, value] of node.attributes) {
      const list = value as readonly number[];
      if (name === 'pads') attributes.set(name, rank === 3 ? [list[0] as number, list[2] as number] : list);
      else if (HALVED.includes(name)) attributes.set(name, rank === 3 ? list.slice(0, 1) : list);
      else if (name === 'axis') attributes.set(name, back[value as number] as number);
      else attributes.set(name, value);
    }
    if (!FIXED.has(node.op) || layout === first) return [{ ...node, attributes }];
    const [x = '', ...weights] = node.inputs;
    const [y = ''] = node.outputs;
    return [
      transpose(`${node.id}.in`, x, `${y}.in`, back),
      { ...node, attributes, inputs: [`${y}.in`, ...weights], outputs: [`${y}.out`] },
      transpose(`${node.id}.out`, `${y}.out`, y, order),
    ];
  });
  const inputs = graph.inputs.map((input) => ({ ...input, shape: input.shape && turned(fitting(input.shape)) }));
  return { graph: { ...graph, inputs, nodes, constants }, along: layout.indexOf(rank === 3 ? 'T' : 'H') };
}

function transpose(id: string, from: string, to: string, perm: readonly number[]): Node {
  return { id, name: id, scope: '', op: 'Transpose', attributes: new Map([['perm', perm]]), inputs: [from], outputs: [to] };
}

/** Whether something in the network says what its axes are. */
export function saysLayout(network: readonly Tensor1d[]): boolean {
  return network.some(({ step }) => step !== null && ['conv', 'same', 'transposed', 'pool', 'adaptive'].includes(step.op));
}
