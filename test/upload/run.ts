/**
 * VGG-19 with its weights in place (548 MB) through a running server, to be analyzed and to be kept: the right answer, and a peak of resident memory that
 * grows by less than 150 MB. Linux only, since it reads the peak from /proc.
 */
import { spawn } from 'node:child_process';
import { createReadStream, existsSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Report } from '../../src/core/report.ts';
import { attribute, bytes, join as concat, int, message, node, tag, tensor, text, value, varint } from '../formats/onnx/encode.ts';

const CHANNELS = [64, 64, 0, 128, 128, 0, 256, 256, 256, 256, 0, 512, 512, 512, 512, 0, 512, 512, 512, 512, 0];
const DENSE = [4096, 4096, 1000];
const MAX_GROWTH_MB = 150;

interface Weight {
  readonly name: string;
  readonly dims: readonly number[];
}

/** Nodes of VGG-19, and its weights in order. */
function vgg19(): { nodes: Uint8Array[]; weights: Weight[] } {
  const nodes: Uint8Array[] = [];
  const weights: Weight[] = [];
  let [last, channels, step] = ['x', 3, 0];
  const then = (op: string, inputs: readonly string[], attributes: readonly Uint8Array[] = []) => {
    const to = `v${step++}`;
    nodes.push(node(op, [last, ...inputs], [to], { attributes }));
    last = to;
  };
  const weigh = (...dims: number[]) => {
    const name = `w${weights.length}`;
    weights.push({ name, dims });
    return name;
  };
  for (const out of CHANNELS) {
    if (out === 0) then('MaxPool', [], [attribute('kernel_shape', [2, 2]), attribute('strides', [2, 2])]);
    else {
      then('Conv', [weigh(out, channels, 3, 3), weigh(out)], [attribute('pads', [1, 1, 1, 1])]);
      then('Relu', []);
      channels = out;
    }
  }
  then('Flatten', []);
  let features = channels * 49;
  for (const out of DENSE) {
    then('Gemm', [weigh(out, features), weigh(out)], [attribute('transB', 1)]);
    if (out !== 1000) then('Relu', []);
    features = out;
  }
  nodes.push(node('Identity', [last], ['y']));
  return { nodes, weights };
}

/** Writes the file piece by piece: a GraphProto that is larger than a Buffer may be is several fields, which readers merge. */
function writeModel(path: string): void {
  const file = openSync(path, 'w');
  const { nodes, weights } = vgg19();
  const parts = [...nodes.map((n) => bytes(1, n)), bytes(11, value('x', 1, [1, 3, 224, 224])), bytes(12, value('y'))];
  writeSync(file, concat(int(1, 8), message(8, text(1, ''), int(2, 17)), message(7, ...parts)));
  const zeros = new Uint8Array(2 ** 20);
  for (const { name, dims } of weights) {
    const size = 4 * dims.reduce((a, b) => a * b);
    const head = concat(tensor(name, 1, dims), tag(9, 2), varint(size));
    const initializer = concat(tag(5, 2), varint(head.length + size));
    writeSync(file, concat(tag(7, 2), varint(initializer.length + head.length + size), initializer, head));
    for (let left = size; left > 0; left -= zeros.length) writeSync(file, zeros, 0, Math.min(left, zeros.length));
  }
}

/** What the door that keeps answers, as far as it is looked at. */
interface Kept {
  readonly version: string;
  readonly totals: { readonly macs: number };
}

const peakMb = (pid: number) => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

async function post<T = Report>(port: number, path: string, door = '/v1/analyze'): Promise<T> {
  const call = request({ port, host: '127.0.0.1', method: 'POST', path: door });
  const answer = new Promise<string>((resolve, reject) => {
    call.on('error', reject).on('response', (response) => {
      let body = '';
      response
        .setEncoding('utf8')
        .on('data', (chunk: string) => (body += chunk))
        .on('end', () => resolve(body));
    });
  });
  const [body] = await Promise.all([answer, pipeline(createReadStream(path), call)]);
  return JSON.parse(body) as T;
}

async function main(): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'fovea-'));
  const path = join(folder, 'vgg19.onnx');
  const port = 20_000 + (process.pid % 20_000);
  const server = spawn(process.execPath, ['src/server.ts'], {
    env: { PORT: String(port), LOG_LEVEL: 'silent', DATABASE_URL: `sqlite:${join(folder, 'kept.sqlite')}` },
    stdio: 'inherit',
  });
  try {
    writeModel(path);
    const small = join(import.meta.dirname, '../fixtures/vgg16.onnx');
    for (let tries = 0; ; tries++) {
      // Ready is a server whose first thread has loaded all code.
      const up = await fetch(`http://127.0.0.1:${port}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (up) break;
      if (tries > 100) throw new Error('the server did not start');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await post(port, small);
    const before = peakMb(server.pid as number);
    const started = performance.now();
    const report = await post(port, path);
    const growth = peakMb(server.pid as number) - before;
    const seconds = (performance.now() - started) / 1000;
    console.log(
      `${(statSync(path).size / 1e6).toFixed(0)} MB in ${seconds.toFixed(1)} s; peak RSS ${before.toFixed(0)} MB, then ${growth.toFixed(0)} MB more`,
    );
    const kept = await post<Kept>(port, path, '/v1/networks?name=vgg19');
    const keeping = peakMb(server.pid as number) - before;
    const file = statSync(join(folder, 'kept.sqlite')).size + statSync(join(folder, 'kept.sqlite-wal')).size;
    console.log(`kept in ${(file / 1e3).toFixed(0)} kB; ${keeping.toFixed(0)} MB more in all`);
    const keptRight = kept.version === 'name:vgg19@1' && kept.totals.macs === report.totals.macs;
    if (!keptRight) console.log(`FAIL: kept as ${kept.version} with ${kept.totals.macs} MACs`);
    if (keeping >= MAX_GROWTH_MB) console.log(`FAIL: more than ${MAX_GROWTH_MB} MB to keep it`);
    const right =
      keptRight && keeping < MAX_GROWTH_MB && report.totals.macs === 19_632_062_464 && report.totals.params.trainable === 143_667_240;
    if (!right) console.log(`FAIL: ${report.totals.macs} MACs, ${report.totals.params.trainable} parameters`);
    if (growth >= MAX_GROWTH_MB) console.log(`FAIL: more than ${MAX_GROWTH_MB} MB`);
    return right && growth < MAX_GROWTH_MB;
  } finally {
    server.kill();
    rmSync(folder, { recursive: true });
  }
}

if (existsSync('/proc/self/status')) {
  const passed = await main();
  console.log(passed ? '1 passed, 0 failed' : '0 passed, 1 failed');
  process.exitCode = passed ? 0 : 1;
} else {
  console.log('SKIPPED: there is no /proc here; NOTHING WAS CHECKED');
  console.log('0 passed, 0 failed');
}
