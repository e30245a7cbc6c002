import { times } from '../count.ts';
import type { Dim, Shape } from '../graph.ts';
import { activationAmounts, activationSaves } from './activation.ts';
import { perOutput, together } from './amount.ts';
import { float, has, int, malformed, need, sameDim, shapeOf, string } from './call.ts';
import { channelsLast } from './channels-last.ts';
import { conv } from './convolution.ts';
import { seenAs } from './delegate.ts';
import { gemm, matMul } from './matmul.ts';
import { type Call, defineOperator, type Operator, type Relation } from './operator.ts';
import { maxPool } from './pooling.ts';
import { axisByAxis, EACH, RANK_UNKNOWN } from './relation.ts';
import { OPERANDS, OUTPUT } from './saves.ts';
import { broadcast, elementsOf, volume } from './shape.ts';

/** An operator with an activation behind it, named by an attribute. `addend` is a tensor that is added in between. */
function withActivation(op: string, base: Operator, slots: readonly number[], addend?: number): Operator {
  const { defaults, axes } = base;
  return defineOperator(op, {
    infer: (call) => {
      const [output] = base.infer(seenAs(call, slots));
      const shape = output?.shape ?? null;
      if (addend !== undefined && has(call, addend)) broadcast(call, [shape, shapeOf(call, addend)]);
      return [{ dtype: need(call, 0).dtype, shape }];
    },
    field: (call, i) => (i === addend ? 'elementwise' : base.field(seenAs(call, slots), i, 0)),
    cost: (call) => {
      const name = string(call, 'activation', '');
      const sum = { add: addend !== undefined && has(call, addend) ? 1 : 0 };
      const activated = name ? perOutput(call, activationAmounts(call, name)) : {};
      return together(call, base.cost(seenAs(call, slots)), perOutput(call, sum), activated);
    },
    // What goes into the activation is a tensor within, unless the gradient can be taken of the result.
    saves: (call) => {
      const name = string(call, 'activation', '');
      if (name === '') return OPERANDS;
      if (activationSaves(name) === 'output') return { ...OPERANDS, ...OUTPUT };
      return { ...OPERANDS, within: () => elementsOf(call.outputs[0]) };
    },
    ...(defaults && { defaults: (call: Call) => defaults(seenAs(call, slots)) }),
    ...(axes && { axes }),
  });
}

/** Source: com.microsoft FusedConv (its fourth input is added before the activation), NhwcFusedConv, FusedGemm. */
export const fusedConv = withActivation('com.microsoft.FusedConv', conv, [0, 1, 2], 3);
export const fusedGemm = withActivation('com.microsoft.FusedGemm', gemm, [0, 1, 2]);

/** Source: com.microsoft NhwcConv, NhwcMaxPool. */
export const nhwcConv = channelsLast('com.microsoft.NhwcConv', conv);
export const nhwcMaxPool = channelsLast('com.microsoft.NhwcMaxPool', maxPool);

/** The axes of an operand in the order in which it is multiplied. */
function arranged(call: Call, side: 'A' | 'B', rank: number): readonly number[] {
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  if (rank < 2) return axes;
  // transBatch takes the first axis behind the batch axes, trans swaps the last two.
  const batched = int(call, `transBatch${side}`, 0) ? [...axes.slice(1, -1), 0, rank - 1] : axes;
  return int(call, `trans${side}`, 0) ? [...batched.slice(0, -2), batched[rank - 1] as number, batched[rank - 2] as number] : batched;
}

const orderOf = (call: Call, i: number) => arranged(call, i === 0 ? 'A' : 'B', shapeOf(call, i)?.length ?? 0);

function multiplied(call: Call): Call {
  const turned = (i: number) => {
    const tensor = need(call, i);
    return { ...tensor, shape: tensor.shape && orderOf(call, i).map((axis) => tensor.shape?.[axis] ?? null) };
  };
  return { ...call, inputs: [turned(0), turned(1)] };
}

/** Source: com.microsoft FusedMatMul, of old TransposeMatMul: a product of transposed operands, scaled by alpha. */
function fusedProduct(op: string): Operator {
  return defineOperator(op, {
    saves: OPERANDS,
    infer: (call) => matMul.infer(multiplied(call)),
    field: (call, i): Relation => {
      const relation = matMul.field(multiplied(call), i, 0);
      const order = orderOf(call, i);
      if (!Array.isArray(relation)) return relation;
      return relation.map((entry) => entry && { ...entry, input: order[entry.input] as number });
    },
    cost: (call) => together(call, matMul.cost(multiplied(call)), perOutput(call, { mul: float(call, 'alpha', 1) === 1 ? 0 : 1 })),
    defaults: () => ({ alpha: 1, transA: 0, transB: 0, transBatchA: 0, transBatchB: 0 }),
  });
}

export const fusedMatMul = fusedProduct('com.microsoft.FusedMatMul');
export const transposeMatMul = fusedProduct('com.microsoft.TransposeMatMul');

/** Columns (N) and rows (K) of a weight that is packed into blocks of few bits. */
function packed(call: Call): { readonly n: number; readonly k: number } {
  const [n, k] = [int(call, 'N', 0), int(call, 'K', 0)];
  return n > 0 && k > 0 && Number.isSafeInteger(n) && Number.isSafeInteger(k) ? { n, k } : malformed(call, `a weight of ${k} x ${n}`);
}

/** Source: com.microsoft MatMulNBits: the weight is unpacked once (minus zero point, times scale), then multiplied. */
export const matMulNBits = defineOperator('com.microsoft.MatMulNBits', {
  // The gradient of the tensor needs the weight alone, which has none itself (Dettmers et al. 2023).
  saves: { operands: [0] },
  infer: (call) => {
    const { dtype, shape } = need(call, 0);
    const { n, k } = packed(call);
    if (!shape) return [{ dtype, shape }];
    if (shape.length === 0) malformed(call, 'an operand is a scalar');
    sameDim(call, shape.at(-1) as Dim, k, 'the contracted sizes differ');
    return [{ dtype, shape: [...shape.slice(0, -1), n] as Shape }];
  },
  field: (call, i) => {
    const rank = shapeOf(call, 0)?.length;
    if (i > 0) return 'none';
    return rank === undefined ? RANK_UNKNOWN : axisByAxis(rank, (axis) => (axis === rank - 1 ? null : EACH));
  },
  cost: (call) => {
    const { n, k } = packed(call);
    const rows = volume(shapeOf(call, 0)?.slice(0, -1) ?? [null]);
    const bias = has(call, 5) ? elementsOf(call.outputs[0]) : 0;
    if (rows === null || bias === null) return null;
    return together(call, { mac: times(rows, n, k) }, { mul: times(n, k), add: times(n, k) }, { add: bias });
  },
  scales: (slot) => slot === 2 || slot === 3,
  defaults: () => ({ accuracy_level: 0, bits: 4 }),
});
