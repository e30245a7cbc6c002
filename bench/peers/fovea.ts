/**
 * Fovea's side of `npm run bench:peers`: keeps the bytes of one ONNX file in memory and answers each line of standard input with a
 * number: `time` asks for the milliseconds of one analysis from bytes to report, `parameters` for all that are stored, and the id of a
 * convention for the total under it.
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { readConfig } from '../../src/config.ts';
import { analyze } from '../../src/core/analyze.ts';
import type { Report } from '../../src/core/report.ts';
import { onnx } from '../../src/formats/onnx/index.ts';

const { reader } = readConfig({}).limits;
const bytes = readFileSync(process.argv[2] as string);

/** The whole report: all layers, receptive fields, cost, parameters and memory. */
function report(convention: string): Report {
  const file = onnx.open(reader);
  file.push(bytes);
  const { graph } = file.end();
  return analyze({ graph, format: 'onnx', name: '', bytes: bytes.length, sha256: '' }, { convention });
}

function time(): number {
  const start = performance.now();
  report('fovea');
  return performance.now() - start;
}

function answer(question: string): unknown {
  if (question === 'time') return time();
  return question === 'parameters' ? report('fovea').totals.params.stored : report(question).totals.cost.value;
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(answer(line)));
}
