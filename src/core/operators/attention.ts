import type { Dim, Shape } from '../graph.ts';
import { together } from './amount.ts';
import { attentionCost, type Heads } from './attention-cost.ts';
import { presentRelation, scoreRelation, valueRelation } from './attention-field.ts';
import { type Call, defineOperator, dim, float, has, int, malformed, need, type Relation, sameDim, shapeOf, size } from './operator.ts';
import { RANK_UNKNOWN } from './relation.ts';
import { productDim, sumDim } from './shape.ts';

/** One of Q, K, V as batch x heads x sequence x depth. */
interface Side {
  readonly batch: Dim;
  readonly heads: Dim;
  readonly length: Dim;
  readonly depth: Dim;
}

/** The sides of an Attention. `past` is the number of keys that come from the cache. */
export interface Sides {
  readonly rank: 3 | 4;
  readonly q: Side;
  readonly k: Side;
  readonly v: Side;
  readonly past: Dim;
  readonly keys: Dim;
}

function sideOf(call: Call, i: number, rank: number, headsName: string): Side {
  const shape = shapeOf(call, i) ?? Array<Dim>(rank).fill(null);
  if (shape.length !== rank) malformed(call, `input ${i} has rank ${shape.length}, the query ${rank}`);
  const [batch = null, second = null, third = null, fourth = null] = shape;
  if (rank === 4) return { batch, heads: second, length: third, depth: fourth };
  const heads = int(call, headsName, 0);
  if (heads < 1 || heads > 2 ** 31) malformed(call, `${headsName} is ${heads}, and a tensor of rank 3 needs it`);
  const hidden = size(third);
  if (hidden !== null && hidden % heads !== 0) malformed(call, `${heads} heads do not divide ${hidden}`);
  return { batch, heads, length: second, depth: hidden === null ? null : hidden / heads };
}

/** All sides, checked against each other; null where the rank of the query is unknown. */
export function sidesOf(call: Call): Sides | null {
  const rank = shapeOf(call, 0)?.length;
  if (rank === undefined) return null;
  if (rank !== 3 && rank !== 4) return malformed(call, `a query of rank ${rank}, 3 or 4 is needed`);
  const q = sideOf(call, 0, rank, 'q_num_heads');
  const [k, v] = [sideOf(call, 1, rank, 'kv_num_heads'), sideOf(call, 2, rank, 'kv_num_heads')];
  const [queryHeads, heads] = [size(q.heads), size(k.heads)];
  if (queryHeads !== null && heads !== null && (heads === 0 || queryHeads % heads !== 0))
    malformed(call, `${heads} heads of keys for ${queryHeads} of queries`);
  const depth = sameDim(call, q.depth, k.depth, 'sizes of a head of queries and keys differ');
  const length = sameDim(call, k.length, v.length, 'numbers of keys and values differ');
  const past = has(call, 4) ? (shapeOf(call, 4)?.[2] ?? null) : 0;
  const keys = past === 0 ? length : sumDim(call, [past, length]);
  return { rank, q: { ...q, depth }, k: { ...k, depth, length }, v: { ...v, length }, past, keys };
}

function headsOf({ q, v, keys }: Sides): Heads {
  return { batch: q.batch, heads: q.heads, queries: q.length, keys, depth: q.depth, valueDepth: v.depth };
}

function shapesOf(call: Call, { rank, q, k, v, keys }: Sides): readonly Shape[] {
  const y = rank === 4 ? [q.batch, q.heads, q.length, v.depth] : [q.batch, q.length, productDim(call, [q.heads, v.depth])];
  return [y, [k.batch, k.heads, keys, k.depth], [v.batch, v.heads, keys, v.depth], [q.batch, q.heads, q.length, keys]];
}

/** Source: ONNX Attention: multi-head, with keys and values shared by groups of heads (Ainslie et al. 2023), or with a cache. */
export const attention = defineOperator('Attention', {
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
    const masked = has(call, 3) || has(call, 6) || int(call, 'is_causal', 0) !== 0 || isWindowed(call);
    return sides && together(call, ...attentionCost(call, headsOf(sides), { masked, capped: float(call, 'softcap', 0) !== 0 }));
  },
  defaults: () => ({ is_causal: 0, left_window_size: -1, qk_matmul_output_mode: 0, right_window_size: -1, softcap: 0 }),
});

const isWindowed = (call: Call) => int(call, 'left_window_size', -1) >= 0 || int(call, 'right_window_size', -1) >= 0;
