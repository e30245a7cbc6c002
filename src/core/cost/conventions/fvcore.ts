import { times } from '../../count.ts';
import { string } from '../../operators/call.ts';
import { defineConvention, type Rule, variant } from './convention.ts';
import { isAdaptive } from './modules.ts';
import { byMode, either, leftTimesColumns, macs, nothing, perInput, perOutput } from './rules.ts';

export const fvcore = defineConvention({
  id: 'fvcore',
  version: '0.1.5',
  unit: 'MAC',
  summary: 'fvcore.nn.FlopCountAnalysis, which calls a multiply-accumulate a flop: contractions, norms, interpolation, adaptive pooling',
  source: 'https://github.com/facebookresearch/fvcore/blob/main/fvcore/nn/jit_handles.py',
  note: 'products count with both operands broadcast, fused attention and recurrent layers count; every norm is taken as affine',
  rules: {
    BatchNormalization: perInput(2),
    LayerNormalization: perInput(5),
    GroupNormalization: perInput(5),
    InstanceNormalization: perInput(5),
    GlobalAveragePool: perInput(1),
    'fovea.AdaptiveAveragePool': perInput(1),
    AveragePool: either(isAdaptive, perInput(1)),
    Resize: byMode({ nearest: perOutput(1), bilinear: perOutput(4) }),
    GridSample: perOutput(4),
  },
  otherwise: macs,
});

/** Equations that fvcore prices itself, with their letters in the order of their appearance. */
const EXACT = new Set(['abc,abd->acd', 'abc,adc->adb']);

/** NumPy prints the operations of an einsum with four digits, and fvcore reads them back. */
const printed: Rule = (counted) => {
  const equation = string(counted.call, 'equation', '').replaceAll(' ', '');
  const letters = [...new Set(equation.match(/[a-z]/gi))];
  const renamed = equation.replace(/[a-z]/gi, (letter) => String.fromCharCode(97 + letters.indexOf(letter)));
  if (EXACT.has(renamed)) return macs(counted);
  return Math.floor(Number(Number(times(2, counted.operations.mac)).toExponential(3)) / 2);
};

export const fvcore015 = variant(fvcore, {
  id: 'fvcore@0.1.5',
  version: '0.1.5.post20221221',
  note: 'a left operand that is broadcast counts once, an einsum to four digits; fused attention and recurrent layers are not seen',
  rules: { Conv: macs, ConvTranspose: macs, Gemm: macs, MatMul: leftTimesColumns, Einsum: printed },
  otherwise: nothing,
});
