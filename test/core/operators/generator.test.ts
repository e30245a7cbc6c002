import t from 'tap';
import {
  constant,
  data,
  expectCost,
  expectField,
  expectMalformed,
  expectShape,
  expectValue,
  floats,
  infer,
  type Sample,
  scalar,
  values,
} from './harness.ts';

const make = (attributes: NonNullable<Sample['attributes']>): Sample => ({ op: 'Constant', inputs: [], attributes });
const defaults = (sample: Sample) => {
  const call = infer(sample);
  return call.operator?.defaults?.(call);
};
const dtype = (sample: Sample) => infer(sample).outputs[0]?.dtype;

t.test('Constant, in whichever attribute it stands', async (t) => {
  const tensor = make({ value: constant([1, 2], [2], 'float16') });
  expectShape(t, tensor, [2]);
  expectValue(t, tensor, [1, 2]);
  t.equal(dtype(tensor), 'float16');
  const cases: readonly (readonly [string, Sample, readonly number[], readonly number[] | null])[] = [
    ['int64', make({ value_int: 7n }), [], [7]],
    ['int64', make({ value_ints: [1n, 2] }), [2], [1, 2]],
    ['float32', make({ value_float: 1.5 }), [], [1.5]],
    ['float32', make({ value_floats: [1.5, 2.5] }), [2], [1.5, 2.5]],
    ['string', make({ value_string: 'a' }), [], null],
    ['string', make({ value_strings: ['a', 'b'] }), [2], null],
  ];
  for (const [type, sample, shape, value] of cases) {
    expectShape(t, sample, shape);
    expectValue(t, sample, value);
    t.equal(dtype(sample), type);
  }
  expectShape(t, make({ sparse_value: constant([1], [1]) }), null);
  expectCost(t, tensor, {});
  t.equal(infer(tensor).operator?.generates, true);
  const call = infer(tensor);
  t.equal(call.operator?.field(call, 0, 0), 'none');
  expectMalformed(t, make({}), /holds no value/);
  expectMalformed(t, make({ value: 3 }), /must be a tensor/);
});

t.test('ConstantOfShape', async (t) => {
  const of = (target: Sample['inputs'][number], attributes: Sample['attributes'] = {}): Sample => ({
    op: 'ConstantOfShape',
    inputs: [target],
    attributes,
  });
  expectShape(t, of(values([2, 3])), [2, 3]);
  expectShape(t, of(values([])), []);
  expectShape(t, of(data([3], 'int64')), [null, null, null]);
  expectShape(t, of(data([null], 'int64')), null);
  expectValue(t, of(values([3])), [0, 0, 0]);
  expectValue(t, of(values([2]), { value: constant([-1], [1]) }), [-1, -1]);
  expectValue(t, of(values([2]), { value: { ...constant([], [1]), data: null } }), null);
  t.equal(dtype(of(values([2]), { value: constant([-1], [1]) })), 'int64');
  t.equal(dtype(of(values([2]))), 'float32');
  expectField(t, of(values([2])), 'none');
  expectCost(t, of(values([2])), {});
  expectMalformed(t, of(values([-1])), /negative/);
  expectMalformed(t, of(values([2 ** 60])), /2\^53/);
  expectMalformed(t, of(data([1e9], 'int64')), /rank of/);
});

t.test('Shape and Size', async (t) => {
  const shape = (attributes: Sample['attributes'], input = data([2, 3, 4])): Sample => ({
    op: 'Shape',
    inputs: [input],
    attributes: attributes ?? {},
  });
  expectValue(t, shape({}), [2, 3, 4]);
  expectValue(t, shape({ start: 1 }), [3, 4]);
  expectValue(t, shape({ start: -2, end: -1 }), [3]);
  expectValue(t, shape({ start: 5, end: 9 }), []);
  expectValue(t, shape({ start: 1 }, data(['N', 3])), [3]);
  expectValue(t, shape({}, data(['N', 3])), null);
  expectShape(t, shape({}, data(['N', 3])), [2]);
  expectShape(t, shape({}, data(null)), [null]);
  expectField(t, shape({}), 'none');
  expectCost(t, shape({}), {});
  t.strictSame(defaults(shape({})), { start: 0 });
  expectShape(t, { op: 'Size', inputs: [data([2, 3])] }, []);
  expectValue(t, { op: 'Size', inputs: [data([2, 3])] }, [6]);
  expectValue(t, { op: 'Size', inputs: [data([2, null])] }, null);
  expectValue(t, { op: 'Size', inputs: [data([2 ** 30, 2 ** 30])] }, null);
  expectField(t, { op: 'Size', inputs: [data([2, 3])] }, 'none');
  expectCost(t, { op: 'Size', inputs: [data([2, 3])] }, {});
});

t.test('Range', async (t) => {
  const range = (...inputs: Sample['inputs']): Sample => ({ op: 'Range', inputs });
  expectValue(t, range(scalar(1), scalar(10), scalar(4)), [1, 5, 9]);
  expectValue(t, range(scalar(3), scalar(0), scalar(-1)), [3, 2, 1]);
  expectShape(t, range(scalar(3), scalar(0), scalar(1)), [0]);
  expectShape(t, range(scalar(3), data([], 'int64'), scalar(1)), [null]);
  expectShape(t, range(floats([0], []), floats([1], []), floats([0.25], [])), [4]);
  expectCost(t, range(scalar(0), scalar(4), scalar(1)), { mul: 4, add: 4, integer: true });
  expectField(t, range(scalar(0), scalar(4), scalar(1)), 'none', 1);
  expectMalformed(t, range(scalar(0), scalar(4), scalar(0)), /delta of 0/);
  expectMalformed(t, range(scalar(0), scalar(2 ** 60), scalar(1)), /2\^53/);
});

t.test('EyeLike', async (t) => {
  const eye = (input: Sample['inputs'][number], attributes: Sample['attributes'] = {}): Sample => ({
    op: 'EyeLike',
    inputs: [input],
    attributes,
  });
  expectShape(t, eye(data([2, 3])), [2, 3]);
  expectShape(t, eye(data(null)), [null, null]);
  t.equal(dtype(eye(data([2, 3]), { dtype: 7 })), 'int64');
  t.equal(dtype(eye(data([2, 3]))), 'float32');
  expectField(t, eye(data([2, 3])), 'none');
  expectCost(t, eye(data([2, 3])), {});
  t.strictSame(defaults(eye(data([2, 3]))), { k: 0 });
  expectMalformed(t, eye(data([2])), /a matrix is needed/);
});

t.test('OneHot', async (t) => {
  const hot = (indices: Sample['inputs'][number], depth: Sample['inputs'][number], axis = -1): Sample => ({
    op: 'OneHot',
    inputs: [indices, depth, floats([0, 1])],
    attributes: { axis },
  });
  expectShape(t, hot(data([2, 'S'], 'int64'), scalar(10)), [2, 'S', 10]);
  expectShape(t, hot(data([2, 3], 'int64'), values([10]), 0), [10, 2, 3]);
  expectShape(t, hot(data([2, 3], 'int64'), data([], 'int64')), [2, 3, null]);
  expectShape(t, hot(data(null), scalar(10)), null);
  t.equal(dtype(hot(data([2]), scalar(10))), 'float32');
  expectField(t, hot(data([2, 3], 'int64'), scalar(10), 1), ['each', null, '1 each']);
  expectField(t, hot(data([2, 3], 'int64'), scalar(10)), 'dataDependent', 1);
  expectField(t, hot(data([2], 'int64'), scalar(10)), [null, null], 2);
  expectField(t, hot(data(null), scalar(10)), { unknown: 'the rank of a tensor is not known' });
  expectCost(t, hot(data([2], 'int64'), scalar(10)), {});
  t.strictSame(defaults(hot(data([2], 'int64'), scalar(10))), { axis: -1 });
  expectMalformed(t, hot(data([2], 'int64'), scalar(-3)), /negative/);
});

t.test('a shape is computed, cut, joined and used', async (t) => {
  const x = data([2, 3, 8, 8]);
  const shape = infer({ op: 'Shape', inputs: [x] }).outputs[0];
  const batch = infer({ op: 'Gather', inputs: [shape, scalar(0)] }).outputs[0];
  const listed = infer({ op: 'Unsqueeze', inputs: [batch, values([0])] }).outputs[0];
  const target = infer({ op: 'Concat', inputs: [listed, values([-1])], attributes: { axis: 0 } }).outputs[0];
  expectShape(t, { op: 'Reshape', inputs: [x, target] }, [2, 192]);
  const open = infer({ op: 'Shape', inputs: [data(['N', 3, 8, 8])] }).outputs[0];
  const first = infer({ op: 'Gather', inputs: [open, values([0])] }).outputs[0];
  const partly = infer({ op: 'Concat', inputs: [first, values([-1])], attributes: { axis: 0 } }).outputs[0];
  expectShape(t, { op: 'Reshape', inputs: [data(['N', 3, 8, 8]), partly] }, ['N', 192]);
});
