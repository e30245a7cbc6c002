import { type Count, plus, times } from '../count.ts';
import type { Dim } from '../graph.ts';
import { type Amounts, each } from './amount.ts';
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

/** Softmax over a row of n. */
const softmax = (n: Count): Amounts => ({ cmp: plus(n, -1), add: plus(times(2, n), -1), exp: n, div: n });

/** softcap * tanh(score / softcap). */
const CAPPED: Amounts = { div: 2, exp: 1, add: 2, mul: 2 };

/**
 * The contractions N * h * Sq * Sk * (dk + dv), in full also where a mask takes some keys away. Before them queries and
 * keys are scaled, after the first one come `softcap`, the sum with the mask, and Softmax. Source: the function body of
 * ONNX Attention (Vaswani et al. 2017).
 */
export function attentionCost(
  call: Call,
  of: Heads,
  { masked, capped }: { readonly masked: boolean; readonly capped: boolean },
): readonly (Counters | null)[] {
  const rows = volume([of.batch, of.heads, of.queries]);
  const [keys, depth, valueDepth] = [volume([of.keys]), volume([of.depth]), volume([of.valueDepth])];
  const scaledKeys = volume([of.batch, of.heads, of.keys, of.depth]);
  if (rows === null || keys === null || depth === null || valueDepth === null || scaledKeys === null) return [null];
  const scores = times(rows, keys);
  return [
    { mac: times(scores, plus(depth, valueDepth)), mul: plus(times(rows, depth), scaledKeys) },
    each(call, scores, { ...(capped ? CAPPED : {}) }),
    each(call, scores, { add: masked ? 1 : 0 }),
    keys === 0 ? {} : each(call, rows, softmax(keys)),
  ];
}
