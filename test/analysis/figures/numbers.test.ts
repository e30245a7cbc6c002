import fc from 'fast-check';
import t from 'tap';
import { amount, digits, drawable, drawableInterval, grouped, percent, si, slice } from '../../../src/analysis/figures/numbers.ts';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

t.test('numbers as people write them', async (t) => {
  t.equal(grouped(25_557_032), '25,557,032');
  t.equal(grouped(999), '999');
  t.equal(grouped(1_000), '1,000');
  t.equal(grouped(0.123456), '0.1235');
  t.equal(grouped(-1234.5), '−1,234');
  t.equal(plain(grouped(1e20)), '100 E');
  t.equal(plain(si(4_089_184_256, 'FLOP')), '4.09 GFLOP');
  t.equal(plain(si(999_999, 'B')), '1 MB', 'rounding reaches the next prefix');
  t.equal(plain(si(1_250e-6, 's')), '1.25 ms');
  t.equal(plain(si(0.25, 'FLOP/B')), '0.25 FLOP/B', 'no small prefix where it can be written out');
  t.equal(plain(si(-3e9)), '−3 G');
  t.equal(si(0), '0');
  t.equal(amount(1_075, ''), '1,075');
  t.equal(plain(amount(25_557_032, '')), '25.6 M');
  t.equal(plain(percent(0.19534)), '19.5 %');
  t.equal(plain(percent(0.00325)), '0.325 %');
  t.equal(plain(percent(1)), '100 %');
  t.equal(plain(percent(0.99999)), '> 99.9 %');
  t.equal(plain(percent(1e-9)), '< 0.0001 %');
  t.equal(slice({ start: -101, stop: 326 }), '[−101, 326)');
  t.equal(digits(128.5), '128.5');
  t.equal(digits(16_000), '16000', 'coordinates as in the JSON');
});

t.test('what cannot be drawn is null', async (t) => {
  for (const value of [Number.NaN, Infinity, -Infinity, 1e31, null, undefined]) t.equal(drawable(value), null);
  t.equal(drawable(1e-31), 0);
  t.equal(drawableInterval({ start: 3, stop: 2 }), null);
  t.equal(drawableInterval({ start: 3, stop: Number.NaN }), null);
  t.strictSame(drawableInterval({ start: 3, stop: 3 }), { start: 3, stop: 3 });
});

t.test('a number with a prefix reads back as the number', async () => {
  const powers = new Map('q r y z a f p n µ m _ k M G T P E Z Y R Q'.split(' ').map((prefix, i) => [prefix === '_' ? '' : prefix, i - 10]));
  fc.assert(
    fc.property(fc.double({ min: 1e-29, max: 1e29, noNaN: true }), fc.boolean(), (value, negative) => {
      const signed = negative ? -value : value;
      const [, number = '', prefix = ''] = /^(\S+)(?:\u00a0(\S))?$/.exec(si(signed)) ?? [];
      const read = Number(number.replace('−', '-')) * 1000 ** (powers.get(prefix) ?? Number.NaN);
      return Math.abs(read - signed) <= 0.00501 * Math.abs(signed);
    }),
  );
});
