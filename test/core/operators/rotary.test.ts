import t from 'tap';
import { data, expectCost, expectField, expectMalformed, expectShape, infer, type Sample, weight } from './harness.ts';

const rotary = (x: Sample['inputs'][number], attributes: Sample['attributes'] = {}): Sample => ({
  op: 'RotaryEmbedding',
  inputs: [x, weight(50, 4), weight(50, 4), data([2, 3], 'int64')],
  attributes,
});

t.test('pairs of each head are turned by the angle of their token', async (t) => {
  const four = rotary(data([2, 4, 3, 8]));
  expectShape(t, four, [2, 4, 3, 8]);
  // Cosines and sines of six tokens, four each.
  expectCost(t, four, { mul: 384, add: 192, load: 48 });
  expectCost(t, { op: 'RotaryEmbedding', inputs: [data([2, 4, 3, 8]), weight(2, 3, 4), weight(2, 3, 4)] }, { mul: 384, add: 192 });
  expectField(t, four, ['each', 'each', 'each', null]);
  expectField(t, four, ['each', null, '1 each', null], 3);
  expectField(t, four, { unknown: 'angles that are computed are not followed' }, 1);
  const three = rotary(data([2, 3, 32]), { num_heads: 4 });
  expectShape(t, three, [2, 3, 32]);
  expectCost(t, three, { mul: 384, add: 192, load: 48 });
  expectField(t, three, ['each', 'each', null], 3);
  expectCost(t, rotary(data([2, 3, 32]), { num_heads: 4, rotary_embedding_dim: 4 }), { mul: 192, add: 96, load: 48 });
  expectCost(t, rotary(data([2, 3, 32]), { rotary_embedding_dim: 4 }), null);
  expectCost(t, rotary(data(null)), null);
  expectField(t, rotary(data(null)), { unknown: 'the rank of a tensor is not known' });
});

t.test('that of com.microsoft has the position ids first', async (t) => {
  const sample: Sample = {
    op: 'com.microsoft.RotaryEmbedding',
    inputs: [data([2, 3, 32]), data([2, 3], 'int64'), weight(50, 4), weight(50, 4)],
  };
  expectShape(t, sample, [2, 3, 32]);
  expectField(t, sample, ['each', 'each', null], 1);
  expectField(t, sample, { unknown: 'angles that are computed are not followed' }, 3);
});

t.test('defaults, and embeddings that contradict themselves', async (t) => {
  const call = infer(rotary(data([2, 4, 3, 8])));
  t.strictSame(call.operator?.defaults?.(call), { interleaved: 0, rotary_embedding_dim: 0 });
  expectMalformed(t, rotary(data([2, 8])), /rank 2, 3 or 4 is needed/);
  expectMalformed(t, rotary(data([2, 3, 8]), { num_heads: -1 }), /num_heads -1/);
});
