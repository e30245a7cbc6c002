import t from 'tap';
import { data, expectCost, expectField, expectMalformed, expectShape, infer, type Sample, weight, window } from './harness.ts';

const x = data([2, 16, 16, 8]);
const c = weight(16);
const batch = (attributes: Sample['attributes'] = {}, input = x): Sample => ({
  op: 'BatchNormalization',
  inputs: [input, c, c, c, c],
  attributes,
});
const norm = (op: string, attributes: Sample['attributes'] = {}, inputs = [x, c, c]): Sample => ({ op, inputs, attributes });
const unknownRank = { unknown: 'the rank of a tensor is not known' };
const n = 2 * 16 * 16 * 8;

t.test('batch normalisation at inference is one factor and one term per channel', async (t) => {
  expectShape(t, batch(), [2, 16, 16, 8]);
  expectCost(t, batch(), { mul: n, add: n });
  expectField(t, batch(), 'elementwise');
  expectField(t, batch(), [null, '0 each', null, null], 1);
  t.strictSame(infer(batch()).operator?.buffers, [3, 4]);
  expectShape(t, batch({}, data(null)), null);
  expectCost(t, batch({}, data(['N', 16])), null);
});

t.test('batch normalisation in training takes statistics over the batch and all positions', async (t) => {
  const training = batch({ training_mode: 1 });
  const row = 2 * 16 * 8;
  expectShape(t, training, [2, 16, 16, 8], [16], [16]);
  expectField(t, training, ['statistics', 'each', 'statistics', 'statistics']);
  expectField(t, training, ['1 each'], 0, 1);
  expectField(t, training, 'elementwise', 3, 1);
  expectCost(t, training, { add: 16 * (4 * row - 1), mul: 16 * 3 * row, div: 48, exp: 16 });
  expectField(t, batch({ training_mode: 1 }, data(null)), unknownRank);
  expectField(t, batch({}, data(null)), unknownRank, 1);
});

t.test('instance and group normalisation take statistics over rows of n', async (t) => {
  const row = (rows: number, m: number) => ({ add: rows * (4 * m - 1), mul: rows * 3 * m, div: rows * 3, exp: rows });
  expectShape(t, norm('InstanceNormalization'), [2, 16, 16, 8]);
  expectField(t, norm('InstanceNormalization'), ['each', 'each', 'statistics', 'statistics']);
  expectField(t, norm('InstanceNormalization'), [null, '0 each', null, null], 2);
  expectCost(t, norm('InstanceNormalization'), row(32, 128));
  expectCost(t, norm('InstanceNormalization', {}, [data([1, 16, null]), c, c]), null);
  const perGroup = { num_groups: 4, 'fovea.perGroup': 1 };
  expectShape(t, norm('GroupNormalization', perGroup, [x, weight(4), weight(4)]), [2, 16, 16, 8]);
  const group = norm('GroupNormalization', { num_groups: 4 });
  expectShape(t, group, [2, 16, 16, 8]);
  expectField(t, group, ['each', 'statistics', 'statistics', 'statistics']);
  expectField(t, group, [null, '0 each', null, null], 1);
  expectCost(t, group, row(8, 512));
  expectCost(t, norm('GroupNormalization', { num_groups: 4 }, [data([null, 16, null]), c, c]), null);
});

t.test('layer normalisation over the last axes', async (t) => {
  const tokens = data([2, 10, 64]);
  const w = weight(64);
  expectShape(t, norm('LayerNormalization', {}, [tokens, w, w]), [2, 10, 64], [2, 10, 1], [2, 10, 1]);
  expectField(t, norm('LayerNormalization', {}, [tokens, w, w]), ['each', 'each', 'statistics']);
  expectField(t, norm('LayerNormalization', { axis: 1 }, [tokens, w]), ['each', 'statistics', 'statistics']);
  expectField(t, norm('LayerNormalization', {}, [tokens, w]), ['each', 'each', null], 0, 1);
  expectField(t, norm('LayerNormalization', {}, [tokens, w]), 'elementwise', 1);
  expectField(t, norm('LayerNormalization', {}, [data(null), w]), unknownRank);
  expectCost(t, norm('LayerNormalization', {}, [tokens, w, w]), { add: 20 * 255, mul: 20 * 192, div: 60, exp: 20 });
  expectCost(t, norm('LayerNormalization', {}, [tokens, w]), { add: 20 * 191, mul: 20 * 192, div: 60, exp: 20 });
  expectCost(t, norm('LayerNormalization', {}, [data(null), w]), null);
  expectCost(t, norm('LayerNormalization', {}, [data([3, 0]), weight(0)]), {});
  expectShape(t, norm('LayerNormalization', {}, [data(null), w]), null, null, null);
  expectShape(t, norm('RMSNormalization', {}, [tokens, w]), [2, 10, 64]);
  expectCost(t, norm('RMSNormalization', {}, [tokens, w]), { add: 20 * 64, mul: 20 * 192, div: 40, exp: 20 });
  expectShape(t, norm('SimplifiedLayerNormalization', {}, [tokens, w]), [2, 10, 64], [2, 10, 1]);
  expectCost(t, norm('SimplifiedLayerNormalization', {}, [tokens, w]), { add: 20 * 64, mul: 20 * 192, div: 40, exp: 20 });
  expectMalformed(t, norm('LayerNormalization', { axis: 3 }, [tokens, w]), /axis 3/);
  expectMalformed(t, norm('LayerNormalization', {}, [tokens, weight(63)]), /do not broadcast/);
  expectMalformed(t, norm('LayerNormalization', {}, [tokens, weight(1, 1, 1, 64)]), /more axes/);
});

t.test('LRN reads a window of channels and no other position', async (t) => {
  const lrn = (size: number): Sample => ({ op: 'LRN', inputs: [x], attributes: { size } });
  expectShape(t, lrn(5), [2, 16, 16, 8]);
  expectField(t, lrn(5), ['each', window(1, -2, 2), 'each', 'each']);
  expectField(t, lrn(4), ['each', window(1, -1, 2), 'each', 'each']);
  expectField(t, { ...lrn(5), inputs: [data(null)] }, unknownRank);
  expectCost(t, lrn(5), { mul: 6 * n, add: 5 * n, exp: n, div: n });
  expectMalformed(t, lrn(0), /at least 1/);
});

t.test('defaults', async (t) => {
  const defaults = (sample: Sample) => {
    const call = infer(sample);
    return call.operator?.defaults?.(call);
  };
  t.strictSame(defaults(batch()), { epsilon: 1e-5, momentum: 0.9, training_mode: 0 });
  t.strictSame(defaults(norm('InstanceNormalization')), { epsilon: 1e-5 });
  t.strictSame(defaults(norm('GroupNormalization', { num_groups: 4 })), { epsilon: 1e-5, stash_type: 1 });
  t.strictSame(defaults(norm('LayerNormalization', {}, [data([4]), weight(4)])), { axis: -1, epsilon: 1e-5, stash_type: 1 });
  t.strictSame(defaults({ op: 'LRN', inputs: [x], attributes: { size: 3 } }), { alpha: 1e-4, beta: 0.75, bias: 1 });
});

t.test('norms that contradict themselves', async (t) => {
  expectMalformed(t, batch({}, data([1, 15, 4])), /15 against 16/);
  expectMalformed(t, batch({}, data([3])), /no batch and channel axis/);
  expectMalformed(t, { op: 'BatchNormalization', inputs: [x, c, c, c] }, /input 4 is required/);
  expectMalformed(t, norm('InstanceNormalization', {}, [x, weight(16, 1), c]), /a vector is needed/);
  expectMalformed(t, norm('GroupNormalization'), /num_groups is 0/);
  expectMalformed(t, norm('GroupNormalization', { num_groups: 5 }), /do not divide 16/);
  expectShape(t, norm('InstanceNormalization', {}, [x, data(null), data([null])]), [2, 16, 16, 8]);
});
