import t from 'tap';
import { data, expectCost, expectField, expectMalformed, expectShape, infer } from './harness.ts';

const x = data([1, 16, 16, 16]);

t.test('one position remains', async (t) => {
  for (const op of ['GlobalAveragePool', 'GlobalMaxPool', 'GlobalLpPool']) {
    expectShape(t, { op, inputs: [x] }, [1, 16, 1, 1]);
    expectShape(t, { op, inputs: [data(['N', null, null])] }, ['N', null, 1]);
    expectShape(t, { op, inputs: [data(null)] }, null);
    expectField(t, { op, inputs: [x] }, ['each', 'each', null, null]);
    expectField(t, { op, inputs: [data(null)] }, { unknown: 'the rank of a tensor is not known' });
    expectMalformed(t, { op, inputs: [data([3])] }, /no batch and channel axis/);
  }
});

t.test('primitives of 256 positions', async (t) => {
  expectCost(t, { op: 'GlobalAveragePool', inputs: [x] }, { add: 16 * 255, div: 16 });
  expectCost(t, { op: 'GlobalMaxPool', inputs: [x] }, { cmp: 16 * 255 });
  expectCost(t, { op: 'GlobalLpPool', inputs: [x] }, { mul: 16 * 256, add: 16 * 255, exp: 16 });
  expectCost(t, { op: 'GlobalMaxPool', inputs: [data([1, 2, null])] }, null);
  const call = infer({ op: 'GlobalLpPool', inputs: [x] });
  t.strictSame(call.operator?.defaults?.(call), { p: 2 });
});
