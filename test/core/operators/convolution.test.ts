import fc from 'fast-check';
import t from 'tap';
import { data, expectCost, expectField, expectMalformed, expectShape, fieldOf, infer, type Sample, weight, window } from './harness.ts';

const x = data([1, 16, 32, 32]);
const conv = (input = x, w = weight(32, 16, 3, 3), attributes: Sample['attributes'] = {}, bias = false): Sample => ({
  op: 'Conv',
  inputs: bias ? [input, w, weight(w.shape?.[0] ?? null)] : [input, w],
  attributes,
});

t.test('sizes of a convolution', async (t) => {
  expectShape(t, conv(), [1, 32, 30, 30]);
  expectShape(t, conv(x, undefined, { pads: [1, 1, 1, 1] }), [1, 32, 32, 32]);
  expectShape(t, conv(x, undefined, { pads: [0, 1, 2, 3], strides: [2, 3] }), [1, 32, 16, 12]);
  expectShape(t, conv(x, undefined, { pads: [-1, -1, -1, -1] }), [1, 32, 28, 28]);
  expectShape(t, conv(x, undefined, { dilations: [2, 4] }), [1, 32, 28, 24]);
  expectShape(t, conv(x, undefined, { auto_pad: 'VALID', strides: [2, 2] }), [1, 32, 15, 15]);
  for (const auto_pad of ['SAME_UPPER', 'SAME_LOWER']) expectShape(t, conv(x, undefined, { auto_pad, strides: [3, 1] }), [1, 32, 11, 32]);
  expectShape(t, conv(x, weight(32, 4, 3, 3), { group: 4 }), [1, 32, 30, 30]);
  expectShape(t, conv(data([2, 3, 20]), weight(8, 3, 5)), [2, 8, 16]);
  expectShape(t, conv(data([2, 3, 9, 9, 9]), weight(8, 3, 3, 3, 3)), [2, 8, 7, 7, 7]);
});

t.test('what is unknown stays unknown, and what is known does not', async (t) => {
  expectShape(t, conv(data(['batch', 16, 'H', 32])), ['batch', 32, null, 30]);
  expectShape(t, conv(data(['batch', 16, 'H', null]), undefined, { auto_pad: 'SAME_UPPER' }), ['batch', 32, 'H', null]);
  expectShape(t, conv(data(null)), [null, 32, null, null]);
  expectShape(t, { ...conv(x, data(null)), attributes: { kernel_shape: [3, 3] } }, [1, null, 30, 30]);
  expectShape(t, { op: 'Conv', inputs: [x, data(null), weight(7)] }, [1, 7, null, null]);
  expectShape(t, { op: 'Conv', inputs: [data(null), data(null)] }, null);
  expectShape(t, { op: 'Conv', inputs: [data(null), data(null)], attributes: { kernel_shape: [3, 3, 3] } }, [null, null, null, null, null]);
});

t.test('a convolution costs N * O * Cout * (Cin / g) * k, and a bias one addition per output', async (t) => {
  expectCost(t, conv(x, undefined, { pads: [1, 1, 1, 1] }), { mac: 4718592 });
  expectCost(t, conv(data([1, 16, 16, 16]), undefined, { pads: [1, 1, 1, 1] }, true), { mac: 1179648, add: 8192 });
  expectCost(t, conv(data([1, 3, 224, 224]), weight(2, 3, 3, 3), {}, true), { mac: 222 * 222 * 54, add: 222 * 222 * 2 });
  expectCost(t, conv(x, weight(32, 16, 3, 3), { dilations: [2, 2], pads: [2, 2, 2, 2] }), { mac: 4718592 });
  expectCost(t, conv(x, weight(16, 1, 3, 3), { group: 16, pads: [1, 1, 1, 1] }), { mac: 16 * 1024 * 9 });
  expectCost(t, conv(data([1, 16, null, 32])), null);
  expectCost(t, { op: 'Conv', inputs: [x, data([8, null, 3, 3])] }, null);
  expectCost(t, { op: 'Conv', inputs: [data([1, 2 ** 20, 2 ** 20, 2 ** 20]), weight(2 ** 20, 2 ** 20, 1, 1)] }, { mac: 2n ** 80n });
});

t.test('cost is linear in the batch, monotone in every size, and divided by the groups', async (t) => {
  const mac = (n: number, c: number, size: number, k: number, group = 1) => {
    const call = infer(conv(data([n, c * 4, size, size]), weight(8, (c * 4) / group, k, k), { group }));
    return Number(call.operator?.cost(call)?.mac);
  };
  const small = fc.integer({ min: 1, max: 6 });
  fc.assert(
    fc.property(small, small, fc.integer({ min: 6, max: 20 }), small, (n, c, size, k) => {
      t.ok(mac(n, c, size, k) === n * mac(1, c, size, k), 'linear in the batch');
      t.ok(mac(1, c + 1, size, k) > mac(1, c, size, k) && mac(1, c, size + 1, k) > mac(1, c, size, k), 'monotone');
      t.ok(mac(n, c, size, k, 4) * 4 === mac(n, c, size, k), 'groups divide');
    }),
    { numRuns: 50 },
  );
});

t.test('an output reads a window around its position', async (t) => {
  const w = window(2, -1, 1);
  expectField(t, conv(x, undefined, { strides: [2, 2], pads: [1, 1, 1, 1] }), ['each', null, w, w]);
  expectField(t, conv(x, weight(16, 1, 3, 3), { group: 16, dilations: [1, 3] }), ['each', null, window(1, 0, 2), window(1, 0, 6, 3)]);
  expectField(t, conv(x, weight(8, 16, 1, 1)), ['each', null, 'each', 'each']);
  expectField(t, conv(data([1, null, null, null]), undefined, { pads: [1, 0, 1, 0] }), ['each', null, window(1, -1, 1), window(1, 0, 2)]);
  expectField(t, conv(data(null), undefined), ['each', null, window(1, 0, 2), window(1, 0, 2)]);
  expectField(t, { op: 'Conv', inputs: [x, data(null)] }, ['each', null, 'unknown', 'unknown']);
  expectField(t, { op: 'Conv', inputs: [data(null), data(null)] }, { unknown: 'the rank of a tensor is not known' });
  expectField(t, { op: 'Conv', inputs: [x, data([32, 16, 3, 3])] }, [null, '0 each', null, null], 1);
  const links = fieldOf(conv());
  t.equal(Array.isArray(links) && links[2]?.map, Array.isArray(links) && links[3]?.map, 'equal axes share one map');
});

t.test('SAME padding depends on the size, and is known without it only where it does not', async (t) => {
  const same = (auto_pad: string, k: number, s: number, n: number | null, d = 1) =>
    conv(data([1, 1, n]), weight(1, 1, k), { auto_pad, strides: [s], dilations: [d] });
  // total = max((ceil(n / s) - 1) * s + extent - n, 0): 8 by 2 with 3 taps is 1, 9 is 2.
  expectField(t, same('SAME_UPPER', 3, 2, 8), ['each', null, window(2, 0, 2)]);
  expectField(t, same('SAME_LOWER', 3, 2, 8), ['each', null, window(2, -1, 1)]);
  expectField(t, same('SAME_UPPER', 3, 2, 9), ['each', null, window(2, -1, 1)]);
  expectField(t, same('SAME_UPPER', 3, 2, null), ['each', null, { ...window(2, -1, 1, 1, false), slack: 1 }]);
  expectField(t, same('SAME_LOWER', 3, 2, null), ['each', null, window(2, -1, 1)]);
  expectField(t, same('SAME_UPPER', 4, 2, null), ['each', null, window(2, -1, 2)]);
  expectField(t, same('SAME_LOWER', 4, 2, null), ['each', null, { ...window(2, -2, 1, 1, false), slack: 1 }]);
  expectField(t, same('SAME_UPPER', 1, 2, null), ['each', null, window(2, 0, 0)]);
  expectField(t, same('SAME_UPPER', 3, 1, null, 2), ['each', null, window(1, -2, 2, 2)]);
  expectField(t, same('SAME_UPPER', 4, 1, null), ['each', null, window(1, -1, 2)]);
  expectField(t, same('SAME_LOWER', 4, 1, null), ['each', null, window(1, -2, 1)]);
  expectField(t, same('VALID', 3, 1, null), ['each', null, window(1, 0, 2)]);
});

t.test('defaults and names of axes', async (t) => {
  const defaults = (sample: Sample) => {
    const call = infer(sample);
    return call.operator?.defaults?.(call);
  };
  const all = { auto_pad: 'NOTSET', group: 1, kernel_shape: [3, 3], strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] };
  t.strictSame(defaults(conv()), all);
  t.strictSame(defaults({ op: 'Conv', inputs: [data(null), data(null)] }), { auto_pad: 'NOTSET', group: 1 });
  t.notOk('pads' in (defaults(conv(x, undefined, { auto_pad: 'SAME_UPPER' })) ?? {}));
  t.notOk('kernel_shape' in (defaults({ op: 'Conv', inputs: [x, data(null)] }) ?? {}));
  const axes = (shape: number[], w: number[]) => {
    const call = infer(conv(data(shape), weight(...w)));
    return call.operator?.axes?.(call);
  };
  t.strictSame(axes([1, 1, 9], [1, 1, 3]), ['N', 'C', 'T']);
  t.strictSame(axes([1, 1, 9, 9], [1, 1, 3, 3]), ['N', 'C', 'H', 'W']);
  t.strictSame(axes([1, 1, 9, 9, 9], [1, 1, 3, 3, 3]), ['N', 'C', 'D', 'H', 'W']);
  t.equal(axes([1, 1, 9, 9, 9, 9], [1, 1, 3, 3, 3, 3]), null);
});

t.test('convolutions that contradict themselves', async (t) => {
  const cases: readonly (readonly [Sample, RegExp])[] = [
    [conv(x, weight(32, 15, 3, 3)), /has 16 channels/],
    [conv(x, weight(31, 8, 3, 3), { group: 2 }), /do not divide 31/],
    [conv(x, undefined, { group: 0 }), /group is 0/],
    [conv(x, undefined, { group: 1.5 }), /must be an integer/],
    [conv(x, undefined, { strides: [0, 1] }), /strides of 0/],
    [conv(x, undefined, { strides: [1] }), /strides has 1 entries/],
    [conv(x, undefined, { strides: 1 }), /must be a list/],
    [conv(x, undefined, { strides: ['a', 'b'] }), /must be a list of integers|must be an integer/],
    [conv(x, undefined, { dilations: [Number.NaN, 1] }), /must be an integer/],
    [conv(x, undefined, { dilations: [2n ** 70n, 1] }), /dilations of/],
    [conv(x, undefined, { pads: Array<number>(1e6).fill(0) }), /1000000 entries/],
    [conv(x, undefined, { pads: [-20, 0, -20, 0] }), /does not fit/],
    [conv(x, undefined, { kernel_shape: [5, 5] }), /the weight says 3/],
    [conv(x, weight(32, 16, 0, 3)), /kernel of 0/],
    [conv(x, weight(32, 16, 40, 3)), /does not fit/],
    [conv(x, weight(32, 16, 3)), /weight has rank 3/],
    [conv(data([1, 16]), weight(32, 16)), /no spatial axis/],
    [conv(x, undefined, { auto_pad: 'SOME' }), /auto_pad/],
    [conv(x, undefined, { auto_pad: 3 }), /must be a string/],
    [conv(x, weight(32, 16, 2 ** 31, 3), { dilations: [2 ** 31 - 1, 1] }), /2\^53/],
    [{ op: 'Conv', inputs: [x] }, /input 1 is required/],
    [{ op: 'Conv', inputs: [x, weight(32, 16, 3, 3), weight(31)] }, /32 against 31/],
    [{ op: 'Conv', inputs: [x, weight(32, 16, 3, 3), weight(32, 1)] }, /bias has rank 2/],
  ];
  for (const [sample, message] of cases) expectMalformed(t, sample, message);
});
