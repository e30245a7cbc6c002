import type { DType } from '../graph.ts';
import { activations } from './activation.ts';
import { type Amounts, each, perOutput, together } from './amount.ts';
import { int, need } from './call.ts';
import { channelsLast } from './channels-last.ts';
import { concat } from './concat.ts';
import { conv } from './convolution.ts';
import { fieldAs, seenAs } from './delegate.ts';
import { binaries } from './elementwise.ts';
import { globalAveragePool } from './global-pooling.ts';
import { gemm, matMul } from './matmul.ts';
import { type Call, type Counters, defineOperator, type Operator } from './operator.ts';
import { averagePool } from './pooling.ts';
import { ROUNDS } from './quantization.ts';
import { elementsOf } from './shape.ts';
import { softmax } from './softmax.ts';

interface Slots {
  /** Where the inputs of the operator in real numbers stand. */
  readonly of: (call: Call) => readonly number[];
  /** Where the zero points of those inputs stand: each element of such an input is taken from. */
  readonly zeros?: readonly number[];
  /** Whether a scale or zero point stands in a slot, that of the output too. */
  readonly scales: (slot: number) => boolean;
  /** Where a bias stands, in int32. */
  readonly bias?: number;
  /** The type of the output. */
  readonly dtype: (call: Call) => DType | null;
  /** Primitives that bring one element to the output's scale. */
  readonly rescale: (call: Call) => Amounts;
}

/** Scale, round, add the zero point, saturate: QuantizeLinear by a product with the quotient of the scales. */
const REQUANTIZE: Amounts = { mul: 1, add: 1, cmp: 3 };

/** An operator on quantised tensors: another one on integers, between zero points and scales. */
function quantized(
  op: string,
  base: Operator | ((call: Call) => Operator),
  { of, zeros = [], scales, bias, dtype, rescale }: Slots,
): Operator {
  const baseOf = (call: Call) => (typeof base === 'function' ? base(call) : base);
  return defineOperator(op, {
    noGradient: ROUNDS,
    infer: (call) => {
      const [output] = baseOf(call).infer(seenAs(call, of(call)));
      return [{ dtype: dtype(call), shape: output?.shape ?? null }];
    },
    // Scales and zero points say how a tensor is written, not what it says.
    field: (call, i) => fieldAs(baseOf(call), call, of(call), i) ?? 'none',
    cost: (call) => {
      const offset = zeros.map((slot, j) => each(call, call.inputs[slot] ? elementsOf(call.inputs[of(call)[j] as number]) : 0, { add: 1 }));
      return asInteger(together(call, baseOf(call).cost(seenAs(call, of(call))), ...offset, perOutput(call, rescale(call))));
    },
    scales,
    ...(bias !== undefined && { quantised: [bias] }),
    ...(typeof base !== 'function' && base.axes && { axes: (call) => base.axes?.(seenAs(call, of(call))) ?? null }),
    ...(typeof base !== 'function' && base.defaults && { defaults: (call) => base.defaults?.(seenAs(call, of(call))) ?? {} }),
  });
}

const asInteger = (counted: Counters | null): Counters | null =>
  counted && (Object.keys(counted).length > 0 ? { ...counted, integer: true } : counted);

const like =
  (slot: number, fallback = 0) =>
  (call: Call) =>
    (call.inputs[slot] ?? need(call, fallback)).dtype;
const requantized = (slots: readonly number[], zeroPoint: number, zeros?: readonly number[]): Slots => ({
  of: () => slots,
  scales: (slot) => !slots.includes(slot),
  ...(slots.length === 3 && { bias: slots[2] as number }),
  dtype: like(zeroPoint),
  rescale: () => REQUANTIZE,
  ...(zeros && { zeros }),
});
const accumulated: Slots = { of: () => [0, 1], scales: (slot) => slot > 1, zeros: [2], dtype: () => 'int32', rescale: () => ({}) };

const named = (among: readonly Operator[], op: string) => among.find((operator) => operator.op === op) as Operator;

/** The pools of com.microsoft take `channels_last`. */
const eitherLayout = (base: Operator) => {
  const last = channelsLast(base.op, base);
  return (call: Call) => (int(call, 'channels_last', 0) ? last : base);
};

/** Three inputs (tensor, scale, zero point) for each tensor, after the scale and zero point of the output. */
const concatenated = (call: Call) => Array.from({ length: Math.max(Math.floor((call.inputs.length - 2) / 3), 0) }, (_, j) => 2 + 3 * j);

const ADD = named(binaries, 'Add');
const MUL = named(binaries, 'Mul');

/** Source: ONNX QLinearConv and its siblings; of com.microsoft, the contrib operators of ONNX Runtime. */
export const quantizedOperators: readonly Operator[] = [
  quantized('QLinearConv', conv, requantized([0, 3, 8], 7, [2])),
  quantized('QLinearMatMul', matMul, requantized([0, 3], 7, [2])),
  quantized('ConvInteger', conv, accumulated),
  quantized('MatMulInteger', matMul, accumulated),
  // Without an output scale it gives real numbers.
  quantized('com.microsoft.QGemm', gemm, {
    ...requantized([0, 3, 6], 8, [2]),
    dtype: (call) => call.inputs[8]?.dtype ?? 'float32',
    rescale: (call) => (call.inputs[8] ? REQUANTIZE : { mul: 1 }),
  }),
  quantized('com.microsoft.QLinearAdd', ADD, requantized([0, 3], 7, [2, 5])),
  quantized('com.microsoft.QLinearMul', MUL, requantized([0, 3], 7, [2, 5])),
  quantized('com.microsoft.QLinearSigmoid', named(activations, 'Sigmoid'), requantized([0], 4, [2])),
  quantized('com.microsoft.QLinearLeakyRelu', named(activations, 'LeakyRelu'), requantized([0], 4, [2])),
  quantized('com.microsoft.QLinearSoftmax', softmax, requantized([0], 4, [2])),
  quantized('com.microsoft.QLinearGlobalAveragePool', eitherLayout(globalAveragePool), requantized([0], 4, [2])),
  quantized('com.microsoft.QLinearAveragePool', eitherLayout(averagePool), requantized([0], 4, [2])),
  quantized('com.microsoft.QLinearConcat', concat, {
    of: concatenated,
    scales: (slot) => slot < 2 || slot % 3 !== 2,
    dtype: (call) => need(call, 1).dtype,
    rescale: () => REQUANTIZE,
  }),
];
