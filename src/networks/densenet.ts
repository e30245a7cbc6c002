import type { BlocksJson, LayerJson } from './description.ts';
import { concat, conv, globalPool, layer, linear, maxPool, norm, relu, use } from './layers.ts';
import { images, named } from './naming.ts';
import { defineNetwork } from './network.ts';

/** Layers of the four dense blocks, channels that each layer adds, and channels before the first. */
const SIZES = {
  121: [[6, 12, 24, 16], 32, 64],
  161: [[6, 12, 36, 24], 48, 96],
  169: [[6, 12, 32, 32], 32, 64],
  201: [[6, 12, 48, 32], 32, 64],
} as const;

function blocksOf(growth: number): BlocksJson {
  return {
    denselayer: {
      description: 'Adds channels to those that it reads.',
      layers: named({
        norm1: norm(),
        relu1: relu(),
        conv1: conv(4 * growth, 1, { bias: false }),
        norm2: norm(),
        relu2: relu(),
        conv2: conv(growth, 3, { padding: 1, bias: false }),
        concat: concat(['input', 'conv2']),
      }),
    },
    transition: {
      parameters: { channels: null },
      layers: named({
        norm: norm(),
        relu: relu(),
        conv: conv('$channels', 1, { bias: false }),
        pool: layer('AvgPool2d', { kernel_size: 2, stride: 2 }),
      }),
    },
  };
}

function features([counts, growth, first]: (typeof SIZES)[keyof typeof SIZES]): LayerJson[] {
  let channels: number = first;
  return counts.flatMap((count, index) => {
    const block = Array.from({ length: count }, (_, k) => ({
      name: `features/denseblock${index + 1}/denselayer${k + 1}`,
      ...use('denselayer'),
    }));
    channels += count * growth;
    if (index === counts.length - 1) return block;
    channels /= 2;
    return [...block, { name: `features/transition${index + 1}`, ...use('transition', { channels }) }];
  });
}

export const densenet = defineNetwork({
  id: 'densenet',
  title: 'DenseNet',
  summary: 'Every layer reads all layers before it in its block, and adds a few channels.',
  paper: { title: 'Densely Connected Convolutional Networks', authors: 'Huang and others', arxiv: '1608.06993' },
  year: 2016,
  parameters: { depth: { values: [121, 161, 169, 201], default: 121, doc: 'Layers with weights.' } },
  names: {
    densenet121: { depth: 121 },
    densenet161: { depth: 161 },
    densenet169: { depth: 169 },
    densenet201: { depth: 201 },
  },
  describe: ({ depth }) => {
    const [, growth, first] = SIZES[depth];
    return {
      inputs: images(224),
      blocks: blocksOf(growth),
      layers: [
        ...named({
          'features/conv0': conv(first, 7, { stride: 2, padding: 3, bias: false }),
          'features/norm0': norm(),
          'features/relu0': relu(),
          'features/pool0': maxPool(3, 2, { padding: 1 }),
        }),
        ...features(SIZES[depth]),
        ...named({
          'features/norm5': norm(),
          relu: relu(),
          avgpool: globalPool(),
          flatten: layer('Flatten'),
          classifier: linear(1000),
        }),
      ],
    };
  },
});
