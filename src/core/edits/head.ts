import type { Node } from '../graph.ts';
import { operatorOf } from '../operators/index.ts';
import { weightOf } from './convolution.ts';
import type { Draft } from './draft.ts';
import { dataSlots } from './follows.ts';
import { refuse } from './refusal.ts';
import { type WidePool, widePoolAt } from './widen-pool.ts';

/** A flattened map, what makes it flat, and the layers behind it that work on vectors. */
export interface Head {
  readonly flatten: Node;
  /** The map. */
  readonly map: string;
  readonly channels: number;
  /** Its sizes when it is flattened. */
  readonly sizes: readonly number[];
  /** All nodes that read a vector, in order. */
  readonly followers: readonly Node[];
}

/** Operators that flatten a map to one vector for each image, or take out axes that a pool left at size 1. */
const FLATTENS: ReadonlySet<string> = new Set(['Flatten', 'Reshape', 'Squeeze', 'ReduceMean']);

const ARITHMETIC: ReadonlySet<string> = new Set(['Add', 'Sub', 'Mul', 'Div']);

export const isDense = ({ op }: Node): boolean => op === 'Gemm' || op === 'MatMul';

/** A node as the beginning of a head; null where it flattens no map, or no dense layer is behind it. */
export function headAt(draft: Draft, flatten: Node): Head | null {
  if (!FLATTENS.has(flatten.op)) return null;
  const [map = '', output = ''] = [flatten.inputs[0], flatten.outputs[0]];
  const [before, after] = [draft.tensor(map).shape, draft.tensor(output).shape];
  if (!before || before.length < 3 || after?.length !== 2 || before[0] !== after[0]) return null;
  const [channels, ...extents] = before.slice(1);
  if (typeof channels !== 'number' || !extents.every((size) => typeof size === 'number')) return null;
  const sizes = flatten.op === 'ReduceMean' ? extents.map(() => 1) : extents;
  const flat = new Set([output]);
  const followers: Node[] = [];
  for (const node of draft.nodes) {
    if (!node.inputs.some((name) => flat.has(name))) continue;
    followers.push(node);
    if (isDense(node) || passes(draft, node, flat)) for (const name of node.outputs) flat.add(name);
  }
  return followers.some(isDense) ? { flatten, map, channels, sizes, followers } : null;
}

/** Whether a node does to each element of a vector what it would do to each position of a map. */
function passes(draft: Draft, node: Node, flat: ReadonlySet<string>): boolean {
  if (node.op === 'BatchNormalization') return true;
  if (node.op === 'Softmax' || node.op === 'LogSoftmax') return [1, -1].includes(Number(node.attributes.get('axis') ?? -1));
  if (perFeature(draft, node) !== null) return true;
  const scalars = node.inputs.every((name) => name === '' || flat.has(name) || draft.tensor(name).shape?.length === 0);
  const elementwise = dataSlots(draft, node).every((slot) => operatorOf(node.op)?.field(draft.call(node), slot, 0) === 'elementwise');
  return scalars && elementwise;
}

/** The slot at which a node has a stored number for each feature, as the bias of a dense layer may stand; null where it has none. */
export function perFeature(draft: Draft, node: Node): number | null {
  if (!ARITHMETIC.has(node.op)) return null;
  const slot = node.inputs.findIndex((name) => draft.constants.has(name));
  const shape = draft.constants.get(node.inputs[slot] ?? '')?.shape;
  const features = draft.tensor(node.outputs[0] ?? '').shape?.[1];
  return shape?.length === 1 && shape[0] === features ? slot : null;
}

/** Tensors that still are the flattened map, element by element. */
export function unmixed({ flatten, followers }: Head): ReadonlySet<string> {
  const raw = new Set([flatten.outputs[0] as string]);
  for (const node of followers) {
    if (!isDense(node) && node.inputs.some((name) => raw.has(name))) for (const output of node.outputs) raw.add(output);
  }
  return raw;
}

/** Refuses a head that would do another thing to maps than to vectors. Gives the pool before it, which has to be widened. */
export function checkHead(draft: Draft, head: Head): WidePool | null {
  const { flatten, map, sizes, followers } = head;
  const flat = new Set([...flatten.outputs, ...followers.flatMap(({ outputs }) => outputs)]);
  const raw = unmixed(head);
  const spatial = sizes.some((size) => size > 1);
  for (const node of followers) {
    if (isDense(node)) checkDense(draft, node, flat);
    else if (!passes(draft, node, flat)) refuse('it reads the flattened map, or what dense layers made of it', node);
    else if (spatial && node.inputs.some((name) => raw.has(name)) && hasFeatures(draft, node)) {
      refuse('it treats the elements of the flattened map each in its own way', node);
    }
  }
  if (flatten.op !== 'ReduceMean' && draft.isFixed(flatten.outputs[0] as string)) refuse('its flattened map is an output', flatten);
  return widePoolAt(draft, flatten.op === 'ReduceMean' ? flatten : draft.maker(map));
}

const hasFeatures = (draft: Draft, node: Node): boolean => node.op === 'BatchNormalization' || perFeature(draft, node) !== null;

function checkDense(draft: Draft, node: Node, flat: ReadonlySet<string>): void {
  const number = (name: string, fallback: number) => Number(node.attributes.get(name) ?? fallback);
  if (number('alpha', 1) !== 1 || number('beta', 1) !== 1 || number('transA', 0) !== 0) refuse('it scales or turns its operands', node);
  if (!flat.has(node.inputs[0] as string) || weightOf(draft, node, 1).shape.length !== 2) refuse('it is no dense layer', node);
  if (node.inputs[2]) weightOf(draft, node, 2);
}
