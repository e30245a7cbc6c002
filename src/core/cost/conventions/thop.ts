import { plus, times } from '../../count.ts';
import { defineConvention, type Rule, variant } from './convention.ts';
import { isAdaptive } from './modules.ts';
import { both, byMode, byOutputPositions, either, hasWeight, macs, perInput, perOutput, productsAndBias, recurrent } from './rules.ts';

/** An activation for each gate, and in GRU and LSTM four operations on the state. */
const recurrentLayer = recurrent((cell) =>
  plus(productsAndBias(cell), times(cell.gates, cell.hidden), cell.gates === 1 ? 0 : times(4, cell.hidden)),
);

/** Exponentials, divisions and the sums of a row, which are as many as the comparisons that find its maximum. */
const softmax: Rule = ({ operations: { exp, div, cmp } }) => plus(exp, div, cmp);

/** Each window is summed up and divided; together the windows are the input. */
const adaptive = both(perInput(1), perOutput(1));

export const thop = defineConvention({
  id: 'thop',
  version: '0.1.1',
  unit: 'MAC',
  summary: 'thop (pytorch-OpCounter): modules with weights, without bias, norms, average pools, Softmax and interpolation',
  source: 'https://github.com/Lyken17/pytorch-OpCounter/tree/master/thop/vision',
  note: 'transposed convolutions count by input positions; every norm is taken as affine',
  rules: {
    BatchNormalization: perInput(4),
    LayerNormalization: perInput(4),
    InstanceNormalization: perInput(4),
    PRelu: perInput(1),
    Softmax: softmax,
    AveragePool: either(isAdaptive, adaptive, perOutput(1)),
    GlobalAveragePool: adaptive,
    'fovea.AdaptiveAveragePool': adaptive,
    Resize: byMode({
      nearest: perOutput(1),
      linear: perOutput(5),
      bilinear: perOutput(11),
      trilinear: perOutput(31),
      bicubic: perOutput(259),
    }),
    LSTM: recurrentLayer,
    GRU: recurrentLayer,
    RNN: recurrentLayer,
  },
  otherwise: either(hasWeight, macs),
});

export const thop011 = variant(thop, {
  id: 'thop@0.1.1',
  version: '0.1.1.post2209072238',
  note: 'transposed convolutions count by output positions, too high by the product of the strides',
  rules: { ConvTranspose: byOutputPositions },
});
