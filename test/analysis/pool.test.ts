import { createHash } from 'node:crypto';
import { mkdtempSync, openSync, readdirSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t from 'tap';
import { openAnalyst } from '../../src/analysis/analyst.ts';
import { openAnswers } from '../../src/analysis/answers.ts';
import type { Document } from '../../src/analysis/document.ts';
import { keyOf } from '../../src/analysis/identity.ts';
import { openGate } from '../../src/analysis/pool/gate.ts';
import { runInThread } from '../../src/analysis/pool/job.ts';
import { serve } from '../../src/analysis/pool/serve.ts';
import type { Answer, Question } from '../../src/analysis/question.ts';
import type { Arrived } from '../../src/analysis/source.ts';
import { openSpool } from '../../src/analysis/spool.ts';
import { readConfig } from '../../src/config.ts';
import { Fault } from '../../src/core/fault.ts';
import { matmulFile } from '../onnx-bytes.ts';
import { CONV, CONV_MACS } from '../service.ts';

const { pool: settings, limits } = readConfig({ POOL_THREADS: '1' });
const file = matmulFile(64, 64);
const totals: Question & { kind: 'pages' } = { kind: 'pages', options: {}, pages: [] };
const never = () => new AbortController().signal;
const room = { spoolFolder: '', spoolBytes: 1e6, cacheBytes: 0, faultMs: 0 };
const noStore = { findGraph: async () => undefined };
const deaf = { failed: () => {}, unspooled: () => {}, analyzed: () => {}, looked: () => {} };

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** A thread that is this one, so that what threads do is seen. */
const here = { count: 1, run: serve, close: async () => {} };

const whole = (content: Uint8Array | number, bytes: number): Arrived => ({
  kind: 'whole',
  content,
  bytes,
  sha256: 'a'.repeat(64),
  name: 'mine',
});

t.test('a job', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fovea-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'file'), file);
  const question: Question = { kind: 'pages', options: {}, pages: [{ first: 1 }, { first: -1 }] };
  for (const content of [file, openSync(join(folder, 'file'), 'r')]) {
    const source = whole(content, file.length);
    const { answer, format } = await runInThread(here, 1000, { source, question, limits: limits.reader }, never());
    t.equal(format, 'onnx');
    t.match(answer, { report: { network: { name: 'mine', bytes: file.length, sha256: 'a'.repeat(64) }, totals: { macs: 4096 } } });
    t.match(answer, { pages: [{ page: { totalCount: 1, nodes: [{ op: 'MatMul' }] } }, { fault: { code: 'invalid-option' } }] });
  }
  const described: Arrived = { kind: 'json', value: CONV, pointer: '', bytes: 0 };
  const asked: Question = { kind: 'document', view: 'report', options: {}, form: 'json', limits: { maxLayers: 10, maxBytes: 1e6 } };
  const { answer } = await runInThread(here, 1000, { source: described, question: asked, limits: limits.reader }, never());
  t.match(JSON.parse(Buffer.concat((answer as Document).body).toString()), { totals: { macs: CONV_MACS } });

  const run = (source: Arrived) => runInThread(here, 1000, { source, question: totals, limits: limits.reader }, never());
  await t.rejects(run(whole(file.subarray(0, 500), 500)), { name: 'Fault', code: 'malformed-file', spot: { offset: Number } });
  const odd = { ...CONV, layers: [{ type: 'Conv2d', kernal_size: 3 }] };
  await t.rejects(run({ kind: 'json', value: odd, pointer: '/network', bytes: 0 }), {
    code: 'invalid-description',
    spot: { pointer: /^\/network\/layers\/0/ },
  });
  await t.rejects(run(whole(openSync(join(folder, 'file'), 'r'), file.length + 1)), { message: /shorter than what was written/ });
});

t.test('a thread that is too slow, or whose client has gone, is ended', async (t) => {
  const stuck = {
    ...here,
    run: (_job: unknown, signal: AbortSignal) =>
      new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  };
  const job = { source: whole(file, file.length), question: totals, limits: limits.reader };
  await t.rejects(runInThread(stuck, 20, job, never()), { code: 'deadline-exceeded' });
  const gone = new AbortController();
  const left = runInThread(stuck, 10_000, job, gone.signal);
  gone.abort();
  await t.rejects(left, { code: 'cancelled' });
});

t.test('the spool', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fovea-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const failures: (string | undefined)[] = [];
  const failed = ({ code }: NodeJS.ErrnoException) => failures.push(code);
  const spool = openSpool(folder, 3_000_000, failed);
  const bytes = Buffer.alloc(1_300_000, 'fovea');
  const first = await spool.receive(inChunks(bytes, 70_000));
  t.equal(first.bytes, bytes.length);
  t.equal(first.sha256, createHash('sha256').update(bytes).digest('hex'));
  t.strictSame(readdirSync(folder), [], 'what is there has no name');
  const held = Buffer.alloc(bytes.length);
  readSync(first.file, held, 0, held.length, 0);
  t.ok(held.equals(bytes));

  const second = await spool.receive(inChunks(bytes, 1_000_000));
  await t.rejects(spool.receive(inChunks(bytes, 70_000)), { code: 'overloaded' });
  t.equal(spool.bytes, 2_600_000, 'what was refused is gone');
  async function* broken() {
    yield bytes;
    throw new Error('the line is dead');
  }
  second.release();
  await t.rejects(spool.receive(broken()), { message: 'the line is dead' });
  const more = first.hold();
  first.release();
  first.release();
  t.equal(spool.bytes, 1_300_000, 'somebody still needs it');
  more();
  t.equal(spool.bytes, 0);
  await spool.check();
  t.strictSame(failures, []);
  t.strictSame(readdirSync(folder), []);
  const nowhere = openSpool(join(folder, 'nowhere'), 100, failed);
  await t.rejects(nowhere.receive(inChunks(bytes, 10)), { code: 'spool-unavailable' });
  await nowhere.check();
  t.strictSame(failures, ['ENOENT', 'ENOENT']);
});

t.test('answers are kept, and shared by those who ask at the same time', async (t) => {
  const looks: string[] = [];
  const answers = openAnswers(20_000, 60_000, (outcome) => looks.push(outcome));
  let made = 0;
  const document = (bytes: number) => ({ network: {}, engine: {}, body: [new Uint8Array(bytes)] }) as unknown as Document;
  const make = (bytes: number) => async () => {
    made++;
    return document(bytes);
  };
  const many = await Promise.all([1, 2, 3].map(() => answers.find('a', never(), make(1000))));
  t.equal(made, 1);
  t.ok(many.every((one) => one === many[0]));
  t.equal(await answers.find('a', never(), make(1000)), many[0]);
  t.strictSame(looks, ['miss', 'joined', 'joined', 'hit']);

  await answers.find('large', never(), make(5001));
  t.equal(answers.entries, 1, 'one answer does not drive out all others');
  for (let i = 0; i < 20; i++) await answers.find(`more ${i}`, never(), make(3000));
  t.ok(answers.bytes <= 20_000);
  t.equal(answers.entries, 5);

  const data = (numbers: number) => async () =>
    ({ rows: new Map([['a', Array.from({ length: numbers }, () => ({ id: 'x' }))]]) }) as unknown as Answer;
  const small = await answers.find('data', never(), data(50));
  t.equal(await answers.find('data', never(), data(50)), small, 'data that is no document is kept too');
  await answers.find('much data', never(), data(200));
  t.not(await answers.find('much data', never(), data(200)), undefined);
  t.strictSame(looks.slice(-2), ['miss', 'miss'], 'unless there is much of it');

  const fail = (code: string) => async (): Promise<Answer> => {
    made++;
    throw new Fault(code, 'no');
  };
  made = 0;
  for (let i = 0; i < 3; i++) await t.rejects(answers.find('bad', never(), fail('cyclic-graph')), { code: 'cyclic-graph' });
  t.equal(made, 1, 'a network that is wrong stays wrong');
  for (let i = 0; i < 3; i++) await t.rejects(answers.find('busy', never(), fail('overloaded')), { code: 'overloaded' });
  t.equal(made, 4, 'and what is of the moment is not kept');
  const none = openAnswers(0, 0, () => {});
  for (let i = 0; i < 2; i++) await none.find('a', never(), make(10));
  t.equal(made, 6);
});

/** Throws what the reader of a file throws: an error whose stack knows the reader. */
class Reader {
  readonly bytes = new Uint8Array(1000);
  fail(): never {
    throw new Fault('malformed-file', 'no', { offset: 7 });
  }
}

t.test('a fault that is kept does not keep what was sent', async (t) => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const answers = openAnswers(20_000, 60_000, () => {});
  const ask = (make: () => Promise<Answer>) => answers.find('a', never(), make).catch((error: Fault) => error);
  async function sent(): Promise<WeakRef<Uint8Array>> {
    const reader = new Reader();
    t.match((await ask(async () => reader.fail())) as Fault, { code: 'malformed-file' });
    return new WeakRef(reader.bytes);
  }
  const bytes = await sent();
  await setImmediate();
  collect();
  t.equal(answers.entries, 1);
  t.equal(bytes.deref(), undefined);
  const again = (await ask(() => Promise.reject(new Error('asked again')))) as Fault;
  t.match(again, { code: 'malformed-file', message: 'no', spot: { offset: 7 } });
});

t.test('an analysis ends when the last who waits has gone', async (t) => {
  const answers = openAnswers(1000, 1000, () => {});
  const abandoned: boolean[] = [];
  const make = (signal: AbortSignal) =>
    new Promise<Answer>((_, reject) => {
      signal.addEventListener('abort', () => {
        abandoned.push(true);
        reject(new Fault('cancelled', 'gone'));
      });
    });
  const [one, two] = [new AbortController(), new AbortController()];
  const waiting = [one, two].map(({ signal }) => answers.find('a', signal, make));
  one.abort();
  await t.rejects(waiting[0] as Promise<Answer>, { code: 'cancelled' });
  t.strictSame(abandoned, []);
  two.abort();
  await t.rejects(waiting[1] as Promise<Answer>, { code: 'cancelled' });
  t.strictSame(abandoned, [true]);
  await t.rejects(answers.find('a', AbortSignal.abort(), make), { code: 'cancelled' });
  t.match(
    await answers.find('a', never(), async () => ({ report: {}, pages: [] }) as unknown as Answer),
    { pages: [] },
    'who comes later starts anew',
  );
});

t.test('what a question is known by', async (t) => {
  const json = (value: unknown, pointer = ''): Arrived => ({ kind: 'json', value, pointer, bytes: 1 });
  const ask = (options: object): Question => ({ ...totals, options });
  const base = keyOf(json(CONV), totals);
  t.equal(keyOf(json(structuredClone(CONV)), totals), base);
  const others = [
    keyOf(json({ ...CONV, name: 'another' }), totals),
    keyOf(json(CONV, '/network'), totals),
    keyOf(json(CONV), ask({ batch: 2 })),
    keyOf(json(CONV), ask({ inputs: new Map([['x', [1, 3, 9, 9]]]) })),
    keyOf(json(CONV), ask({ inputs: new Map([['x', [1, 3, null, 9]]]) })),
    keyOf(json({ ref: 'zoo:alexnet' }), totals),
    keyOf(whole(file, file.length), totals),
    keyOf({ ...whole(file, file.length), name: 'yours' } as Arrived, totals),
    keyOf({ ...whole(file, file.length), format: 'onnx' } as Arrived, totals),
  ];
  t.equal(new Set([base, ...others]).size, others.length + 1);
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

t.test('small networks need no thread, large ones do', async (t) => {
  const analyst = openAnalyst({ ...settings, ...room, limits: limits.reader, inlineBytes: 1000, inlineNodes: 5 }, deaf, noStore);
  // A closed pool tells what would have gone to it.
  await analyst.close();
  const json = (layers: number, bytes = 100) => {
    const value = { ...CONV, layers: [{ type: 'ReLU', repeat: layers }] };
    return analyst.read({ kind: 'json', value, pointer: '', bytes }, never()).then((reading) => reading.ask(totals));
  };
  await t.resolves(json(5));
  await t.rejects(json(6), { code: 'shutting-down' }, 'many nodes in few bytes');
  await t.rejects(json(5, 1001), { code: 'shutting-down' }, 'many bytes');
  const raw = (bytes: Uint8Array) =>
    analyst.read({ kind: 'file', chunks: inChunks(bytes, 300), maxBytes: 1e6 }, never()).then((reading) => reading.ask(totals));
  await t.resolves(raw(matmulFile(8, 8)));
  await t.rejects(raw(file), { code: 'shutting-down' });
  await t.rejects(raw(Buffer.alloc(0)), { code: 'empty-body' });
  async function* endless() {
    yield Buffer.alloc(2000, 'no network');
    t.fail('more was read of what is no network');
  }
  await t.rejects(analyst.read({ kind: 'file', chunks: endless(), maxBytes: 1e6 }, never()), { code: 'unknown-format' });
  await t.rejects(analyst.read({ kind: 'file', chunks: inChunks(file, 300), maxBytes: 600 }, never()), { code: 'body-too-large' });
});
