import type { Attribute, Node } from '../graph.ts';
import type { Draft } from './draft.ts';
import { defineLayerEdit } from './kind.ts';
import { optional, type Told } from './parameters.ts';
import { refuse } from './refusal.ts';
import { extentOf, type Geometry, geometryOf, isPool, withWindow } from './window-layer.ts';

const parameters = {
  depthwise: optional('flag', 'Whether each channel has a window of its own, as in the pool, instead of all mixing; false by default.'),
};

/** The window with the padding at the end that an incomplete last window of a pool stands on. */
function withWholeWindows(draft: Draft, node: Node, window: Geometry): Geometry {
  if (window.autoPad !== 'NOTSET' || Number(node.attributes.get('ceil_mode') ?? 0) === 0) return window;
  const { inputs, outputs } = draft.call(node);
  const end = window.end.map((amount, axis) => {
    const [before, after] = [inputs[0]?.shape?.[axis + 2], outputs[0]?.shape?.[axis + 2]];
    if (typeof before !== 'number' || typeof after !== 'number') return refuse('it rounds sizes up, which are not known', node);
    const reach = (after - 1) * (window.strides[axis] as number) + extentOf(window, axis);
    return Math.max(amount, reach - before - (window.begin[axis] as number));
  });
  return { ...window, end };
}

function change(draft: Draft, node: Node, { depthwise = false }: Told<typeof parameters>): void {
  if (!isPool(node)) refuse('it is no pool over windows', node);
  if (node.outputs.slice(1).some((name) => name !== '' && draft.readers(name).length > 0)) refuse('its indices are read', node);
  const window = withWholeWindows(draft, node, geometryOf(draft, node));
  const { dtype, shape } = draft.tensor(node.inputs[0] as string);
  const channels = shape?.[1];
  if (typeof channels !== 'number' || dtype === null) refuse('the channels of its input are not known', node);
  const groups = depthwise ? channels : 1;
  const weights = [
    draft.weight(`${node.id}.weight`, [channels, channels / groups, ...window.kernel], dtype),
    draft.weight(`${node.id}.bias`, [channels], dtype),
  ];
  const attributes = new Map<string, Attribute>([
    ['group', groups],
    ...(window.autoPad === 'NOTSET' ? [] : [['auto_pad', window.autoPad] as const]),
  ]);
  const [input = '', output = ''] = [node.inputs[0], node.outputs[0]];
  draft.replace(node, [withWindow({ ...node, op: 'Conv', attributes, inputs: [input, ...weights], outputs: [output] }, window)]);
}

/** Replaces a pool by a strided convolution. */
export const poolToConv = defineLayerEdit(
  'pool-to-conv',
  'Replaces a pool by a convolution with the same window, stride and padding, which learns how to downsample.',
  parameters,
  change,
);
