import type { LayerJson } from '../description.ts';
import { concat, conv, maxPool, relu } from '../layers.ts';
import { named } from '../naming.ts';
import { definePattern, maps, SIZE } from './pattern.ts';

// Figure 2 of "Going Deeper with Convolutions", with the widths of its module 3a.

const PARAMETERS = {
  channels: { least: 1, most: 4096, default: 192, doc: 'Feature maps that are read.' },
  size: { ...SIZE, default: 28 },
} as const;

/** A convolution with its activation; `from` is what it reads. */
function branch(name: string, channels: number, kernel: number, from: string): Record<string, LayerJson> {
  return { [name]: conv(channels, kernel, { padding: (kernel - 1) / 2, bias: false, from }), [`${name}_relu`]: relu() };
}

export const inceptionNaive = definePattern({
  id: 'inception-naive',
  title: 'An inception module without reductions',
  summary: 'Windows of 1x1, 3x3 and 5x5 side by side, so that fields of several sizes are joined.',
  against: ['inception-reduced'],
  parameters: PARAMETERS,
  describe: ({ channels, size }) => ({
    inputs: maps(channels, size),
    layers: named({
      ...branch('one', 64, 1, 'x'),
      ...branch('three', 128, 3, 'x'),
      ...branch('five', 32, 5, 'x'),
      pool: maxPool(3, 1, { padding: 1, from: 'x' }),
      join: concat(['one_relu', 'three_relu', 'five_relu', 'pool']),
    }),
  }),
});

export const inceptionReduced = definePattern({
  id: 'inception-reduced',
  title: 'An inception module with 1x1 reductions',
  summary: 'The same windows behind 1x1 convolutions that narrow the channels (GoogLeNet).',
  against: ['inception-naive'],
  parameters: PARAMETERS,
  describe: ({ channels, size }) => ({
    inputs: maps(channels, size),
    layers: named({
      ...branch('one', 64, 1, 'x'),
      ...branch('three_reduce', 96, 1, 'x'),
      ...branch('three', 128, 3, 'three_reduce_relu'),
      ...branch('five_reduce', 16, 1, 'x'),
      ...branch('five', 32, 5, 'five_reduce_relu'),
      pool: maxPool(3, 1, { padding: 1, from: 'x' }),
      ...branch('pool_project', 32, 1, 'pool'),
      join: concat(['one_relu', 'three_relu', 'five_relu', 'pool_project_relu']),
    }),
  }),
});
