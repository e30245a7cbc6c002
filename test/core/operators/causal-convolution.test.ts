import t from 'tap';
import { data, expectCost, expectField, expectMalformed, expectShape, infer, type Sample, weight, window } from './harness.ts';

const conv = (inputs: Sample['inputs'], attributes: Sample['attributes'] = {}): Sample => ({
  op: 'CausalConvWithState',
  inputs,
  attributes,
});
const x = data([2, 4, 10]);
const w = weight(4, 1, 3);

t.test('a depthwise convolution over what came before', async (t) => {
  expectShape(t, conv([x, w]), [2, 4, 10], [2, 4, 2]);
  expectShape(t, conv([data(null), data(null)]), [null, null, null], [null, null, null]);
  expectCost(t, conv([x, w]), { mac: 240 });
  expectCost(t, conv([x, w, weight(4)], { activation: 'silu' }), { mac: 240, add: 160, exp: 80, div: 80, mul: 80 });
  expectCost(t, conv([x, data(null)]), null);
  expectField(t, conv([x, w]), ['each', 'each', window(1, -2, 0)]);
  expectField(t, conv([x, w, undefined, data([2, 4, 2])]), ['each', 'each', window(1, 0, 2)], 3);
  expectField(t, conv([x, w]), ['each', 'each', window(1, 8, 8)], 0, 1);
  expectField(t, conv([x, w, undefined, data([2, 4, 2])]), ['each', 'each', window(1, 10, 10)], 3, 1);
  expectField(t, conv([data([2, 4, 'T']), w]), ['each', 'each', window(1, -2, -2, 1, false)], 0, 1);
  expectField(t, conv([x, w]), [null, '0 each', null], 1);
  expectField(t, conv([x, w]), 'none', 1, 1);
  expectField(t, conv([x, data(null)]), { unknown: 'the kernel size is not known' });
  const call = infer(conv([x, w]));
  t.strictSame(call.operator?.defaults?.(call), { activation: 'none' });
  t.strictSame(call.operator?.axes?.(call), ['N', 'C', 'T']);
});

t.test('convolutions that contradict themselves', async (t) => {
  expectMalformed(t, conv([data([2, 4]), w]), /the input has rank 2/);
  expectMalformed(t, conv([x, weight(4, 3)]), /the weight has rank 2/);
  expectMalformed(t, conv([x, weight(4, 2, 3)]), /the kernel is depthwise/);
  expectMalformed(t, conv([x, weight(5, 1, 3)]), /channels of the input/);
  expectMalformed(t, conv([x, weight(4, 1, 0)]), /a kernel of 0 taps/);
  expectMalformed(t, conv([x, w], { activation: 'gelu' }), /none of none, silu, swish/);
});
