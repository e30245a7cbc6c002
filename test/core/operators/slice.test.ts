import fc from 'fast-check';
import t from 'tap';
import {
  data,
  expectCost,
  expectField,
  expectMalformed,
  expectShape,
  expectValue,
  infer,
  mapOf,
  reads,
  type Sample,
  values,
  window,
} from './harness.ts';

/** What Python's slice of a list gives. */
function pythonic(list: readonly number[], start: number, end: number, step: number): number[] {
  const n = list.length;
  const low = step > 0 ? 0 : -1;
  const bound = (x: number) => Math.min(Math.max(x < 0 ? x + n : x, low), n + low);
  const found: number[] = [];
  for (let i = bound(start); step > 0 ? i < bound(end) : i > bound(end); i += step) found.push(list[i] as number);
  return found;
}

const slice = (input: Sample['inputs'][number], ...lists: readonly (readonly number[])[]): Sample => ({
  op: 'Slice',
  inputs: [input, ...lists.map((list) => values(list))],
});
const END = 2 ** 63;

t.test('Slice is that of Python: sizes, values and positions', async (t) => {
  const list = Array.from({ length: 9 }, (_, i) => i);
  const bound = fc.integer({ min: -12, max: 12 });
  fc.assert(
    fc.property(bound, bound, fc.integer({ min: -4, max: 4 }), (start, end, step) => {
      fc.pre(step !== 0);
      const sample = slice(values(list), [start], [end], [0], [step]);
      const expected = pythonic(list, start, end, step);
      const call = infer(sample);
      t.strictSame([call.outputs[0]?.shape, call.outputs[0]?.value], [[expected.length], expected]);
      const map = mapOf(sample, 0);
      t.strictSame(
        expected.map((_, o) => reads(map as never, o, 9)),
        expected.map((i) => [i]),
      );
    }),
    { numRuns: 300 },
  );
});

t.test('slices of several axes', async (t) => {
  const m = values([1, 2, 3, 4, 5, 6], [2, 3]);
  expectShape(t, slice(data([2, 3, 224, 224]), [0, 1], [END, END], [2, 3], [2, 2]), [2, 3, 112, 112]);
  expectValue(t, slice(m, [0, -1], [2, -3], [0, 1], [1, -1]), [3, 2, 6, 5]);
  expectValue(t, slice(m, [1], [2], [1]), [2, 5]);
  expectField(t, slice(data([2, 8]), [1], [8], [1], [2]), ['each', window(2, 1, 1)]);
  expectField(t, slice(data([2, 3]), [2], [-9], [1], [-1]), ['each', { kind: 'table', lo: [2, 1, 0], hi: [2, 1, 0] }]);
  expectCost(t, slice(m, [0], [1]), {});
});

t.test('sizes, starts and steps that are not known', async (t) => {
  expectShape(t, slice(data(['N', 'W']), [0], [END], [1]), ['N', 'W']);
  expectShape(t, slice(data(['N', 'W']), [1], [END], [1]), ['N', null]);
  expectField(t, slice(data(['N', 'W']), [1], [END], [1]), ['each', window(1, 1, 1)]);
  expectField(t, slice(data(['N', 'W']), [-3], [END], [1]), ['each', window(1, 0, 0, 1, false)]);
  expectField(t, slice(data(['N', 'W']), [5], [0], [1], [-1]), ['each', 'unknown']);
  const unknown = data([1], 'int64');
  expectShape(t, { op: 'Slice', inputs: [data([2, 8]), unknown, values([8]), values([1])] }, [2, null]);
  expectField(t, { op: 'Slice', inputs: [data([2, 8]), unknown, values([8]), values([1])] }, ['each', window(1, 0, 0, 1, false)]);
  expectShape(t, { op: 'Slice', inputs: [data([2, 8]), values([0]), unknown] }, [null, 8]);
  expectField(t, { op: 'Slice', inputs: [data([2, 8]), values([0]), values([8]), values([1]), unknown] }, ['each', 'unknown']);
  expectShape(t, { op: 'Slice', inputs: [data([2, 8]), values([0]), values([8]), unknown] }, [null, null]);
  expectField(
    t,
    { op: 'Slice', inputs: [data([2, 8]), values([0]), values([8]), unknown] },
    { unknown: 'the axes of the slice are not known' },
  );
  expectField(t, { op: 'Slice', inputs: [data([2, 8]), values([0]), values([8]), unknown] }, 'dataDependent', 3);
  expectShape(t, { op: 'Slice', inputs: [data([2, 8]), data([null], 'int64'), data([null], 'int64')] }, [null, null]);
  expectShape(t, slice(data(null), [0], [1]), null);
  expectField(t, slice(data(null), [0], [1]), { unknown: 'the rank of a tensor is not known' });
});

t.test('slices that contradict themselves', async (t) => {
  expectMalformed(t, slice(data([8]), [0], [8], [0], [0]), /step of 0/);
  expectMalformed(t, slice(data([8]), [0], [8], [1]), /axis 1/);
  expectMalformed(t, slice(data([8, 8]), [0, 0], [8, 8], [1, 1]), /one axis twice/);
  expectMalformed(t, slice(data([8, 8]), [0, 0], [8]), /lists of 2 and 1/);
  expectMalformed(t, slice(data([8]), [0, 0], [8, 8]), /2 axes for a tensor of rank 1/);
  expectMalformed(t, { op: 'Slice', inputs: [data([8])] }, /input 1 is required/);
});
