import { setTimeout as sleep } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';
import t from 'tap';
import { openAnalyst } from '../../src/analysis/analyst.ts';
import { openGate } from '../../src/analysis/pool/gate.ts';
import { readInThread } from '../../src/analysis/pool/job.ts';
import type { Order } from '../../src/analysis/pool/messages.ts';
import { serve } from '../../src/analysis/pool/serve.ts';
import { stopwatch } from '../../src/analysis/pool/stopwatch.ts';
import type { Question } from '../../src/analysis/question.ts';
import { readConfig } from '../../src/config.ts';
import { matmulFile } from '../onnx-bytes.ts';
import { CONV, CONV_MACS } from '../service.ts';

const { pool: settings, limits } = readConfig({ POOL_THREADS: '1' });
const file = matmulFile(64, 64);
const totals: Question & { kind: 'pages' } = { kind: 'pages', options: {}, pages: [] };
const never = () => new AbortController().signal;

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** A pool whose thread is this one, so that what threads do is seen. */
function pretended(run = serve) {
  let running = 0;
  const threads = {
    count: 1,
    async run(job: Parameters<typeof serve>[0]) {
      running++;
      await run(job).finally(() => running--);
    },
    async close() {},
  };
  const gate = openGate(1, 1, 1000);
  return { pool: { threads, gate, limits: limits.reader, deadlineMs: 1000 }, running: () => running };
}

t.test('a job through a port', async (t) => {
  const { pool, running } = pretended();
  for (const size of [1000, 7, file.length]) {
    const reading = await readInThread(pool, { kind: 'file', chunks: inChunks(file, size), maxBytes: 1e6, name: 'mine' }, never());
    t.equal(reading.format, 'onnx');
    const { report, pages } = await reading.ask({ kind: 'pages', options: {}, pages: [{ first: 1 }, { first: -1 }] });
    t.match(report, { network: { name: 'mine', bytes: file.length }, totals: { macs: 4096 } });
    t.notOk('layers' in report);
    t.match(pages, [{ page: { totalCount: 1, nodes: [{ op: 'MatMul' }] } }, { fault: { code: 'invalid-option' } }]);
  }
  const described = await readInThread(pool, { kind: 'json', value: CONV, pointer: '', bytes: 0 }, never());
  const document = await described.ask({
    kind: 'document',
    view: 'report',
    options: {},
    form: 'json',
    limits: { maxLayers: 10, maxBytes: 1e6 },
  });
  t.match(JSON.parse(Buffer.concat(document.body).toString()), { totals: { macs: CONV_MACS } });
  t.equal(running(), 0);
});

t.test('faults pass through whole, and free the thread', async (t) => {
  const { pool, running } = pretended();
  const read = (bytes: Uint8Array, maxBytes = 1e6) =>
    readInThread(pool, { kind: 'file', chunks: inChunks(bytes, 50), maxBytes }, never()).then((reading) => reading.ask(totals));
  await t.rejects(read(file.subarray(0, 500)), { name: 'Fault', code: 'malformed-file', spot: { offset: Number } });
  await t.rejects(read(Buffer.from('no network at all, but a text of some length'.repeat(20))), { code: 'unknown-format' });
  await t.rejects(read(file, 600), { code: 'body-too-large' });
  const odd = { ...CONV, layers: [{ type: 'Conv2d', kernal_size: 3 }] };
  await t.rejects(readInThread(pool, { kind: 'json', value: odd, pointer: '/network', bytes: 0 }, never()), {
    code: 'invalid-description',
    spot: { pointer: /^\/network\/layers\/0/ },
  });
  const twice = await readInThread(pool, { kind: 'file', chunks: inChunks(file, 50), maxBytes: 1e6 }, never());
  await t.rejects(twice.ask({ kind: 'document', view: 'report', options: {}, form: 'csv', limits: { maxLayers: 10, maxBytes: 10 } }), {
    code: 'analysis-too-large',
  });
  t.equal(running(), 0);
});

t.test('a question that never comes, and an upload that breaks off, free the thread', async (t) => {
  const { pool, running } = pretended();
  const leave = new AbortController();
  await readInThread(pool, { kind: 'file', chunks: inChunks(file, 50), maxBytes: 1e6 }, leave.signal);
  t.equal(running(), 1);
  leave.abort();
  await sleep(20);
  t.equal(running(), 0);
  async function* broken() {
    yield* inChunks(file.subarray(0, 100), 10);
    throw new Error('the line is dead');
  }
  await t.rejects(readInThread(pool, { kind: 'file', chunks: broken(), maxBytes: 1e6 }, never()), { message: 'the line is dead' });
  await sleep(20);
  t.equal(running(), 0);
  await t.rejects(readInThread(pool, { kind: 'file', chunks: broken(), maxBytes: 1e6 }, AbortSignal.abort()), { code: 'cancelled' });
});

t.test('few chunks are on their way at a time', async (t) => {
  let sent = 0;
  const stuck = pretended(({ port }) => sleep(100).then(() => port.close()));
  async function* many() {
    for (; sent < 100; sent++) yield Buffer.alloc(10);
  }
  await t.rejects(readInThread(stuck.pool, { kind: 'file', chunks: many(), maxBytes: 1e6 }, never()));
  t.ok(sent <= 5, `${sent} were sent to a thread that takes none`);
});

t.test('a thread whose other side closes the port, or says what is not due', async (t) => {
  const order: Order = { kind: 'file', maxBytes: 1e6 };
  const gone = new MessageChannel();
  const served = serve({ order, limits: limits.reader, port: gone.port2 });
  gone.port1.close();
  await t.resolves(served);
  const odd = new MessageChannel();
  t.teardown(async () => odd.port1.close());
  const failed = serve({ order: { kind: 'json', value: CONV, pointer: '', bytes: 0 }, limits: limits.reader, port: odd.port2 });
  odd.port1.postMessage({ kind: 'end' });
  await t.rejects(failed, { message: /a question was due/ });
});

t.test('the gate', async (t) => {
  const gate = openGate(1, 2, 100);
  const leave = await gate.enter(never());
  const order: number[] = [];
  const abort = new AbortController();
  const second = gate.enter(abort.signal);
  t.notOk(gate.full);
  const third = gate.enter(never()).then((go) => {
    order.push(3);
    return go;
  });
  t.ok(gate.full);
  await t.rejects(gate.enter(never()), { code: 'overloaded' });
  abort.abort();
  await t.rejects(second, { code: 'cancelled' });
  t.notOk(gate.full, 'one that is gone waits no longer');
  leave();
  leave();
  const leaveThird = await third;
  t.strictSame(order, [3]);
  await t.rejects(gate.enter(never()), { code: 'overloaded' }, 'nobody waits for ever');
  const last = gate.enter(never());
  gate.close();
  await t.rejects(last, { code: 'shutting-down' });
  leaveThird();
  await t.rejects(gate.enter(never()), { code: 'shutting-down' });
});

t.test('the stopwatch counts work only', async (t) => {
  let expired = 0;
  const watch = stopwatch(60, () => expired++);
  for (let i = 0; i < 3; i++) {
    watch.start();
    watch.start();
    await sleep(5);
    watch.stop();
    watch.stop();
    await sleep(40);
  }
  t.equal(expired, 0);
  watch.start();
  await sleep(100);
  t.equal(expired, 1);
});

t.test('small networks need no thread, large ones do', async (t) => {
  const analyst = openAnalyst({ ...settings, limits: limits.reader, inlineBytes: 1000, inlineNodes: 5 }, () => {}, {
    findGraph: async () => undefined,
  });
  // A closed pool tells what would have gone to it.
  await analyst.close();
  const json = (layers: number, bytes = 100) => {
    const value = { ...CONV, layers: [{ type: 'ReLU', repeat: layers }] };
    return analyst.read({ kind: 'json', value, pointer: '', bytes }, never()).then((reading) => reading.ask(totals));
  };
  await t.resolves(json(5));
  await t.rejects(json(6), { code: 'shutting-down' }, 'many nodes in few bytes');
  await t.rejects(json(5, 1001), { code: 'shutting-down' }, 'many bytes');
  const raw = (bytes: Uint8Array) => analyst.read({ kind: 'file', chunks: inChunks(bytes, 300), maxBytes: 1e6 }, never());
  await t.resolves(raw(matmulFile(8, 8)));
  await t.rejects(raw(file), { code: 'shutting-down' });
  await t.rejects(raw(Buffer.alloc(0)), { code: 'empty-body' });
});
