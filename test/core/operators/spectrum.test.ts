import t from 'tap';
import { data, expectCost, expectField, expectMalformed, expectShape, infer, type Sample, scalar, weight, window } from './harness.ts';

const dft = (x: Sample['inputs'][number], more: Sample['inputs'] = [], attributes: Sample['attributes'] = {}): Sample => ({
  op: 'DFT',
  inputs: [x, ...more],
  attributes,
});
const real = data([1, 10, 16, 1]);

t.test('DFT, one-sided and inverse', async (t) => {
  expectShape(t, dft(real), [1, 10, 16, 2]);
  expectShape(t, dft(real, [undefined, scalar(1)]), [1, 10, 16, 2]);
  expectShape(t, dft(real, [undefined, scalar(1)], { onesided: 1 }), [1, 6, 16, 2]);
  expectShape(t, dft(data([1, 6, 16, 2]), [undefined, scalar(1)], { onesided: 1, inverse: 1 }), [1, 10, 16, 1]);
  expectShape(t, dft(real, [scalar(32), scalar(-2)]), [1, 10, 32, 2]);
  expectShape(t, dft(real, [data([], 'int64')]), [1, 10, null, 2]);
  expectShape(t, dft(data([1, null, 1]), [], { onesided: 1 }), [1, null, 2]);
  expectShape(t, dft(real, [undefined, data([], 'int64')]), [null, null, null, 2]);
  expectShape(t, dft(data(null)), null);
  // 10 transforms of 16 points: 4 steps.
  expectCost(t, dft(real), { mul: 10 * 128, add: 10 * 192 });
  expectCost(t, dft(data([3, 1, 2])), {});
  expectCost(t, dft(real, [undefined, data([], 'int64')]), null);
  expectCost(t, dft(real, [data([], 'int64')]), null);
  expectField(t, dft(real), ['each', 'each', 'all', null]);
  expectField(t, dft(real, [undefined, data([], 'int64')]), { unknown: 'the axis of the transform is not known' });
  expectField(t, dft(real, [scalar(32)]), 'dataDependent', 1);
  expectField(t, dft(data(null)), { unknown: 'the rank of a tensor is not known' });
  expectMalformed(t, dft(data([4])), /no signal axis/);
  expectMalformed(t, dft(real, [undefined, scalar(3)]), /last axis/);
  const call = infer(dft(real));
  t.strictSame(call.operator?.defaults?.(call), { inverse: 0, onesided: 0 });
});

t.test('STFT transforms frames', async (t) => {
  const stft = (x: Sample['inputs'][number], more: Sample['inputs'], attributes: Sample['attributes'] = {}): Sample => ({
    op: 'STFT',
    inputs: [x, ...more],
    attributes,
  });
  const signal = data([1, 128, 1]);
  expectShape(t, stft(signal, [scalar(8), undefined, scalar(16)]), [1, 15, 9, 2]);
  expectShape(t, stft(signal, [scalar(8), weight(16)], { onesided: 0 }), [1, 15, 16, 2]);
  expectShape(t, stft(signal, [scalar(8)]), [1, 1, 65, 2]);
  expectShape(t, stft(data(null), [data([], 'int64')]), [null, null, null, 2]);
  expectCost(t, stft(signal, [scalar(8), undefined, scalar(16)]), { mul: 15 * 128, add: 15 * 192 });
  expectCost(t, stft(signal, [scalar(8), weight(16)]), { mul: 15 * 144, add: 15 * 192 });
  expectCost(t, stft(data(null), [scalar(8)]), null);
  expectField(t, stft(signal, [scalar(8), weight(16)]), ['each', window(8, 0, 15), null, null]);
  expectField(t, stft(signal, [data([], 'int64'), weight(16)]), ['each', 'unknown', null, null]);
  expectField(t, stft(signal, [scalar(8), weight(16)]), [null, null, null, null], 2);
  expectField(t, stft(signal, [scalar(8), weight(16)]), 'dataDependent', 1);
  expectMalformed(t, stft(signal, [scalar(0)]), /a frame_step of 0/);
  expectMalformed(t, stft(signal, [scalar(8), undefined, scalar(200)]), /a frame of 200/);
  expectMalformed(t, stft(data([4]), [scalar(8)]), /a signal of rank 1/);
  const call = infer(stft(signal, [scalar(8)]));
  t.strictSame(call.operator?.defaults?.(call), { onesided: 1 });
});

t.test('windows and mel weights are made of sizes', async (t) => {
  for (const op of ['BlackmanWindow', 'HammingWindow', 'HannWindow']) {
    const sample: Sample = { op, inputs: [scalar(10)] };
    expectShape(t, sample, [10]);
    expectShape(t, { op, inputs: [data([], 'int64')] }, [null]);
    expectCost(t, sample, { mul: 50, add: 30, exp: 20 });
    expectField(t, sample, 'none');
    const call = infer(sample);
    t.strictSame(call.operator?.defaults?.(call), { output_datatype: 1, periodic: 1 });
    t.equal(infer({ ...sample, attributes: { output_datatype: 11 } }).outputs[0]?.dtype, 'float64');
  }
  const mel: Sample = { op: 'MelWeightMatrix', inputs: [scalar(8), scalar(16), scalar(8192), scalar(0), scalar(4096)] };
  expectShape(t, mel, [9, 8]);
  expectShape(t, { op: 'MelWeightMatrix', inputs: [data([]), data([])] }, [null, null]);
  expectCost(t, mel, null);
  expectField(t, mel, 'none');
  const call = infer(mel);
  t.strictSame(call.operator?.defaults?.(call), { output_datatype: 1 });
});
