import { add, conv, relu } from '../layers.ts';
import { named } from '../naming.ts';
import { CHANNELS, definePattern, maps, SIZE } from './pattern.ts';

// Figure 5 of "Deep Residual Learning"; there the basic block has 64 channels and the bottleneck 256.

const WIDE = { ...CHANNELS, least: 4, default: 256 };

export const basicBlock = definePattern({
  id: 'basic-block',
  title: 'A residual block of two 3x3 convolutions',
  summary: 'Both convolutions work on all channels (ResNet-18 and 34).',
  against: ['bottleneck-block'],
  parameters: { channels: WIDE, size: SIZE },
  describe: ({ channels, size }) => ({
    inputs: maps(channels, size),
    layers: named({
      conv1: conv(channels, 3, { padding: 1, bias: false }),
      relu1: relu(),
      conv2: conv(channels, 3, { padding: 1, bias: false }),
      add: add(['conv2', 'x']),
      relu: relu(),
    }),
  }),
});

export const bottleneckBlock = definePattern({
  id: 'bottleneck-block',
  title: 'A residual block with a bottleneck',
  summary:
    'A 1x1 convolution down, a 3x3 on a quarter of the channels, a 1x1 up: deeper and cheaper, and its field is smaller (ResNet-50).',
  against: ['basic-block'],
  parameters: { channels: WIDE, size: SIZE },
  describe: ({ channels, size }) => {
    const narrow = Math.floor(channels / 4);
    return {
      inputs: maps(channels, size),
      layers: named({
        conv1: conv(narrow, 1, { bias: false }),
        relu1: relu(),
        conv2: conv(narrow, 3, { padding: 1, bias: false }),
        relu2: relu(),
        conv3: conv(channels, 1, { bias: false }),
        add: add(['conv3', 'x']),
        relu: relu(),
      }),
    };
  },
});
