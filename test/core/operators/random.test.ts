import t from 'tap';
import { data, expectCost, expectField, expectMalformed, expectShape, infer, type Sample } from './harness.ts';

const node = (op: string, inputs: Sample['inputs'], attributes: Sample['attributes'] = {}): Sample => ({ op, inputs, attributes });
const typeOf = (sample: Sample) => infer(sample).outputs[0]?.dtype;

t.test('random tensors of a stated shape, or of that of another one', async (t) => {
  for (const op of ['RandomNormal', 'RandomUniform']) {
    expectShape(t, node(op, [], { shape: [2, 3] }), [2, 3]);
    expectCost(t, node(op, [], { shape: [2, 3] }), { mul: 6, add: 6 });
    t.equal(typeOf(node(op, [], { shape: [2, 3], dtype: 11 })), 'float64');
    expectMalformed(t, node(op, []), /shape is required/);
    expectMalformed(t, node(op, [], { shape: [-1] }), /negative/);
  }
  for (const op of ['RandomNormalLike', 'RandomUniformLike']) {
    expectShape(t, node(op, [data([2, 'W'])]), [2, 'W']);
    expectField(t, node(op, [data([2, 'W'])]), 'none');
    t.equal(typeOf(node(op, [data([2], 'float16')])), 'float16');
    t.equal(typeOf(node(op, [data([2], 'float16')], { dtype: 1 })), 'float32');
  }
});

t.test('draws by probabilities', async (t) => {
  expectShape(t, node('Bernoulli', [data([2, 3])]), [2, 3]);
  expectCost(t, node('Bernoulli', [data([2, 3])]), { mul: 6, add: 6, cmp: 6 });
  expectField(t, node('Bernoulli', [data([2, 3])]), 'elementwise');
  const draw = node('Multinomial', [data([2, 10])], { sample_size: 4 });
  expectShape(t, draw, [2, 4]);
  t.equal(typeOf(draw), 'int32');
  expectCost(t, draw, null);
  expectField(t, draw, ['each', null]);
  expectShape(t, node('Multinomial', [data(null)]), [null, 1]);
  expectMalformed(t, node('Multinomial', [data([2])]), /a matrix is needed/);
  const defaults = (sample: Sample) => infer(sample).operator?.defaults?.(infer(sample));
  t.strictSame(defaults(draw), { sample_size: 1 });
  t.strictSame(defaults(node('Bernoulli', [data([2])])), {});
  t.strictSame(defaults(node('RandomNormalLike', [data([2])])), { mean: 0, scale: 1 });
  t.strictSame(defaults(node('RandomUniformLike', [data([2])])), { high: 1, low: 0 });
});
