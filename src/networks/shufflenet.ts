import type { BlockJson, BlocksJson, LayerJson } from './description.ts';
import { concat, conv, layer, linear, maxPool, norm, relu, use } from './layers.ts';
import { images, named, sequence, stage } from './naming.ts';
import { defineNetwork } from './network.ts';

/** Channels of the three stages and of the last convolution, by the factor of width. */
const CHANNELS = {
  0.5: [48, 96, 192, 1024],
  1: [116, 232, 464, 1024],
  1.5: [176, 352, 704, 1024],
  2: [244, 488, 976, 2048],
} as const;

const pointwise = () => [conv('$half', 1, { bias: false }), norm(), relu()];

function filter(channels: string, stride: 1 | 2): LayerJson[] {
  return [conv(channels, 3, { stride, padding: 1, groups: channels, bias: false }), norm()];
}

/** The first layer of a sequence reads something else than the layer before. */
function branch(path: string, from: string, layers: readonly LayerJson[]): readonly LayerJson[] {
  return sequence(layers, path).map((member, index) => (index === 0 ? { ...member, from } : member));
}

function ending(left: string): readonly LayerJson[] {
  return named({ concat: concat([left, 'branch2/7']), shuffle: layer('ChannelShuffle', { groups: 2 }) });
}

const UNIT: BlockJson = {
  description: 'One half of the channels stays as it is.',
  parameters: { half: null },
  layers: [
    ...named({ chunk: layer('Chunk', { chunks: 2 }) }),
    ...branch('branch2/', 'chunk.1', [...pointwise(), ...filter('$half', 1), ...pointwise()]),
    ...ending('chunk.0'),
  ],
};

const STRIDED: BlockJson = {
  parameters: { before: null, half: null },
  layers: [
    ...branch('branch1/', 'input', [...filter('$before', 2), ...pointwise()]),
    ...branch('branch2/', 'input', [...pointwise(), ...filter('$half', 2), ...pointwise()]),
    ...ending('branch1/4'),
  ],
};

const STEM: BlockJson = {
  parameters: { channels: null, kernel: 1, stride: 1, padding: 0 },
  layers: sequence([conv('$channels', '$kernel', { stride: '$stride', padding: '$padding', bias: false }), norm(), relu()]),
};

const BLOCKS: BlocksJson = { conv: STEM, unit: UNIT, strided: STRIDED };

export const shufflenet = defineNetwork({
  id: 'shufflenet_v2',
  title: 'ShuffleNet v2',
  summary: 'Half of the channels passes by, and a shuffle mixes the halves: built for speed rather than for few operations.',
  paper: {
    title: 'ShuffleNet V2: Practical Guidelines for Efficient CNN Architecture Design',
    authors: 'Ma and others',
    arxiv: '1807.11164',
  },
  year: 2018,
  parameters: { width: { values: [0.5, 1, 1.5, 2], default: 1, doc: 'Factor on the channels.' } },
  names: {
    shufflenet_v2_x0_5: { width: 0.5 },
    shufflenet_v2_x1_0: { width: 1 },
    shufflenet_v2_x1_5: { width: 1.5 },
    shufflenet_v2_x2_0: { width: 2 },
  },
  describe: ({ width }) => {
    const channels = CHANNELS[width];
    const stages = [4, 8, 4].flatMap((count, index) => {
      const half = (channels[index] as number) / 2;
      const before = channels[index - 1] ?? 24;
      return stage(`stage${index + 2}`, count, (member) => (member === 0 ? use('strided', { before, half }) : use('unit', { half })));
    });
    return {
      inputs: images(224),
      blocks: BLOCKS,
      layers: [
        ...named({ conv1: use('conv', { channels: 24, kernel: 3, stride: 2, padding: 1 }), maxpool: maxPool(3, 2, { padding: 1 }) }),
        ...stages,
        ...named({ conv5: use('conv', { channels: channels[3] }), mean: layer('Mean', { dim: [2, 3] }), fc: linear(1000) }),
      ],
    };
  },
});
