import { times } from '../../count.ts';
import { elementsOf, volume } from '../../operators/shape.ts';
import { defineConvention, type Rule, variant } from './convention.ts';
import { isEmbedding, isLinearBias } from './modules.ts';
import { both, byOutputPositions, either, hasWeight, macs, macsAndBias, perOutput, productsAndBias, recurrent } from './rules.ts';

/** The elements of a weight, once for each sample of the batch. */
const weight =
  (slot: number): Rule =>
  ({ call }) => {
    const tensor = call.inputs[slot];
    if (!tensor?.constant) return 0;
    const [elements, batch] = [elementsOf(tensor), volume(call.outputs[0]?.shape?.slice(0, 1) ?? [null])];
    return elements === null || batch === null ? null : times(elements, batch);
  };

const affine = both(weight(1), weight(2));
const recurrentLayer = recurrent(productsAndBias);

/** A bias, once for each output position. */
const bias: Rule = ({ operations }) => operations.add;

export const torchinfo = defineConvention({
  id: 'torchinfo',
  version: '1.8',
  unit: 'MAC',
  summary: '"mult-adds" of torchinfo: weights and biases of each module, times the output positions of convolutions and Linear',
  source: 'https://github.com/TylerYep/torchinfo/blob/main/torchinfo/layer_info.py',
  note: 'transposed convolutions count by input positions',
  rules: {
    Conv: macsAndBias,
    ConvTranspose: macsAndBias,
    Gemm: either(hasWeight, macsAndBias),
    Add: either(isLinearBias, perOutput(1)),
    BatchNormalization: affine,
    LayerNormalization: affine,
    GroupNormalization: affine,
    InstanceNormalization: affine,
    PRelu: weight(1),
    Gather: either(isEmbedding, weight(0)),
    LSTM: recurrentLayer,
    GRU: recurrentLayer,
    RNN: recurrentLayer,
  },
  otherwise: either(hasWeight, macs),
});

export const torchinfo18 = variant(torchinfo, {
  id: 'torchinfo@1.8',
  version: '1.8.0, and Linear as repaired after it',
  note: 'transposed convolutions count by output positions, too high by the product of the strides',
  rules: { ConvTranspose: both(byOutputPositions, bias) },
});
