import t from 'tap';
import { data, expectCost, expectField, expectMalformed, expectShape, infer, type Sample } from './harness.ts';

const bits = data([3, 4], 'uint8');
const both = (op: string, attributes: Sample['attributes'] = {}): Sample => ({ op, inputs: [bits, data([4], 'uint8')], attributes });

t.test('logic on bits is one operation for each element, broadcast', async (t) => {
  for (const op of ['BitwiseAnd', 'BitwiseOr', 'BitwiseXor']) {
    expectShape(t, both(op), [3, 4]);
    expectCost(t, both(op), { cmp: 12, integer: true });
    expectField(t, both(op), 'elementwise', 1);
  }
  expectShape(t, { op: 'BitwiseNot', inputs: [bits] }, [3, 4]);
  expectCost(t, { op: 'BitwiseNot', inputs: [bits] }, { cmp: 12, integer: true });
  t.equal(infer({ op: 'BitwiseNot', inputs: [bits] }).outputs[0]?.dtype, 'uint8');
});

t.test('a shift is a product or a division', async (t) => {
  expectShape(t, both('BitShift', { direction: 'LEFT' }), [3, 4]);
  expectCost(t, both('BitShift', { direction: 'LEFT' }), { mul: 12, integer: true });
  expectCost(t, both('BitShift', { direction: 'RIGHT' }), { div: 12, integer: true });
  const call = infer(both('BitShift', { direction: 'UP' }));
  t.throws(() => call.operator?.cost(call), { message: /neither LEFT nor RIGHT/ });
  expectMalformed(t, { op: 'BitwiseAnd', inputs: [bits, data([3], 'uint8')] }, /do not broadcast/);
});
