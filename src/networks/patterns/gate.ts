import { squeezeExcitation } from '../attention.ts';
import { conv, relu, use } from '../layers.ts';
import { named } from '../naming.ts';
import type { Choice } from '../network.ts';
import { definePattern, maps, SIZE } from './pattern.ts';

const PARAMETERS = {
  channels: {
    values: [64, 128, 256, 512, 1024, 2048],
    default: 256,
    doc: 'Feature maps; a sixteenth of them in the middle of the gate.',
  } satisfies Choice<number>,
  size: SIZE,
} as const;

export const noGate = definePattern({
  id: 'no-gate',
  title: 'A convolution without a gate',
  summary: 'What a channel says at one place does not depend on the rest of the image.',
  against: ['se-gate'],
  parameters: PARAMETERS,
  describe: ({ channels, size }) => ({
    inputs: maps(channels, size),
    layers: named({ conv: conv(channels, 3, { padding: 1, bias: false }), relu: relu() }),
  }),
});

export const seGate = definePattern({
  id: 'se-gate',
  title: 'A convolution with a gate on its channels',
  summary: 'Each channel times a number that depends on the means of all channels: how they relate over the whole image (SE).',
  against: ['no-gate'],
  parameters: PARAMETERS,
  describe: ({ channels, size }) => ({
    inputs: maps(channels, size),
    blocks: squeezeExcitation.blocks,
    layers: named({
      conv: conv(channels, 3, { padding: 1, bias: false }),
      relu: relu(),
      gate: use('gate', squeezeExcitation.values(channels)),
    }),
  }),
});
