import type { Dim } from '../graph.ts';
import { perOutput, together } from './amount.ts';
import { has, malformed, need, sameDim, shapeOf } from './call.ts';
import { seenAs } from './delegate.ts';
import { layerNormalization, rmsNormalization } from './normalization.ts';
import { type Call, defineOperator, type Operator, type Relation } from './operator.ts';
import { axisByAxis, channelsInside, EACH, link, RANK_UNKNOWN } from './relation.ts';
import { manyOf, type Saves } from './saves.ts';
import { broadcast, elementsOf, volume } from './shape.ts';

/** A norm of a sum keeps that (output `k`, where it is asked for) and, in float32, statistics of each row. */
function summed(call: Call, k: number, statistics: number): Saves {
  return {
    outputs: [k],
    within: () => (call.node.outputs[k] ? 0 : elementsOf(call.outputs[0])),
    beside: () => manyOf(volume(call.outputs[0]?.shape?.slice(0, -1) ?? [null]), 4 * statistics),
  };
}

interface Skip {
  readonly base: Operator;
  /** Slots of scale and bias of the norm, and of the bias that is added before it. */
  readonly affine: readonly number[];
  readonly bias: number;
  /** Statistics of each row. */
  readonly statistics: number;
}

/** Sum of two tensors (and a bias), then a norm over the last axis; the sum is an output too. Source: com.microsoft. */
function skipped(op: string, { base, affine, bias, statistics }: Skip): Operator {
  const normed = (call: Call) => seenAs(call, [0, ...affine]);
  return defineOperator(op, {
    saves: (call) => summed(call, 3, statistics),
    infer: (call) => {
      const { dtype, shape } = need(call, 0);
      const sum = broadcast(call, [shape, shapeOf(call, 1)]) && shape;
      const statistic = sum?.map((dim, axis) => (axis < sum.length - 1 ? dim : 1)) ?? null;
      base.infer(normed(call));
      return [
        { dtype, shape },
        { dtype: 'float32', shape: statistic },
        { dtype: 'float32', shape: statistic },
        { dtype, shape },
      ];
    },
    field: (call, i, k): Relation => {
      if (k === 3) return i < 2 || i === bias ? 'elementwise' : 'none';
      const rank = shapeOf(call, 0)?.length;
      if (rank === undefined) return RANK_UNKNOWN;
      if (i > 1) return k === 0 ? 'elementwise' : 'none';
      return k === 0 ? base.field(normed(call), 0, 0) : axisByAxis(rank, (axis) => (axis < rank - 1 ? EACH : null));
    },
    cost: (call) => together(call, base.cost(normed(call)), perOutput(call, { add: has(call, bias) ? 2 : 1 })),
    defaults: () => ({ epsilon: 1e-5 }),
    axes: (call) => channelsInside(shapeOf(call, 0)?.length ?? 0),
  });
}

export const skipLayerNormalization = skipped('com.microsoft.SkipLayerNormalization', {
  base: layerNormalization,
  affine: [2, 3],
  bias: 4,
  statistics: 2,
});
export const skipSimplifiedLayerNormalization = skipped('com.microsoft.SkipSimplifiedLayerNormalization', {
  base: rmsNormalization,
  affine: [2],
  bias: 3,
  statistics: 1,
});

/** Source: com.microsoft EmbedLayerNormalization: word, position and segment embeddings, their sum, LayerNormalization. */
export const embedLayerNormalization = defineOperator('com.microsoft.EmbedLayerNormalization', {
  tables: [2, 3, 4],
  saves: (call) => ({ ...summed(call, 2, 2), inputs: [0, 1, 8] }),
  infer: (call) => {
    const ids = shapeOf(call, 0) ?? [null, null];
    if (ids.length !== 2) malformed(call, `ids of rank ${ids.length}, 2 is needed`);
    const { dtype } = need(call, 2);
    const hidden = sameDim(call, shapeOf(call, 2)?.[1] ?? null, shapeOf(call, 5)?.[0] ?? null, 'hidden sizes differ');
    const shape = [ids[0] as Dim, ids[1] as Dim, hidden];
    return [
      { dtype, shape },
      { dtype: 'int32', shape: [ids[0] as Dim] },
      { dtype, shape },
    ];
  },
  field: (_, i, k): Relation => {
    if (k === 1) return i === 7 ? [link(0, EACH)] : 'none';
    if (i === 0 || i === 1 || i === 8) return [link(0, EACH), link(1, EACH), null];
    return i === 7 ? 'none' : { unknown: 'embeddings that are computed are not followed' };
  },
  cost: (call) => {
    const tables = has(call, 4) ? 3 : 2;
    const norm = layerNormalization.cost({ ...call, inputs: [call.outputs[0], call.inputs[5], call.inputs[6]] });
    return together(call, perOutput(call, { load: tables, add: tables - 1 }), norm);
  },
  defaults: () => ({ epsilon: 1e-5, mask_index_type: 0 }),
});
