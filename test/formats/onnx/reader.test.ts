import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { Fault } from '../../../src/core/fault.ts';
import type { Reading } from '../../../src/formats/format.ts';
import { onnx } from '../../../src/formats/onnx/index.ts';
import { LIMITS, read } from './encode.ts';
import { fixture, fixtures, publicModels } from './fixtures.ts';

/** What may become of a file. */
const CODES = new Set(['read', 'malformed-file', 'malformed-node', 'missing-value', 'duplicate-value', 'cyclic-graph', 'limit-exceeded']);

/** Reads a file cut at these offsets. */
function readCut(file: Uint8Array, cuts: readonly number[]): Reading {
  const reader = onnx.open(LIMITS);
  let start = 0;
  for (const end of [...cuts, file.length]) {
    reader.push(file.subarray(start, end));
    start = end;
  }
  return reader.end();
}

/** Reads a file that may be nonsense: a reading, or the fault that it must then be. */
function attempt(t: Test, file: Uint8Array, what: string): Reading | Fault | undefined {
  try {
    return read(file);
  } catch (error) {
    if (error instanceof Fault) return error;
    t.fail(`${what}: ${error}`);
    return undefined;
  }
}

t.test('what a file is cut into makes no difference', async (t) => {
  for (const { name, file } of fixtures) {
    const whole = read(file);
    for (const size of [1, 7, 1000, 65_536]) t.ok(isDeepStrictEqual(read(file, {}, size), whole), `${name} in chunks of ${size}`);
  }
  const file = fixture('transformer');
  const whole = read(file);
  const cuts = fc.array(fc.nat(file.length), { maxLength: 40 }).map((list) => list.sort((a, b) => a - b));
  fc.assert(
    fc.property(cuts, (list) => isDeepStrictEqual(readCut(file, list), whole)),
    { numRuns: 50 },
  );
  for (const { name, file } of publicModels ?? []) {
    t.ok(isDeepStrictEqual(read(file, {}, 4099), read(file)), `${name} in chunks of 4099`);
  }
});

t.test('a file that is cut off is a fault or a shorter file', async (t) => {
  const file = fixture('unet');
  let faults = 0;
  for (let end = 0; end < file.length; end++) {
    const result = attempt(t, file.subarray(0, end), `cut at ${end}`);
    if (!(result instanceof Fault)) t.equal(result?.graph.nodes.length, 30, `cut at ${end}`);
    else if (result.code === 'malformed-file') faults++;
    else t.fail(`cut at ${end}: ${result.code}`);
  }
  // Only what comes after the graph can be missing without a trace.
  t.ok(faults > file.length - 30, `${faults} faults`);
});

t.test('a byte that is flipped is a fault or another file', async (t) => {
  const file = Buffer.from(fixture('unet'));
  const codes = new Map<string, number>();
  for (let i = 0; i < file.length; i++) {
    // All bits of one byte, one bit of the next.
    const mask = i % 2 === 0 ? 0xff : 1 << ((i >> 1) % 8);
    file[i] = (file[i] as number) ^ mask;
    const result = attempt(t, file, `byte ${i}`);
    const code = result instanceof Fault ? result.code : 'read';
    codes.set(code, (codes.get(code) ?? 0) + 1);
    file[i] = (file[i] as number) ^ mask;
  }
  for (const code of codes.keys()) t.ok(CODES.has(code), code);
  for (const code of ['malformed-file', 'missing-value', 'read']) t.ok((codes.get(code) ?? 0) > 100, `${codes.get(code)} times ${code}`);
});

t.test('nonsense is a fault', async (t) => {
  const nonsense = fc.uint8Array({ maxLength: 300 });
  fc.assert(
    fc.property(nonsense, (file) => void attempt(t, file, Buffer.from(file).toString('hex'))),
    { numRuns: 3000 },
  );
  // Bytes that are mostly tags of the messages get further.
  const tags = fc.constantFrom(0x08, 0x0a, 0x10, 0x12, 0x1a, 0x22, 0x2a, 0x3a, 0x42, 0x5a, 0x62, 0, 1, 2, 3, 4, 6, 10, 0x80, 0xff);
  fc.assert(
    fc.property(fc.array(tags, { maxLength: 60 }), (list) => {
      const file = Uint8Array.of(0x3a, list.length, ...list);
      const whole = attempt(t, file, `tags ${list}`);
      const pieces = outcome(() => read(file, {}, 1));
      return isDeepStrictEqual(whole instanceof Fault ? whole.code : whole, pieces);
    }),
    { numRuns: 5000 },
  );
});

function outcome(run: () => Reading): Reading | string {
  try {
    return run();
  } catch (error) {
    return error instanceof Fault ? error.code : String(error);
  }
}

t.test('a chunk is not needed any more once it has been read', async (t) => {
  const file = fixture('tiny');
  const reader = onnx.open(LIMITS);
  // Less than the reader asks for at once is kept until the rest comes: that part the sender must leave alone.
  const chunk = Buffer.from(file);
  reader.push(chunk);
  const reading = reader.end();
  chunk.fill(0xff);
  t.ok(isDeepStrictEqual(reading, read(file)));
});

t.test('a file may be empty chunks and whole ones', async (t) => {
  const reader = onnx.open(LIMITS);
  reader.push(Buffer.alloc(0));
  reader.push(fixture('vgg16'));
  reader.push(Buffer.alloc(0));
  t.ok(isDeepStrictEqual(reader.end(), read(fixture('vgg16'))));
});
