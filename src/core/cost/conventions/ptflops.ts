import { plus, times } from '../../count.ts';
import { defineConvention, type Rule, variant } from './convention.ts';
import { isLinearBias, isSilu } from './modules.ts';
import { both, either, hasWeight, macs, macsAndBias, nothing, perInput, perOutput, productsAndBias, recurrent } from './rules.ts';

/** Operations on the state of a unit, by gates: of RNN, GRU, LSTM. */
const STATE: Readonly<Record<number, number>> = { 1: 1, 3: 7, 4: 10 };

const recurrentLayer = recurrent((cell) => plus(productsAndBias(cell), times(STATE[cell.gates] ?? 0, cell.hidden)));

/** One for each score that Softmax takes, whose exponentials are as many. */
const scores: Rule = ({ operations }) => operations.exp;

export const ptflops = defineConvention({
  id: 'ptflops',
  version: '0.7',
  unit: 'MAC',
  summary: 'ptflops with its pytorch backend: modules with weights, with bias, norms, activations, pools and interpolation',
  source: 'https://github.com/sovrasov/flops-counter.pytorch/blob/master/ptflops/pytorch_ops.py',
  note: 'activations, pools and interpolation count once; attention counts as in nn.MultiheadAttention; every norm is taken as affine',
  rules: {
    Conv: macsAndBias,
    ConvTranspose: macsAndBias,
    Gemm: macsAndBias,
    Add: either(isLinearBias, perOutput(1)),
    BatchNormalization: perInput(2),
    InstanceNormalization: perInput(2),
    GroupNormalization: perInput(2),
    LayerNormalization: perInput(1),
    Relu: perOutput(1),
    PRelu: perOutput(1),
    Elu: perOutput(1),
    LeakyRelu: perOutput(1),
    Clip: perOutput(1),
    Gelu: perOutput(1),
    // Of a GELU that is written out, the error function stands for it.
    Erf: perOutput(1),
    Swish: perOutput(1),
    Mul: either(isSilu, perOutput(1)),
    Softmax: perOutput(1),
    MaxPool: perInput(1),
    AveragePool: perInput(1),
    GlobalAveragePool: perInput(1),
    GlobalMaxPool: perInput(1),
    'fovea.AdaptiveAveragePool': perInput(1),
    'fovea.AdaptiveMaxPool': perInput(1),
    Resize: perOutput(1),
    LSTM: recurrentLayer,
    GRU: recurrentLayer,
    RNN: recurrentLayer,
    // The query is scaled.
    Attention: both(both(macs, scores), perInput(1)),
  },
  otherwise: either(hasWeight, macs),
});

export const ptflops07 = variant(ptflops, {
  id: 'ptflops@0.7',
  version: '0.7',
  note: 'ReLU, PReLU, ELU, GELU, pools and interpolation count twice, as module and as the function that it calls; attention is not seen',
  rules: {
    Relu: perOutput(2),
    PRelu: perOutput(2),
    Elu: perOutput(2),
    Gelu: perOutput(2),
    Erf: perOutput(2),
    MaxPool: perInput(2),
    AveragePool: perInput(2),
    GlobalAveragePool: perInput(2),
    GlobalMaxPool: perInput(2),
    'fovea.AdaptiveAveragePool': perInput(2),
    'fovea.AdaptiveMaxPool': perInput(2),
    Resize: perOutput(2),
    Attention: nothing,
  },
});
