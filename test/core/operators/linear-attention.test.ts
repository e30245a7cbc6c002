import t from 'tap';
import type { Shape } from '../../../src/core/graph.ts';
import { data, expectCost, expectField, expectMalformed, expectShape, infer, type Sample } from './harness.ts';

/** Four query heads and two heads of state, of 8 x 3, over 5 steps. */
const layer = (attributes: Sample['attributes'] = {}, more: Sample['inputs'] = [], q: Shape = [1, 5, 32]): Sample => ({
  op: 'LinearAttention',
  inputs: [data(q), data([q[0] as number, q[1] as number, 16]), data([q[0] as number, q[1] as number, 6]), ...more],
  attributes: { q_num_heads: 4, kv_num_heads: 2, ...attributes },
});

t.test('the output has the heads of the queries, the state those of the keys', async (t) => {
  expectShape(t, layer(), [1, 5, 12], [1, 2, 8, 3]);
  const tensors = [data(null), data(null), data(null), data(null, 'float64')];
  const unknown: Sample = { op: 'LinearAttention', inputs: tensors, attributes: { q_num_heads: 1, kv_num_heads: 1 } };
  expectShape(t, unknown, [null, null, null], [null, 1, null, null]);
  t.equal(infer({ ...unknown, outputs: 2 }).outputs[1]?.dtype, 'float64');
});

t.test('a step updates each state and reads it for each query', async (t) => {
  const decay = data([1, 5, 2]);
  // 5 steps, states of 24: outer product (2 heads), for delta the product before it (2), queries (4).
  expectCost(t, layer({ update_rule: 'linear' }), { mac: 5 * 24 * 6, mul: 60 });
  expectCost(t, layer({ update_rule: 'linear', scale: 1 }), { mac: 5 * 24 * 6 });
  expectCost(t, layer({ update_rule: 'delta' }), { mac: 5 * 24 * 8, add: 30, mul: 90 });
  expectCost(t, layer({ update_rule: 'gated' }, [undefined, decay]), { mac: 5 * 24 * 6, mul: 240 + 60, exp: 10 });
  expectCost(t, layer({}, [undefined, decay, decay]), { mac: 5 * 24 * 8, mul: 240 + 30 + 60, add: 30, exp: 10 });
  expectCost(t, layer({}, [], [1, 'T' as never, 32]), null);
});

t.test('a step sees what came before it', async (t) => {
  const before = { kind: 'table', lo: [0, 0, 0, 0, 0], hi: [0, 1, 2, 3, 4] };
  expectField(t, layer(), ['each', 'each', null]);
  expectField(t, layer(), ['each', before, null], 1);
  expectField(t, layer(), 'none', 0, 1);
  expectField(t, layer(), ['each', null, null, null], 2, 1);
  expectField(t, layer({}, [data([1, 2, 8, 3])]), ['each', null, null], 3);
  expectField(t, layer({}, [data([1, 2, 8, 3])]), ['each', 'each', null, null], 3, 1);
});

t.test('defaults, and layers that contradict themselves', async (t) => {
  const call = infer(layer());
  t.strictSame(call.operator?.defaults?.(call), { chunk_size: 64, scale: 0, update_rule: 'gated_delta' });
  expectMalformed(t, layer({ kv_num_heads: 3 }), /3 heads of keys for 4 of queries/);
  expectMalformed(t, layer({ q_num_heads: 6 }), /6 heads do not divide 32/);
  expectMalformed(t, layer({}, [], [1, 5]), /rank 2, 3 is needed/);
  expectMalformed(t, layer({ update_rule: 'magic' }), /none of gated_delta/);
});
