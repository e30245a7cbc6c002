import t from 'tap';
import { data, expectCost, expectField, expectMalformed, expectShape, infer, type Sample, scalar, weight } from './harness.ts';

const ms = (op: string, inputs: Sample['inputs'], attributes: NonNullable<Sample['attributes']>): Sample => ({
  op,
  inputs,
  attributes,
});
const x = data([1, 32, 64]);
const scores = 4 * 32 * 32;
/** Scaling, masked or not, and Softmax of four heads of 16 over 32 tokens. */
const attended = (masked: number) => ({ mul: 4096, add: 128 * 63 + masked * scores, cmp: 128 * 31, exp: scores, div: scores });

t.test('Attention holds its projections', async (t) => {
  const plain = ms('com.microsoft.Attention', [x, weight(64, 192), weight(192)], { num_heads: 4 });
  expectShape(t, plain, [1, 32, 64], [2, 1, 4, 32, 16]);
  const base = attended(0);
  expectCost(t, plain, { ...base, mac: 32 * 64 * 192 + 131_072, add: base.add + 32 * 192 });
  const causal = ms('com.microsoft.Attention', [x, weight(64, 192)], { num_heads: 4, unidirectional: 1 });
  expectCost(t, causal, { ...attended(1), mac: 32 * 64 * 192 + 131_072 });
  const sized = ms('com.microsoft.Attention', [x, weight(64, 160)], { num_heads: 4, qkv_hidden_sizes: [64, 64, 32] });
  expectShape(t, sized, [1, 32, 32]);
  const past = ms('com.microsoft.Attention', [x, weight(64, 192), undefined, undefined, data([2, 1, 4, 8, 16])], { num_heads: 4 });
  expectShape(t, past, [1, 32, 64], [2, 1, 4, 40, 16]);
  expectCost(t, ms('com.microsoft.Attention', [x, data(null)], { num_heads: 4 }), null);
  expectField(t, plain, ['each', null, null]);
  expectField(t, past, 'dataDependent', 4);
  expectField(t, past, 'none', 4, 1);
  expectField(t, plain, { unknown: 'how the cache is filled is not followed' }, 0, 1);
});

t.test('MultiHeadAttention takes tokens flat, by heads, or packed', async (t) => {
  const flat = ms('com.microsoft.MultiHeadAttention', [x, x, data([1, 32, 32])], { num_heads: 4 });
  expectShape(t, flat, [1, 32, 32], [1, 4, 32, 16], [1, 4, 32, 8]);
  expectCost(t, ms('com.microsoft.MultiHeadAttention', [x, x, x], { num_heads: 4 }), { ...attended(0), mac: 131_072 });
  const biased = ms('com.microsoft.MultiHeadAttention', [x, x, x, weight(192)], { num_heads: 4 });
  expectCost(t, biased, { ...attended(0), mac: 131_072, add: attended(0).add + 3 * 2048 });
  expectCost(t, ms('com.microsoft.MultiHeadAttention', [x, data([1, null, 64]), x, weight(192)], { num_heads: 4 }), null);
  const heads = data([1, 4, 20, 16]);
  const cross = ms('com.microsoft.MultiHeadAttention', [x, heads, heads], { num_heads: 4 });
  expectShape(t, cross, [1, 32, 64], [1, 4, 20, 16]);
  expectField(t, cross, ['each', 'each', null]);
  expectField(t, cross, ['each', null, null], 1);
  const packed = ms('com.microsoft.MultiHeadAttention', [data([1, 32, 4, 3, 16])], { num_heads: 4 });
  expectShape(t, packed, [1, 32, 64], [1, 4, 32, 16]);
  expectField(t, packed, ['each', null, null]);
  const pair = ms('com.microsoft.MultiHeadAttention', [x, data([1, 20, 4, 2, 16])], { num_heads: 4 });
  expectShape(t, pair, [1, 32, 64], [1, 4, 20, 16]);
  const past = ms(
    'com.microsoft.MultiHeadAttention',
    [x, x, x, undefined, undefined, undefined, data([1, 4, 8, 16]), data([1, 4, 8, 16])],
    {
      num_heads: 4,
    },
  );
  expectShape(t, past, [1, 32, 64], [1, 4, 40, 16]);
});

t.test('GroupQueryAttention shares its keys, and may turn them', async (t) => {
  const attributes = { num_heads: 4, kv_num_heads: 2 };
  const keys = data([1, 32, 32]);
  const plain = ms('com.microsoft.GroupQueryAttention', [x, keys, keys], attributes);
  expectShape(t, plain, [1, 32, 64], [1, 2, 32, 16], [1, 2, 32, 16]);
  expectCost(t, plain, { ...attended(1), mac: 131_072 });
  // Six heads of 16 are turned for each token.
  expectCost(t, ms('com.microsoft.GroupQueryAttention', [x, keys, keys], { ...attributes, do_rotary: 1 }), {
    ...attended(1),
    mac: 131_072,
    mul: 4096 + 6144,
    add: attended(1).add + 3072,
  });
  expectShape(t, ms('com.microsoft.GroupQueryAttention', [data([1, 32, 128])], attributes), [1, 32, 64], [1, 2, 32, 16]);
  const buffer = data([1, 2, 100, 16]);
  const held = (total: Sample['inputs'][number]) =>
    ms('com.microsoft.GroupQueryAttention', [x, keys, keys, buffer, buffer, data([1], 'int32'), total], attributes);
  expectShape(t, held(scalar(40, 'int32')), [1, 32, 64], [1, 2, 100, 16]);
  expectShape(t, held(scalar(132, 'int32')), [1, 32, 64], [1, 2, 132, 16]);
  expectShape(t, held(data([], 'int32')), [1, 32, 64], [1, 2, null, 16]);
  expectField(t, plain, ['each', null, null], 2);
});

t.test('defaults, and attentions that contradict themselves', async (t) => {
  const defaults = (sample: Sample) => {
    const call = infer(sample);
    return call.operator?.defaults?.(call);
  };
  t.strictSame(defaults(ms('com.microsoft.Attention', [x, weight(64, 192)], { num_heads: 4 })), { unidirectional: 0 });
  t.strictSame(defaults(ms('com.microsoft.MultiHeadAttention', [x], { num_heads: 4 })), { unidirectional: 0 });
  t.strictSame(defaults(ms('com.microsoft.GroupQueryAttention', [data([1, 32, 128])], { num_heads: 4, kv_num_heads: 2 })), {
    do_rotary: 0,
    rotary_interleaved: 0,
  });
  expectMalformed(t, ms('com.microsoft.Attention', [x, weight(64, 192)], {}), /num_heads is 0/);
  expectMalformed(t, ms('com.microsoft.Attention', [x, weight(63, 192)], { num_heads: 4 }), /features of the input/);
  expectMalformed(t, ms('com.microsoft.Attention', [x, weight(64, 191)], { num_heads: 4 }), /3 does not divide 191/);
  expectMalformed(t, ms('com.microsoft.Attention', [x, weight(64, 192)], { num_heads: 5 }), /5 heads do not divide 64/);
  expectMalformed(t, ms('com.microsoft.Attention', [x, weight(64, 192)], { num_heads: 4, qkv_hidden_sizes: [64] }), /1 entries/);
  expectMalformed(t, ms('com.microsoft.GroupQueryAttention', [x], { num_heads: 4, kv_num_heads: 3 }), /3 heads of keys/);
  expectMalformed(t, ms('com.microsoft.MultiHeadAttention', [data([1, 64])], { num_heads: 4 }), /rank 2, 3 or 5 is needed/);
});
