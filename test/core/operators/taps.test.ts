import fc from 'fast-check';
import t from 'tap';
import { tapsInPadding, tapsOnTensor } from '../../../src/core/operators/taps.ts';
import { data, infer, type Sample, weight } from './harness.ts';

/** Pairs of a place and a tap that meet the tensor, counted one by one. */
function counted(w: Parameters<typeof tapsOnTensor>[0]): number {
  let pairs = 0;
  for (let o = 0; o < w.positions; o++) {
    for (let tap = 0; tap < w.taps; tap++) {
      const at = o * w.stride + tap * w.dilation - w.begin;
      if (at >= 0 && at < w.n) pairs += 1;
    }
  }
  return pairs;
}

const window = fc.record({
  taps: fc.integer({ min: 1, max: 12 }),
  stride: fc.integer({ min: 1, max: 7 }),
  dilation: fc.integer({ min: 1, max: 5 }),
  begin: fc.integer({ min: -6, max: 20 }),
  n: fc.integer({ min: 0, max: 30 }),
  positions: fc.integer({ min: 0, max: 25 }),
});

t.test('taps on the tensor, against a count one by one', async () => {
  fc.assert(
    fc.property(window, (w) => tapsOnTensor(w) === counted(w)),
    { numRuns: 5000 },
  );
});

t.test('taps in padding of several axes are all but those that are on the tensor in each', async () => {
  fc.assert(
    fc.property(fc.array(window, { minLength: 1, maxLength: 3 }), (axes) => {
      const on = axes.reduce((product, w) => product * counted(w), 1);
      const all = axes.reduce((product, w) => product * w.positions * w.taps, 1);
      return tapsInPadding(axes) === all - on;
    }),
  );
});

t.test('large sizes are exact and quick', async (t) => {
  const half = 2 ** 30;
  const w = { taps: half, stride: 1, dilation: 1, begin: half - 1, n: half, positions: half };
  t.equal(tapsOnTensor(w), (2n ** 30n * (2n ** 30n + 1n)) / 2n, 'a causal window of all positions');
});

const padding = (sample: Sample) => {
  const call = infer(sample);
  return call.operator?.cost(call)?.padding ?? 0;
};

t.test('operators say how much of their cost is in padding', async (t) => {
  const x = data([1, 2, 5, 5]);
  const pads = { pads: [1, 1, 1, 1] };
  // Of 5 places, the first and the last have 2 of 3 taps on the tensor: 13 of 15 along an axis.
  const outside = 15 * 15 - 13 * 13;
  t.equal(padding({ op: 'Conv', inputs: [x, weight(4, 2, 3, 3)], attributes: pads }), 4 * 2 * outside);
  t.equal(padding({ op: 'Conv', inputs: [x, weight(4, 1, 3, 3)], attributes: { ...pads, group: 2 } }), 4 * outside);
  t.equal(padding({ op: 'Conv', inputs: [x, weight(4, 2, 3, 3)], attributes: { auto_pad: 'SAME_UPPER' } }), 4 * 2 * outside);
  t.equal(padding({ op: 'Conv', inputs: [x, weight(4, 2, 3, 3)] }), 0);
  t.equal(padding({ op: 'MaxPool', inputs: [x], attributes: { ...pads, kernel_shape: [3, 3] } }), 2 * outside);
  t.equal(padding({ op: 'AveragePool', inputs: [x], attributes: { ...pads, kernel_shape: [3, 3] } }), 2 * outside);
  t.equal(padding({ op: 'LpPool', inputs: [x], attributes: { ...pads, kernel_shape: [3, 3] } }), 2 * 2 * outside, 'a product and a sum');
  // With ceil_mode the last window of 5 by 2 hangs over: 2 + 2 + 1 taps of 6.
  t.equal(padding({ op: 'MaxPool', inputs: [x], attributes: { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 } }), 2 * (36 - 25));
  t.equal(
    padding({ op: 'com.microsoft.FusedConv', inputs: [x, weight(4, 2, 3, 3)], attributes: { ...pads, activation: 'Relu' } }),
    8 * outside,
  );
  t.equal(padding({ op: 'CausalConvWithState', inputs: [data([1, 2, 5]), weight(2, 1, 3)], outputs: 2 }), 2 * (2 + 1));
});

t.test('a transposed convolution pays for what its padding cuts off', async (t) => {
  const inputs = [data([1, 1, 4]), weight(1, 1, 4)];
  // Input i reaches outputs 2i - 1 to 2i + 2 of 8: the first and the last input lose one each.
  t.equal(padding({ op: 'ConvTranspose', inputs, attributes: { strides: [2], pads: [1, 1] } }), 2);
  t.equal(padding({ op: 'ConvTranspose', inputs, attributes: { strides: [2] } }), 0);
});
