import t from 'tap';
import { data, expectCost, expectField, expectMalformed, expectShape, infer, type Sample, weight } from './harness.ts';

const ms = (op: string, inputs: Sample['inputs']): Sample => ({ op, inputs });
const x = data([2, 10, 64]);
const w = weight(64);
const LAYER = { add: 20 * 255, mul: 20 * 192, div: 60, exp: 20 };

t.test('a sum, then a norm of each token', async (t) => {
  const skip = ms('com.microsoft.SkipLayerNormalization', [x, x, w, w]);
  expectShape(t, skip, [2, 10, 64], [2, 10, 1], [2, 10, 1], [2, 10, 64]);
  expectCost(t, skip, { ...LAYER, add: LAYER.add + 1280 });
  expectCost(t, ms('com.microsoft.SkipLayerNormalization', [x, x, w, w, w]), { ...LAYER, add: LAYER.add + 2560 });
  expectCost(t, ms('com.microsoft.SkipLayerNormalization', [data(null), x, w]), null);
  expectField(t, skip, ['each', 'each', 'statistics'], 1);
  expectField(t, skip, 'elementwise', 2);
  expectField(t, skip, ['each', 'each', null], 0, 1);
  expectField(t, skip, 'none', 2, 1);
  expectField(t, skip, 'elementwise', 0, 3);
  expectField(t, skip, 'none', 2, 3);
  expectField(t, ms('com.microsoft.SkipLayerNormalization', [data(null), x, w]), { unknown: 'the rank of a tensor is not known' });
  const simple = ms('com.microsoft.SkipSimplifiedLayerNormalization', [x, x, w]);
  expectShape(t, simple, [2, 10, 64]);
  expectCost(t, simple, { add: 20 * 64 + 1280, mul: 20 * 192, div: 40, exp: 20 });
  const call = infer(simple);
  t.strictSame(call.operator?.defaults?.(call), { epsilon: 1e-5 });
  expectMalformed(t, ms('com.microsoft.SkipLayerNormalization', [x, data([2, 9, 64]), w]), /do not broadcast/);
});

t.test('EmbedLayerNormalization looks up, adds, normalises', async (t) => {
  const ids = data([2, 10], 'int32');
  const tables = [weight(300, 64), weight(50, 64)];
  const embed = ms('com.microsoft.EmbedLayerNormalization', [ids, ids, ...tables, weight(2, 64), w, w]);
  expectShape(t, embed, [2, 10, 64], [2], [2, 10, 64]);
  expectCost(t, embed, { ...LAYER, load: 3840, add: LAYER.add + 2560 });
  expectCost(t, ms('com.microsoft.EmbedLayerNormalization', [ids, undefined, ...tables, undefined, w, w]), {
    ...LAYER,
    load: 2560,
    add: LAYER.add + 1280,
  });
  expectShape(t, ms('com.microsoft.EmbedLayerNormalization', [data(null), undefined, ...tables, undefined, w, w]), [null, null, 64]);
  expectField(t, embed, ['each', 'each', null]);
  expectField(t, embed, { unknown: 'embeddings that are computed are not followed' }, 2);
  expectField(t, embed, 'none', 0, 1);
  const masked = ms('com.microsoft.EmbedLayerNormalization', [...embed.inputs, ids]);
  expectField(t, masked, 'none', 7);
  expectField(t, masked, ['each'], 7, 1);
  const call = infer(embed);
  t.strictSame(call.operator?.defaults?.(call), { epsilon: 1e-5, mask_index_type: 0 });
  expectMalformed(t, ms('com.microsoft.EmbedLayerNormalization', [x, ids, ...tables, undefined, w, w]), /ids of rank 3/);
  expectMalformed(t, ms('com.microsoft.EmbedLayerNormalization', [ids, ids, ...tables, undefined, weight(63), w]), /hidden sizes differ/);
});
