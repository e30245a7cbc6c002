import type { Architecture, LayerJson } from '../description.ts';
import { conv, relu } from '../layers.ts';
import { named } from '../naming.ts';
import type { Choice } from '../network.ts';
import { CHANNELS, definePattern, maps, SIZE } from './pattern.ts';

const BETWEEN: Choice<'relu' | 'none'> = {
  values: ['relu', 'none'],
  default: 'relu',
  doc: 'What stands between the convolutions; without an activation they are one linear map.',
};

interface Stacked {
  readonly count: number;
  readonly kernel: number;
  readonly between?: 'relu' | 'none';
}

/** Convolutions in a row, each followed by an activation, or only the last. */
function stack({ count, kernel, between = 'relu' }: Stacked, { channels, size }: { channels: number; size: number }): Architecture {
  const layers: Record<string, LayerJson> = {};
  for (let i = 1; i <= count; i++) {
    layers[`conv${i}`] = conv(channels, kernel, { padding: (kernel - 1) / 2, bias: false });
    if (i === count || between === 'relu') layers[`relu${i}`] = relu();
  }
  return { inputs: maps(channels, size), layers: named(layers) };
}

export const two3x3 = definePattern({
  id: 'two-3x3',
  title: 'Two 3x3 convolutions',
  summary: 'They see as much as one 5x5, with fewer weights and one more non-linearity (VGG).',
  against: ['one-5x5'],
  parameters: { channels: CHANNELS, size: SIZE, between: BETWEEN },
  describe: ({ between, ...maps }) => stack({ count: 2, kernel: 3, between }, maps),
});

export const one5x5 = definePattern({
  id: 'one-5x5',
  title: 'One 5x5 convolution',
  summary: 'It sees in one step what two 3x3 see in two.',
  against: ['two-3x3'],
  parameters: { channels: CHANNELS, size: SIZE },
  describe: (maps) => stack({ count: 1, kernel: 5 }, maps),
});

export const three3x3 = definePattern({
  id: 'three-3x3',
  title: 'Three 3x3 convolutions',
  summary: 'They see as much as one 7x7, with fewer weights and two more non-linearities (VGG).',
  against: ['one-7x7'],
  parameters: { channels: CHANNELS, size: SIZE, between: BETWEEN },
  describe: ({ between, ...maps }) => stack({ count: 3, kernel: 3, between }, maps),
});

export const one7x7 = definePattern({
  id: 'one-7x7',
  title: 'One 7x7 convolution',
  summary: 'It sees in one step what three 3x3 see in three.',
  against: ['three-3x3'],
  parameters: { channels: CHANNELS, size: SIZE },
  describe: (maps) => stack({ count: 1, kernel: 7 }, maps),
});
