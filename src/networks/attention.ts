import { add, concat, conv, globalPool, layer, norm, relu, use } from './layers.ts';
import { named } from './naming.ts';
import type { Gate } from './residual-blocks.ts';

/** Channels are narrowed by this factor in the middle of a gate. */
const REDUCTION = 16;

/** Squeeze and excitation: each channel times a number that depends on the means of all channels. */
export const squeezeExcitation: Gate = {
  values: (channels) => ({ channels, narrow: channels / REDUCTION }),
  blocks: {
    gate: {
      parameters: { channels: null, narrow: null },
      layers: named({
        avgpool: globalPool(),
        fc1: conv('$narrow', 1),
        relu: relu(),
        fc2: conv('$channels', 1),
        sigmoid: layer('Sigmoid'),
        scale: layer('Multiply', { from: ['input', 'sigmoid'] }),
      }),
    },
  },
};

/** The odd number nearest to half of log2(2 channels); of two the lower, which makes the 80 parameters of the paper's abstract. */
function neighbours(channels: number): number {
  return 2 * Math.ceil((Math.log2(channels) + 1) / 4 - 1) + 1;
}

/** Efficient channel attention: the number for a channel depends on the means of a few channels beside it. */
export const efficientChannel: Gate = {
  values: (channels) => ({ kernel: neighbours(channels), padding: (neighbours(channels) - 1) / 2 }),
  blocks: {
    gate: {
      parameters: { kernel: null, padding: null },
      layers: named({
        avgpool: globalPool(),
        squeeze: layer('Squeeze', { dim: -1 }),
        turn: layer('Transpose', { dim0: 1, dim1: 2 }),
        conv: layer('Conv1d', { out_channels: 1, kernel_size: '$kernel', padding: '$padding', bias: false }),
        turn_back: layer('Transpose', { dim0: 1, dim1: 2 }),
        unsqueeze: layer('Unsqueeze', { dim: -1 }),
        sigmoid: layer('Sigmoid'),
        scale: layer('Multiply', { from: ['input', 'sigmoid'] }),
      }),
    },
  },
};

/** Convolutional block attention: a gate on the channels, from means and maxima, then one on the positions. */
export const convolutionalBlock: Gate = {
  values: (channels) => ({ channels, narrow: channels / REDUCTION }),
  blocks: {
    mlp: {
      parameters: { channels: null, narrow: null },
      layers: named({ fc1: conv('$narrow', 1), relu: relu(), fc2: conv('$channels', 1) }),
    },
    gate: {
      parameters: { channels: null, narrow: null },
      layers: named({
        avgpool: globalPool(),
        mean_mlp: use('mlp', { channels: '$channels', narrow: '$narrow' }),
        maxpool: layer('AdaptiveMaxPool2d', { output_size: 1, from: 'input' }),
        max_mlp: use('mlp', { channels: '$channels', narrow: '$narrow' }, { weights: 'mean_mlp' }),
        sum: add(['mean_mlp', 'max_mlp']),
        channel_sigmoid: layer('Sigmoid'),
        channel_scale: layer('Multiply', { from: ['input', 'channel_sigmoid'] }),
        mean: layer('Mean', { dim: 1, keepdim: true }),
        max: layer('Max', { dim: 1, keepdim: true, from: 'channel_scale' }),
        pooled: concat(['max', 'mean']),
        conv: conv(1, 7, { padding: 3, bias: false }),
        bn: norm(),
        sigmoid: layer('Sigmoid'),
        scale: layer('Multiply', { from: ['channel_scale', 'sigmoid'] }),
      }),
    },
  },
};
