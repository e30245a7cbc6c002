import fc from 'fast-check';
import t from 'tap';
import { visibleScores } from '../../../src/core/operators/attention-cost.ts';
import { data, infer, type Sample } from './harness.ts';

t.test('scores that a window leaves, against a count one by one', async () => {
  const bound = fc.option(fc.integer({ min: 0, max: 12 }));
  const size = fc.integer({ min: 0, max: 12 });
  fc.assert(
    fc.property(size, size, size, bound, bound, (queries, keys, past, left, right) => {
      let [pairs, seeing] = [0, 0];
      for (let o = 0; o < queries; o++) {
        const at = Array.from({ length: keys }, (_, key) => key - o - past);
        const seen = at.filter((d) => (left === null || d >= -left) && (right === null || d <= right)).length;
        pairs += seen;
        seeing += seen > 0 ? 1 : 0;
      }
      const found = visibleScores(queries, keys, { past, left, right });
      return found?.pairs === pairs && found.queries === seeing;
    }),
    { numRuns: 3000 },
  );
});

const exact = (sample: Sample) => {
  const call = infer(sample);
  return call.operator?.exactCost?.(call);
};
const full = (sample: Sample) => {
  const call = infer(sample);
  return call.operator?.cost(call);
};

const heads = data([2, 4, 8, 16]);
const attention = (attributes: Sample['attributes'] = {}, more: Sample['inputs'] = []): Sample => ({
  op: 'Attention',
  inputs: [heads, heads, heads, ...more],
  attributes: attributes ?? {},
});

t.test('causal attention counts S (S + 1) / 2 scores where that is asked for', async (t) => {
  const scores = 2 * 4 * 36;
  t.strictSame(exact(attention({ is_causal: 1 })), {
    mac: scores * 32,
    mul: 2 * 2 * 4 * 8 * 16,
    add: 2 * scores - 64,
    div: scores,
    cmp: scores - 64,
    exp: scores,
  });
  t.equal(full(attention({ is_causal: 1 }))?.mac, 2 * 4 * 64 * 32, 'all of them by default');
  t.strictSame(exact(attention()), full(attention()), 'nothing is hidden');
  t.equal(exact(attention({ left_window_size: 1, is_causal: 1 }))?.mac, 2 * 4 * 15 * 32, 'two keys each, the first query one');
  const cached = attention({ is_causal: 1 }, [undefined, data([2, 4, 3, 16]), data([2, 4, 3, 16])]);
  t.equal(exact(cached)?.mac, 2 * 4 * (36 + 8 * 3) * 32, 'each query sees what is in the cache');
});

t.test('attention of ONNX Runtime', async (t) => {
  const q = data([1, 8, 64]);
  const multi = (unidirectional: number): Sample => ({
    op: 'com.microsoft.MultiHeadAttention',
    inputs: [q, q, q],
    attributes: { num_heads: 4, unidirectional },
  });
  t.equal(exact(multi(1))?.mac, 4 * 36 * 32);
  t.equal(exact(multi(0))?.mac, 4 * 64 * 32);
});
