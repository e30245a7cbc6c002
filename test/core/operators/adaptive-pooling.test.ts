import t from 'tap';
import { data, expectCost, expectField, expectMalformed, expectShape, infer, mapOf, reads, type Sample, window } from './harness.ts';

const adaptive = (n: number | null, m: number, op = 'fovea.AdaptiveAveragePool'): Sample => ({
  op,
  inputs: [data([2, 3, n])],
  attributes: { output_size: [m] },
});

t.test('the output size is the one that was asked for', async (t) => {
  expectShape(t, adaptive(13, 6), [2, 3, 6]);
  expectShape(t, adaptive(null, 6, 'fovea.AdaptiveMaxPool'), [2, 3, 6]);
  expectShape(t, { op: 'fovea.AdaptiveMaxPool', inputs: [data(null)], attributes: { output_size: [7, 7] } }, [null, null, 7, 7]);
});

t.test('every window is counted with its own size', async (t) => {
  for (const [n, m] of [
    [12, 6],
    [13, 6],
    [7, 7],
    [3, 8],
    [10, 4],
  ] as const) {
    const map = mapOf(adaptive(n, m), 2);
    const taps = Array.from({ length: m }, (_, o) => reads(map as never, o, n).length).reduce((a, b) => a + b, 0);
    const expected = taps - m;
    expectCost(t, adaptive(n, m, 'fovea.AdaptiveMaxPool'), expected ? { cmp: 6 * expected } : {});
    expectCost(t, adaptive(n, m), { ...(expected && { add: 6 * expected }), div: 6 * m });
  }
  expectCost(t, adaptive(9, 1), { add: 6 * 8, div: 6 });
  expectCost(t, adaptive(null, 3), null);
});

t.test('windows of PyTorch: floor(o n / m) to ceil((o + 1) n / m)', async (t) => {
  expectField(t, adaptive(12, 4), ['each', 'each', window(3, 0, 2)]);
  expectField(t, adaptive(4, 4), ['each', 'each', 'each']);
  expectField(t, adaptive(12, 1), ['each', 'each', null]);
  expectField(t, adaptive(3, 6), ['each', 'each', { kind: 'periodic', shift: 1, lo: [0, 0], hi: [0, 0], step: [1, 1], known: true }]);
  expectField(t, adaptive(10, 4), ['each', 'each', { kind: 'table', lo: [0, 2, 5, 7], hi: [2, 4, 7, 9] }]);
  expectField(t, adaptive(null, 4), ['each', 'each', 'unknown']);
  const field = { op: 'fovea.AdaptiveMaxPool', inputs: [data(null)], attributes: { output_size: [7, 7] } };
  expectField(t, field, { unknown: 'the rank of a tensor is not known' });
  const call = infer(adaptive(12, 4));
  t.strictSame(call.operator?.axes?.(call), ['N', 'C', 'T']);
});

t.test('adaptive pools that contradict themselves', async (t) => {
  expectMalformed(t, { op: 'fovea.AdaptiveAveragePool', inputs: [data([1, 1, 4])] }, /output_size is required/);
  expectMalformed(t, adaptive(4, 0), /output_size of 0/);
  expectMalformed(t, adaptive(4, -1), /negative/);
  expectMalformed(t, adaptive(0, 2), /no position/);
  expectMalformed(t, { ...adaptive(4, 1), attributes: { output_size: [1, 1] } }, /for a tensor of rank 3/);
  expectMalformed(t, { ...adaptive(4, 1), attributes: { output_size: [] } }, /0 entries/);
});
