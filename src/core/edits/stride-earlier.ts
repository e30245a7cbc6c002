import type { Node } from '../graph.ts';
import type { Draft } from './draft.ts';
import { carries, dataSlots } from './follows.ts';
import { defineLayerEdit } from './kind.ts';
import { optional, type Told } from './parameters.ts';
import { refuse } from './refusal.ts';
import { geometryOf, hasWindow, withoutStride, withWindow } from './window-layer.ts';

const parameters = {
  to: optional('name', 'Id of the convolution or pool before it that takes the stride; by default the nearest one.'),
};

/** The layer that takes the stride: one on the chain before, where nothing else reads what lies between. */
function receiver(draft: Draft, node: Node, to: string | undefined): Node {
  for (let at = node; ; ) {
    const [slot, ...more] = dataSlots(draft, at);
    if (slot === undefined || more.length > 0) return refuse(`the chain before it ends at '${at.id}'`, node);
    const tensor = at.inputs[slot] as string;
    const maker = draft.maker(tensor);
    const wanted = to === undefined ? 'convolution or pool' : `layer '${to}'`;
    if (!maker) return refuse(`there is no ${wanted} on the chain before it`, node);
    if (draft.readers(tensor).length > 1 || draft.isFixed(tensor)) {
      return refuse(`its stride cannot go past '${maker.id}', which others read too`, node);
    }
    if (hasWindow(maker) && (to === undefined || maker.id === to)) return maker;
    if (maker.id === to) return refuse(`'${to}' has no window that could take a stride`, node);
    const how = carries(draft, maker, dataSlots(draft, maker)[0] ?? 0);
    if (how !== 'positions' && how !== 'window') return refuse(`its stride cannot go past ${maker.op} '${maker.id}'`, node);
    at = maker;
  }
}

function change(draft: Draft, node: Node, { to }: Told<typeof parameters>): void {
  const window = geometryOf(draft, node);
  if (!hasWindow(node)) refuse('its stride enlarges the map', node);
  if (window.strides.every((stride) => stride === 1)) refuse('it has no stride to move', node);
  const earlier = receiver(draft, node, to);
  const taking = geometryOf(draft, earlier);
  const strides = taking.strides.map((stride, axis) => stride * (window.strides[axis] as number));
  draft.replace(earlier, [withWindow(earlier, { ...taking, strides })]);
  draft.replace(node, [withWindow(node, withoutStride(window))]);
  draft.touched.add(earlier.id);
}

/** Moves a stride to an earlier layer. */
export const strideEarlier = defineLayerEdit(
  'stride-earlier',
  'Moves the stride of a layer to an earlier one on the same chain: what lies between computes on smaller maps and sees further.',
  parameters,
  change,
  {
    propose: (draft, { node }) => (hasWindow(node) && geometryOf(draft, node).strides.some((stride) => stride > 1) ? [{}] : []),
  },
);
