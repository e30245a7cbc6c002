/**
 * Whether the service stays alive while it works: uploads a model of 100,000 nodes over and over for ten seconds, and asks
 * `/healthz` every 10 ms meanwhile. `npm run bench:health`; the 99th percentile should be at most 50 ms.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { attribute, graph, model, node, tensor, value } from '../test/formats/onnx/encode.ts';

const NODES = 100_000;
const DURATION_MS = 10_000;
const INTERVAL_MS = 10;

/** Milliseconds from a question to its answer; the question is due at `due`, so that waiting for a turn counts too. */
function ping(url: string, due: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}/healthz`, { agent: false }, (answer) => {
      answer.resume().on('end', () => resolve(performance.now() - due));
    });
    asked.on('error', reject).end();
  });
}

/** In a thread of its own, so that its clock does not stand still while the model is sent. */
async function watch(url: string, until: number): Promise<void> {
  const times: Promise<number>[] = [];
  for (let due = performance.now(); Date.now() < until; due += INTERVAL_MS) {
    await sleep(Math.max(0, due - performance.now()));
    times.push(ping(url, due));
  }
  parentPort?.postMessage(await Promise.all(times));
}

async function started(): Promise<{ url: string; stop(): Promise<unknown> }> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('../src/server.ts', import.meta.url))], {
    env: { ...process.env, PORT: '0', LOG_LEVEL: 'info', DATABASE_URL: 'none' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (log: Buffer) => {
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(log.toString())?.[0];
      if (found !== undefined) resolve(found);
    });
    exit.then(() => reject(new Error('the server ended')));
  });
  while ((await fetch(`${url}/readyz`)).status !== 200) await sleep(20);
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      return exit;
    },
  };
}

/** A chain of 3x3 convolutions and activations. */
function chain(nodes: number): Uint8Array {
  const body = Array.from({ length: nodes }, (_, i) =>
    i % 4 === 0
      ? node('Conv', [`v${i}`, 'w'], [`v${i + 1}`], { attributes: [attribute('pads', [1, 1, 1, 1])] })
      : node('Relu', [`v${i}`], [`v${i + 1}`]),
  );
  const weight = tensor('w', 1, [8, 8, 3, 3]);
  return model(graph({ nodes: body, initializers: [weight], inputs: [value('v0', 1, [1, 8, 32, 32])], outputs: [value(`v${nodes}`)] }));
}

async function timed(url: string, work: (until: number) => Promise<void>): Promise<void> {
  const until = Date.now() + DURATION_MS;
  const watcher = new Worker(new URL(import.meta.url), { workerData: { url, until } });
  const [[times]] = await Promise.all([once(watcher, 'message') as Promise<[number[]]>, work(until)]);
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) => (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(1).padStart(8);
  console.log(`${String(sorted.length).padStart(8)} pings   p50 ${at(0.5)}   p99 ${at(0.99)}   max ${at(1)} ms`);
}

async function uploads(url: string, query: string, until: number): Promise<void> {
  const file = chain(NODES);
  let answers = 0;
  while (Date.now() < until) {
    const answer = await fetch(`${url}/v1/analyze?${query}`, { method: 'POST', body: Buffer.from(file) });
    if (answer.status !== 200) throw new Error(await answer.text());
    await answer.arrayBuffer();
    answers++;
  }
  console.log(`${query.padEnd(12)} ${answers} reports on ${NODES} nodes`);
}

async function main(): Promise<void> {
  const server = await started();
  try {
    console.log('idle');
    await timed(server.url, async () => {});
    for (const query of ['layers=none', 'as=csv']) await timed(server.url, (until) => uploads(server.url, query, until));
  } finally {
    await server.stop();
  }
}

const watched = workerData as { url: string; until: number } | null;
if (watched === null) await main();
else await watch(watched.url, watched.until);
