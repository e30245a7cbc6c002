import { createHash } from 'node:crypto';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parseJson } from '../../src/analysis/json.ts';
import { readNetwork, readStored } from '../../src/analysis/read-network.ts';
import { resolveNetwork } from '../../src/analysis/resolve-network.ts';
import { readConfig } from '../../src/config.ts';
import type { Fault } from '../../src/core/fault.ts';
import { describeRef } from '../../src/networks/index.ts';
import { matmulFile } from '../onnx-bytes.ts';
import { CONV } from '../service.ts';

const limits = readConfig({}).limits.reader;

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

t.test('a file reads the same in chunks of any size', async (t) => {
  const file = matmulFile(8, 4);
  const whole = await readNetwork(inChunks(file, file.length), { limits, maxBytes: 1e6 });
  t.equal(whole.sha256, createHash('sha256').update(file).digest('hex'));
  t.equal(whole.bytes, file.length);
  t.equal(whole.format, 'onnx');
  t.equal(whole.name, 'matmul');
  for (const size of [1, 2, 15, 16, 17]) {
    t.strictSame(await readNetwork(inChunks(file, size), { limits, maxBytes: 1e6 }), whole, `chunks of ${size}`);
  }
});

t.test('a stored file reads as one that arrives, wherever it ends', async (t) => {
  const file = matmulFile(400, 300);
  const folder = t.testdir();
  for (const size of [file.length, file.length - 1, 250_000, 100_000, 70, 17, 3]) {
    const bytes = file.subarray(0, size);
    const path = join(folder, String(size));
    writeFileSync(path, bytes);
    const stored = openSync(path, 'r');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const fault = ({ code, message, spot }: Fault) => ({ code, message, spot });
    const streamed = await readNetwork(inChunks(bytes, 1000), { limits, maxBytes: 1e6 }).catch(fault);
    const read = await Promise.resolve()
      .then(() => readStored(stored, size, { limits, sha256 }))
      .catch(fault);
    t.strictSame(read, streamed, `${size} of ${file.length} bytes`);
    closeSync(stored);
  }
});

t.test('a file may be as large as allowed, and not larger', async (t) => {
  const file = matmulFile(8, 4);
  await t.resolves(readNetwork(inChunks(file, 100), { limits, maxBytes: file.length }));
  await t.rejects(readNetwork(inChunks(file, 100), { limits, maxBytes: file.length - 1 }), { code: 'body-too-large' });
});

t.test('what is no network says so', async (t) => {
  const read = (text: string, format?: string) => readNetwork(inChunks(Buffer.from(text, 'latin1'), 7), { limits, maxBytes: 1e6, format });
  await t.rejects(read(''), { code: 'empty-body' });
  await t.rejects(read('hello, I am not a network at all'), { code: 'unknown-format' });
  await t.rejects(read('PK\x03\x04 a zip archive'), { code: 'unknown-format', message: /zip/ });
  await t.rejects(read('{}', 'onxx'), { code: 'invalid-option', message: /did you mean "onnx"/ });
});

t.test('a description is the same network however it comes', async (t) => {
  const compact = await resolveNetwork(CONV, limits);
  const spaced = await resolveNetwork(parseJson(Buffer.from(JSON.stringify(CONV, null, 4)), 32), limits);
  t.equal(compact.sha256, spaced.sha256);
  t.equal(compact.sha256, createHash('sha256').update(JSON.stringify(CONV)).digest('hex'));
  t.equal(compact.bytes, JSON.stringify(CONV).length);
  t.equal(compact.format, 'description');
});

t.test('a file inside JSON', async (t) => {
  const file = matmulFile(8, 4);
  const plain = await resolveNetwork({ format: 'onnx', base64: file.toString('base64'), name: 'mine' }, limits);
  t.equal(plain.sha256, createHash('sha256').update(file).digest('hex'));
  t.equal(plain.name, 'mine');
  await t.resolves(resolveNetwork({ base64: file.toString('base64url') }, limits), 'the URL-safe alphabet');
  await t.resolves(resolveNetwork({ base64: file.toString('base64').replace(/.{20}/g, '$&\n') }, limits), 'broken into lines');
  await t.rejects(resolveNetwork({ base64: 'no! base64' }, limits, '/network'), {
    code: 'invalid-network',
    spot: { pointer: '/network/base64' },
  });
  await t.rejects(resolveNetwork({ base64: 5 }, limits), { code: 'invalid-network', spot: { pointer: '/base64' } });
  await t.rejects(resolveNetwork({ base64: '' }, limits), { code: 'empty-body' });
  await t.rejects(resolveNetwork({ base64: '', formt: 'onnx' }, limits), { code: 'invalid-network', message: /did you mean "format"/ });
});

t.test('refs', async (t) => {
  const refused = (ref: unknown, code: string) =>
    t.rejects(resolveNetwork({ ref }, limits, '/network'), { code, spot: { pointer: '/network/ref' } }, String(ref));
  for (const ref of [
    'zoo:vgg17',
    'zoo:resnot,depth=50,variant=v1.5',
    'pattern:two-4x4',
    `sha256:${'0'.repeat(64)}`,
    'name:mine',
    'name:a:b@3',
  ]) {
    await refused(ref, 'network-not-found');
  }
  for (const ref of ['vgg16', 'zoo:', 'zoo:../etc', 'zoo:vgg16,depth=12', 'sha256:12', 'name:a@b', 'name:', 5, null, ['zoo:vgg16']])
    await refused(ref, 'invalid-ref');
  await t.rejects(resolveNetwork({ ref: 'zoo:resnet52' }, limits), { message: /did you mean "zoo:resnet50"/ });
  await t.rejects(resolveNetwork({ ref: 'zoo:vgg16', options: {} }, limits), { code: 'invalid-network', spot: { pointer: '/options' } });
});

t.test('built-in networks', async (t) => {
  const [plain, spelled, described] = await Promise.all([
    resolveNetwork({ ref: 'zoo:vgg11' }, limits),
    resolveNetwork({ ref: 'zoo:vgg,norm=none,depth=11' }, limits),
    resolveNetwork(describeRef('zoo:vgg11')?.description, limits),
  ]);
  t.match(plain, { name: 'vgg11', format: 'description' });
  t.equal(spelled.sha256, plain.sha256, 'the same network has the same identity, however it is referred to');
  t.equal(described.sha256, plain.sha256);
});

t.test('values that are no network', async (t) => {
  for (const value of [null, 5, 'zoo:vgg16', [], [CONV], true])
    await t.rejects(resolveNetwork(value, limits), { code: 'invalid-network' }, String(value));
});

t.test('JSON bodies', async (t) => {
  const parse = (text: string | Buffer) => () => parseJson(Buffer.from(text as string), 4);
  t.strictSame(parse('[[[[1]]]]')(), [[[[1]]]]);
  t.strictSame(parse('\ufeff{"a":1}')(), { a: 1 }, 'a byte order mark is no part of the document');
  t.throws(parse('[[[[[]]]]]'), { code: 'limit-exceeded' });
  t.throws(parse('['.repeat(100_000) + ']'.repeat(100_000)), { code: 'limit-exceeded' });
  t.throws(parse(''), { code: 'empty-body' });
  t.throws(parse('{"a":1,}'), { code: 'invalid-json', spot: { offset: 7 } });
  t.throws(parse('{"a":'), { code: 'invalid-json' });
  t.throws(parse(Buffer.from([0x22, 0xff, 0x22])), { code: 'invalid-json', message: /UTF-8/ });
  t.throws(parse('{"a":{"__proto__":{"x":1}}}'), { code: 'invalid-json', message: /__proto__/ });
  for (const text of ['[1e999]', '{"a":[{"b":-1e400}]}']) t.throws(parse(text), { code: 'invalid-json', message: /too large/ });
  t.throws(parse('{"a":{"\\u005f_proto__":{"x":1}}}'), { code: 'invalid-json', message: /__proto__/ });
});
