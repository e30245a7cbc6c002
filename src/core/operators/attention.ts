import type { Shape } from '../graph.ts';
import { together } from './amount.ts';
import { attentionCost, exactAttentionCost, type Heads, type Scoring, type Sight } from './attention-cost.ts';
import { presentRelation, scoreRelation, valueRelation } from './attention-field.ts';
import { type Sides, sidesOf } from './attention-sides.ts';
import { float, has, int, need, shapeOf } from './call.ts';
import { type Call, defineOperator, type Relation } from './operator.ts';
import { RANK_UNKNOWN } from './relation.ts';
import { productDim, volume } from './shape.ts';

function headsOf({ q, v, keys }: Sides): Heads {
  return { batch: q.batch, heads: q.heads, queries: q.length, keys, depth: q.depth, valueDepth: v.depth };
}

function shapesOf(call: Call, { rank, q, k, v, keys }: Sides): readonly Shape[] {
  const y = rank === 4 ? [q.batch, q.heads, q.length, v.depth] : [q.batch, q.length, productDim(call, [q.heads, v.depth])];
  return [y, [k.batch, k.heads, keys, k.depth], [v.batch, v.heads, keys, v.depth], [q.batch, q.heads, q.length, keys]];
}

/** Source: ONNX Attention: multi-head, with keys and values shared by groups of heads (Ainslie et al. 2023), or with a cache. */
export const attention = defineOperator('Attention', {
  // A flash kernel keeps no scores, but for each row the logarithm of the sum of their exponentials in float32.
  saves: {
    inputs: [0, 1, 2],
    outputs: [0],
    beside: (call) => {
      const q = sidesOf(call)?.q;
      return volume([q?.batch ?? null, q?.heads ?? null, q?.length ?? null, 4]);
    },
  },
  infer: (call) => {
    const sides = sidesOf(call);
    const dtypes = [0, 1, 2, 0].map((i) => need(call, i).dtype);
    const shapes = sides ? shapesOf(call, sides) : [];
    return dtypes.map((dtype, k) => ({ dtype, shape: shapes[k] ?? (k === 0 ? null : [null, null, null, null]) }));
  },
  field: (call, i, k): Relation => {
    const sides = sidesOf(call);
    if (!sides) return RANK_UNKNOWN;
    if (i === 6) return 'dataDependent';
    if (k === 0) return valueRelation(call, sides, i);
    return k === 3 ? scoreRelation(sides, i, shapeOf(call, i)?.length ?? 4) : presentRelation(sides, i, k);
  },
  cost: (call) => {
    const sides = sidesOf(call);
    return sides && together(call, ...attentionCost(call, headsOf(sides), scoring(call, true)));
  },
  exactCost: (call) => {
    const sides = sidesOf(call);
    return sides && together(call, ...exactAttentionCost(call, headsOf(sides), sightOf(call, sides), scoring(call, false)));
  },
  defaults: () => ({ is_causal: 0, left_window_size: -1, qk_matmul_output_mode: 0, right_window_size: -1, softcap: 0 }),
});

/** What is added to the scores: a mask that is given, and where all scores are taken one for the keys out of sight. */
const scoring = (call: Call, all: boolean): Scoring => ({
  masked: has(call, 3) || has(call, 6) || (all && hidesKeys(call)),
  capped: float(call, 'softcap', 0) !== 0,
});

const hidesKeys = (call: Call) =>
  int(call, 'is_causal', 0) !== 0 || int(call, 'left_window_size', -1) >= 0 || int(call, 'right_window_size', -1) >= 0;

function sightOf(call: Call, { past }: Sides): Sight {
  const [left, asked] = [int(call, 'left_window_size', -1), int(call, 'right_window_size', -1)];
  const right = asked < 0 ? null : asked;
  return { past, left: left < 0 ? null : left, right: int(call, 'is_causal', 0) !== 0 ? 0 : right };
}
