import { conv, relu } from '../layers.ts';
import { named } from '../naming.ts';
import type { Choice, Range } from '../network.ts';
import { definePattern, maps, SIZE } from './pattern.ts';

// The 5x5 branch of GoogLeNet's first module (inception 3a); kernel=3,out=128,reduced=96 is its 3x3 branch.

const KERNEL: Choice<3 | 5> = { values: [3, 5], default: 5, doc: 'Kernel of the convolution.' };
const BEFORE: Range = { least: 1, most: 4096, default: 192, doc: 'Feature maps that are read.' };
const OUT: Range = { least: 1, most: 4096, default: 32, doc: 'Feature maps that are given.' };
const REDUCED: Range = { least: 1, most: 4096, default: 16, doc: 'Feature maps between.' };
const SMALL: Range = { ...SIZE, default: 28 };

export const directConvolution = definePattern({
  id: 'direct-convolution',
  title: 'A convolution on all channels',
  summary: 'Every weight of the window stands once for each channel that is read.',
  against: ['reduced-convolution'],
  parameters: { kernel: KERNEL, channels: BEFORE, out: OUT, size: SMALL },
  describe: ({ kernel, channels, out, size }) => ({
    inputs: maps(channels, size),
    layers: named({ conv: conv(out, kernel, { padding: (kernel - 1) / 2, bias: false }), relu: relu() }),
  }),
});

export const reducedConvolution = definePattern({
  id: 'reduced-convolution',
  title: 'A 1x1 convolution before the convolution',
  summary: 'The 1x1 convolution brings the channels down to a few first, for a fraction of the weights and the same field (GoogLeNet).',
  against: ['direct-convolution'],
  parameters: { kernel: KERNEL, channels: BEFORE, reduced: REDUCED, out: OUT, size: SMALL },
  describe: ({ kernel, channels, reduced, out, size }) => ({
    inputs: maps(channels, size),
    layers: named({
      reduce: conv(reduced, 1, { bias: false }),
      reduce_relu: relu(),
      conv: conv(out, kernel, { padding: (kernel - 1) / 2, bias: false }),
      relu: relu(),
    }),
  }),
});
