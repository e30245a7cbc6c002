import { type Count, less, plus, times } from '../count.ts';
import type { Dim } from '../graph.ts';
import { type Amounts, each } from './amount.ts';
import { size } from './call.ts';
import type { Call, Counters } from './operator.ts';
import { volume } from './shape.ts';

/** The sizes of scaled dot-product attention. */
export interface Heads {
  readonly batch: Dim;
  /** Heads of the queries. */
  readonly heads: Dim;
  readonly queries: Dim;
  /** Keys that each query is compared with, those of the past included. */
  readonly keys: Dim;
  /** Size of a head of queries and keys, and of values. */
  readonly depth: Dim;
  readonly valueDepth: Dim;
}

/** The keys that query o may see: from o + past - left to o + past + right; null where nothing bounds them. */
export interface Sight {
  readonly past: Dim;
  readonly left: number | null;
  readonly right: number | null;
}

/** What is done to the scores before Softmax. */
export interface Scoring {
  readonly masked: boolean;
  readonly capped: boolean;
}

/** Scores of one head, and the queries that have any. */
interface Scores {
  readonly pairs: Count;
  readonly queries: Count;
}

/** softcap * tanh(score / softcap). */
const CAPPED: Amounts = { div: 2, exp: 1, add: 2, mul: 2 };

/**
 * The contractions N * h * Sq * Sk * (dk + dv), in full also where a mask takes some keys away. Before them queries and
 * keys are scaled, after the first one come `softcap`, the sum with the mask, and Softmax. Source: the function body of
 * ONNX Attention (Vaswani et al. 2017).
 */
export function attentionCost(call: Call, of: Heads, scoring: Scoring): readonly (Counters | null)[] {
  const [queries, keys] = [volume([of.queries]), volume([of.keys])];
  if (queries === null || keys === null) return [null];
  return priced(call, of, { pairs: times(queries, keys), queries: keys === 0 ? 0 : queries }, scoring);
}

/** The same without the keys that a query does not see: S (S + 1) / 2 scores of S queries that see what came before. */
export function exactAttentionCost(call: Call, of: Heads, sight: Sight, scoring: Scoring): readonly (Counters | null)[] {
  const seen = visibleScores(size(of.queries), size(of.keys), sight);
  return seen ? priced(call, of, seen, scoring) : [null];
}

/** Scores that a window around the query leaves, over all queries of a head; null where a size is unknown. */
export function visibleScores(queries: number | null, keys: number | null, { past, left, right }: Sight): Scores | null {
  const before = size(past);
  if (queries === null || keys === null || before === null) return null;
  const ends = right === null ? times(queries, keys) : ramp(queries, before + right + 1, keys);
  const begins = left === null ? 0 : ramp(queries, before - left, keys);
  const seeing = left === null ? queries : Math.min(queries, Math.max(keys + left - before, 0));
  return { pairs: less(ends, begins), queries: keys === 0 ? 0 : seeing };
}

/** The sum of min(max(o + first, 0), most) over 0 <= o < n. */
function ramp(n: number, first: number, most: number): Count {
  const zeros = Math.min(Math.max(-first, 0), n);
  const rising = Math.min(Math.max(most - Math.max(first, 0), 0), n - zeros);
  const start = Math.max(first, 0);
  const steps = rising % 2 === 0 ? times(rising / 2, rising - 1) : times(rising, (rising - 1) / 2);
  return plus(times(rising, start), steps, times(n - zeros - rising, most));
}

function priced(call: Call, of: Heads, { pairs, queries }: Scores, { masked, capped }: Scoring): readonly (Counters | null)[] {
  const heads = volume([of.batch, of.heads]);
  const [depth, valueDepth] = [volume([of.depth]), volume([of.valueDepth])];
  const scaled = [volume([of.batch, of.heads, of.queries, of.depth]), volume([of.batch, of.heads, of.keys, of.depth])] as const;
  if (heads === null || depth === null || valueDepth === null || scaled[0] === null || scaled[1] === null) return [null];
  const [scores, rows] = [times(heads, pairs), times(heads, queries)];
  return [
    { mac: times(scores, plus(depth, valueDepth)), mul: plus(scaled[0], scaled[1]) },
    each(call, scores, capped ? CAPPED : {}),
    { add: masked ? scores : 0 },
    // Softmax over the rows: their maximum, differences and sum, exponentials, quotients.
    { cmp: less(scores, rows), add: less(times(2, scores), rows), exp: scores, div: scores },
  ];
}
