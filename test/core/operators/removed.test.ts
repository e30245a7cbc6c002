import t from 'tap';
import { data, expectCost, expectField, expectShape, infer } from './harness.ts';

t.test('operators of the first operator set only', async (t) => {
  for (const op of ['Affine', 'ImageScaler']) {
    const sample = { op, inputs: [data([1, 3, 4, 4])] };
    expectShape(t, sample, [1, 3, 4, 4]);
    expectCost(t, sample, { mul: 48, add: 48 });
    expectField(t, sample, 'elementwise');
    const call = infer(sample);
    t.ok(call.operator?.defaults?.(call));
  }
});
