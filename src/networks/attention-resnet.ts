import { convolutionalBlock, efficientChannel, squeezeExcitation } from './attention.ts';
import { globalPool, layer, linear } from './layers.ts';
import { images, named } from './naming.ts';
import { defineNetwork, type Paper } from './network.ts';
import { RESNET50, residual } from './residual.ts';
import type { Gate } from './residual-blocks.ts';

/** A ResNet with a gate on the result of every residual branch. */
function gatedResnet(prefix: string, gate: Gate, about: { title: string; summary: string; paper: Paper; year: number }) {
  return defineNetwork({
    id: `${prefix}_resnet`,
    ...about,
    parameters: {
      depth: { values: [50, 101, 152], default: 50, doc: 'Layers with weights, without the gates.' },
      variant: { values: ['v1', 'v1.5'], default: 'v1.5', doc: 'Where a bottleneck strides: in the first 1x1 (v1) or in the 3x3 (v1.5).' },
    },
    names: {
      [`${prefix}_resnet50`]: { depth: 50 },
      [`${prefix}_resnet101`]: { depth: 101 },
      [`${prefix}_resnet152`]: { depth: 152 },
    },
    describe: ({ depth, variant }) => {
      const { blocks, layers } = residual({ ...RESNET50, depth, variant, gate });
      return {
        inputs: images(224),
        blocks,
        layers: [...layers, ...named({ avgpool: globalPool(), flatten: layer('Flatten'), fc: linear(1000) })],
      };
    },
  });
}

export const seResnet = gatedResnet('se', squeezeExcitation, {
  title: 'SE-ResNet',
  summary: 'Squeeze and excitation: the mean of every channel decides how much each channel counts.',
  paper: { title: 'Squeeze-and-Excitation Networks', authors: 'Hu and others', arxiv: '1709.01507' },
  year: 2017,
});

export const ecaResnet = gatedResnet('eca', efficientChannel, {
  title: 'ECA-ResNet',
  summary: 'Channel attention by a convolution over a few neighbouring channels: 80 parameters in all for a depth of 50.',
  paper: {
    title: 'ECA-Net: Efficient Channel Attention for Deep Convolutional Neural Networks',
    authors: 'Wang and others',
    arxiv: '1910.03151',
  },
  year: 2019,
});

export const cbamResnet = gatedResnet('cbam', convolutionalBlock, {
  title: 'CBAM-ResNet',
  summary: 'Attention to channels, from means and maxima, and then to positions, by a 7x7 convolution.',
  paper: { title: 'CBAM: Convolutional Block Attention Module', authors: 'Woo and others', arxiv: '1807.06521' },
  year: 2018,
});
