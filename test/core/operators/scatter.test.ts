import t from 'tap';
import { data, expectCost, expectField, expectMalformed, expectShape, expectValue, infer, type Sample, values } from './harness.ts';

const zeros = values([0, 0, 0, 0, 0, 0], [2, 3]);
const nd = (inputs: Sample['inputs'], attributes: Sample['attributes'] = {}): Sample => ({ op: 'ScatterND', inputs, attributes });
const elements = (inputs: Sample['inputs'], attributes: Sample['attributes'] = {}): Sample => ({
  op: 'ScatterElements',
  inputs,
  attributes,
});

t.test('ScatterND writes rows', async (t) => {
  const rows = values([1], [1, 1]);
  expectShape(t, nd([data([2, 'W']), rows, data([1, null])]), [2, 'W']);
  expectValue(t, nd([zeros, rows, values([7, 8, 9], [1, 3])]), [0, 0, 0, 7, 8, 9]);
  expectValue(t, nd([zeros, values([0, 0, 1, -1], [2, 2]), values([5, 6])]), [5, 0, 0, 0, 0, 6]);
  expectValue(t, nd([zeros, values([0, 0, 0, 0], [2, 2]), values([5, 6])], { reduction: 'add' }), [11, 0, 0, 0, 0, 0]);
  expectValue(t, nd([values([3]), values([0], [1, 1]), values([5])], { reduction: 'mul' }), [15]);
  expectMalformed(t, nd([zeros, values([1, 3], [1, 2]), values([5])]), /index 3 is outside an axis of 3/);
  expectValue(t, nd([zeros, values([0, 0, 1, 0], [2, 2]), values([5])]), null);
  expectValue(t, nd([zeros, rows, data([1, 3])]), null);
  expectValue(t, nd([zeros, data([1, 1], 'int64'), values([1])]), null);
});

t.test('ScatterElements writes along an axis', async (t) => {
  const sample = elements([zeros, values([1, 2], [2, 1]), values([7, 8], [2, 1])], { axis: 1 });
  expectShape(t, sample, [2, 3]);
  expectValue(t, sample, [0, 7, 0, 0, 0, 8]);
  expectValue(t, elements([zeros, values([1, 0, 1], [1, 3]), values([7, 8, 9], [1, 3])]), [0, 8, 0, 7, 0, 9]);
  expectValue(t, elements([zeros, values([-1], [1, 1]), values([7], [1, 1])], { axis: 1, reduction: 'max' }), [0, 0, 7, 0, 0, 0]);
  expectValue(t, elements([zeros, data([1, 1], 'int64'), values([7], [1, 1])]), null);
  expectMalformed(t, elements([zeros, values([3], [1, 1]), values([7], [1, 1])], { axis: 1 }), /index 3 is outside an axis of 3/);
  expectMalformed(t, elements([zeros, values([0]), values([7])]), /indices of rank 1/);
  expectMalformed(t, elements([zeros, values([0], [1, 1]), values([7])], { axis: 2 }), /axis 2/);
});

t.test('an update is one element to place, and one operation where it is joined', async (t) => {
  const inputs = [data([10, 4]), data([3, 1], 'int64'), data([3, 4])];
  expectCost(t, nd(inputs), { load: 12 });
  expectCost(t, nd(inputs, { reduction: 'add' }), { load: 12, add: 12 });
  expectCost(t, nd(inputs, { reduction: 'mul' }), { load: 12, mul: 12 });
  expectCost(t, elements([data([10, 4]), data([3, 4], 'int64'), data([3, 4])], { reduction: 'min' }), { load: 12, cmp: 12 });
  expectCost(t, nd([data([10, 4]), data([3, 1], 'int64'), data([null, 4])]), null);
});

t.test('positions of the tensor stay, those of the updates are not followed', async (t) => {
  const inputs = [data([10, 4]), data([3, 1], 'int64'), data([3, 4])];
  expectField(t, nd(inputs), 'elementwise');
  expectField(t, nd(inputs), 'dataDependent', 1);
  expectField(t, nd(inputs), 'dataDependent', 2);
  expectField(t, nd([data([10]), values([0], [1, 1]), data([1])]), { unknown: 'where the updates are written is not followed' }, 2);
});

t.test('defaults, and scatters that contradict themselves', async (t) => {
  const defaults = (sample: Sample) => {
    const call = infer(sample);
    return call.operator?.defaults?.(call);
  };
  t.strictSame(defaults(nd([zeros, values([1], [1, 1]), values([1])])), { reduction: 'none' });
  t.strictSame(defaults(elements([zeros, values([1], [1, 1]), values([1])])), { axis: 0, reduction: 'none' });
  expectMalformed(t, nd([zeros, data([1, 3]), data([1])]), /indices of 3 axes/);
  expectMalformed(t, nd([zeros, data([1, 1]), data([1])], { reduction: 'xor' }), /reduction "xor"/);
  expectMalformed(t, nd([zeros, data([1, 1])]), /input 2 is required/);
});
