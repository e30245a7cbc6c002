import t from 'tap';
import type { Shape } from '../../../src/core/graph.ts';
import { data, expectCost, expectField, expectMalformed, expectShape, infer, type Sample, window } from './harness.ts';

/** Four heads of size 16, over 32 tokens. */
const four = (attributes: Sample['attributes'] = {}, more: Sample['inputs'] = [], keys: Shape = [1, 4, 32, 16]): Sample => ({
  op: 'Attention',
  inputs: [data([1, 4, 32, 16]), data(keys), data(keys), ...more],
  attributes,
});
/** The same, flat: queries of six heads share keys of two. */
const flat = (attributes: Sample['attributes'] = {}, more: Sample['inputs'] = []): Sample => ({
  op: 'Attention',
  inputs: [data([2, 5, 48]), data([2, 7, 16]), data([2, 7, 20]), ...more],
  attributes: { q_num_heads: 6, kv_num_heads: 2, ...attributes },
});
const scores = 4 * 32 * 32;
const softmax = { cmp: 128 * 31, add: 128 * 63, exp: scores, div: scores };

t.test('shapes of the output, the cache and the scores', async (t) => {
  expectShape(t, four(), [1, 4, 32, 16], [1, 4, 32, 16], [1, 4, 32, 16], [1, 4, 32, 32]);
  expectShape(t, flat(), [2, 5, 60], [2, 2, 7, 8], [2, 2, 7, 10], [2, 6, 5, 7]);
  const past = flat({}, [undefined, data([2, 2, 3, 8]), data([2, 2, 3, 10])]);
  expectShape(t, past, [2, 5, 60], [2, 2, 10, 8], [2, 2, 10, 10], [2, 6, 5, 10]);
  expectShape(t, flat({}, [undefined, data(null), data(null)]), [2, 5, 60], [2, 2, null, 8]);
  expectShape(t, { op: 'Attention', inputs: [data(null), data(null), data(null)] }, null, [null, null, null, null]);
  expectShape(t, { op: 'Attention', inputs: [data([1, 4, 'S', 16]), data(null), data(null)] }, [1, 4, 'S', null]);
});

t.test('two contractions, the scales of queries and keys, Softmax', async (t) => {
  expectCost(t, four(), { ...softmax, mac: 131_072, mul: 4096 });
  expectCost(t, four({ is_causal: 1 }), { ...softmax, mac: 131_072, mul: 4096, add: softmax.add + scores });
  expectCost(t, four({ left_window_size: 3 }), { ...softmax, mac: 131_072, mul: 4096, add: softmax.add + scores });
  const capped = { ...softmax, mac: 131_072, mul: 4096 + 2 * scores, add: softmax.add + 2 * scores, div: 3 * scores, exp: 2 * scores };
  expectCost(t, four({ softcap: 2 }), capped);
  // N h Sq Sk (dk + dv) = 2 * 6 * 5 * 7 * (8 + 10).
  expectCost(t, flat(), { mac: 7560, mul: 480 + 672, cmp: 60 * 6, add: 60 * 13, exp: 420, div: 420 });
  expectCost(t, four({}, [], [1, 4, 0, 16]), { mul: 2048 });
  expectCost(t, four({}, [], [1, 4, null, 16]), null);
  expectCost(t, { op: 'Attention', inputs: [data(null), data(null), data(null)] }, null);
});

t.test('a query sees itself, and all keys and values', async (t) => {
  expectField(t, four(), ['each', 'each', 'each', null]);
  expectField(t, four(), ['each', 'each', null, null], 1);
  expectField(t, four(), ['each', 'each', null, 'each'], 2);
  expectField(t, flat(), ['each', 'each', null]);
  expectField(t, flat(), ['each', null, null], 2);
  const groups = four({}, [], [1, 2, 3, 16]);
  const pairs = { kind: 'periodic', shift: 1, lo: [0, 0], hi: [0, 0], step: [1, 1], known: true };
  expectField(t, groups, ['each', pairs, null, null], 1);
  expectField(t, { op: 'Attention', inputs: [data(null), data(null), data(null)] }, { unknown: 'the rank of a tensor is not known' });
});

t.test('causal, and within a window', async (t) => {
  const short = (attributes: NonNullable<Sample['attributes']>, more: Sample['inputs'] = []): Sample => ({
    op: 'Attention',
    inputs: [data([1, 1, 3, 2]), data([1, 1, 3, 2]), data([1, 1, 3, 2]), ...more],
    attributes,
  });
  const past = [undefined, data([1, 1, 2, 2]), data([1, 1, 2, 2])];
  const seen = (lo: number[], hi: number[]) => ['each', 'each', { kind: 'table', lo, hi }, null];
  expectField(t, short({ is_causal: 1 }), seen([0, 0, 0], [0, 1, 2]), 1);
  expectField(t, short({ is_causal: 1 }, past), seen([0, 0, 0], [0, 1, 2]), 1);
  expectField(t, short({ is_causal: 1 }, past), seen([0, 0, 0], [2, 3, 4]), 4);
  expectField(t, short({ left_window_size: 1 }), seen([0, 0, 1], [2, 2, 2]), 1);
  expectField(t, short({ right_window_size: 1 }), seen([0, 0, 0], [1, 2, 2]), 1);
  expectField(t, short({ left_window_size: 1, right_window_size: 1 }), ['each', 'each', window(1, -1, 1), null], 1);
  expectField(t, short({ is_causal: 1, left_window_size: 2, right_window_size: 5 }), ['each', 'each', window(1, -2, 0), null], 1);
  const padded = short({ is_causal: 1 }, [undefined, undefined, undefined, data([1], 'int64')]);
  expectField(t, padded, ['each', 'each', 'dataDependent', null], 1);
  expectField(t, padded, 'dataDependent', 6);
  const open: Sample = { op: 'Attention', inputs: [data([1, 1, 3, 2]), data([1, 1, null, 2]), data([1, 1, null, 2])], attributes: {} };
  expectField(t, { ...open, attributes: { left_window_size: 1 } }, ['each', 'each', null, null], 1);
  expectField(t, { ...open, attributes: { is_causal: 1 } }, seen([0, 0, 0], [0, 1, 2]), 1);
  const unknownPast = short({ is_causal: 1 }, [undefined, data(null), data(null)]);
  expectField(t, unknownPast, ['each', 'each', null, null], 1);
});

t.test('masks are broadcast to the scores', async (t) => {
  expectField(t, four({}, [data([32, 32])]), [null, null, '0 each', null], 3);
  expectField(t, four({}, [data([1, 1, 1, 32])]), ['broadcast', 'broadcast', 'broadcast', null], 3);
  expectField(t, flat({}, [data([2, 1, 5, 7])]), ['each', '2 each', null], 3);
});

t.test('the cache grows, the scores are queries by keys', async (t) => {
  const past = flat({}, [undefined, data([2, 2, 1, 8]), data([2, 2, 1, 10])]);
  const fresh = { kind: 'table', lo: [1, 0, 1, 2, 3, 4, 5, 6], hi: [0, 0, 1, 2, 3, 4, 5, 6] };
  const old = { kind: 'table', lo: [0, 1, 1, 1, 1, 1, 1, 1], hi: [0, 0, 0, 0, 0, 0, 0, 0] };
  expectField(t, past, ['each', null, fresh, null], 1, 1);
  expectField(t, past, ['each', 'each', old, 'each'], 4, 1);
  expectField(t, past, 'none', 0, 1);
  expectField(t, past, 'none', 1, 2);
  expectField(t, four(), ['each', 'each', 'each', 'each'], 2, 2);
  expectField(t, four(), ['each', 'each', 'each', null], 0, 3);
  expectField(t, four(), ['each', 'each', null, '2 each'], 1, 3);
  expectField(t, four(), 'none', 2, 3);
  expectField(t, flat(), ['each', null, '1 each', null], 0, 3);
  expectField(t, four({}, [data([32, 32])]), [null, null, '0 each', '1 each'], 3, 3);
  expectField(t, flat({}, [undefined, data(null), data(null)]), ['each', null, '1 unknown', null], 1, 1);
});

t.test('defaults, and attentions that contradict themselves', async (t) => {
  const call = infer(four());
  const defaults = { is_causal: 0, left_window_size: -1, qk_matmul_output_mode: 0, right_window_size: -1, softcap: 0 };
  t.strictSame(call.operator?.defaults?.(call), defaults);
  expectMalformed(t, { op: 'Attention', inputs: [data([2, 5]), data([2, 5]), data([2, 5])] }, /a query of rank 2/);
  expectMalformed(t, { op: 'Attention', inputs: [data([2, 5, 8]), data([2, 5, 8]), data([2, 5, 8])] }, /q_num_heads is 0/);
  expectMalformed(t, flat({ q_num_heads: 5 }), /5 heads do not divide 48/);
  expectMalformed(t, flat({ kv_num_heads: 4 }), /4 heads of keys for 6 of queries/);
  expectMalformed(t, four({}, [], [1, 4, 32, 15]), /sizes of a head of queries and keys differ/);
  expectMalformed(t, four({}, [], [1, 4, 32]), /input 1 has rank 3, the query 4/);
});
