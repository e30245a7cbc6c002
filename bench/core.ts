/**
 * Time from bytes to report, in one process: ResNet-50 and chains of growing length. `npm run bench:core`; quote ratios,
 * since absolute times are the machine's. Growth is that of the best run; it is linear if ten times the nodes take at most
 * twelve times the time.
 */
import { readFileSync } from 'node:fs';
import { readConfig } from '../src/config.ts';
import { analyze } from '../src/core/analyze.ts';
import { onnx } from '../src/formats/onnx/index.ts';
import { attribute, graph, model, node, tensor, value } from '../test/formats/onnx/encode.ts';

const { reader } = readConfig({}).limits;

interface Times {
  read: number;
  analyze: number;
  json: number;
}

function once(bytes: Uint8Array): Times {
  const start = performance.now();
  const file = onnx.open(reader);
  file.push(bytes);
  const { graph } = file.end();
  const read = performance.now();
  const report = analyze({ graph, format: 'onnx', name: '', bytes: bytes.length, sha256: '' });
  const analyzed = performance.now();
  JSON.stringify(report);
  return { read: read - start, analyze: analyzed - read, json: performance.now() - analyzed };
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] as number;
}

/** Medians of warm runs in milliseconds, and the best run: what the machine does when nobody else uses it. */
function measure(bytes: Uint8Array, runs: number): Times & { total: number; best: number } {
  for (let i = 0; i < runs; i++) once(bytes);
  const times = Array.from({ length: runs }, () => once(bytes));
  const totals = times.map((t) => t.read + t.analyze);
  const of = (part: keyof Times) => median(times.map((time) => time[part]));
  return { read: of('read'), analyze: of('analyze'), json: of('json'), total: median(totals), best: Math.min(...totals) };
}

/** A chain of 3x3 convolutions and activations, with a shortcut over every fourth node. */
function chain(nodes: number): Uint8Array {
  const body = Array.from({ length: nodes }, (_, i) => {
    const [from, to] = [`v${i}`, `v${i + 1}`];
    if (i % 4 === 0) return node('Conv', [from, 'w'], [to], { attributes: [attribute('pads', [1, 1, 1, 1])] });
    if (i % 4 === 3) return node('Add', [from, `v${i - 2}`], [to]);
    return node('Relu', [from], [to]);
  });
  const weight = tensor('w', 1, [8, 8, 3, 3]);
  return model(graph({ nodes: body, initializers: [weight], inputs: [value('v0', 1, [1, 8, 32, 32])], outputs: [value(`v${nodes}`)] }));
}

const row = (...cells: readonly (string | number)[]) => console.log(cells.map((cell) => String(cell).padStart(12)).join(''));
const ms = (time: number) => time.toFixed(2);

row('network', 'nodes', 'read ms', 'analyze ms', 'json ms', 'total ms', 'best ms', 'nodes/s', 'growth');
const resnet = measure(readFileSync(new URL('../test/fixtures/resnet50.onnx', import.meta.url)), 200);
row(
  'ResNet-50',
  175,
  ms(resnet.read),
  ms(resnet.analyze),
  ms(resnet.json),
  ms(resnet.total),
  ms(resnet.best),
  Math.round(175_000 / resnet.total),
  '',
);
let before = 0;
for (const [nodes, runs] of [
  [1000, 60],
  [10_000, 20],
  [100_000, 8],
] as const) {
  const times = measure(chain(nodes), runs);
  const growth = before === 0 ? '' : `x${(times.best / before).toFixed(1)}`;
  row(
    'chain',
    nodes,
    ms(times.read),
    ms(times.analyze),
    ms(times.json),
    ms(times.total),
    ms(times.best),
    Math.round((1000 * nodes) / times.total),
    growth,
  );
  before = times.best;
}
