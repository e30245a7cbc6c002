import { Fault } from '../core/fault.ts';
import { globalPool, layer, linear } from './layers.ts';
import { images, named } from './naming.ts';
import { defineNetwork } from './network.ts';
import { residual } from './residual.ts';

export const resnet = defineNetwork({
  id: 'resnet',
  title: 'ResNet',
  summary: 'Shortcuts around every few convolutions, so that what is learned is what to add.',
  paper: { title: 'Deep Residual Learning for Image Recognition', authors: 'He, Zhang, Ren and Sun', arxiv: '1512.03385' },
  year: 2015,
  parameters: {
    depth: { values: [18, 34, 50, 101, 152], default: 50, doc: 'Layers with weights.' },
    variant: {
      values: ['v1', 'v1.5', 'v1d'],
      default: 'v1.5',
      doc: 'Where a bottleneck strides: in the first 1x1 (v1, the paper) or in the 3x3 (v1.5, torchvision); v1d has three 3x3 for the first 7x7 and averages in the shortcut too (arXiv 1812.01187).',
    },
    block: {
      values: ['auto', 'basic', 'bottleneck'],
      default: 'auto',
      doc: 'Two 3x3 (basic), or 1x1, 3x3, 1x1 (bottleneck); auto is basic up to a depth of 34. Another block changes the count of layers.',
    },
    groups: { values: [1, 32, 64], default: 1, doc: 'Groups of the 3x3 of a bottleneck; more than 1 is ResNeXt (arXiv 1611.05431).' },
    width: {
      values: [4, 8, 64, 128],
      default: 64,
      doc: 'Channels per group of the 3x3 of a bottleneck in the first stage; 128 is the wide ResNet (arXiv 1605.07146).',
    },
  },
  names: {
    resnet18: { depth: 18 },
    resnet34: { depth: 34 },
    resnet50: { depth: 50 },
    resnet101: { depth: 101 },
    resnet152: { depth: 152 },
    resnext50_32x4d: { depth: 50, groups: 32, width: 4 },
    resnext101_32x8d: { depth: 101, groups: 32, width: 8 },
    resnext101_64x4d: { depth: 101, groups: 64, width: 4 },
    wide_resnet50_2: { depth: 50, width: 128 },
    wide_resnet101_2: { depth: 101, width: 128 },
  },
  describe: ({ depth, variant, block: wanted, groups, width }) => {
    const block = wanted === 'auto' ? (depth <= 34 ? 'basic' : 'bottleneck') : wanted;
    if (block === 'basic' && (groups !== 1 || width !== 64))
      throw new Fault('invalid-ref', 'a basic block has no groups and no width', { pointer: '' });
    const { blocks, layers } = residual({ depth, variant, block, groups, width, outputStride: 32 });
    return {
      inputs: images(224),
      blocks,
      layers: [...layers, ...named({ avgpool: globalPool(), flatten: layer('Flatten'), fc: linear(1000) })],
    };
  },
});
