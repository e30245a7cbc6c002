import fc from 'fast-check';
import t from 'tap';
import { data, expectCost, expectField, expectMalformed, expectShape, infer, mapOf, reads, type Sample, weight } from './harness.ts';

const up = (input = data([1, 16, 8, 8]), w = weight(16, 8, 4, 4), attributes: Sample['attributes'] = {}, bias = false): Sample => ({
  op: 'ConvTranspose',
  inputs: bias ? [input, w, weight(8)] : [input, w],
  attributes,
});
const half = { strides: [2, 2], pads: [1, 1, 1, 1] };

t.test('sizes of a transposed convolution', async (t) => {
  expectShape(t, up(), [1, 8, 11, 11]);
  expectShape(t, up(undefined, undefined, half), [1, 8, 16, 16]);
  expectShape(t, up(undefined, undefined, { ...half, output_padding: [1, 0] }), [1, 8, 17, 16]);
  expectShape(t, up(undefined, undefined, { strides: [3, 3], output_shape: [25, 24] }), [1, 8, 25, 24]);
  expectShape(t, up(undefined, undefined, { strides: [3, 3], auto_pad: 'SAME_UPPER' }), [1, 8, 24, 24]);
  expectShape(t, up(undefined, undefined, { dilations: [2, 2] }), [1, 8, 14, 14]);
  expectShape(t, up(undefined, weight(16, 1, 4, 4), { group: 16 }), [1, 16, 11, 11]);
  expectShape(t, up(data([null, 16, 'H', 8]), undefined, half), [null, 8, null, 16]);
  expectShape(t, up(data(null), undefined, half), [null, 8, null, null]);
  expectShape(t, up(data([1, 16, null, 8]), undefined, { output_shape: [9, 10] }), [1, 8, 9, 10]);
  expectShape(t, { op: 'ConvTranspose', inputs: [data(null), data(null)] }, null);
});

t.test('it costs by input positions', async (t) => {
  expectCost(t, up(undefined, undefined, half), { mac: 131072 });
  expectCost(t, up(data([1, 16, 16, 16]), undefined, half), { mac: 524288 });
  expectCost(t, up(data([1, 16, 16, 16]), weight(16, 1, 4, 4), { ...half, group: 16 }), { mac: 65536 });
  expectCost(t, up(data([1, 16, 16, 16]), undefined, half, true), { mac: 524288, add: 8192 });
  expectCost(t, up(data([1, 16, null, 8])), null);
});

/** Inputs of each output, by scattering every input over its taps. */
function scattered(n: number, k: number, s: number, d: number, p: number, m: number): number[][] {
  const read: number[][] = Array.from({ length: m }, () => []);
  for (let i = 0; i < n; i++) for (let tap = 0; tap < k; tap++) read[i * s + tap * d - p]?.push(i);
  return read;
}

t.test('the index map is that of scattering every input over its taps', async (t) => {
  const small = (min: number, max: number) => fc.integer({ min, max });
  fc.assert(
    fc.property(small(1, 9), small(1, 7), small(1, 6), small(1, 5), small(0, 4), (n, k, s, d, p) => {
      const m = (n - 1) * s + d * (k - 1) + 1 - 2 * p;
      fc.pre(m >= 1);
      const sample = up(data([1, 1, n]), weight(1, 1, k), { strides: [s], dilations: [d], pads: [p, p] });
      const map = mapOf(sample, 2);
      const found = Array.from({ length: m }, (_, o) => reads(map as never, o, n));
      t.strictSame(
        found,
        scattered(n, k, s, d, p, m).map((inputs) => inputs.sort((a, b) => a - b)),
      );
    }),
    { numRuns: 400 },
  );
});

t.test('relations that need no brute force', async (t) => {
  const two = { kind: 'periodic', shift: 1, lo: [0, 0], hi: [0, 0], step: [1, 1], known: true };
  expectField(t, up(data([1, 1, null]), weight(1, 1, 2), { strides: [2] }), ['each', null, two]);
  // A tap fewer than the stride leaves a phase that reads nothing.
  expectField(t, up(data([1, 1, 4]), weight(1, 1, 1), { strides: [2] }), ['each', null, { ...two, lo: [0, 1], hi: [0, 0] }]);
  // The surplus of auto_pad is at the end for SAME_UPPER, at the begin otherwise, and does not depend on the size.
  const three = (auto_pad: string) => up(data([1, 1, null]), weight(1, 1, 3), { strides: [2], auto_pad });
  expectField(t, three('SAME_UPPER'), ['each', null, { ...two, lo: [-1, 0], hi: [0, 0] }]);
  expectField(t, three('SAME_LOWER'), ['each', null, { ...two, lo: [0, 0], hi: [0, 1] }]);
  const unknown = up(data([1, 1, null]), weight(1, 1, 3), { strides: [2], output_shape: [9] });
  t.match(mapOf(unknown, 2), { kind: 'periodic', known: false });
  t.match(mapOf(up(data([1, 1, 4]), weight(1, 1, 3), { strides: [2], output_shape: [8] }), 2), { lo: [0, 0], hi: [0, 1], known: true });
  t.match(mapOf(up(data([1, 1, 4]), weight(1, 1, 3), { strides: [5000] }), 2), { kind: 'unknown' });
  t.match(mapOf({ op: 'ConvTranspose', inputs: [data([1, 1, 4]), data(null)] }, 2), { kind: 'unknown' });
  expectField(t, up(data([1, 1, 4]), data([1, 1, 3])), [null, '0 each', null], 1);
  expectField(t, { op: 'ConvTranspose', inputs: [data(null), data(null)] }, { unknown: 'the rank of a tensor is not known' });
});

t.test('defaults', async (t) => {
  const call = infer(up());
  t.match(call.operator?.defaults?.(call), { group: 1, output_padding: [0, 0], kernel_shape: [4, 4], strides: [1, 1] });
  t.strictSame(call.operator?.axes?.(call), ['N', 'C', 'H', 'W']);
  const bare = infer({ op: 'ConvTranspose', inputs: [data(null), data(null)] });
  t.strictSame(bare.operator?.defaults?.(bare), { group: 1, auto_pad: 'NOTSET' });
});

t.test('transposed convolutions that contradict themselves', async (t) => {
  expectMalformed(t, up(data([1, 15, 8, 8])), /has 15 channels/);
  expectMalformed(t, up(undefined, undefined, { group: 3 }), /do not divide 16/);
  expectMalformed(t, up(undefined, undefined, { pads: [20, 0, 20, 0] }), /negative/);
  expectMalformed(t, up(undefined, undefined, { output_padding: [1] }), /output_padding has 1 entries/);
  expectMalformed(t, up(undefined, undefined, { output_shape: [-1, 4] }), /no size/);
  expectMalformed(t, up(data([1, 16, 2 ** 40, 8]), undefined, { strides: [2 ** 20, 1] }), /2\^53/);
});
