import t from 'tap';
import { data, expectCost, expectField, expectMalformed, expectShape, expectValue, infer, type Sample, values } from './harness.ts';

const reshape = (input: Sample['inputs'][number], target: readonly number[], attributes: Sample['attributes'] = {}): Sample => ({
  op: 'Reshape',
  inputs: [input, values(target)],
  attributes,
});

t.test('Reshape', async (t) => {
  expectShape(t, reshape(data([2, 3, 4]), [6, 4]), [6, 4]);
  expectShape(t, reshape(data([2, 3, 4]), [0, -1]), [2, 12]);
  expectShape(t, reshape(data([2, 3, 4]), [-1]), [24]);
  expectShape(t, reshape(data([2, 3, 4]), [0, 0, 0, -1]), [2, 3, 4, 1]);
  expectShape(t, reshape(data([1]), []), []);
  expectShape(t, reshape(data([0, 3]), [3, 0], { allowzero: 1 }), [3, 0]);
  expectShape(t, reshape(data([0, 5]), [0, -1]), [0, 5]);
});

t.test('Reshape of sizes that are not known resolves what it can', async (t) => {
  expectShape(t, reshape(data(['N', 512, 7, 7]), [0, -1]), ['N', 25088]);
  expectShape(t, reshape(data(['N', 'C']), [0, -1]), ['N', 'C']);
  expectShape(t, reshape(data(['N', 'C', 2]), [0, -1]), ['N', null]);
  expectShape(t, reshape(data(['N', 8, 4]), [-1, 4]), [null, 4]);
  expectShape(t, reshape(data(['N', 12]), [0, 3, -1]), ['N', 3, 4]);
  expectShape(t, reshape(data(['N', 12]), [-1, 3, 4]), [null, 3, 4]);
  expectShape(t, reshape(data(null), [0, 3, -1]), [null, 3, null]);
  expectShape(t, { op: 'Reshape', inputs: [data([2, 3]), data([3], 'int64')] }, [null, null, null]);
  expectShape(t, { op: 'Reshape', inputs: [data([2, 3]), data([null], 'int64')] }, null);
  expectShape(t, { op: 'Reshape', inputs: [data([2, 3]), data(null, 'int64')] }, null);
  expectShape(t, { op: 'Reshape', inputs: [data([1]), data([], 'int64')] }, [null]);
});

t.test('Reshapes that contradict themselves', async (t) => {
  expectMalformed(t, reshape(data([2, 3]), [4, 2]), /6 elements do not reshape to \[4, 2\]/);
  expectMalformed(t, reshape(data([2, 3]), [4, -1]), /do not divide by 4/);
  expectMalformed(t, reshape(data([2, 3]), [-1, -1]), /more than one size is -1/);
  expectMalformed(t, reshape(data([2, 3]), [0, 0, 0]), /axis 2 to copy/);
  expectMalformed(t, reshape(data([2, 3]), [-2, 3]), /negative/);
  expectMalformed(t, reshape(data([2, 3]), [0.5, 3]), /not an integer/);
  expectMalformed(t, reshape(data([2, 3]), [0, -1], { allowzero: 1 }), /do not divide by 0/);
  expectMalformed(t, reshape(data([2, 3]), Array<number>(65).fill(1)), /rank of 65/);
  expectMalformed(t, { op: 'Reshape', inputs: [data([2]), data([1e9], 'int64')] }, /rank of 1000000000/);
  expectMalformed(t, { op: 'Reshape', inputs: [data([2]), data([2, 2], 'int64')] }, /expected a list/);
  expectMalformed(t, reshape(data([2 ** 30, 2 ** 30]), [-1]), /2\^53/);
});

t.test('Flatten', async (t) => {
  const flatten = (shape: Parameters<typeof data>[0], axis?: number): Sample => ({
    op: 'Flatten',
    inputs: [data(shape)],
    ...(axis !== undefined && { attributes: { axis } }),
  });
  expectShape(t, flatten([2, 3, 4]), [2, 12]);
  expectShape(t, flatten([2, 3, 4], 0), [1, 24]);
  expectShape(t, flatten([2, 3, 4], 3), [24, 1]);
  expectShape(t, flatten([2, 3, 4], -1), [6, 4]);
  expectShape(t, flatten(['N', 512, 1, 1]), ['N', 512]);
  expectShape(t, flatten([1, 'C', 1, 1]), [1, 'C']);
  expectShape(t, flatten([1, null, 0]), [1, 0]);
  expectShape(t, flatten(null), [null, null]);
  expectMalformed(t, flatten([2, 3], 3), /axis 3/);
  const call = infer(flatten([2, 3]));
  t.strictSame(call.operator?.defaults?.(call), { axis: 1 });
});

t.test('Squeeze and Unsqueeze', async (t) => {
  const op = 'Squeeze';
  expectShape(t, { op, inputs: [data([1, 3, 1]), values([0])] }, [3, 1]);
  expectShape(t, { op, inputs: [data([1, 3, 1])] }, [3]);
  expectShape(t, { op, inputs: [data([1, null, 1])] }, null);
  expectShape(t, { op, inputs: [data([1, 'C', null]), values([-1])] }, [1, 'C']);
  expectShape(t, { op, inputs: [data([1, 3, 1]), data([2], 'int64')] }, [null]);
  expectShape(t, { op, inputs: [data([1, 3, 1]), data([null], 'int64')] }, null);
  expectShape(t, { op, inputs: [data(null), values([0])] }, null);
  expectField(t, { op, inputs: [data([3, 1, null, 1]), values([1, 3])] }, ['each', '2 each']);
  expectField(t, { op, inputs: [data([1, 3, 1]), data([2], 'int64')] }, 'reshape');
  expectMalformed(t, { op, inputs: [data([1, 3]), values([1])] }, /axis 1 of size 3/);
  expectMalformed(t, { op, inputs: [data([1, 3]), values([2])] }, /axis 2 is outside/);
  const un = 'Unsqueeze';
  expectShape(t, { op: un, inputs: [data([3, 'C']), values([0, -1])] }, [1, 3, 'C', 1]);
  expectShape(t, { op: un, inputs: [data([3]), data([2], 'int64')] }, [null, null, null]);
  expectField(t, { op: un, inputs: [data([3]), data([2], 'int64')] }, 'reshape');
  expectShape(t, { op: un, inputs: [data(null), values([0])] }, null);
  expectShape(t, { op: un, inputs: [data([3]), data([null], 'int64')] }, null);
  expectMalformed(t, { op: un, inputs: [data([3]), values([0, 0])] }, /one axis twice/);
  expectMalformed(t, { op: un, inputs: [data([3]), values([3])] }, /axis 3/);
  expectMalformed(t, { op: un, inputs: [data([3]), data([1e9], 'int64')] }, /rank of/);
});

/** Views that say which axis is which. */
const FIELDS: Readonly<Record<string, string | readonly unknown[]>> = {
  Identity: 'elementwise',
  Squeeze: ['each', 'each'],
  Unsqueeze: [null, '0 each', '1 each'],
};

t.test('a view shows the same elements and costs nothing', async (t) => {
  const x = values([1, 2, 3, 4], [2, 2]);
  const views: readonly Sample[] = [
    reshape(x, [4]),
    { op: 'Flatten', inputs: [x] },
    { op: 'Squeeze', inputs: [x] },
    { op: 'Unsqueeze', inputs: [x, values([0])] },
    { op: 'Identity', inputs: [x] },
  ];
  for (const sample of views) {
    expectValue(t, sample, [1, 2, 3, 4]);
    expectCost(t, sample, {});
    expectField(t, sample, FIELDS[sample.op] ?? 'reshape');
    t.match(infer(sample).operator, { view: true, moves: true });
  }
  expectField(t, reshape(x, [4]), 'dataDependent', 1);
  const call = infer(reshape(x, [4]));
  t.strictSame(call.operator?.defaults?.(call), { allowzero: 0 });
  expectShape(t, { op: 'Identity', inputs: [data(['N', null])] }, ['N', null]);
});

t.test('Dropout passes its input on', async (t) => {
  const sample = { op: 'Dropout', inputs: [data([2, 3])] };
  expectShape(t, sample, [2, 3], [2, 3]);
  expectCost(t, sample, {});
  expectField(t, sample, 'elementwise');
  expectField(t, sample, 'none', 0, 1);
  t.equal(infer({ ...sample, outputs: 2 }).outputs[1]?.dtype, 'bool');
});
