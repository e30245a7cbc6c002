import type { BlockJson, BlocksJson, LayerJson } from './description.ts';
import { add, conv, globalPool, layer, linear, use } from './layers.ts';
import { images, named, sequence } from './naming.ts';
import { defineNetwork } from './network.ts';

/** Copies of the block in the four stages, and channels of the first; each stage has twice those of the one before. */
const SIZES = {
  tiny: [[3, 3, 9, 3], 96],
  small: [[3, 3, 27, 3], 96],
  base: [[3, 3, 27, 3], 128],
  large: [[3, 3, 27, 3], 192],
} as const;

const CHANNELS_LAST = [0, 2, 3, 1];
const CHANNELS_FIRST = [0, 3, 1, 2];

/** Normalization over the channels at each position. */
function channelNorm(path: string): Record<string, LayerJson> {
  return {
    [`${path}to_last`]: layer('Permute', { dims: CHANNELS_LAST }),
    [`${path}norm`]: layer('LayerNorm', { eps: 1e-6 }),
    [`${path}to_first`]: layer('Permute', { dims: CHANNELS_FIRST }),
  };
}

const BLOCK: BlockJson = {
  description: 'A 7x7 filter per channel, then two layers over the channels, with a shortcut around all.',
  parameters: { channels: null, hidden: null },
  layers: [
    ...sequence(
      [
        conv('$channels', 7, { padding: 3, groups: '$channels' }),
        layer('Permute', { dims: CHANNELS_LAST }),
        layer('LayerNorm', { eps: 1e-6 }),
        linear('$hidden'),
        layer('GELU'),
        linear('$channels'),
        layer('Permute', { dims: CHANNELS_FIRST }),
      ],
      'block/',
    ),
    ...named({
      layer_scale: layer('Multiply', { from: ['block/6', { dtype: 'float32', shape: ['$channels', 1, 1] }] }),
      add: add(['layer_scale', 'input']),
    }),
  ],
};

const BLOCKS: BlocksJson = {
  block: BLOCK,
  stem: { parameters: { channels: null }, layers: named({ conv: conv('$channels', 4, { stride: 4 }), ...channelNorm('') }) },
  downsample: { parameters: { channels: null }, layers: named({ ...channelNorm(''), conv: conv('$channels', 2, { stride: 2 }) }) },
};

export const convnext = defineNetwork({
  id: 'convnext',
  title: 'ConvNeXt',
  summary: 'A ResNet brought up to the habits of transformers: 7x7 depthwise convolutions, few activations, layer normalization.',
  paper: { title: 'A ConvNet for the 2020s', authors: 'Liu and others', arxiv: '2201.03545' },
  year: 2022,
  parameters: { size: { values: ['tiny', 'small', 'base', 'large'], default: 'tiny', doc: 'Depth and width.' } },
  names: {
    convnext_tiny: { size: 'tiny' },
    convnext_small: { size: 'small' },
    convnext_base: { size: 'base' },
    convnext_large: { size: 'large' },
  },
  describe: ({ size }) => {
    const [counts, width] = SIZES[size];
    const stages = counts.flatMap((repeat, index) => {
      const channels = width * 2 ** index;
      const before = index === 0 ? use('stem', { channels }) : use('downsample', { channels });
      return [before, use('block', { channels, hidden: 4 * channels }, { repeat })];
    });
    return {
      inputs: images(224),
      blocks: BLOCKS,
      layers: [
        ...sequence(stages, 'features/'),
        ...named({
          avgpool: globalPool(),
          ...channelNorm('classifier/0/'),
          'classifier/1': layer('Flatten'),
          'classifier/2': linear(1000),
        }),
      ],
    };
  },
});
