import type { Fault } from '../fault.ts';
import type { Attribute, Node } from '../graph.ts';
import { weightOf } from './convolution.ts';
import type { Draft } from './draft.ts';
import { checkHead, type Head, headAt, isDense, perFeature, unmixed } from './head.ts';
import { defineEdit, type EditContext } from './kind.ts';
import { optional, type Told } from './parameters.ts';
import { asRefusal, refuse } from './refusal.ts';
import { selectLayers } from './select.ts';
import { widen } from './widen-pool.ts';

const parameters = {
  layer: optional(
    'layers',
    'Ids or patterns of dense layers; the others of the same head follow. By default all that read a flattened map.',
  ),
};

/** A dense layer as a convolution, over the whole map where it reads one. */
function asConvolution(draft: Draft, node: Node, { channels, sizes }: Head, first: boolean): Node {
  const weight = weightOf(draft, node, 1);
  const [rows = 0, columns = 0] = weight.shape;
  const [from, to] = node.op === 'Gemm' && Number(node.attributes.get('transB') ?? 0) !== 0 ? [columns, rows] : [rows, columns];
  const ones = sizes.map(() => 1);
  const kernel = first ? sizes : ones;
  const inputs = [node.inputs[0] as string, draft.resized(weight, [to, first ? channels : from, ...kernel], `${node.id}.weight`)];
  if (node.inputs[2]) inputs.push(draft.resized(weightOf(draft, node, 2), [to], `${node.id}.bias`));
  const attributes = new Map<string, Attribute>([
    ['kernel_shape', kernel],
    ['strides', ones],
    ['dilations', ones],
    ['pads', [...ones, ...ones].map(() => 0)],
    ['group', 1],
  ]);
  return { ...node, op: 'Conv', attributes, inputs };
}

function convert(draft: Draft, head: Head): void {
  const pool = checkHead(draft, head);
  const raw = unmixed(head);
  const { flatten, map, sizes, followers } = head;
  for (const node of followers) {
    const slot = perFeature(draft, node);
    if (isDense(node)) {
      draft.replace(node, [asConvolution(draft, node, head, raw.has(node.inputs[0] as string))]);
      draft.touched.add(node.id);
    } else if (slot !== null) {
      const vector = weightOf(draft, node, slot);
      const column = draft.resized(vector, [...vector.shape, ...sizes.map(() => 1)], `${node.id}.bias`);
      draft.replace(node, [{ ...node, inputs: node.inputs.map((name, i) => (i === slot ? column : name)) }]);
    } else if (node.op.endsWith('Softmax')) {
      draft.replace(node, [{ ...node, attributes: new Map<string, Attribute>([...node.attributes, ['axis', 1]]) }]);
    }
  }
  draft.touched.add(flatten.id);
  if (flatten.op !== 'ReduceMean') {
    draft.rewire(flatten.outputs[0] as string, map);
    draft.replace(flatten, []);
  }
  // The layers between the pool and the map may have been made anew, the pool itself was not.
  if (pool) widen(draft, pool);
}

function apply(draft: Draft, { layer }: Told<typeof parameters>, { suggest }: EditContext): void {
  const selections = selectLayers(draft, layer ?? '*', suggest);
  const named = new Set(selections.flatMap(({ nodes }) => nodes.map(({ id }) => id)));
  const exact = new Set(selections.flatMap(({ exact, nodes }) => (exact ? nodes.map(({ id }) => id) : [])));
  const heads = draft.nodes.flatMap((node) => headAt(draft, node) ?? []);
  const chosen = heads.filter(({ followers }) => followers.some((node) => isDense(node) && named.has(node.id)));
  if (chosen.length === 0) refuse('none of these is a dense layer behind a flattened map of a known size');
  let converted = 0;
  let refused: Fault | undefined;
  for (const { flatten, followers } of chosen) {
    // Another head may have changed the nodes of this one.
    const node = draft.node(flatten.id);
    const head = node && headAt(draft, node);
    if (!head) continue;
    try {
      convert(draft, head);
      converted += 1;
    } catch (error) {
      refused ??= asRefusal(error);
      if (followers.some(({ id }) => exact.has(id))) throw refused;
    }
  }
  if (converted === 0 && refused) throw refused;
}

/** Turns dense layers into convolutions. */
export const fcToConv = defineEdit(
  'fc-to-conv',
  'Turns flattened maps and dense layers into convolutions, with the same weights and the same outputs at this size: a larger input gives a map of outputs.',
  parameters,
  apply,
);
