import t from 'tap';
import type { Constant } from '../../../src/core/graph.ts';
import * as e from './encode.ts';

const read = (tensor: e.Bytes): Constant => e.read(e.model(e.graph({ initializers: [tensor] }))).graph.constants.get('t') as Constant;
const data = (type: number, elements: number, field: e.Bytes): readonly number[] | null =>
  read(e.tensor('t', type, [elements], field)).data;
const raw = (...bytes: number[]): e.Bytes => e.bytes(9, Uint8Array.from(bytes));
const view = (array: ArrayBufferView): e.Bytes => e.bytes(9, new Uint8Array(array.buffer));

const INT32_DATA = 5;

for (const [dtype, type, elements, field, want] of [
  ['float32', 1, 2, e.bytes(9, e.float32(1.5, -2)), [1.5, -2]],
  ['float32', 1, 2, e.bytes(4, e.float32(1.5, -2)), [1.5, -2]],
  ['uint8', 2, 2, raw(1, 255), [1, 255]],
  ['uint8', 2, 2, e.packed(INT32_DATA, [1, 255]), [1, 255]],
  ['int8', 3, 2, raw(1, 255), [1, -1]],
  ['int8', 3, 2, e.packed(INT32_DATA, [1, -1]), [1, -1]],
  ['uint16', 4, 2, view(Uint16Array.of(1, 65535)), [1, 65535]],
  ['uint16', 4, 2, e.packed(INT32_DATA, [1, 65535]), [1, 65535]],
  ['int16', 5, 2, view(Int16Array.of(1, -2)), [1, -2]],
  ['int16', 5, 2, e.packed(INT32_DATA, [1, -2]), [1, -2]],
  ['int32', 6, 2, view(Int32Array.of(1, -(2 ** 31))), [1, -(2 ** 31)]],
  ['int32', 6, 2, e.packed(INT32_DATA, [1, -(2 ** 31)]), [1, -(2 ** 31)]],
  ['int64', 7, 2, e.bytes(9, e.int64(-1, 2 ** 40)), [-1, 2 ** 40]],
  ['int64', 7, 3, e.packed(7, [-1, 2 ** 40, 3]), [-1, 2 ** 40, 3]],
  ['int64', 7, 2, e.packed(7, [2n ** 63n - 1n, -(2n ** 63n)]), [2 ** 63, -(2 ** 63)]],
  ['int64', 7, 2, e.bytes(9, e.int64(2n ** 63n - 1n, -(2n ** 63n))), [2 ** 63, -(2 ** 63)]],
  ['bool', 9, 2, raw(0, 1), [0, 1]],
  ['bool', 9, 2, e.packed(INT32_DATA, [0, 1]), [0, 1]],
  ['float16', 10, 3, view(Uint16Array.of(0x3c00, 0xc000, 0x0001)), [1, -2, 2 ** -24]],
  ['float16', 10, 3, e.packed(INT32_DATA, [0x7c00, 0x7bff, 0x3555]), [Number.POSITIVE_INFINITY, 65504, 0.333251953125]],
  ['float64', 11, 2, e.bytes(9, e.float64(0.1, -2)), [0.1, -2]],
  ['float64', 11, 2, e.bytes(10, e.float64(0.1, -2)), [0.1, -2]],
  ['uint32', 12, 2, view(Uint32Array.of(1, 2 ** 32 - 1)), [1, 2 ** 32 - 1]],
  ['uint32', 12, 2, e.packed(11, [1, 2 ** 32 - 1]), [1, 2 ** 32 - 1]],
  ['uint64', 13, 1, view(BigUint64Array.of(2n ** 64n - 1n)), [2 ** 64]],
  ['uint64', 13, 1, e.packed(11, [-1]), [2 ** 64]],
  ['bfloat16', 16, 3, view(Uint16Array.of(0x3f80, 0xff80, 0x4049)), [1, Number.NEGATIVE_INFINITY, 3.140625]],
  ['float8e4m3fn', 17, 4, raw(0x38, 0x7e, 0x01, 0xb8), [1, 448, 2 ** -9, -1]],
  ['float8e4m3fn', 17, 1, e.packed(INT32_DATA, [0x38]), [1]],
  ['float8e4m3fnuz', 18, 3, raw(0x40, 0x7f, 0x01), [1, 240, 2 ** -10]],
  ['float8e5m2', 19, 4, raw(0x3c, 0x7b, 0x7c, 0x01), [1, 57344, Number.POSITIVE_INFINITY, 2 ** -16]],
  ['float8e5m2fnuz', 20, 3, raw(0x40, 0x7f, 0x01), [1, 57344, 2 ** -17]],
  ['uint4', 21, 3, raw(0x21, 0x0f), [1, 2, 15]],
  ['uint4', 21, 3, e.packed(INT32_DATA, [0x21, 0x0f]), [1, 2, 15]],
  ['int4', 22, 3, raw(0xf1, 0x08), [1, -1, -8]],
  ['int4', 22, 3, e.packed(INT32_DATA, [0xf1, 0x08]), [1, -1, -8]],
  ['float4e2m1', 23, 4, raw(0x21, 0xf7), [0.5, 1, 6, -6]],
  ['float8e8m0', 24, 2, raw(127, 130), [1, 8]],
  ['uint2', 25, 5, raw(0b11100100, 1), [0, 1, 2, 3, 1]],
  ['int2', 26, 4, raw(0b11100100), [0, 1, -2, -1]],
] as const) {
  t.test(`${dtype} of ${want.length} elements`, async (t) => {
    t.strictSame(read(e.tensor('t', type, [elements], field)), { name: 't', dtype, shape: [elements], data: want });
  });
}

t.test('codes that are not numbers', async (t) => {
  for (const [type, code] of [
    [10, 0x7e00],
    [16, 0x7fc0],
    [17, 0x7f],
    [17, 0xff],
    [18, 0x80],
    [19, 0x7d],
    [20, 0x80],
    [24, 0xff],
  ] as const) {
    t.strictSame(data(type, 1, e.packed(INT32_DATA, [code])), [Number.NaN], `type ${type}`);
  }
});

t.test('what is kept is small', async (t) => {
  t.equal(data(1, 256, e.bytes(9, new Uint8Array(1024)))?.length, 256);
  t.equal(data(1, 257, e.bytes(9, new Uint8Array(1028))), null);
  t.equal(data(1, 257, e.bytes(4, e.float32(...new Array(257).fill(1)))), null);
  t.equal(data(10, 512, e.bytes(9, new Uint8Array(1024)))?.length, 512);
  t.equal(data(10, 513, e.packed(INT32_DATA, new Array(513).fill(1))), null);
  t.equal(data(11, 128, e.bytes(10, e.float64(...new Array(128).fill(1))))?.length, 128);
  t.equal(data(11, 129, e.bytes(10, e.float64(...new Array(129).fill(1)))), null);
  t.equal(data(7, 1024, e.bytes(9, new Uint8Array(8192)))?.length, 1024);
  t.equal(data(7, 1025, e.bytes(9, new Uint8Array(8200))), null);
  t.equal(data(7, 1024, e.packed(7, new Array(1024).fill(300)))?.length, 1024);
  t.equal(data(7, 1025, e.packed(7, new Array(1025).fill(300))), null);
  t.equal(data(7, 1025, e.unpacked(7, new Array(1025).fill(300))), null);
  t.equal(data(9, 8192, e.packed(INT32_DATA, new Array(8192).fill(1)))?.length, 8192);
  t.equal(data(9, 8193, e.packed(INT32_DATA, new Array(8193).fill(1))), null);
  t.equal(data(12, 2048, e.packed(11, new Array(2048).fill(1)))?.length, 2048);
  // The type may come after the data.
  const late = e.join(e.unpacked(1, [512]), e.bytes(9, new Uint8Array(2048)), e.int(2, 1), e.text(8, 't'));
  t.equal(read(late).data, null);
});

t.test('a scalar and an empty tensor', async (t) => {
  t.strictSame(read(e.tensor('t', 1, [], e.bytes(9, e.float32(3)))), { name: 't', dtype: 'float32', shape: [], data: [3] });
  t.strictSame(read(e.tensor('t', 1, [0, 3])), { name: 't', dtype: 'float32', shape: [0, 3], data: [] });
});

t.test('tensors without numbers', async (t) => {
  t.equal(data(8, 1, e.text(6, 'text')), null);
  t.equal(data(14, 1, e.bytes(9, e.float32(1, 2))), null);
  t.equal(data(15, 1, e.bytes(10, e.float64(1, 2))), null);
  t.equal(data(1, 3, e.int(3, 1)), null, 'the data was taken out');
  t.equal(data(1, 3, e.bytes(9, Buffer.alloc(0))), null, 'the data was emptied');
  t.equal(data(1, 3, e.bytes(4, Buffer.alloc(0))), null, 'the data was emptied');
  const external = e.join(e.message(13, e.text(1, 'location'), e.text(2, '../../etc/passwd')), e.int(14, 1));
  t.equal(data(1, 1_000_000, external), null, 'external data is not opened');
  t.equal(data(1, 1, e.join(external, e.bytes(9, Buffer.alloc(7)))), null, 'external data wins');
});

t.test('what contradicts itself', async (t) => {
  const fails = (tensor: e.Bytes, message: RegExp): void => void t.throws(() => read(tensor), { code: 'malformed-file', message });
  fails(e.tensor('t', 1, [2], e.bytes(9, new Uint8Array(7))), /tensor 't': 2 elements of float32 do not take 7 bytes/);
  fails(e.tensor('t', 1, [25_000], e.bytes(9, new Uint8Array(100_004))), /100004 bytes/);
  fails(e.tensor('t', 22, [3], e.bytes(9, new Uint8Array(3))), /3 bytes/);
  fails(e.tensor('t', 7, [3], e.packed(7, [1, 2])), /3 elements, but data for 2/);
  fails(e.tensor('t', 22, [3], e.packed(INT32_DATA, [1])), /3 elements/);
  fails(e.tensor('t', 7, [1], e.bytes(4, e.float32(1))), /belongs in field 7, not 4/);
  fails(e.tensor('t', 0, [1]), /no data type 0/);
  fails(e.tensor('t', 99, [1]), /no data type 99/);
  for (const dim of [-1, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 63n)])
    fails(e.tensor('t', 1, [3, dim]), /a dim must be between 0 and 2\^53 - 1/);
  t.strictSame(read(e.tensor('t', 1, [2n ** 53n - 1n, 2n ** 53n - 1n])).shape, [2 ** 53 - 1, 2 ** 53 - 1]);
});
