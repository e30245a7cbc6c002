import { conv, relu } from '../layers.ts';
import { named } from '../naming.ts';
import { CHANNELS, definePattern, maps, SIZE } from './pattern.ts';

const PARAMETERS = { channels: { ...CHANNELS, default: 256 }, size: SIZE };

export const full3x3 = definePattern({
  id: 'full-3x3',
  title: 'A full 3x3 convolution',
  summary: 'Looks around and mixes the channels in one step.',
  against: ['depthwise-separable'],
  parameters: PARAMETERS,
  describe: ({ channels, size }) => ({
    inputs: maps(channels, size),
    layers: named({ conv: conv(channels, 3, { padding: 1, bias: false }), relu: relu() }),
  }),
});

export const depthwiseSeparable = definePattern({
  id: 'depthwise-separable',
  title: 'A depthwise separable convolution',
  summary: 'A 3x3 window on each channel by itself, then a 1x1 convolution that mixes the channels (MobileNet).',
  against: ['full-3x3'],
  parameters: PARAMETERS,
  describe: ({ channels, size }) => ({
    inputs: maps(channels, size),
    layers: named({
      depthwise: conv(channels, 3, { padding: 1, groups: channels, bias: false }),
      depthwise_relu: relu(),
      pointwise: conv(channels, 1, { bias: false }),
      relu: relu(),
    }),
  }),
});
