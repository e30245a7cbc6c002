import { defineConvention, variant } from './convention.ts';
import { nothing, twiceMacs } from './rules.ts';

export const torch = defineConvention({
  id: 'torch',
  version: '2.13',
  unit: 'FLOP',
  summary: 'torch.utils.flop_counter: convolutions, matrix products and attention, two FLOP for each multiply-accumulate',
  source: 'https://github.com/pytorch/pytorch/blob/main/torch/utils/flop_counter.py',
  note: 'attention and recurrent layers count wherever they run; torch counts them on some devices only',
  otherwise: twiceMacs,
});

export const torch213 = variant(torch, {
  id: 'torch@2.13',
  version: '2.13',
  note: 'as measured on a CPU, where fused attention and LSTM are not seen',
  rules: {
    Conv: twiceMacs,
    ConvTranspose: twiceMacs,
    Gemm: twiceMacs,
    MatMul: twiceMacs,
    Einsum: twiceMacs,
    GRU: twiceMacs,
    RNN: twiceMacs,
  },
  otherwise: nothing,
});
