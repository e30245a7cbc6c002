import type { Dim } from '../graph.ts';
import { has, int, malformed, sameDim, shapeOf, size } from './call.ts';
import type { Call } from './operator.ts';
import { sumDim } from './shape.ts';

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
