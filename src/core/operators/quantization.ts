import { times } from '../count.ts';
import type { DType } from '../graph.ts';
import { perOutput } from './amount.ts';
import { axisIn, has, int, malformed, need, sameDim, shapeOf } from './call.ts';
import { dtypeOf } from './cast.ts';
import { type Call, defineOperator, type Relation } from './operator.ts';
import { axisByAxis, RANK_UNKNOWN, STATISTICS } from './relation.ts';
import { elementsOf } from './shape.ts';

/** Holds a scale or zero point to the tensor: one for all, one per position of `axis`, or one per block along it. */
function checkScale(call: Call, slot: number): void {
  const [shape, scale] = [shapeOf(call, 0), call.inputs[slot]?.shape];
  if (!shape || !scale || scale.every((n) => n === 1)) return;
  const block = int(call, 'block_size', 0);
  if (block < 0) malformed(call, `block_size is ${block}`);
  const axis = axisIn(call, int(call, 'axis', 1), shape.length);
  if (block === 0 && scale.length === 1) sameDim(call, shape[axis] ?? null, scale[0] ?? null, `scales for axis ${axis}`);
  else if (scale.length !== shape.length) malformed(call, `a scale of rank ${scale.length} for a tensor of rank ${shape.length}`);
}

/** The type that `output_dtype` names, if it does: 0 stands for none. */
function statedType(call: Call): DType | null {
  return int(call, 'output_dtype', 0) === 0 ? null : dtypeOf(call, 'output_dtype', null);
}

function inferScaled(call: Call, fallback: DType | null) {
  need(call, 1);
  for (const slot of [1, 2]) checkScale(call, slot);
  return [{ dtype: statedType(call) ?? fallback, shape: shapeOf(call, 0) }];
}

/** Scales and zero points that are computed stand for how a tensor is written, not for what it says: they are not followed. */
const scaledField = (_: Call, i: number): Relation => (i === 0 ? 'elementwise' : 'none');

const scales = (slot: number) => slot > 0;

/** Why operators on quantised numbers have no gradient: they are for inference. */
export const ROUNDS = 'rounding to quantised numbers has no gradient';

/** Source: ONNX QuantizeLinear: divide, round, add the zero point, saturate. The arithmetic is that of the scale's type. */
export const quantizeLinear = defineOperator('QuantizeLinear', {
  noGradient: ROUNDS,
  moves: true,
  infer: (call) => inferScaled(call, has(call, 2) ? need(call, 2).dtype : 'uint8'),
  field: scaledField,
  cost: (call) => {
    const n = elementsOf(call.inputs[0]);
    return n === null ? null : { div: n, cmp: times(3, n), ...(has(call, 2) && { add: n }) };
  },
  scales,
  defaults: () => ({ axis: 1, block_size: 0, output_dtype: 0, precision: 0, saturate: 1 }),
});

/** Source: ONNX DequantizeLinear: take the zero point away, scale. */
export const dequantizeLinear = defineOperator('DequantizeLinear', {
  moves: true,
  infer: (call) => inferScaled(call, need(call, 1).dtype),
  field: scaledField,
  cost: (call) => perOutput(call, { mul: 1, add: has(call, 2) ? 1 : 0 }),
  scales,
  quantised: [0],
  defaults: () => ({ axis: 1, block_size: 0, output_dtype: 0 }),
});

/**
 * Source: ONNX DynamicQuantizeLinear: the least and greatest element (and 0) make scale and zero point, then
 * QuantizeLinear. The few operations on scale and zero point themselves are left out.
 */
export const dynamicQuantizeLinear = defineOperator('DynamicQuantizeLinear', {
  noGradient: ROUNDS,
  infer: (call) => [
    { dtype: 'uint8', shape: shapeOf(call, 0) },
    { dtype: 'float32', shape: [] },
    { dtype: 'uint8', shape: [] },
  ],
  field: (call, _, k) => {
    if (k > 0) return [];
    const rank = shapeOf(call, 0)?.length;
    return rank === undefined ? RANK_UNKNOWN : axisByAxis(rank, () => STATISTICS);
  },
  cost: (call) => {
    const n = elementsOf(call.inputs[0]);
    return n === null ? null : { div: n, add: n, cmp: times(5, n) };
  },
});
