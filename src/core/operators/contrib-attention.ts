import { type Count, plus, times } from '../count.ts';
import type { Dim, Shape } from '../graph.ts';
import { each, together } from './amount.ts';
import { attentionCost, exactAttentionCost, type Heads } from './attention-cost.ts';
import { dataOf, dim, has, int, ints, malformed, need, sameDim, shapeOf, size } from './call.ts';
import { attentionSaves } from './contrib-attention-saves.ts';
import { type Call, defineOperator, type Inferred, type Operator, type Relation } from './operator.ts';
import { EACH, link, RANK_UNKNOWN } from './relation.ts';
import { elementsOf, productDim, ranked, sumDim, volume } from './shape.ts';

// The attention operators of ONNX Runtime. Where keys are hidden from a query (masks, `unidirectional`) is not followed:
// the field is that of all keys.

function headCount(call: Call, name: string): number {
  const heads = int(call, name, 0);
  return heads >= 1 && heads <= 2 ** 31 ? heads : malformed(call, `${name} is ${heads}`);
}

function perHead(call: Call, hidden: Dim, heads: number): Dim {
  if (typeof hidden !== 'number') return null;
  return hidden % heads === 0 ? hidden / heads : malformed(call, `${heads} heads do not divide ${hidden}`);
}

interface Parts {
  /** Sizes of the contractions; `heads` are those of the queries. */
  readonly sizes: Heads;
  readonly stateHeads: number;
  /** Projections that the operator holds itself, as multiply-accumulates and bias sums. */
  readonly projection: Parameters<typeof together>[1];
  /** Keys before the first query. */
  readonly past: Dim;
  readonly masked: boolean;
  /** Whether a query sees only what came before it. */
  readonly causal: boolean;
  /** Slots of queries, keys and values that are multiplied as they are given, and elements of those that are made. */
  readonly given: readonly number[];
  readonly made: Count | null;
  /** Slots of the past. */
  readonly pasts: readonly number[];
}

/** Hidden sizes of Q, K and V that the packed weight of com.microsoft.Attention makes. */
function packedSizes(call: Call): readonly [Dim, Dim, Dim] {
  const stated = ints(call, 'qkv_hidden_sizes');
  if (stated?.length) {
    if (stated.length !== 3) malformed(call, `qkv_hidden_sizes has ${stated.length} entries`);
    return stated.map((n) => dim(call, n)) as [number, number, number];
  }
  const all = size(shapeOf(call, 1)?.[1] ?? call.inputs[2]?.shape?.[0]);
  if (all !== null && all % 3 !== 0) malformed(call, `3 does not divide ${all}`);
  const third = all === null ? null : all / 3;
  return [third, third, third];
}

/** Source: com.microsoft Attention: one Gemm makes Q, K and V of the input; the past is stacked, keys before values. */
function packedParts(call: Call): Parts {
  const heads = headCount(call, 'num_heads');
  const [batch = null, queries = null, input = null] = ranked(call, 0, 3);
  sameDim(call, input, shapeOf(call, 1)?.[0] ?? null, 'features of the input and the weight differ');
  const [q, , v] = packedSizes(call);
  const past = has(call, 4) ? (shapeOf(call, 4)?.[3] ?? null) : 0;
  const rows = volume([batch, queries]);
  const columns = volume([sumDim(call, packedSizes(call))]);
  const depth = volume([input]);
  const outputs = rows === null || columns === null ? null : times(rows, columns);
  return {
    sizes: {
      batch,
      heads,
      queries,
      keys: past === 0 ? queries : sumDim(call, [past, queries]),
      depth: perHead(call, q, heads),
      valueDepth: perHead(call, v, heads),
    },
    stateHeads: heads,
    projection: outputs === null || depth === null ? null : { mac: times(outputs, depth), add: has(call, 2) ? outputs : 0 },
    past,
    masked: has(call, 3) || has(call, 5),
    causal: int(call, 'unidirectional', 0) !== 0,
    given: [],
    made: outputs,
    pasts: [4],
  };
}

/**
 * Source: com.microsoft MultiHeadAttention: Q, K and V as batch x tokens x hidden; packed into one query of rank 5; or
 * keys and values packed, or by heads (batch x heads x tokens x depth).
 */
function multiHeadParts(call: Call): Parts {
  const heads = headCount(call, 'num_heads');
  const [q, k, v] = [ranked(call, 0, 3, 5), ranked(call, 1, 3, 4, 5), ranked(call, 2, 3, 4)];
  const [batch = null, queries = null] = q;
  const depth = q.length === 5 ? (q[4] as Dim) : perHead(call, q[2] as Dim, heads);
  const fresh = has(call, 1) ? (k[k.length === 4 ? 2 : 1] as Dim) : queries;
  const valueDepth = !has(call, 2) ? depth : v.length === 4 ? (v[3] as Dim) : perHead(call, v[2] as Dim, heads);
  const past = has(call, 6) ? (shapeOf(call, 6)?.[2] ?? null) : 0;
  const bias = has(call, 3) ? [0, 1, 2].map((i) => elementsOf(call.inputs[i])) : [];
  return {
    sizes: { batch, heads, queries, keys: past === 0 ? fresh : sumDim(call, [past, fresh]), depth, valueDepth },
    stateHeads: heads,
    projection: bias.includes(null) ? null : { add: plus(...(bias as number[])) },
    past,
    masked: has(call, 4) || has(call, 5),
    causal: int(call, 'unidirectional', 0) !== 0,
    given: has(call, 3) ? [] : [0, 1, 2],
    made: bias.includes(null) ? null : plus(...(bias as number[])),
    pasts: [6, 7],
  };
}

/** Source: com.microsoft GroupQueryAttention: the cache may be a buffer that is larger than what it holds. */
function groupParts(call: Call): Parts {
  const [heads, stateHeads] = [headCount(call, 'num_heads'), headCount(call, 'kv_num_heads')];
  if (heads % stateHeads !== 0) malformed(call, `${stateHeads} heads of keys for ${heads} of queries`);
  const [batch = null, queries = null, hidden = null] = ranked(call, 0, 3);
  // Without keys, the query holds all three.
  const depth = perHead(call, hidden, has(call, 1) ? heads : heads + 2 * stateHeads);
  const past = has(call, 3) ? (shapeOf(call, 3)?.[2] ?? null) : 0;
  const total = dataOf(call, 6)?.[0];
  const keys =
    total !== undefined && typeof past === 'number' ? dim(call, Math.max(past, total)) : has(call, 6) || past !== 0 ? null : queries;
  const turned = int(call, 'do_rotary', 0) !== 0 ? volume([batch, queries, heads + stateHeads, depth]) : 0;
  return {
    sizes: { batch, heads, queries, keys, depth, valueDepth: depth },
    stateHeads,
    projection: each(call, turned, { mul: 2, add: 1 }),
    past: total === undefined || typeof queries !== 'number' ? past : Math.max(total - queries, 0),
    masked: false,
    causal: true,
    // Values are not turned; where all three are in one tensor, that is kept for them.
    given: turned === 0 ? [0, 1, 2] : [has(call, 1) ? 2 : 0],
    made: turned,
    pasts: [3, 4],
  };
}

/** What is handed on to the next step: keys and values in one tensor, or in one each. */
function presentShapes({ sizes, stateHeads }: Parts, stacked: boolean): readonly Shape[] {
  const { batch, keys, depth, valueDepth } = sizes;
  return stacked ? [[2, batch, stateHeads, keys, depth]] : [depth, valueDepth].map((own) => [batch, stateHeads, keys, own]);
}

interface Contrib {
  readonly parts: (call: Call) => Parts;
  /** Slots of keys and values. */
  readonly tokens: readonly number[];
  readonly stacked?: true;
  readonly defaults: NonNullable<Operator['defaults']>;
}

function contrib(op: string, { parts, tokens, stacked, defaults }: Contrib): Operator {
  return defineOperator(op, {
    saves: (call) => {
      const { sizes, stateHeads, given, made, pasts, projection } = parts(call);
      const projected = projection === null ? null : (projection.mac ?? 0);
      return attentionSaves(call, { sizes, stateHeads, given, made, past: pasts, projected });
    },
    infer: (call): readonly Inferred[] => {
      const { dtype } = need(call, 0);
      const found = parts(call);
      const { batch, heads, queries, valueDepth } = found.sizes;
      const y = [batch, queries, productDim(call, [heads, valueDepth])];
      return [y, ...presentShapes(found, stacked ?? false)].map((shape) => ({ dtype, shape }));
    },
    // Queries token by token; every other tensor of tokens as a whole, those of the query itself where it holds the keys too.
    field: (call, i, k): Relation => {
      const rank = call.outputs[k]?.shape?.length;
      if (rank === undefined) return RANK_UNKNOWN;
      if (i > 0 && !tokens.includes(i)) return k === 0 ? 'dataDependent' : 'none';
      const whole = i > 0 || !has(call, tokens[0] ?? -1);
      if (k === 0) return [link(0, EACH), whole ? null : link(1, EACH), null];
      return { unknown: 'how the cache is filled is not followed' };
    },
    cost: (call) => {
      const { sizes, projection, masked, causal } = parts(call);
      return together(call, projection, ...attentionCost(call, sizes, { masked: masked || causal, capped: false }));
    },
    exactCost: (call) => {
      const { sizes, projection, masked, causal, past } = parts(call);
      const sight = { past, left: null, right: causal ? 0 : null };
      return together(call, projection, ...exactAttentionCost(call, sizes, sight, { masked, capped: false }));
    },
    defaults,
  });
}

export const contribAttentions: readonly Operator[] = [
  contrib('com.microsoft.Attention', { parts: packedParts, tokens: [], stacked: true, defaults: () => ({ unidirectional: 0 }) }),
  contrib('com.microsoft.MultiHeadAttention', { parts: multiHeadParts, tokens: [1, 2], defaults: () => ({ unidirectional: 0 }) }),
  contrib('com.microsoft.GroupQueryAttention', {
    parts: groupParts,
    tokens: [1, 2],
    defaults: () => ({ do_rotary: 0, rotary_interleaved: 0 }),
  }),
];
