import type { Dim } from '../graph.ts';
import { each } from './amount.ts';
import { malformed, need, sameDim, shapeOf, size } from './call.ts';
import { type Call, defineOperator } from './operator.ts';
import { EACH, link, RANK_UNKNOWN } from './relation.ts';
import { BOTH, manyOf } from './saves.ts';
import { elementsOf, volume } from './shape.ts';

/** The side of the matrices on the last two axes. */
function side(call: Call): Dim {
  const shape = shapeOf(call, 0);
  if (!shape) return null;
  if (shape.length < 2) malformed(call, `a tensor of rank ${shape.length}, matrices are needed`);
  return sameDim(call, shape.at(-2) as Dim, shape.at(-1) as Dim, 'the matrices are not square');
}

/** Source: ONNX Det. Training keeps the decomposition too, whose pivots are int32 (derivatives.yaml of PyTorch, `_linalg_det`). */
export const det = defineOperator('Det', {
  saves: {
    ...BOTH,
    within: (call) => elementsOf(call.inputs[0]),
    beside: (call) => manyOf(volume(shapeOf(call, 0)?.slice(0, -1) ?? [null]), 4),
  },
  infer: (call) => {
    side(call);
    const { dtype, shape } = need(call, 0);
    return [{ dtype, shape: shape?.slice(0, -2) ?? null }];
  },
  field: (call) =>
    shapeOf(call, 0)
      ?.slice(0, -2)
      .map((_, axis) => link(axis, EACH)) ?? RANK_UNKNOWN,
  // LU decomposition: below pivot k, n - k quotients and (n - k)^2 updates; then the product of the pivots.
  cost: (call) => {
    const n = BigInt(size(side(call)) ?? -1);
    if (n < 0n) return null;
    const updates = ((n - 1n) * n * (2n * n - 1n)) / 6n;
    const pivots = n > 0n ? n - 1n : 0n;
    return each(call, volume(shapeOf(call, 0)?.slice(0, -2) ?? [null]), {
      div: (n * pivots) / 2n,
      mul: (n > 0n ? updates : 0n) + pivots,
      add: n > 0n ? updates : 0n,
    });
  },
});
