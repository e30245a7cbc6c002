import fc from 'fast-check';
import t from 'tap';
import type { AxisMap } from '../../../src/core/operators/operator.ts';
import {
  data,
  expectCost,
  expectField,
  expectMalformed,
  expectShape,
  infer,
  mapOf,
  reads,
  type Sample,
  values,
  window,
} from './harness.ts';

const pad = (shape: Parameters<typeof data>[0], pads: readonly number[], mode?: string, axes?: readonly number[]): Sample => ({
  op: 'Pad',
  inputs: [data(shape), values(pads), undefined, axes && values(axes)],
  ...(mode && { attributes: { mode } }),
});

t.test('sizes', async (t) => {
  expectShape(t, pad([1, 3, 8, 8], [0, 0, 1, 2, 0, 0, 3, 4]), [1, 3, 12, 14]);
  expectShape(t, pad([1, 3, 8, 8], [1, 2, 3, 4], 'reflect', [-2, -1]), [1, 3, 12, 14]);
  expectShape(t, pad(['N', 'C', null], [0, 0, 1, 0, 0, 1]), ['N', 'C', null]);
  expectShape(t, pad([8], [-2, -3]), [3]);
  expectShape(t, pad(null, [1, 1]), null);
  expectShape(t, { op: 'Pad', inputs: [data([2, 3]), data([4], 'int64')] }, [null, null]);
  expectShape(t, { op: 'Pad', inputs: [data([2, 3]), values([1, 1]), undefined, data([1], 'int64')] }, [null, null]);
  expectCost(t, pad([8], [1, 1]), {});
  t.equal(infer(pad([8], [1, 1])).operator?.moves, false);
  const call = infer(pad([8], [1, 1]));
  t.strictSame(call.operator?.defaults?.(call), { mode: 'constant' });
});

t.test('a constant adds no dependency', async (t) => {
  expectField(t, pad([1, 8], [0, 2, 0, 1]), ['each', window(1, -2, -2)]);
  expectField(t, pad([1, null], [0, -2, 0, 1]), ['each', window(1, 2, 2)]);
  expectField(t, pad([1, 8], [0, 0, 0, 5]), ['each', 'each']);
  expectField(t, pad([1, 8], [0, 0, 0, 0], 'wrap'), ['each', 'each']);
  expectField(t, pad([1, 8], [0, -1, 0, -2], 'edge'), ['each', window(1, 1, 1)]);
  expectField(t, pad([1, null], [0, 1, 0, 0], 'wrap'), ['each', 'unknown']);
  expectField(t, pad(null, [0, 1]), { unknown: 'the rank of a tensor is not known' });
  expectField(t, { op: 'Pad', inputs: [data([2]), data([2], 'int64')] }, { unknown: 'the pads are not known' });
  expectField(t, { op: 'Pad', inputs: [data([2]), data([2], 'int64')] }, 'dataDependent', 1);
});

t.test('the other modes repeat positions of the tensor', async (t) => {
  const all = (map: AxisMap | null, outputs: number, n: number) => Array.from({ length: outputs }, (_, o) => reads(map as AxisMap, o, n));
  t.strictSame(all(mapOf(pad([4], [2, 2], 'reflect'), 0), 8, 4).flat(), [2, 1, 0, 1, 2, 3, 2, 1]);
  t.strictSame(all(mapOf(pad([3], [7, 4], 'reflect'), 0), 14, 3).flat(), [1, 2, 1, 0, 1, 2, 1, 0, 1, 2, 1, 0, 1, 2]);
  t.strictSame(all(mapOf(pad([1], [1, 1], 'reflect'), 0), 3, 1).flat(), [0, 0, 0]);
  t.strictSame(all(mapOf(pad([3], [2, 1], 'edge'), 0), 6, 3).flat(), [0, 0, 0, 1, 2, 2]);
  expectField(t, pad([1, null], [0, 2, 0, 0], 'reflect'), ['each', { ...window(1, -2, -2), fold: 'reflect' }]);
  expectField(t, pad([1, 8], [0, 0, 0, 5], 'edge'), ['each', { ...window(1, 0, 0), fold: 'edge' }]);
  expectField(t, pad([3], [2, 1], 'wrap'), [{ kind: 'table', lo: [1, 2, 0, 1, 2, 0], hi: [1, 2, 0, 1, 2, 0] }]);
  const modes = fc.constantFrom('reflect', 'edge', 'wrap');
  const size = fc.integer({ min: 1, max: 6 });
  fc.assert(
    fc.property(modes, size, fc.integer({ min: 1, max: 9 }), size, (mode, n, before, after) => {
      const map = mapOf(pad([n], [before, after], mode), 0);
      const found = Array.from({ length: n + before + after }, (_, o) => reads(map as never, o, n)[0]);
      t.ok(found.every((i) => i !== undefined && i >= 0 && i < n));
      t.strictSame(
        found.slice(before, before + n),
        Array.from({ length: n }, (_, i) => i),
      );
    }),
    { numRuns: 60 },
  );
});

t.test('pads that contradict themselves', async (t) => {
  expectMalformed(t, pad([8], [-5, -5]), /negative/);
  expectMalformed(t, pad([8], [1]), /1 pads for 1 axes/);
  expectMalformed(t, pad([8], [1, 1], 'mirror'), /mode "mirror"/);
  expectMalformed(t, pad([0], [1, 1], 'edge'), /nothing to repeat/);
  expectMalformed(t, pad([8], [2 ** 60, 0]), /2\^53/);
});
