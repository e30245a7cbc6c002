/**
 * Compares the built-in networks with torchvision's own, exported to ONNX, which are not part of the repository:
 * `FOVEA_REFERENCE` names the folder that holds `models/torchvision`.
 */
import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readNetwork } from '../../src/analysis/read-network.ts';
import { readConfig } from '../../src/config.ts';
import { analyze } from '../../src/core/analyze.ts';
import type { Layer, Report } from '../../src/core/report.ts';
import { networkNames } from '../../src/networks/index.ts';
import { analyzed } from './analyzed.ts';

/** Operators that both forms have for the same things. */
const COMPARED = ['Conv', 'BatchNormalization', 'LayerNormalization', 'MaxPool', 'GlobalAveragePool'];

const { limits } = readConfig({});
const reference = process.env.FOVEA_REFERENCE;
let passed = 0;
let failed = 0;

function check(what: string, actual: unknown, expected: unknown): void {
  if (JSON.stringify(actual) === JSON.stringify(expected)) passed += 1;
  else {
    failed += 1;
    console.log(`FAIL ${what}: ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`);
  }
}

async function compare(folder: string, file: string): Promise<void> {
  const name = file.replace(/\.onnx$/, '');
  if (!networkNames().includes(name)) {
    console.log(`${name}: not built in`);
    return;
  }
  const chunks = createReadStream(join(folder, file));
  const exported = analyze(await readNetwork(chunks, { limits: limits.reader, maxBytes: limits.modelBytes }));
  const builtIn = analyzed(name);
  for (const key of ['trainable', 'stored', 'buffers'] as const)
    check(`${name} ${key} parameters`, builtIn.totals.params[key], exported.totals.params[key]);
  check(`${name} MACs`, builtIn.totals.macs, exported.totals.macs);
  check(`${name} receptive field at the last map`, lastMap(builtIn), lastMap(exported));
  for (const op of COMPARED) check(`${name} layers of ${op}`, essence(builtIn, op), essence(exported, op));
  console.log(`${name}: compared`);
}

/** Shape and fields of the last map: a tensor of two spatial axes whose units step through the image evenly. */
function lastMap({ layers = [] }: Report): unknown {
  const map = layers.findLast(({ outputs: [output] }) => {
    const axes = output?.receptiveFields[0]?.axes ?? [];
    return output?.shape?.length === 4 && axes.length === 2 && axes.every(({ local }) => local.stride !== null);
  });
  return map && fieldsOf(map);
}

/** Shapes, parameters and fields of the layers of one operator, whatever their order. */
function essence({ layers = [] }: Report, wanted: string): string[] {
  const found = layers.filter(({ op }) => op === wanted);
  return found.map((layer) => JSON.stringify([layer.macs, layer.params, fieldsOf(layer)])).sort();
}

function fieldsOf({ outputs }: Layer): unknown {
  return outputs.map(({ shape, receptiveFields }) => [
    shape,
    receptiveFields.map(({ axes }) =>
      axes.map(({ status, sizeMin, size, stride, padding, local }) => [status, sizeMin, size, stride, padding, local]),
    ),
  ]);
}

const folder = reference ? join(reference, 'models', 'torchvision') : '';
const files = folder && existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.onnx')) : [];
for (const file of files) await compare(folder, file);
if (files.length === 0) console.log('SKIPPED: the comparison needs FOVEA_REFERENCE; NOTHING WAS CHECKED');
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
