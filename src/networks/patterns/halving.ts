import { conv, maxPool, relu } from '../layers.ts';
import { named } from '../naming.ts';
import { CHANNELS, definePattern, maps, SIZE } from './pattern.ts';

// Three ways to halve the size behind a convolution: "Striving for Simplicity: The All Convolutional Net", section 2.

const PARAMETERS = { channels: CHANNELS, size: SIZE };

export const maxPooling = definePattern({
  id: 'max-pool',
  title: 'A convolution and a max pooling',
  summary: 'The convolution runs at every position, and the pooling keeps the greatest of each window: no weights of its own.',
  against: ['strided-convolution', 'pool-as-convolution'],
  parameters: PARAMETERS,
  describe: ({ channels, size }) => ({
    inputs: maps(channels, size),
    layers: named({ conv: conv(channels, 3, { padding: 1, bias: false }), relu: relu(), pool: maxPool(3, 2, { padding: 1 }) }),
  }),
});

export const stridedConvolution = definePattern({
  id: 'strided-convolution',
  title: 'A convolution with a stride',
  summary: 'The convolution runs at a quarter of the positions, and no pooling widens the field.',
  against: ['max-pool', 'pool-as-convolution'],
  parameters: PARAMETERS,
  describe: ({ channels, size }) => ({
    inputs: maps(channels, size),
    layers: named({ conv: conv(channels, 3, { stride: 2, padding: 1, bias: false }), relu: relu() }),
  }),
});

export const poolAsConvolution = definePattern({
  id: 'pool-as-convolution',
  title: 'A strided convolution in place of the pooling',
  summary: 'The same field as with the pooling; how to summarize a window is learnt, which takes weights.',
  against: ['max-pool', 'strided-convolution'],
  parameters: PARAMETERS,
  describe: ({ channels, size }) => ({
    inputs: maps(channels, size),
    layers: named({
      conv: conv(channels, 3, { padding: 1, bias: false }),
      relu: relu(),
      conv2: conv(channels, 3, { stride: 2, padding: 1, bias: false }),
      relu2: relu(),
    }),
  }),
});
