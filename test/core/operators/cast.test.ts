import t from 'tap';
import {
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

const cast = (input: Sample['inputs'][number], to: number): Sample => ({ op: 'Cast', inputs: [input], attributes: { to } });
const [FLOAT, INT64, STRING, BOOL, FLOAT8] = [1, 7, 8, 9, 17];

t.test('Cast changes the type and moves the elements', async (t) => {
  expectShape(t, cast(data(['N', 3]), INT64), ['N', 3]);
  t.equal(infer(cast(data([1]), INT64)).outputs[0]?.dtype, 'int64');
  t.equal(infer(cast(data([1]), FLOAT8)).outputs[0]?.dtype, 'float8e4m3fn');
  expectCost(t, cast(data([4]), INT64), {});
  expectField(t, cast(data([4]), INT64), 'elementwise');
  t.equal(infer(cast(data([1]), INT64)).operator?.moves, true);
  const call = infer(cast(data([1]), INT64));
  t.strictSame(call.operator?.defaults?.(call), { saturate: 1 });
});

t.test('values are truncated towards zero, rounded to single precision, or yes and no', async (t) => {
  expectValue(t, cast(floats([1.9, -1.9]), INT64), [1, -1]);
  expectValue(t, cast(values([2 ** 24 + 1]), FLOAT), [2 ** 24]);
  expectValue(t, cast(floats([0.5, 0]), BOOL), [1, 0]);
  expectValue(t, cast(floats([Number.NaN]), INT64), null);
  expectValue(t, cast(floats([1]), STRING), null);
  expectValue(t, cast(data([1]), INT64), null);
});

t.test('CastLike takes the type of its second input', async (t) => {
  const sample: Sample = { op: 'CastLike', inputs: [floats([1.5]), scalar(0)] };
  t.equal(infer(sample).outputs[0]?.dtype, 'int64');
  expectValue(t, sample, [1]);
  expectField(t, sample, 'none', 1);
  expectValue(t, { op: 'CastLike', inputs: [floats([1.5]), data([], null)] }, null);
});

t.test('casts that contradict themselves', async (t) => {
  expectMalformed(t, { op: 'Cast', inputs: [data([1])] }, /to is required/);
  expectMalformed(t, cast(data([1]), 0), /to 0 is no element type/);
  expectMalformed(t, cast(data([1]), 99), /to 99/);
});
