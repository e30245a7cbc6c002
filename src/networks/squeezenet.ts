import type { BlocksJson, LayerJson } from './description.ts';
import { concat, conv, globalPool, layer, maxPool, relu, use } from './layers.ts';
import { images, named, sequence } from './naming.ts';
import { defineNetwork } from './network.ts';

const BLOCKS: BlocksJson = {
  fire: {
    description: 'A narrow 1x1 convolution, then 1x1 and 3x3 side by side.',
    parameters: { squeeze: null, expand: null },
    layers: named({
      squeeze: conv('$squeeze', 1),
      squeeze_activation: relu(),
      expand1x1: conv('$expand', 1),
      expand1x1_activation: relu(),
      expand3x3: conv('$expand', 3, { padding: 1, from: 'squeeze_activation' }),
      expand3x3_activation: relu(),
      concat: concat(['expand1x1_activation', 'expand3x3_activation']),
    }),
  },
};

const fire = (squeeze: number) => use('fire', { squeeze, expand: 4 * squeeze });
const halve = () => maxPool(3, 2, { ceil_mode: true });

/** Version 1.1 is smaller at the beginning and pools earlier. */
const FEATURES: Readonly<Record<'1.0' | '1.1', readonly LayerJson[]>> = {
  '1.0': [
    conv(96, 7, { stride: 2 }),
    relu(),
    halve(),
    ...[16, 16, 32].map(fire),
    halve(),
    ...[32, 48, 48, 64].map(fire),
    halve(),
    fire(64),
  ],
  '1.1': [
    conv(64, 3, { stride: 2 }),
    relu(),
    halve(),
    fire(16),
    fire(16),
    halve(),
    fire(32),
    fire(32),
    halve(),
    ...[48, 48, 64, 64].map(fire),
  ],
};

export const squeezenet = defineNetwork({
  id: 'squeezenet',
  title: 'SqueezeNet',
  summary: 'Fire modules: 1x1 convolutions narrow what the 3x3 read, for the accuracy of AlexNet with fifty times fewer parameters.',
  paper: {
    title: 'SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and <0.5MB model size',
    authors: 'Iandola and others',
    arxiv: '1602.07360',
  },
  year: 2016,
  parameters: { version: { values: ['1.0', '1.1'], default: '1.1', doc: 'The paper (1.0), or its cheaper successor.' } },
  names: { squeezenet1_0: { version: '1.0' }, squeezenet1_1: { version: '1.1' } },
  describe: ({ version }) => ({
    inputs: images(224),
    blocks: BLOCKS,
    layers: [
      ...sequence(FEATURES[version], 'features/'),
      ...sequence([layer('Dropout'), conv(1000, 1), relu(), globalPool()], 'classifier/'),
      ...named({ flatten: layer('Flatten') }),
    ],
  }),
});
