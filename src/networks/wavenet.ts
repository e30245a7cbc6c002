import type { Arguments, BlockJson, LayerJson } from './description.ts';
import { add, layer, relu, use } from './layers.ts';
import { named } from './naming.ts';
import { defineNetwork } from './network.ts';

/** Values that a sample of sound can have. */
const LEVELS = 256;

const pointwise = (channels: number, args: Arguments = {}): LayerJson =>
  layer('Conv1d', { out_channels: channels, kernel_size: 1, ...args });

/** A causal convolution of two taps: the present and one in the past. */
function causal(channels: number): LayerJson {
  return layer('Conv1d', {
    out_channels: channels,
    kernel_size: 2,
    dilation: '$dilation',
    padding: [['$dilation', 0]],
    bias: false,
    from: 'input',
  });
}

function unit(residual: number, skip: number): BlockJson {
  return {
    description: 'A gated convolution; its result goes to the next unit and past all units.',
    parameters: { dilation: null },
    layers: named({
      filter: causal(residual),
      tanh: layer('Tanh'),
      gate: causal(residual),
      sigmoid: layer('Sigmoid'),
      product: layer('Multiply', { from: ['tanh', 'sigmoid'] }),
      skip: pointwise(skip, { from: 'product' }),
      residual: pointwise(residual, { from: 'product' }),
      add: add(['residual', 'input']),
    }),
    output: ['add', 'skip'],
  };
}

export const wavenet = defineNetwork({
  id: 'wavenet',
  title: 'WaveNet',
  summary: 'Causal convolutions whose dilation doubles from unit to unit: the field grows exponentially with depth.',
  paper: { title: 'WaveNet: A Generative Model for Raw Audio', authors: 'van den Oord and others', arxiv: '1609.03499' },
  year: 2016,
  parameters: {
    stacks: { least: 1, most: 10, default: 1, doc: 'How often the dilations start again from 1.' },
    layers: { least: 1, most: 12, default: 10, doc: 'Units in a stack, of dilations 1, 2, 4 and so on.' },
    residual: { least: 1, most: 1024, default: 32, doc: 'Channels between the units. The paper does not say how many.' },
    skip: { least: 1, most: 4096, default: 512, doc: 'Channels past the units. The paper does not say how many.' },
  },
  names: {},
  describe: ({ stacks, layers: depth, residual, skip }) => {
    const count = stacks * depth;
    const units = Array.from({ length: count }, (_, index) => {
      const from = index === 0 ? 'first' : `unit${index - 1}.0`;
      return [`unit${index}`, use('unit', { dilation: 2 ** (index % depth) }, { from })] as const;
    });
    const skips = Array.from({ length: count }, (_, index) => `unit${index}.1`);
    return {
      inputs: { samples: ['batch', LEVELS, 16000] },
      blocks: { unit: unit(residual, skip) },
      layers: named({
        first: pointwise(residual),
        ...Object.fromEntries(units),
        ...(count > 1 ? { sum: add(skips), relu1: relu() } : { relu1: relu({ from: 'unit0.1' }) }),
        conv1: pointwise(skip),
        relu2: relu(),
        conv2: pointwise(LEVELS),
        softmax: layer('Softmax', { dim: 1 }),
      }),
    };
  },
});
