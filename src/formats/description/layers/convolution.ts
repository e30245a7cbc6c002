import { Type } from '@sinclair/typebox';
import { count, flag, optional, perAxis, word } from '../arguments.ts';
import { defineLayer, type Layer } from '../layer.ts';
import { padMode, padValue } from './padding.ts';
import { channelsOf, each, needRank, RANKS, spatialNames } from './sizes.ts';
import { type Padding, type Pads, paddingSchema, resolvePadding, windowAttributes } from './window.ts';

const MODES = ['zeros', 'reflect', 'replicate', 'circular'] as const;

function convolution(rank: number) {
  return defineLayer(
    `Conv${rank}d`,
    `Convolution over ${rank} spatial ${rank === 1 ? 'axis' : 'axes'}.`,
    {
      out_channels: count('Channels of the output.'),
      kernel_size: perAxis(rank, 'Size of the window.'),
      stride: optional(perAxis(rank, 'Step of the window.'), 1),
      padding: optional(paddingSchema(rank), 0),
      dilation: optional(perAxis(rank, 'Distance of the taps of the window.'), 1),
      groups: optional(count('Groups of channels that do not mix; as many as channels is depthwise.'), 1),
      bias: optional(flag('Whether a bias is added.'), true),
      padding_mode: optional(word(MODES, 'What stands in the padding.'), 'zeros'),
      in_channels: Type.Optional(count('Channels of the input. Inferred; an error if it is another number.')),
    },
    (layer, args) => {
      needRank(layer, [rank + 2], spatialNames(rank));
      const channels = channelsOf(layer, args.in_channels, 'in_channels');
      checkGroups(layer, channels, args);
      const window = { kernel: each(args.kernel_size, rank), stride: each(args.stride, rank), dilation: each(args.dilation, rank) };
      const { value, pads } = padFirst(layer, args.padding_mode, resolvePadding(layer, args.padding as Padding, window));
      const weight = layer.parameter('weight', [args.out_channels, channels / args.groups, ...window.kernel]);
      const bias = args.bias ? [layer.parameter('bias', [args.out_channels])] : [];
      return layer.emit('Conv', [value, weight, ...bias], { ...windowAttributes(window, pads), group: args.groups });
    },
    { weights: true },
  );
}

function checkGroups(layer: Layer, channels: number, { out_channels, groups }: { out_channels: number; groups: number }): void {
  for (const [what, size] of [
    ['input', channels],
    ['output', out_channels],
  ] as const) {
    if (size % groups !== 0) layer.refuse(`the ${size} ${what} channels cannot be split into ${groups} groups`, 'groups');
  }
}

/** A convolution pads with zeros only; other padding is a layer before it. */
function padFirst(layer: Layer, mode: (typeof MODES)[number], pads: Pads): { value: string; pads: Pads } {
  const value = layer.inputs[0] as string;
  if (mode === 'zeros') return { value, pads };
  if (typeof pads === 'string') return layer.refuse(`"padding_mode" ${JSON.stringify(mode)} needs the padding as numbers`, 'padding');
  const none = pads.begin.map(() => 0);
  if ([...pads.begin, ...pads.end].every((amount) => amount === 0)) return { value, pads };
  return { value: padValue(layer, pads.begin, pads.end, padMode(mode), 'pad'), pads: { begin: none, end: none } };
}

function transposedConvolution(rank: number) {
  return defineLayer(
    `ConvTranspose${rank}d`,
    `Transposed convolution over ${rank} spatial ${rank === 1 ? 'axis' : 'axes'}: a learned upsampling by the stride.`,
    {
      out_channels: count('Channels of the output.'),
      kernel_size: perAxis(rank, 'Size of the window.'),
      stride: optional(perAxis(rank, 'Upsampling factor.'), 1),
      padding: optional(perAxis(rank, 'Elements cut off at both ends of every spatial axis.', 0), 0),
      output_padding: optional(perAxis(rank, 'Elements added at the end of every spatial axis.', 0), 0),
      groups: optional(count('Groups of channels that do not mix.'), 1),
      bias: optional(flag('Whether a bias is added.'), true),
      dilation: optional(perAxis(rank, 'Distance of the taps of the window.'), 1),
      in_channels: Type.Optional(count('Channels of the input. Inferred; an error if it is another number.')),
    },
    (layer, args) => {
      needRank(layer, [rank + 2], spatialNames(rank));
      const channels = channelsOf(layer, args.in_channels, 'in_channels');
      checkGroups(layer, channels, args);
      const window = { kernel: each(args.kernel_size, rank), stride: each(args.stride, rank), dilation: each(args.dilation, rank) };
      const extra = each(args.output_padding, rank);
      if (extra.some((n, axis) => n >= Math.max(window.stride[axis] as number, window.dilation[axis] as number))) {
        layer.refuse('"output_padding" must be smaller than the stride or the dilation', 'output_padding');
      }
      const pads = each(args.padding, rank);
      const weight = layer.parameter('weight', [channels, args.out_channels / args.groups, ...window.kernel]);
      const bias = args.bias ? [layer.parameter('bias', [args.out_channels])] : [];
      return layer.emit('ConvTranspose', [layer.inputs[0] as string, weight, ...bias], {
        ...windowAttributes(window, { begin: pads, end: pads }),
        output_padding: extra,
        group: args.groups,
      });
    },
    { weights: true },
  );
}

export const convolutionLayers = [...RANKS.map(convolution), ...RANKS.map(transposedConvolution)];
