import t from 'tap';
import { data, expectCost, expectField, expectMalformed, expectShape, infer, type Sample, weight } from './harness.ts';

const x = data([2, 6, 4]);
const q = data([2, 6, 4], 'int8');
const node = (op: string, inputs: Sample['inputs'], attributes: Sample['attributes'] = {}): Sample => ({ op, inputs, attributes });
const typeOf = (sample: Sample) => infer(sample).outputs[0]?.dtype;

t.test('QuantizeLinear divides, rounds, shifts and saturates', async (t) => {
  const plain = node('QuantizeLinear', [x, weight()]);
  expectShape(t, plain, [2, 6, 4]);
  expectCost(t, plain, { div: 48, cmp: 144 });
  expectCost(t, node('QuantizeLinear', [x, weight(), data([], 'int8')]), { div: 48, cmp: 144, add: 48 });
  expectCost(t, node('QuantizeLinear', [data([null]), weight()]), null);
  t.equal(typeOf(plain), 'uint8');
  t.equal(typeOf(node('QuantizeLinear', [x, weight(), data([], 'int4')])), 'int4');
  t.equal(typeOf(node('QuantizeLinear', [x, weight()], { output_dtype: 17 })), 'float8e4m3fn');
  expectField(t, plain, 'elementwise');
  expectField(t, plain, 'none', 1);
  t.equal(infer(plain).operator?.moves, true);
});

t.test('DequantizeLinear shifts and scales', async (t) => {
  const plain = node('DequantizeLinear', [q, weight()]);
  expectShape(t, plain, [2, 6, 4]);
  expectCost(t, plain, { mul: 48 });
  expectCost(t, node('DequantizeLinear', [q, weight(6), data([6], 'int8')]), { mul: 48, add: 48 });
  t.equal(typeOf(plain), 'float32');
  t.equal(typeOf(node('DequantizeLinear', [q, weight()], { output_dtype: 10 })), 'float16');
  expectField(t, plain, 'elementwise');
  expectShape(t, node('DequantizeLinear', [q, weight(2, 3, 4)], { block_size: 2 }), [2, 6, 4]);
  expectShape(t, node('DequantizeLinear', [data(null, 'int8'), weight(3)]), null);
});

t.test('DynamicQuantizeLinear takes its scale from the whole tensor', async (t) => {
  const dynamic = node('DynamicQuantizeLinear', [x]);
  expectShape(t, dynamic, [2, 6, 4], [], []);
  expectCost(t, dynamic, { div: 48, add: 48, cmp: 240 });
  expectCost(t, node('DynamicQuantizeLinear', [data(null)]), null);
  expectField(t, dynamic, ['statistics', 'statistics', 'statistics']);
  expectField(t, dynamic, [], 0, 1);
  expectField(t, node('DynamicQuantizeLinear', [data(null)]), { unknown: 'the rank of a tensor is not known' });
});

t.test('defaults, and scales that do not fit', async (t) => {
  const defaults = (sample: Sample) => {
    const call = infer(sample);
    return call.operator?.defaults?.(call);
  };
  t.strictSame(defaults(node('QuantizeLinear', [x, weight()])), { axis: 1, block_size: 0, output_dtype: 0, precision: 0, saturate: 1 });
  t.strictSame(defaults(node('DequantizeLinear', [q, weight()])), { axis: 1, block_size: 0, output_dtype: 0 });
  expectMalformed(t, node('QuantizeLinear', [x]), /input 1 is required/);
  expectMalformed(t, node('QuantizeLinear', [x, weight(5)]), /scales for axis 1: 6 against 5/);
  expectMalformed(t, node('QuantizeLinear', [x, weight(6)], { axis: 3 }), /axis 3/);
  expectMalformed(t, node('QuantizeLinear', [x, weight(2, 3)]), /a scale of rank 2/);
  expectMalformed(t, node('QuantizeLinear', [x, weight(6)], { block_size: -1 }), /block_size/);
});
