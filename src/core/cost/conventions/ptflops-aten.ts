import { defineConvention, variant } from './convention.ts';
import { isLinearBias } from './modules.ts';
import { either, macs, macsAndBias, nothing, perOutput, productsAndBias, recurrent } from './rules.ts';

const withBiases = recurrent(productsAndBias);

export const ptflopsAten = defineConvention({
  id: 'ptflops-aten',
  version: '0.7',
  unit: 'MAC',
  summary: 'ptflops with its aten backend: convolutions and matrix products, with bias',
  source: 'https://github.com/sovrasov/flops-counter.pytorch/blob/master/ptflops/aten_ops.py',
  note: 'fused attention and LSTM count',
  rules: {
    Conv: macsAndBias,
    ConvTranspose: macsAndBias,
    Gemm: macsAndBias,
    Add: either(isLinearBias, perOutput(1)),
    LSTM: withBiases,
    GRU: withBiases,
    RNN: withBiases,
  },
  otherwise: macs,
});

export const ptflopsAten07 = variant(ptflopsAten, {
  id: 'ptflops-aten@0.7',
  version: '0.7',
  note: 'as measured on a CPU, where fused attention and LSTM are not seen',
  rules: { MatMul: macs, Einsum: macs, LSTM: nothing },
  otherwise: nothing,
});
