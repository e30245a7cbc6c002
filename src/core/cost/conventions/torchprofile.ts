import { times } from '../../count.ts';
import { known, string } from '../../operators/call.ts';
import { defineConvention, type Rule, variant } from './convention.ts';
import { isGeluProduct, isSilu } from './modules.ts';
import { byMode, either, macs, nothing, perOutput } from './rules.ts';

const SAMPLED = { nearest: 0, linear: 4, cubic: 16 } as const;

const sampled: Rule = (counted) => perOutput(SAMPLED[string(counted.call, 'mode', 'linear') as keyof typeof SAMPLED] ?? 0)(counted);

export const torchprofile = defineConvention({
  id: 'torchprofile',
  version: '0.1',
  unit: 'MAC',
  summary: 'torchprofile: contractions, without bias; products, norms, means and average pools one for each output',
  source: 'https://github.com/zhijian-liu/torchprofile/blob/master/torchprofile/handlers.py',
  note: 'transposed convolutions count by input positions, and GRU and RNN count; every norm is taken as affine',
  rules: {
    Mul: either((counted) => isSilu(counted) || isGeluProduct(counted), nothing, perOutput(1)),
    BatchNormalization: perOutput(1),
    LayerNormalization: perOutput(1),
    GroupNormalization: perOutput(1),
    InstanceNormalization: perOutput(1),
    AveragePool: perOutput(1),
    GlobalAveragePool: perOutput(1),
    'fovea.AdaptiveAveragePool': perOutput(1),
    ReduceMean: perOutput(1),
    LeakyRelu: perOutput(1),
    Resize: byMode({ bilinear: perOutput(4) }),
    GridSample: sampled,
  },
  otherwise: macs,
});

/** By output positions, and where input and output channels differ without a division by the groups. */
const transposed: Rule = (counted) => {
  const [weight, output] = [counted.call.inputs[1], counted.call.outputs[0]].map((tensor) => known(tensor?.shape ?? null));
  if (!weight || !output) return null;
  const [rows, columns, ...kernel] = weight as [number, number, ...number[]];
  return times(...output, output[1] === rows ? columns : rows, ...kernel);
};

export const torchprofile01 = variant(torchprofile, {
  id: 'torchprofile@0.1',
  version: '0.1.0',
  note: 'transposed convolutions count by output positions, too high by the product of the strides; GRU and RNN are not seen',
  rules: { Conv: macs, ConvTranspose: transposed, Gemm: macs, MatMul: macs, Einsum: macs, LSTM: macs, Attention: macs },
  otherwise: nothing,
});
