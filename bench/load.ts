/**
 * Whether the service stays well under what a day brings: small networks as JSON, uploads of 100 MB, GraphQL lists and
 * hostile bodies, all at once, from processes on the same machine. `npm run bench:load`; FOVEA_BENCH_SECONDS is its length
 * (120).
 *
 * It fails where `/healthz` takes longer than 50 ms in 99 of 100 cases or 250 ms once, where there is a 5xx other than a
 * deliberate 503, or where resident memory is not within 20 % of what it was after the warm-up.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { bytes, graph, model, node, tensor, value } from '../test/formats/onnx/encode.ts';

const SECONDS = Number(process.env.FOVEA_BENCH_SECONDS ?? 120);
const WARM_UP_SECONDS = Math.max(5, SECONDS / 4);
const PING_MS = 10;
const P99_MS = 50;
const MAX_MS = 250;

interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly type?: string;
  readonly body?: Buffer | string;
}

/** The status of an answer, read to its end; 0 where the connection broke. */
function send(url: string, { method = 'POST', path, type = 'application/json', body = '' }: Sent): Promise<number> {
  return new Promise((resolve) => {
    const length = Buffer.byteLength(body);
    const call = request(
      `${url}${path}`,
      { method, agent: false, headers: { 'content-type': type, 'content-length': length } },
      (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
        answer.on('error', () => resolve(0));
      },
    );
    call.on('error', () => resolve(0)).end(body);
  });
}

const chain = (name: string, repeat: number) =>
  JSON.stringify({
    version: 1,
    name,
    inputs: { x: [1, 3, 32, 32] },
    layers: [
      { type: 'Conv2d', out_channels: 8, kernel_size: 3 },
      { type: 'ReLU', repeat },
      { type: 'Conv2d', out_channels: 8, kernel_size: 3 },
    ],
  });

/** A network of two layers and 100 MB of weights. */
function large(): Buffer {
  const weights = new Uint8Array(100_000_000);
  const dims = [25_000_000 / 64, 64] as const;
  return Buffer.from(
    model(
      graph({
        nodes: [node('MatMul', ['x', 'w'], ['a']), node('Relu', ['a'], ['y'])],
        initializers: [tensor('w', 1, dims, bytes(9, weights))],
        inputs: [value('x', 1, [1, dims[0]])],
        outputs: [value('y')],
      }),
    ),
  );
}

const LIST = `query ($d: JSON!) {
  analyze(network: { description: $d }) {
    status totals { flops }
    layers(first: 50) { nodes { id op outputs { shape receptiveFields { axes { axis size } } } } }
  }
  operators { op } conventions { id summary } devices { id name }
}`;

/** What each kind of client sends, one thing after the other. */
const CLIENTS: Readonly<Record<string, (run: number) => Sent>> = {
  'small networks, new': (run) => ({ path: '/v1/analyze?layers=none', body: chain(`${process.pid}-${run}`, 3 + (run % 50)) }),
  'small networks, again': (run) => ({ path: `/v1/${['analyze', 'memory', 'receptive-field'][run % 3]}`, body: chain('same', 20) }),
  'built-in networks': (run) => ({ method: 'GET', path: `/v1/networks/zoo:resnet50/report?batch=${1 + (run % 40)}` }),
  'GraphQL lists': (run) => ({
    path: '/graphql',
    body: JSON.stringify({ query: LIST, variables: { d: JSON.parse(chain(`${process.pid}-${run}`, 60)) } }),
  }),
  'uploads of 100 MB': (() => {
    let file: Buffer | undefined;
    return () => {
      file ??= large();
      // Another file each time, so that each is read.
      file.writeDoubleLE(Math.random(), file.length - 1_000_000);
      return { path: '/v1/analyze?layers=none', type: 'application/octet-stream', body: file };
    };
  })(),
  'hostile bodies': (run) => HOSTILE[run % HOSTILE.length] as Sent,
};

const HOSTILE: readonly Sent[] = [
  { path: '/v1/analyze', body: '['.repeat(500_000) },
  { path: '/v1/analyze', body: `{"version":1,"inputs":{"x":[1]},"layers":[${'{"type":"ReLU"},'.repeat(60_000)}{"type":"ReLU"}]}` },
  { path: '/v1/analyze', body: chain('many', 150_000) },
  { path: '/v1/analyze', type: 'application/octet-stream', body: Buffer.alloc(3_000_000, 0x0a) },
  { path: '/v1/analyze', type: 'application/octet-stream', body: Buffer.alloc(3_000_000, 'no network') },
  { path: '/graphql', body: JSON.stringify({ query: `{${'a:operators{op}'.repeat(5_000)}}` }) },
  { path: '/graphql', body: JSON.stringify({ query: '{'.repeat(100_000) }) },
  { method: 'GET', path: '/v1/networks/zoo:resnet50/effective-receptive-field' },
];

/** Plays one kind of client until it is told to stop, and says which statuses it saw. */
async function play(kind: string, url: string): Promise<void> {
  const next = CLIENTS[kind] as (run: number) => Sent;
  const statuses: Record<string, number> = {};
  let going = true;
  process.once('message', () => {
    going = false;
  });
  for (let run = 0; going; run++) {
    const status = await send(url, next(run));
    statuses[status] = (statuses[status] ?? 0) + 1;
    // Those who are told to come back later do so.
    if (status === 503) await sleep(500);
  }
  process.send?.(statuses);
  process.disconnect();
}

/** Milliseconds that `/healthz` took, asked every 10 ms; the answer is due at once, so that waiting for a turn counts too. */
async function watch(url: string): Promise<void> {
  const times: number[] = [];
  let going = true;
  process.once('message', () => {
    going = false;
  });
  for (let due = performance.now(); going; due += PING_MS) {
    await sleep(Math.max(0, due - performance.now()));
    const asked = performance.now();
    send(url, { method: 'GET', path: '/healthz' }).then((status) => times.push(status === 200 ? performance.now() - asked : Infinity));
  }
  process.send?.(times);
  process.disconnect();
}

const rssMb = (pid: number) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

async function startServer(): Promise<{ url: string; server: ChildProcess }> {
  const server = spawn(process.execPath, [fileURLToPath(new URL('../src/server.ts', import.meta.url))], {
    env: { ...process.env, PORT: '0', LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    server.stdout.on('data', (log: Buffer) => {
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(log.toString())?.[0];
      if (found !== undefined) resolve(found);
    });
    server.once('exit', () => reject(new Error('the server ended')));
  });
  while ((await fetch(`${url}/readyz`)).status !== 200) await sleep(50);
  return { url, server };
}

/** Starts one client of each kind; what is given back stops them and tells what they saw. */
function startClients(kinds: readonly string[], url: string): () => Promise<Map<string, unknown>> {
  const children = kinds.map((kind) => ({ kind, child: fork(new URL(import.meta.url), [kind, url]) }));
  return async () => {
    const said = children.map(async ({ kind, child }) => {
      const heard = once(child, 'message');
      child.send('stop');
      return [kind, (await heard)[0]] as const;
    });
    return new Map(await Promise.all(said));
  };
}

async function main(): Promise<boolean> {
  const { url, server } = await startServer();
  const pid = server.pid as number;
  const kinds = Object.keys(CLIENTS);
  const warm = startClients(kinds, url);
  await sleep(WARM_UP_SECONDS * 1000);
  await warm();
  await sleep(2000);
  const before = rssMb(pid);

  const stop = startClients(kinds, url);
  const unwatch = startClients(['watch'], url);
  const memory: number[] = [];
  for (const until = Date.now() + SECONDS * 1000; Date.now() < until; await sleep(1000)) memory.push(rssMb(pid));
  const times = ((await unwatch()).get('watch') as (number | null)[]).map((time) => time ?? Infinity).sort((a, b) => a - b);
  const seen = (await stop()) as Map<string, Record<string, number>>;
  await sleep(2000);
  const after = rssMb(pid);
  const exit = once(server, 'exit');
  server.kill('SIGTERM');
  const [code] = (await exit) as [number | null];

  console.log(
    `${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}; ${SECONDS} s after ${WARM_UP_SECONDS.toFixed(0)} s of warm-up`,
  );
  for (const [kind, statuses] of seen)
    console.log(
      `${kind.padEnd(24)} ${Object.entries(statuses)
        .map(([status, count]) => `${status}: ${count}`)
        .join(', ')}`,
    );
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? Infinity;
  console.log(`/healthz ${times.length} times: p50 ${at(0.5).toFixed(1)}, p99 ${at(0.99).toFixed(1)}, max ${at(1).toFixed(1)} ms`);
  console.log(
    `resident memory ${before.toFixed(0)} MB after the warm-up, at most ${Math.max(...memory).toFixed(0)} MB, ${after.toFixed(0)} MB at the end`,
  );

  const bad = [...seen.values()].flatMap((statuses) =>
    Object.keys(statuses).filter((status) => (Number(status) >= 500 && status !== '503') || status === '0'),
  );
  const checks: Readonly<Record<string, boolean>> = {
    [`p99 of /healthz at most ${P99_MS} ms`]: at(0.99) <= P99_MS,
    [`max of /healthz at most ${MAX_MS} ms`]: at(1) <= MAX_MS,
    'no 5xx but deliberate 503, and no broken connection': bad.length === 0,
    'memory within 20 %': Math.abs(after - before) <= 0.2 * before,
    'ends by itself': code === 0,
  };
  for (const [check, held] of Object.entries(checks)) console.log(`${held ? 'ok  ' : 'FAIL'} ${check}`);
  return Object.values(checks).every(Boolean);
}

const [kind, url] = process.argv.slice(2);
if (kind === undefined || url === undefined) process.exitCode = (await main()) ? 0 : 1;
else if (kind === 'watch') await watch(url);
else await play(kind, url);
