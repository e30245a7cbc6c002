import { conv, layer, linear } from '../layers.ts';
import { named } from '../naming.ts';
import { CHANNELS, definePattern, maps, SIZE } from './pattern.ts';

// The first fully connected layer of a VGG, and the same weights as OverFeat uses them.

const PARAMETERS = {
  channels: { ...CHANNELS, default: 512, doc: 'Feature maps that are read.' },
  size: { ...SIZE, most: 64, default: 7 },
  features: { least: 1, most: 65536, default: 4096, doc: 'Features that are given.' },
} as const;

export const fcHead = definePattern({
  id: 'fc-head',
  title: 'A fully connected layer on feature maps',
  summary: 'One weight for each position of each map, so that the maps must have this one size.',
  against: ['fc-as-convolution'],
  parameters: PARAMETERS,
  describe: ({ channels, size, features }) => ({
    inputs: maps(channels, size),
    layers: named({ flatten: layer('Flatten'), fc: linear(features) }),
  }),
});

export const fcAsConvolution = definePattern({
  id: 'fc-as-convolution',
  title: 'The same layer as a convolution',
  summary: 'A window of all positions has the same weights, and slides: larger maps give a map of outputs (OverFeat).',
  against: ['fc-head'],
  parameters: PARAMETERS,
  describe: ({ channels, size, features }) => ({ inputs: maps(channels, size), layers: named({ conv: conv(features, size) }) }),
});
