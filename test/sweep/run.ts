/**
 * Sweeps the reference models, which are not part of the repository: `FOVEA_REFERENCE` names the folder that holds
 * `models/torchvision`. Every file goes through the running service, as a user would send it.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import type { Layer, Report } from '../../src/core/report.ts';

/** Receptive field, stride and padding per axis at the last layer whose field is not yet global (reference: receptive-field tables). */
const FIELDS: Record<string, readonly [layerOp: string, size: number, stride: number, padding: number]> = {
  resnet18: ['Relu', 435, 32, 217],
  resnet50: ['Relu', 427, 32, 213],
  vgg16: ['MaxPool', 212, 32, 90],
  alexnet: ['MaxPool', 195, 32, 66],
  googlenet: ['Concat', 379, 32, 167],
  mobilenet_v2: ['Clip', 491, 32, 245],
};

const reference = process.env.FOVEA_REFERENCE;
let passed = 0;
let failed = 0;

function check(what: string, actual: unknown, expected: unknown): void {
  if (actual === expected) passed += 1;
  else {
    failed += 1;
    console.log(`FAIL ${what}: ${String(actual)}, expected ${String(expected)}`);
  }
}

async function sweep(folder: string): Promise<void> {
  const app = await buildApp(readConfig({ LOG_LEVEL: 'silent' }));
  for (const row of rows(join(folder, 'index.csv'))) {
    const model = row.model as string;
    const started = performance.now();
    const response = await app.inject({
      method: 'POST',
      url: '/v1/analyze?convention=torchvision',
      headers: { 'content-type': 'application/octet-stream' },
      payload: readFileSync(join(folder, row.file as string)),
    });
    check(`${model} HTTP status`, response.statusCode, 200);
    if (response.statusCode !== 200) continue;
    const report = response.json<Report>();
    check(`${model} status`, report.status, 'complete');
    check(`${model} trainable parameters`, report.totals.params.trainable, Number(row.torch_params));
    check(`${model} stored parameters`, report.totals.params.stored, Number(row.onnx_float_initializer_elems));
    check(`${model} buffers`, report.totals.params.buffers, Number(row.torch_float_buffers));
    check(`${model} GMACs`, (Number(report.totals.macs) / 1e9).toFixed(3), Number(row._ops_gmacs).toFixed(3));
    check(`${model} cost`, report.totals.cost.value, report.totals.macs);
    checkField(model, report);
    console.log(`${model}: ${(performance.now() - started).toFixed(0)} ms, ${report.coverage.layers} layers`);
  }
  await app.close();
}

function checkField(model: string, report: Report): void {
  const expected = FIELDS[model];
  if (!expected) return;
  const [op, size, stride, padding] = expected;
  const exact = (layer: Layer) => layer.op === op && layer.outputs[0]?.receptiveFields[0]?.axes.every(({ status }) => status === 'exact');
  const layer = report.layers?.findLast(exact);
  const axes = layer?.outputs[0]?.receptiveFields[0]?.axes ?? [];
  check(`${model} axes`, axes.map(({ axis }) => axis).join(), 'H,W');
  for (const axis of axes) {
    check(`${model} ${axis.axis} size`, axis.size, size);
    check(`${model} ${axis.axis} stride`, axis.stride, stride);
    check(`${model} ${axis.axis} padding`, axis.padding, padding);
  }
}

function rows(file: string): Record<string, string>[] {
  const [head, ...lines] = readFileSync(file, 'utf8').trim().split('\n');
  const columns = head?.split(',') ?? [];
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [columns[i] ?? '', cell])));
}

const folder = reference ? join(reference, 'models', 'torchvision') : '';
if (folder && existsSync(folder) && readdirSync(folder).length > 0) await sweep(folder);
else console.log('SKIPPED: the torchvision sweep needs FOVEA_REFERENCE; NOTHING WAS CHECKED');
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
