import { type Attribute, type Constant, isFloat, type Node } from '../graph.ts';
import type { Draft } from './draft.ts';
import { refuse } from './refusal.ts';
import { type Geometry, geometryOf, withWindow } from './window-layer.ts';

/** A convolution whose weight is a tensor of the file. */
export interface Convolution {
  readonly node: Node;
  readonly window: Geometry;
  readonly weight: Constant;
  readonly bias: boolean;
  readonly groups: number;
  /** Channels of the input and of the output. */
  readonly from: number;
  readonly to: number;
}

/** A layer as a convolution; refuses what is none, and weights that are computed or quantised. */
export function convolutionOf(draft: Draft, node: Node): Convolution {
  if (node.op !== 'Conv') refuse('it is no convolution', node);
  const weight = weightOf(draft, node, 1);
  const window = geometryOf(draft, node);
  const [to = 0, perGroup = 0] = weight.shape;
  const groups = Number(node.attributes.get('group') ?? 1);
  return { node, window, weight, bias: hasBias(node), groups, from: perGroup * groups, to };
}

const hasBias = ({ inputs }: Node): boolean => (inputs[2] ?? '') !== '';

/** The stored weight at an input of a layer. */
export function weightOf(draft: Draft, node: Node, slot: number): Constant {
  const name = node.inputs[slot] ?? '';
  const weight = draft.constants.get(name);
  if (weight && isFloat(weight.dtype) && !weight.synthetic) return weight;
  const maker = draft.maker(name);
  return refuse(maker ? `its weight is computed, by ${maker.op} '${maker.id}'` : 'it has no stored floating-point weight', node);
}

/** What a convolution is to be; what is left out stays as it is. */
export interface Rebuilt {
  readonly window?: Geometry;
  readonly groups?: number;
  readonly from?: number;
  readonly to?: number;
}

/** The convolution with another window, or other channels, and weights of the shapes that these need. */
export function rebuilt(draft: Draft, convolution: Convolution, change: Rebuilt): Node {
  const { node, weight, bias } = convolution;
  const { window, groups, from, to } = { ...convolution, ...change };
  checkGroups(node, from, to, groups);
  const inputs = [...node.inputs];
  inputs[1] = draft.resized(weight, [to, from / groups, ...window.kernel], `${node.id}.weight`);
  if (bias && to !== convolution.to) inputs[2] = draft.resized(weightOf(draft, node, 2), [to], `${node.id}.bias`);
  return withGroups({ ...withWindow(node, window), inputs }, groups);
}

/** Refuses groups that do not divide the channels. */
export function checkGroups(node: Node, from: number, to: number, groups: number): void {
  if (from % groups !== 0 || to % groups !== 0)
    refuse(`${groups} groups do not divide ${from} channels of the input and ${to} of the output`, node);
}

function withGroups(node: Node, groups: number): Node {
  return { ...node, attributes: new Map<string, Attribute>([...node.attributes, ['group', groups]]) };
}

/** A convolution that did not exist: what it reads, and in which shape. */
export interface Fresh {
  /** Its id, made free where it is taken. */
  readonly id: string;
  readonly input: string;
  readonly from: number;
  readonly to: number;
  readonly groups?: number;
  readonly window: Geometry;
  readonly bias: boolean;
}

/** A new convolution beside one that exists, of which it takes the type of its weights and the place in the modules. */
export function newConvolution(draft: Draft, beside: Convolution, { id, input, from, to, groups = 1, window, bias }: Fresh): Node {
  const { node, weight } = beside;
  checkGroups(node, from, to, groups);
  const name = draft.fresh(id);
  const inputs = [input, draft.weight(`${name}.weight`, [to, from / groups, ...window.kernel], weight.dtype)];
  if (bias) inputs.push(draft.weight(`${name}.bias`, [to], weight.dtype));
  const attributes = new Map<string, Attribute>(window.autoPad === 'NOTSET' ? [] : [['auto_pad', window.autoPad]]);
  const made: Node = { id: name, name, scope: node.scope, op: 'Conv', attributes, inputs, outputs: [name] };
  return withGroups(withWindow(made, window), groups);
}

/** A window of one tap, which looks at each position alone. */
export function pointwiseWindow({ kernel, autoPad }: Geometry): Geometry {
  const [ones, zeros] = [kernel.map(() => 1), kernel.map(() => 0)];
  return { kernel: ones, strides: ones, dilations: ones, begin: zeros, end: zeros, autoPad: autoPad === 'NOTSET' ? autoPad : 'VALID' };
}
