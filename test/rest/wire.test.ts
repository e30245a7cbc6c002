import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { json, text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { buildApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import type { Report } from '../../src/core/report.ts';
import { matmulFile, matmulModel } from '../onnx-bytes.ts';
import { CONV, listening } from '../service.ts';

const onnx = matmulFile(8, 4);
const MB = 1024 * 1024;

interface Answer {
  readonly status: number | undefined;
  readonly body: { readonly code?: string } & Partial<Report>;
}

/** Sends a body as it is made, with the length only if it is given. */
async function send(url: string, body: Iterable<Buffer>, headers: Record<string, string | number>): Promise<Answer> {
  const request = httpRequest(`${url}/v1/analyze?layers=none`, { method: 'POST', headers });
  const answered = once(request, 'response') as Promise<[IncomingMessage]>;
  // An answer may come before the body is sent, and the server may then stop reading.
  request.on('error', () => {});
  Readable.from(body).pipe(request);
  const [response] = await answered;
  const answer = { status: response.statusCode, body: (await json(response)) as Answer['body'] };
  request.destroy();
  return answer;
}

async function works(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/v1/analyze`, {
    method: 'POST',
    body: JSON.stringify(CONV),
    headers: { 'content-type': 'application/json' },
  });
  return answer.status === 200 && ((await answer.json()) as Report).status === 'complete';
}

function* zeros(bytes: number): Generator<Buffer> {
  const piece = Buffer.alloc(64 * 1024);
  for (let left = bytes; left > 0; left -= piece.length) yield left < piece.length ? piece.subarray(0, left) : piece;
}

t.test('bodies that are too large, with and without Content-Length', async (t) => {
  const { url } = await listening(t, { MAX_MODEL_BYTES: String(MB), MAX_JSON_BYTES: '2000' });
  const { head } = matmulModel(1024, 1024);
  function* big() {
    yield head;
    yield* zeros(4 * MB);
  }
  const length = head.length + 4 * MB;
  for (const [what, headers] of [
    ['chunked', { 'content-type': 'application/octet-stream' }],
    ['with its length', { 'content-type': 'application/octet-stream', 'content-length': length }],
    ['JSON, chunked', { 'content-type': 'application/json' }],
    ['JSON with its length', { 'content-type': 'application/json', 'content-length': length }],
    ['without a type', {}],
  ] as const) {
    const { status, body } = await send(url, big(), headers);
    t.strictSame([status, body.code], [413, 'body-too-large'], what);
  }
  function* form() {
    yield Buffer.from('--XX\r\nContent-Disposition: form-data; name="m"; filename="m.onnx"\r\n\r\n');
    yield* big();
    yield Buffer.from('\r\n--XX--\r\n');
  }
  const formed = await send(url, form(), { 'content-type': 'multipart/form-data; boundary=XX' });
  t.strictSame([formed.status, formed.body.code], [413, 'body-too-large'], 'a form');
  t.ok(await works(url));
});

t.test('a client that sends everything before it reads still gets its answer', async (t) => {
  const { port, url } = await listening(t, { MAX_MODEL_BYTES: '1000' });
  for (const [path, type, refusal] of [
    ['/v1/analyze', '', /^HTTP\/1\.1 413 [\s\S]*body-too-large[\s\S]*HTTP\/1\.1 200 OK/],
    ['/v1/analyze', 'Content-Type: text/xml\r\n', /^HTTP\/1\.1 415 [\s\S]*application\/octet-stream[\s\S]*HTTP\/1\.1 200 OK/],
    ['/graphql', 'Content-Type: text/xml\r\n', /^HTTP\/1\.1 415 [\s\S]*application\/json[\s\S]*HTTP\/1\.1 200 OK/],
  ] as const) {
    const socket = connect(port, '127.0.0.1');
    const body = Buffer.alloc(8 * MB);
    socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\n${type}Content-Length: ${body.length}\r\n\r\n`);
    await new Promise((resolve) => socket.write(body, resolve));
    socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    t.match(await text(socket), refusal, `${path} ${type}, and the connection goes on`);
  }
  t.ok(await works(url));
});

t.test('clients that go away in the middle', async (t) => {
  const { port, url } = await listening(t);
  const begun: Record<string, string> = {
    'chunked upload': `Transfer-Encoding: chunked\r\n\r\n${onnx.length.toString(16)}\r\n`,
    'upload with a length': 'Content-Length: 100000\r\n\r\n',
    'JSON upload': 'Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"version"',
    form: 'Content-Type: multipart/form-data; boundary=XX\r\nContent-Length: 100000\r\n\r\n--XX\r\nContent-Disposition: form-data; name="m"; filename="m"\r\n\r\n',
  };
  for (const [what, head] of Object.entries(begun)) {
    const torn = connect(port, '127.0.0.1');
    torn.write(`POST /v1/analyze HTTP/1.1\r\nHost: x\r\n${head}`);
    torn.write(onnx.subarray(0, 50));
    await sleep(50);
    torn.resetAndDestroy();

    const half = connect(port, '127.0.0.1');
    half.write(`POST /v1/analyze HTTP/1.1\r\nHost: x\r\n${head}`);
    half.end(onnx.subarray(0, 50));
    const answer = await Promise.race([text(half), sleep(3000, undefined, { ref: false })]);
    t.notMatch(answer, /HTTP\/1\.1 (2|5)/, `${what}: no success and no failure`);
    half.destroy();
  }
  t.ok(await works(url), 'the service goes on');
});

t.test('a client that goes away before its whole body is read is no failure', async (t) => {
  const lines: string[] = [];
  const app = await buildApp(readConfig({ DATABASE_URL: 'none' }), { write: (line) => lines.push(line) });
  t.teardown(() => app.close());
  const gone = new Promise<void>((resolve) => {
    // It must be away when the body is asked for, and not before all of it is there.
    app.addHook('preHandler', async ({ raw }) => void (await once(raw, 'close').catch(() => {})));
    app.addHook('onSend', async () => resolve());
  });
  const url = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
  const socket = connect(Number(url.port), '127.0.0.1');
  socket.write(`POST /v1/analyze HTTP/1.1\r\nHost: x\r\nContent-Length: ${onnx.length}\r\n\r\n`);
  await new Promise((resolve) => socket.write(onnx, resolve));
  await sleep(100);
  socket.destroy();
  await gone;
  t.notMatch(lines.join(''), '"level":50');
});

t.test('a body that is slow is read all the same', async (t) => {
  const { port } = await listening(t);
  const socket: Socket = connect(port, '127.0.0.1');
  socket.write(`POST /v1/analyze?layers=none HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${onnx.length}\r\n\r\n`);
  for (const byte of onnx) {
    socket.write(Buffer.from([byte]));
    await sleep(1);
  }
  t.match(await text(socket), /^HTTP\/1\.1 200 [\s\S]*"status":"complete"/);
});

t.test('a refused body leaves the connection usable', async (t) => {
  const { port } = await listening(t);
  const socket = connect(port, '127.0.0.1');
  const body = 'this is no network at all, and it goes on for a while';
  socket.write(`POST /v1/analyze HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  await sleep(100);
  socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  t.match(await text(socket), /^HTTP\/1\.1 415 [\s\S]*unknown-format[\s\S]*HTTP\/1\.1 200 OK/);
});

t.test('a file of 200 MB is never held', async (t) => {
  const { app, url } = await listening(t);
  await app.analyst.warm();
  const { head, dataBytes, tail } = matmulModel(5000, 10_000);
  function* file() {
    yield head;
    yield* zeros(dataBytes);
    yield tail;
  }
  await send(url, [onnx], {});
  let peak = 0;
  const before = process.memoryUsage.rss();
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 20);
  const { status, body } = await send(url, file(), { 'content-type': 'application/octet-stream' });
  clearInterval(watch);
  t.equal(status, 200);
  t.match(body, {
    status: 'complete',
    network: { bytes: head.length + dataBytes + tail.length },
    totals: { macs: 50_000_000, params: { stored: 50_000_000 } },
  });
  t.ok(peak - before < 150 * MB, `memory grew by ${Math.round((peak - before) / MB)} MB`);
});
