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

t.test('integers keep their low bits, real numbers outside the type are not known', async (t) => {
  const [UINT8, INT8, INT32] = [2, 3, 6];
  expectValue(t, cast(values([300, -1, 7]), UINT8), [44, 255, 7]);
  expectValue(t, cast(values([200, -129]), INT8), [-56, 127]);
  expectValue(t, cast(values([2 ** 32 + 5]), INT32), [5]);
  expectValue(t, cast(values([2 ** 63]), INT32), null);
  expectValue(t, cast(floats([300]), UINT8), null);
  expectValue(t, cast(floats([255.9]), UINT8), [255]);
  expectValue(t, cast(values([1], [1], 'string'), INT64), null);
});

t.test('BitCast shows the same bits as another type', async (t) => {
  const bits = (input: Sample['inputs'][number], to: number): Sample => ({ op: 'BitCast', inputs: [input], attributes: { to } });
  expectShape(t, bits(data([2, 'W']), 6), [2, 'W']);
  t.equal(infer(bits(data([2]), 6)).outputs[0]?.dtype, 'int32');
  expectValue(t, bits(floats([1]), 6), null);
  expectCost(t, bits(data([2]), 6), {});
  expectField(t, bits(data([2]), 6), 'elementwise');
  expectShape(t, bits(data([2], null), 7), [2]);
  expectMalformed(t, bits(data([2]), 7), /another width/);
  expectMalformed(t, { op: 'BitCast', inputs: [data([2])] }, /to is required/);
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
