import type { Arguments, BlockJson, LayerJson } from './description.ts';
import { conv, globalPool, layer, linear, norm, use } from './layers.ts';
import { images, named } from './naming.ts';
import { defineNetwork } from './network.ts';

/** Channels and stride of the depthwise separable convolutions. */
const ROWS = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
] as const;

/** A convolution with normalization and activation; the padding is that of TensorFlow, where the network comes from. */
function block(kernel: number, args: Arguments): BlockJson {
  return {
    parameters: { channels: null, stride: 1 },
    layers: named({
      conv: conv('$channels', kernel, { stride: '$stride', padding: 'same_upper', bias: false, ...args }),
      bn: norm({ eps: 0.001 }),
      relu: layer('ReLU6'),
    }),
  };
}

function separable(width: number): Record<string, LayerJson> {
  const pairs = ROWS.flatMap(([channels, stride], index) => {
    const before = ROWS[index - 1]?.[0] ?? 32;
    const name = `Conv2d_${index + 1}`;
    return [
      [`${name}_depthwise`, use('depthwise', { channels: before * width, ...(stride > 1 && { stride }) })],
      [`${name}_pointwise`, use('pointwise', { channels: channels * width })],
    ] as const;
  });
  return Object.fromEntries(pairs);
}

export const mobilenetV1 = defineNetwork({
  id: 'mobilenet_v1',
  title: 'MobileNet v1',
  summary: 'Depthwise separable convolutions: one filter per channel, then a 1x1 convolution that mixes the channels.',
  paper: {
    title: 'MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications',
    authors: 'Howard and others',
    arxiv: '1704.04861',
  },
  year: 2017,
  parameters: { width: { values: [0.25, 0.5, 0.75, 1], default: 1, doc: 'Factor on all channels.' } },
  names: {},
  describe: ({ width }) => ({
    inputs: images(224),
    blocks: { conv: block(3, {}), depthwise: block(3, { groups: '$channels' }), pointwise: block(1, {}) },
    layers: named({
      Conv2d_0: use('conv', { channels: 32 * width, stride: 2 }),
      ...separable(width),
      avgpool: globalPool(),
      flatten: layer('Flatten'),
      dropout: layer('Dropout'),
      fc: linear(1000),
    }),
  }),
});
