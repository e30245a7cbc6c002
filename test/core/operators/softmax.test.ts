import t from 'tap';
import { data, expectCost, expectField, expectMalformed, expectShape, infer } from './harness.ts';

const x = data([4, 1000]);
const old = { 'fovea.coerce2d': 1 };

t.test('rows along one axis', async (t) => {
  for (const op of ['Softmax', 'LogSoftmax', 'Hardmax']) {
    expectShape(t, { op, inputs: [x] }, [4, 1000]);
    expectShape(t, { op, inputs: [data(null)] }, null);
    expectField(t, { op, inputs: [x] }, ['each', 'all']);
    expectField(t, { op, inputs: [x], attributes: { axis: 0 } }, ['all', 'each']);
    expectField(t, { op, inputs: [data(null)] }, { unknown: 'the rank of a tensor is not known' });
    expectCost(t, { op, inputs: [data([4, null])] }, null);
    expectCost(t, { op, inputs: [data([4, 0])] }, {});
    expectMalformed(t, { op, inputs: [x], attributes: { axis: 2 } }, /axis 2/);
  }
  expectCost(t, { op: 'Softmax', inputs: [x] }, { cmp: 3996, add: 7996, exp: 4000, div: 4000 });
  expectCost(t, { op: 'LogSoftmax', inputs: [x] }, { cmp: 3996, add: 11996, exp: 4004 });
  expectCost(t, { op: 'Hardmax', inputs: [x] }, { cmp: 3996 });
});

t.test('files before operator set 13 normalise all axes from the axis on', async (t) => {
  const cube = data([2, 3, 4]);
  expectField(t, { op: 'Softmax', inputs: [cube], attributes: old }, ['each', 'all', 'all']);
  expectField(t, { op: 'Softmax', inputs: [cube], attributes: { ...old, axis: 2 } }, ['each', 'each', 'all']);
  expectField(t, { op: 'Softmax', inputs: [cube], attributes: { ...old, axis: 3 } }, ['each', 'each', 'each']);
  expectCost(t, { op: 'Softmax', inputs: [cube], attributes: old }, { cmp: 22, add: 46, exp: 24, div: 24 });
  const axis = (attributes: Record<string, number>) => {
    const call = infer({ op: 'Softmax', inputs: [cube], attributes });
    return call.operator?.defaults?.(call);
  };
  t.strictSame(axis(old), { axis: 1 });
  t.strictSame(axis({}), { axis: -1 });
});
