import type { Arguments, BlockJson } from './description.ts';
import { conv, globalPool, layer, maxPool, relu, use } from './layers.ts';
import { images, named } from './naming.ts';
import { defineNetwork } from './network.ts';

const MLPCONV: BlockJson = {
  description: 'A convolution and two 1x1 convolutions: a small network that slides over the image.',
  parameters: { channels: null, kernel: null, stride: 1, padding: 0, second: null, third: null },
  layers: named({
    conv: conv('$channels', '$kernel', { stride: '$stride', padding: '$padding' }),
    relu: relu(),
    cccp1: conv('$second', 1),
    relu1: relu(),
    cccp2: conv('$third', 1),
    relu2: relu(),
  }),
};

const widths = (channels: number, second: number, third: number): Arguments => ({ channels, second, third });

export const nin = defineNetwork({
  id: 'nin',
  title: 'Network in Network',
  summary: '1x1 convolutions between the others, and a global mean in place of fully connected layers.',
  paper: { title: 'Network In Network', authors: 'Lin, Chen and Yan', arxiv: '1312.4400' },
  year: 2013,
  parameters: {
    data: { values: ['imagenet', 'cifar10'], default: 'imagenet', doc: 'The network for these images, as the Caffe model zoo has it.' },
  },
  names: {},
  describe: ({ data }) => {
    const blocks = { mlpconv: MLPCONV };
    const ending = { avgpool: globalPool(), flatten: layer('Flatten') };
    if (data === 'cifar10') {
      return {
        inputs: images(32),
        blocks,
        layers: named({
          mlpconv1: use('mlpconv', { ...widths(192, 160, 96), kernel: 5, padding: 2 }),
          pool1: maxPool(3, 2, { ceil_mode: true }),
          drop1: layer('Dropout'),
          mlpconv2: use('mlpconv', { ...widths(192, 192, 192), kernel: 5, padding: 2 }),
          pool2: layer('AvgPool2d', { kernel_size: 3, stride: 2, ceil_mode: true }),
          drop2: layer('Dropout'),
          mlpconv3: use('mlpconv', { ...widths(192, 192, 10), kernel: 3, padding: 1 }),
          ...ending,
        }),
      };
    }
    return {
      inputs: images(224),
      blocks,
      layers: named({
        mlpconv1: use('mlpconv', { ...widths(96, 96, 96), kernel: 11, stride: 4 }),
        pool1: maxPool(3, 2, { ceil_mode: true }),
        mlpconv2: use('mlpconv', { ...widths(256, 256, 256), kernel: 5, padding: 2 }),
        pool2: maxPool(3, 2, { ceil_mode: true }),
        mlpconv3: use('mlpconv', { ...widths(384, 384, 384), kernel: 3, padding: 1 }),
        pool3: maxPool(3, 2, { ceil_mode: true }),
        drop: layer('Dropout'),
        mlpconv4: use('mlpconv', { ...widths(1024, 1024, 1000), kernel: 3, padding: 1 }),
        ...ending,
      }),
    };
  },
});
