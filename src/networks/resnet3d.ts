import type { BlockJson, BlocksJson, Json, LayerJson } from './description.ts';
import { add, layer, linear, relu, use } from './layers.ts';
import { named, sequence, stage } from './naming.ts';
import { defineNetwork } from './network.ts';

/** A 3x3x3 convolution, one without extent in time, or a 1x3x3 and a 3x1x1 with normalization and a ReLU between. */
type Kind = 'whole' | 'flat' | 'split';
type Triple = readonly [time: number, height: number, width: number];

/** What the four stages are made of. */
const STAGES = {
  '3d': ['whole', 'whole', 'whole', 'whole'],
  mixed: ['whole', 'flat', 'flat', 'flat'],
  '2plus1d': ['split', 'split', 'split', 'split'],
} as const satisfies Record<string, readonly Kind[]>;

const SPACE: Triple = [1, 2, 2];
const TIME: Triple = [2, 1, 1];

const norm = () => layer('BatchNorm3d');

function conv3d(channels: Json, kernel: Triple, stride: Json): LayerJson {
  const padding = kernel.map((size) => (size - 1) / 2);
  return layer('Conv3d', { out_channels: channels, kernel_size: kernel, stride, padding, bias: false });
}

function stem(convolution: keyof typeof STAGES): readonly LayerJson[] {
  if (convolution !== '2plus1d') return sequence([conv3d(64, [3, 7, 7], SPACE), norm(), relu()], 'stem/');
  return sequence([conv3d(45, [1, 7, 7], SPACE), norm(), relu(), conv3d(64, [3, 1, 1], 1), norm(), relu()], 'stem/');
}

function convolutionOf(kind: Kind, strided: boolean): readonly LayerJson[] {
  if (kind === 'whole') return [conv3d('$channels', [3, 3, 3], strided ? 2 : 1)];
  if (kind === 'flat') return [conv3d('$channels', [1, 3, 3], strided ? SPACE : 1)];
  const [space, time] = [conv3d('$between', [1, 3, 3], strided ? SPACE : 1), conv3d('$channels', [3, 1, 1], strided ? TIME : 1)];
  return [space, norm(), relu(), time];
}

function block(kind: Kind, strided: boolean): BlockJson {
  const shortcut = sequence([conv3d('$channels', [1, 1, 1], kind === 'flat' ? SPACE : 2), norm()], 'downsample/');
  const [first, ...rest] = shortcut as [LayerJson, ...LayerJson[]];
  return {
    parameters: { channels: null, ...(kind === 'split' && { between: null }) },
    layers: [
      ...sequence(convolutionOf(kind, strided), 'conv1/0/'),
      ...named({ 'conv1/1': norm(), 'conv1/2': relu() }),
      ...sequence(convolutionOf(kind, false), 'conv2/0/'),
      ...named({ 'conv2/1': norm() }),
      ...(strided ? [{ ...first, from: 'input' }, ...rest] : []),
      ...named({ add: add(['conv2/1', strided ? 'downsample/1' : 'input']), relu: relu() }),
    ],
  };
}

/** So many channels between the two parts of a split convolution that it has the parameters of a whole one. */
function between(before: number, channels: number): number {
  return Math.floor((27 * before * channels) / (9 * before + 3 * channels));
}

function blocksOf(kinds: readonly Kind[]): BlocksJson {
  const both = [...new Set(kinds)].flatMap((kind) => [
    [kind, block(kind, false)] as const,
    [`${kind}_strided`, block(kind, true)] as const,
  ]);
  return Object.fromEntries(both);
}

function stages(kinds: readonly Kind[]): readonly LayerJson[] {
  return kinds.flatMap((kind, index) => {
    const channels = 64 * 2 ** index;
    return stage(`layer${index + 1}`, 2, (member) => {
      const strided = index > 0 && member === 0;
      const values = { channels, ...(kind === 'split' && { between: between(strided ? channels / 2 : channels, channels) }) };
      return use(strided ? `${kind}_strided` : kind, values);
    });
  });
}

export const resnet3d = defineNetwork({
  id: 'resnet3d',
  title: '3-D ResNet',
  summary: 'A ResNet of 18 layers for video: convolutions over time, height and width, whole or taken apart.',
  paper: {
    title: 'A Closer Look at Spatiotemporal Convolutions for Action Recognition',
    authors: 'Tran and others',
    arxiv: '1711.11248',
  },
  year: 2017,
  parameters: {
    convolution: {
      values: ['3d', 'mixed', '2plus1d'],
      default: '3d',
      doc: 'What stands for a 3x3: 3x3x3, 3x3x3 in the first stage and 1x3x3 in the others, or 1x3x3 and 3x1x1.',
    },
  },
  names: { r3d_18: { convolution: '3d' }, mc3_18: { convolution: 'mixed' }, r2plus1d_18: { convolution: '2plus1d' } },
  describe: ({ convolution }) => ({
    inputs: { video: ['batch', 3, 16, 112, 112] },
    blocks: blocksOf(STAGES[convolution]),
    layers: [
      ...stem(convolution),
      ...stages(STAGES[convolution]),
      ...named({ avgpool: layer('AdaptiveAvgPool3d', { output_size: 1 }), flatten: layer('Flatten'), fc: linear(400) }),
    ],
  }),
});
