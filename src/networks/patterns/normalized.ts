import type { LayerJson } from '../description.ts';
import { conv, maxPool, norm, relu } from '../layers.ts';
import { named } from '../naming.ts';
import type { Choice } from '../network.ts';
import { CHANNELS, definePattern, maps, SIZE } from './pattern.ts';

const POOLING: Choice<'none' | 'max'> = { values: ['none', 'max'], default: 'none', doc: 'Whether a 2x2 max pooling follows.' };

const PARAMETERS = { channels: CHANNELS, size: SIZE, pooling: POOLING };

function pooled(pooling: 'none' | 'max'): Record<string, LayerJson> {
  return pooling === 'max' ? { pool: maxPool(2, 2) } : {};
}

export const convBnRelu = definePattern({
  id: 'conv-bn-relu',
  title: 'Convolution, batch normalization, activation',
  summary: 'The usual step of a convolutional network, as it is trained; pooling=max adds the pooling.',
  against: ['folded-conv-relu'],
  parameters: PARAMETERS,
  describe: ({ channels, size, pooling }) => ({
    inputs: maps(channels, size),
    layers: named({ conv: conv(channels, 3, { padding: 1, bias: false }), bn: norm(), relu: relu(), ...pooled(pooling) }),
  }),
});

export const foldedConvRelu = definePattern({
  id: 'folded-conv-relu',
  title: 'The same with the normalization folded',
  summary: 'For inference a normalization becomes a factor on the weights and a bias of the convolution.',
  against: ['conv-bn-relu'],
  parameters: PARAMETERS,
  describe: ({ channels, size, pooling }) => ({
    inputs: maps(channels, size),
    layers: named({ conv: conv(channels, 3, { padding: 1 }), relu: relu(), ...pooled(pooling) }),
  }),
});
