import type { LayerJson } from './description.ts';
import { conv, layer, linear, maxPool, norm, relu, use } from './layers.ts';
import { images, named, sequence } from './naming.ts';
import { defineNetwork } from './network.ts';

/** Convolutions per stage. */
const STAGES = { 11: [1, 1, 2, 2, 2], 13: [2, 2, 2, 2, 2], 16: [2, 2, 3, 3, 3], 19: [2, 2, 4, 4, 4] } as const;
const CHANNELS = [64, 128, 256, 512, 512] as const;

/** The convolutions and poolings of a VGG. */
function features(depth: keyof typeof STAGES, normalized: boolean): readonly LayerJson[] {
  return STAGES[depth].flatMap((count, stage) => {
    const one = [conv(CHANNELS[stage] as number, 3, { padding: 1 }), ...(normalized ? [norm()] : []), relu()];
    return [...Array.from({ length: count }, () => one).flat(), maxPool(2, 2)];
  });
}

/** Fully connected layers, or the same weights as convolutions, which give a map of outputs for a larger image. */
function classifier(form: 'fc' | 'conv'): readonly LayerJson[] {
  const [first, second, third] = form === 'fc' ? [linear(4096), linear(4096), linear(1000)] : [conv(4096, 7), conv(4096, 1), conv(1000, 1)];
  const between = [relu(), layer('Dropout')];
  return [first, ...between, second, ...between, third];
}

export const vgg = defineNetwork({
  id: 'vgg',
  title: 'VGG',
  summary: 'Stacks of 3x3 convolutions in place of larger ones: the same field with fewer parameters and more non-linearities.',
  paper: {
    title: 'Very Deep Convolutional Networks for Large-Scale Image Recognition',
    authors: 'Simonyan and Zisserman',
    arxiv: '1409.1556',
  },
  year: 2014,
  parameters: {
    depth: { values: [11, 13, 16, 19], default: 16, doc: 'Layers with weights.' },
    norm: { values: ['none', 'batch'], default: 'none', doc: 'Whether batch normalization follows every convolution.' },
    form: { values: ['fc', 'conv'], default: 'fc', doc: 'The classifier: fully connected, or the same weights as convolutions.' },
  },
  names: {
    vgg11: { depth: 11 },
    vgg13: { depth: 13 },
    vgg16: { depth: 16 },
    vgg19: { depth: 19 },
    vgg11_bn: { depth: 11, norm: 'batch' },
    vgg13_bn: { depth: 13, norm: 'batch' },
    vgg16_bn: { depth: 16, norm: 'batch' },
    vgg19_bn: { depth: 19, norm: 'batch' },
  },
  describe: ({ depth, norm, form }) => ({
    inputs: images(224),
    blocks: {
      features: { layers: sequence(features(depth, norm === 'batch')) },
      classifier: { layers: sequence(classifier(form)) },
    },
    layers: named({
      features: use('features'),
      ...(form === 'fc' && { avgpool: layer('AdaptiveAvgPool2d', { output_size: 7 }), flatten: layer('Flatten') }),
      classifier: use('classifier'),
    }),
  }),
});
