import { conv, layer, linear, maxPool, relu, use } from './layers.ts';
import { images, named, sequence } from './naming.ts';
import { defineNetwork } from './network.ts';

const FEATURES = [
  conv(64, 11, { stride: 4, padding: 2 }),
  relu(),
  maxPool(3, 2),
  conv(192, 5, { padding: 2 }),
  relu(),
  maxPool(3, 2),
  conv(384, 3, { padding: 1 }),
  relu(),
  conv(256, 3, { padding: 1 }),
  relu(),
  conv(256, 3, { padding: 1 }),
  relu(),
  maxPool(3, 2),
];

const CLASSIFIER = [layer('Dropout'), linear(4096), relu(), layer('Dropout'), linear(4096), relu(), linear(1000)];

export const alexnet = defineNetwork({
  id: 'alexnet',
  title: 'AlexNet',
  summary: 'Five convolutions and three fully connected layers, in the one-tower form that torchvision has.',
  paper: { title: 'One weird trick for parallelizing convolutional neural networks', authors: 'Krizhevsky', arxiv: '1404.5997' },
  year: 2014,
  parameters: {},
  names: {},
  describe: () => ({
    inputs: images(224),
    blocks: { features: { layers: sequence(FEATURES) }, classifier: { layers: sequence(CLASSIFIER) } },
    layers: named({
      features: use('features'),
      avgpool: layer('AdaptiveAvgPool2d', { output_size: 6 }),
      flatten: layer('Flatten'),
      classifier: use('classifier'),
    }),
  }),
});
