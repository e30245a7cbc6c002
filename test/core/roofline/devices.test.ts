import t from 'tap';
import { ownDevice, RATE_TYPES } from '../../../src/core/roofline/devices/device.ts';
import { deviceOf, devices } from '../../../src/core/roofline/devices/index.ts';

t.test('every device says where its figures are from', async (t) => {
  const ids = devices().map(({ id }) => id);
  t.equal(new Set(ids).size, ids.length, 'ids are unique');
  for (const device of devices()) {
    t.match(device.id, /^[a-z0-9]+(-[a-z0-9]+)*$/);
    t.ok(device.source && device.name, `${device.id} has a source`);
    t.match(device.date, /^20\d\d(-\d\d)?$/, `${device.id} has a date`);
    t.equal(deviceOf(device.id ?? ''), device);
  }
});

t.test('figures are of a likely size: a slipped unit or a sparse rate shows', async (t) => {
  for (const { id, bandwidth, rates } of devices()) {
    t.ok(bandwidth >= 1e10 && bandwidth <= 1e13, `${id} moves 10 GB to 10 TB a second`);
    for (const type of RATE_TYPES) {
      const rate = rates[type];
      if (rate !== undefined) t.ok(rate >= 1e11 && rate <= 1e16, `${id} ${type}`);
    }
    const { float32 = 0, float16, bfloat16, int8, int4, float8 } = rates;
    t.ok(float32 > 0, `${id} has a rate for float32`);
    if (float16 && bfloat16) t.equal(float16, bfloat16, `${id}: both half precisions are as fast`);
    if (float8 && float16) t.ok(Math.abs(float8 / float16 - 2) < 0.01, `${id}: a byte is twice as fast as a half`);
    if (int8 && int4) t.equal(int4, 2 * int8, `${id}: half a byte is twice as fast as a byte`);
  }
});

t.test('a device that there is not is named with those that there are', async (t) => {
  t.throws(() => deviceOf('a1000'), { code: 'invalid-device', message: /'a1000'.*a100-80gb/ });
});

t.test('a device of the caller', async (t) => {
  t.same(ownDevice({ name: 'mine', bandwidth: 1e9, rates: { float32: 1e10, int8: 4e10 } }), {
    id: null,
    name: 'mine',
    kind: 'own',
    bandwidth: 1e9,
    rates: { float32: 1e10, int8: 4e10 },
    source: null,
    date: null,
    verified: false,
  });
});

t.test('what is wrong with the device of a caller is said', async (t) => {
  const good = { name: 'mine', bandwidth: 1, rates: { float32: 1 } };
  for (const [bad, message] of [
    [null, /must be an object/],
    ['', /must be an object/],
    [[], /must be an object/],
    [{ ...good, name: '' }, /a name of 1 to 100/],
    [{ ...good, name: 'x'.repeat(101) }, /a name of 1 to 100/],
    [{ ...good, bandwidth: 0 }, /bandwidth \(bytes per second\) must be a number from 1 to 1e\+20/],
    [{ ...good, bandwidth: 1e-300 }, /bandwidth/],
    [{ ...good, bandwidth: 1e308 }, /bandwidth .* from 1 to 1e\+20/],
    [{ ...good, rates: { float32: 1e-300 } }, /rates\.float32 .* from 1 to 1e\+20/],
    [{ ...good, bandwidth: '1' }, /bandwidth/],
    [{ ...good, bandwidth: Number.NaN }, /bandwidth/],
    [{ ...good, bandwidth: Number.POSITIVE_INFINITY }, /bandwidth/],
    [{ ...good, bandwith: 1 }, /has no 'bandwith'/],
    [{ ...good, rates: {} }, /rates needs one of float64/],
    [{ ...good, rates: { float32: -1 } }, /rates\.float32/],
    [{ ...good, rates: { fp32: 1 } }, /rates has no 'fp32'/],
    [{ name: 'mine', bandwidth: 1 }, /rates must be an object/],
  ] as const) {
    t.throws(() => ownDevice(bad), { code: 'invalid-device', message }, JSON.stringify(bad));
  }
});
