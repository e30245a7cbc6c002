import type { BlockJson } from './description.ts';
import { add, layer, relu, use } from './layers.ts';
import { named } from './naming.ts';
import { defineNetwork } from './network.ts';

function causal(channels: number, kernel: number) {
  return layer('Conv1d', { out_channels: channels, kernel_size: kernel, dilation: '$dilation', padding: [['$reach', 0]] });
}

function block(channels: number, kernel: number, projected: boolean): BlockJson {
  return {
    description: 'Two causal convolutions of one dilation with a shortcut.',
    parameters: { dilation: null, reach: null },
    layers: named({
      conv1: causal(channels, kernel),
      relu1: relu(),
      dropout1: layer('Dropout'),
      conv2: causal(channels, kernel),
      relu2: relu(),
      dropout2: layer('Dropout'),
      ...(projected && { downsample: layer('Conv1d', { out_channels: channels, kernel_size: 1, from: 'input' }) }),
      add: add(['dropout2', projected ? 'downsample' : 'input']),
      relu: relu(),
    }),
  };
}

export const tcn = defineNetwork({
  id: 'tcn',
  title: 'Temporal convolutional network',
  summary: 'Residual blocks of dilated causal convolutions for sequences; the field is 1 + 2 stacks (kernel - 1) (2^levels - 1).',
  paper: {
    title: 'An Empirical Evaluation of Generic Convolutional and Recurrent Networks for Sequence Modeling',
    authors: 'Bai, Kolter and Koltun',
    arxiv: '1803.01271',
  },
  year: 2018,
  parameters: {
    kernel: { least: 2, most: 16, default: 3, doc: 'Taps of a convolution.' },
    levels: { least: 1, most: 12, default: 8, doc: 'Blocks in a stack, of dilations 1, 2, 4 and so on.' },
    stacks: { least: 1, most: 10, default: 1, doc: 'How often the dilations start again from 1.' },
    channels: { least: 1, most: 1024, default: 25, doc: 'Channels of all blocks.' },
  },
  names: {},
  describe: ({ kernel, levels, stacks, channels }) => {
    const blocks = Array.from({ length: levels * stacks }, (_, index) => {
      const dilation = 2 ** (index % levels);
      return [`block${index}`, use(index === 0 ? 'projected' : 'residual', { dilation, reach: (kernel - 1) * dilation })] as const;
    });
    return {
      inputs: { sequence: ['batch', 1, 1024] },
      blocks: { projected: block(channels, kernel, true), residual: block(channels, kernel, false) },
      layers: named({ ...Object.fromEntries(blocks), output: layer('Conv1d', { out_channels: 10, kernel_size: 1 }) }),
    };
  },
});
