import type { Attribute, Node } from '../graph.ts';
import { convolutionOf, rebuilt, weightOf } from './convolution.ts';
import type { Draft } from './draft.ts';
import { defineLayerEdit } from './kind.ts';
import { optional, type Told } from './parameters.ts';
import { refuse } from './refusal.ts';
import { type Geometry, geometryOf, hasWindow, isPool, paddingAfter, paddingOf, perAxis, withWindow } from './window-layer.ts';

const parameters = {
  kernel: optional('perAxis', 'Size of the window.'),
  stride: optional('perAxis', 'Step of the window.'),
  padding: optional(
    'padding',
    'Padding: one number, or one for each axis, or [begin, end] for each. Left out, padding that there is changes with the window so that maps keep their sizes.',
  ),
  dilation: optional('perAxis', 'Distance of the taps of the window.'),
  groups: optional('count', 'Groups of channels that do not mix.'),
  channels: optional('count', 'Channels of the output, or features of a dense layer.'),
};

type Settings = Told<typeof parameters>;

const WINDOW_KEYS = ['kernel', 'stride', 'padding', 'dilation'] as const;

function change(draft: Draft, node: Node, settings: Settings): void {
  if (Object.keys(parameters).every((key) => settings[key as keyof Settings] === undefined)) {
    refuse(`nothing is set: give one of ${Object.keys(parameters).join(', ')}`, node);
  }
  draft.replace(node, [changed(draft, node, settings)]);
}

function changed(draft: Draft, node: Node, settings: Settings): Node {
  const { groups, channels } = settings;
  if (node.op === 'Conv') {
    const convolution = convolutionOf(draft, node);
    const window = windowAfter(convolution.window, settings, node);
    return rebuilt(draft, convolution, { window, ...(groups && { groups }), ...(channels && { to: channels }) });
  }
  if (groups !== undefined) refuse('only a convolution has groups', node);
  if (isPool(node)) {
    if (channels !== undefined) refuse('a pool has the channels of its input', node);
    return withWindow(node, windowAfter(geometryOf(draft, node), settings, node));
  }
  if (node.op === 'ConvTranspose') return transposed(draft, node, settings);
  if (WINDOW_KEYS.some((key) => settings[key] !== undefined)) refuse('it has no window', node);
  return dense(draft, node, channels as number);
}

function windowAfter(before: Geometry, { kernel, stride, padding, dilation }: Settings, node: Node): Geometry {
  const axes = before.kernel.length;
  const after: Geometry = {
    ...before,
    ...(kernel !== undefined && { kernel: perAxis(kernel, axes, 'kernel', node) }),
    ...(stride !== undefined && { strides: perAxis(stride, axes, 'stride', node) }),
    ...(dilation !== undefined && { dilations: perAxis(dilation, axes, 'dilation', node) }),
  };
  return padding === undefined ? paddingAfter(before, after) : { ...after, ...paddingOf(padding, axes, node) };
}

/** A transposed convolution, whose weight has the channels of the input first. */
function transposed(draft: Draft, node: Node, settings: Settings): Node {
  const before = geometryOf(draft, node);
  const window = windowAfter(before, settings, node);
  const groups = Number(node.attributes.get('group') ?? 1);
  const weight = weightOf(draft, node, 1);
  const [from = 0, perGroup = 0] = weight.shape;
  const to = settings.channels ?? perGroup * groups;
  if (to % groups !== 0) refuse(`${groups} groups do not divide ${to} channels`, node);
  const inputs = [...node.inputs];
  inputs[1] = draft.resized(weight, [from, to / groups, ...window.kernel], `${node.id}.weight`);
  if (inputs[2]) inputs[2] = draft.resized(weightOf(draft, node, 2), [to], `${node.id}.bias`);
  return { ...withWindow(node, window), inputs };
}

/** A dense layer with other features. */
function dense(draft: Draft, node: Node, features: number): Node {
  if (node.op !== 'Gemm' && node.op !== 'MatMul') refuse('it has no channels of its own', node);
  const weight = weightOf(draft, node, 1);
  if (weight.shape.length !== 2) refuse(`its weight has ${weight.shape.length} axes`, node);
  const turned = node.op === 'Gemm' && Number(node.attributes.get('transB') ?? 0) !== 0;
  const [rows = 0, columns = 0] = weight.shape;
  const inputs = [...node.inputs];
  inputs[1] = draft.resized(weight, turned ? [features, columns] : [rows, features], `${node.id}.weight`);
  if (inputs[2]) {
    const bias = weightOf(draft, node, 2);
    inputs[2] = draft.resized(bias, [...bias.shape.slice(0, -1), features], `${node.id}.bias`);
  }
  const attributes: ReadonlyMap<string, Attribute> = node.attributes;
  return { ...node, attributes, inputs };
}

/** Largest window and dilation that are proposed. */
const MAX_KERNEL = 31;
const MAX_DILATION = 64;

/** Sets arguments of layers. */
export const set = defineLayerEdit(
  'set',
  'Sets arguments of layers: kernel, stride, padding, dilation, groups, channels. Weights behind them are built anew where channels change.',
  parameters,
  change,
  {
    propose: (draft, { node, axis, jump, missing }) => {
      if (!hasWindow(node) || jump === null) return [];
      const { kernel, dilations } = geometryOf(draft, node);
      const [taps, dilation] = [kernel[axis] as number, dilations[axis] as number];
      if (taps === 1) return [];
      const room = draft.tensor(node.inputs[0] as string).shape?.[axis + 2];
      // Taps of a window that is larger than the map lie in its padding.
      const extent = typeof room === 'number' ? room - 1 : Number.MAX_SAFE_INTEGER;
      const widest = Math.min(MAX_KERNEL, Math.floor(extent / dilation) + 1) - taps;
      const loosest = Math.min(MAX_DILATION, Math.floor(extent / (taps - 1)));
      const wider = 2 * Math.max(1, Math.ceil(missing / (2 * dilation * jump)));
      const further = dilation + Math.max(1, Math.ceil(missing / ((taps - 1) * jump)));
      const kernels = [...new Set([2, wider])].filter((more) => more <= widest);
      const gaps = [...new Set([2 * dilation, Math.min(further, loosest)])].filter(
        (d) => node.op === 'Conv' && d > dilation && d <= loosest,
      );
      return [
        ...kernels.map((more) => ({ kernel: kernel.map((k) => (k > 1 ? k + more : k)) })),
        ...gaps.map((d) => ({ dilation: dilations.map(() => d) })),
      ];
    },
  },
);
