import { type Count, times } from '../count.ts';
import { each, together } from './amount.ts';
import { has, int, malformed, need, shapeOf, size } from './call.ts';
import { type Call, defineOperator, type Operator, type Relation } from './operator.ts';
import { axisByAxis, EACH, link, RANK_UNKNOWN } from './relation.ts';
import { manyOf } from './saves.ts';
import { volume } from './shape.ts';

/** Elements of each head that are turned, for one token; null where that is not known. */
function turned(call: Call): Count | null {
  const shape = shapeOf(call, 0);
  if (!shape) return null;
  if (shape.length !== 3 && shape.length !== 4) malformed(call, `a tensor of rank ${shape.length}, 3 or 4 is needed`);
  const stated = int(call, 'rotary_embedding_dim', 0);
  const last = size(shape.at(-1));
  const heads = shape.length === 4 ? 1 : int(call, 'num_heads', 0);
  if (stated < 0 || heads < 0) malformed(call, `rotary_embedding_dim is ${stated}, num_heads ${heads}`);
  // The whole last axis is turned, whatever the heads, unless only a part of each is.
  if (stated === 0) return last;
  return heads === 0 ? null : times(stated, heads);
}

/** Pairs (a, b) become (a cos - b sin, a sin + b cos): two products and a sum for each element that is turned (Su et al. 2021). */
function rotary(op: string, cos: number): Operator {
  const ids = cos === 1 ? 3 : 1;
  return defineOperator(op, {
    // Cosines and sines that were looked up for each token are tensors of their own.
    saves: (call) => {
      if (!has(call, ids)) return { operands: [0, cos, cos + 1] };
      const angles = size(shapeOf(call, cos)?.at(-1));
      return { within: () => manyOf(volume([...(shapeOf(call, ids) ?? [null]), angles]), 2) };
    },
    infer: (call) => {
      turned(call);
      return [{ dtype: need(call, 0).dtype, shape: shapeOf(call, 0) }];
    },
    field: (call, i): Relation => {
      const rank = shapeOf(call, 0)?.length;
      if (rank === undefined) return RANK_UNKNOWN;
      if (i === 0) return axisByAxis(rank, (axis) => (axis === rank - 1 ? null : EACH));
      if (i === cos || i === cos + 1) return { unknown: 'angles that are computed are not followed' };
      // Position ids: one for each token.
      return axisByAxis(rank, (axis) => (axis === 0 ? EACH : null)).with(rank - 2, link(1, EACH));
    },
    cost: (call) => {
      const tokens = volume(shapeOf(call, 0)?.slice(0, -1) ?? [null]);
      const part = turned(call);
      const angles = has(call, ids) ? size(shapeOf(call, cos)?.at(-1)) : 0;
      const heads = size(shapeOf(call, 0)?.length === 4 ? shapeOf(call, 0)?.[1] : 1);
      if (tokens === null || part === null || angles === null || !heads) return null;
      // Cosines and sines are looked up once for each token, whatever the heads.
      const looked = each(call, BigInt(tokens) / BigInt(heads), { load: times(2, angles) });
      return together(call, each(call, times(tokens, part), { mul: 2, add: 1 }), looked);
    },
    defaults: () => ({ interleaved: 0, rotary_embedding_dim: 0 }),
  });
}

/** Source: ONNX RotaryEmbedding; that of com.microsoft has the position ids before the angles. */
export const rotaryEmbedding = rotary('RotaryEmbedding', 1);
export const contribRotaryEmbedding = rotary('com.microsoft.RotaryEmbedding', 2);
