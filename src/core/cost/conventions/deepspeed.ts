import { plus, times } from '../../count.ts';
import { int, ints, known } from '../../operators/call.ts';
import { volume } from '../../operators/shape.ts';
import { defineConvention, type Rule, variant } from './convention.ts';
import { isSilu } from './modules.ts';
import { both, either, leftTimesColumns, nothing, perInput, perOutput, recurrent, twiceMacs } from './rules.ts';

const bias: Rule = ({ operations }) => operations.add;
const withBias = both(twiceMacs, bias);

/** Operations on the state of a unit, by gates: of RNN, GRU, LSTM. */
const STATE: Readonly<Record<number, number>> = { 1: 1, 3: 7, 4: 10 };

/** Products of n elements are n multiplications and n - 1 sums. */
const recurrentLayer = recurrent(({ input, hidden, gates, bias }) =>
  plus(times(gates, hidden, 2 * input - 1 + (2 * hidden - 1)), times(STATE[gates] ?? 0, hidden), bias),
);

export const deepspeed = defineConvention({
  id: 'deepspeed',
  version: '0.19',
  unit: 'FLOP',
  summary: "DeepSpeed's flops profiler: contractions twice their multiply-accumulates, norms, activations, pools and interpolation",
  source: 'https://github.com/deepspeedai/DeepSpeed/blob/master/deepspeed/profiling/flops_profiler/profiler.py',
  note: 'transposed convolutions, products that are broadcast and interpolation to a given size count in full; every norm is taken as affine',
  rules: {
    Conv: withBias,
    ConvTranspose: withBias,
    BatchNormalization: perInput(2),
    LayerNormalization: perInput(5),
    GroupNormalization: perInput(5),
    InstanceNormalization: perInput(5),
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
  },
  otherwise: twiceMacs,
});

/** Divided by the groups twice, and a bias at the positions that a convolution of the same window has. */
const transposed: Rule = ({ call }) => {
  const [input, weight] = [call.inputs[0], call.inputs[1]].map((tensor) => known(tensor?.shape ?? null));
  if (!input || !weight) return null;
  const groups = int(call, 'group', 1);
  const [, perGroup, ...kernel] = weight as [number, number, ...number[]];
  const at = (name: string, axis: number, fallback: number) => ints(call, name)?.[axis] ?? fallback;
  const positions = kernel.map((taps, axis) => {
    const room = (input[axis + 2] as number) + 2 * at('pads', axis, 0) - (at('dilations', axis, 1) * (taps - 1) + 1);
    return Math.max(Math.floor(room / at('strides', axis, 1)) + 1, 0);
  });
  const macs = times(...input, Math.floor(perGroup / groups), ...kernel);
  return plus(times(2, macs), call.inputs[2] ? times(perGroup, input[0] as number, ...positions) : 0);
};

/** Interpolation to a size forgets the batch and the channels. */
const toSize: Rule = (counted) => {
  const { inputs, outputs } = counted.call;
  return inputs[3] ? volume(outputs[0]?.shape?.slice(2) ?? [null]) : perOutput(1)(counted);
};

const twice =
  (rule: Rule): Rule =>
  (counted) => {
    const count = rule(counted);
    return count === null ? null : times(2, count);
  };

export const deepspeed019 = variant(deepspeed, {
  id: 'deepspeed@0.19',
  version: '0.19',
  note: 'depthwise transposed convolutions are free, a left operand that is broadcast counts once, interpolation to a size forgets batch and channels',
  rules: {
    ConvTranspose: transposed,
    Gemm: twiceMacs,
    MatMul: twice(leftTimesColumns),
    Einsum: twiceMacs,
    Attention: twiceMacs,
    Resize: toSize,
  },
  otherwise: nothing,
});
