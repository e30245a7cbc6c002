/**
 * Activation memory of the reference models, which are not part of the repository: `FOVEA_REFERENCE` names the folder that
 * holds `models/torchvision`. Elements at batch 1, measured on opset-17 exports by the definitions of OpenVINO's MaxMem
 * (no memory is used twice) and MinMem (live peak in file order); and what convnet-burden publishes, in MiB.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type MemoryView, memoryOf } from '../../src/core/memory/memory.ts';
import { traceGraph } from '../../src/core/trace.ts';
import { fromFile } from '../core/graphs.ts';

/** Elements without reuse and at the peak, and the ends of the names of the layers whose outputs are live then. */
const MEASURED: Record<string, readonly [noReuse: number, peak: number, live: readonly string[]]> = {
  alexnet: [1_084_904, 387_200, ['features.0/Conv', 'features.1/Relu']],
  vgg16: [28_667_880, 6_422_528, ['features.0/Conv', 'features.1/Relu']],
  resnet18: [8_230_376, 1_605_632, ['conv1/Conv', 'bn1/BatchNormalization']],
  resnet50: [37_559_784, 2_408_448, ['bn3/BatchNormalization', 'downsample.0/Conv', 'downsample.1/BatchNormalization']],
  mobilenet_v2: [19_680_680, 2_408_448, ['conv.0.0/Conv', 'conv.0.1/BatchNormalization']],
  squeezenet1_1: [6_960_376, 1_577_088, ['features.0/Conv', 'features.1/Relu']],
  inception_v3: [32_089_576, 2_765_952, ['Conv2d_2b_3x3/conv/Conv', 'Conv2d_2b_3x3/bn/BatchNormalization']],
  densenet121: [
    49_161_960,
    2_107_392,
    // The sixth layer of the first block still needs all that the five before it and the stem gave.
    ['denselayer6/Concat', 'denselayer6/norm1/BatchNormalization', 'pool0/MaxPool'].concat(
      [1, 2, 3, 4, 5].map((n) => `denselayer${n}/conv2/Conv`),
    ),
  ],
};

/** Memory of parameters and of features in MiB; only nets whose graphs are the same there. */
const BURDEN: Record<string, readonly [parameters: number, features: number]> = {
  vgg16: [528, 58],
  resnet18: [45, 23],
  resnext50_32x4d: [96, 132],
  squeezenet1_1: [5, 17],
  inception_v3: [91, 89],
};

let passed = 0;
let failed = 0;

function check(what: string, actual: unknown, expected: unknown): void {
  if (actual === expected) passed += 1;
  else {
    failed += 1;
    console.log(`FAIL ${what}: ${String(actual)}, expected ${String(expected)}`);
  }
}

const reference = process.env.FOVEA_REFERENCE;
const folder = reference ? join(reference, 'models', 'torchvision') : '';

function memoryOfModel(model: string): MemoryView {
  return memoryOf(traceGraph(fromFile(join(folder, `${model}.onnx`)), {}));
}

function run(): void {
  for (const [model, [noReuse, peak, live]] of Object.entries(MEASURED)) {
    const view = memoryOfModel(model);
    check(`${model} status`, view.status, 'complete');
    check(`${model} elements without reuse`, view.activations.elements, noReuse);
    check(`${model} elements at the peak`, Number(view.peak.bytes) / 4, peak);
    check(`${model} live tensors`, view.peak.count, live.length);
    for (const [i, name] of live.entries()) {
      const found = view.peak.tensors[i]?.layer ?? '';
      check(`${model} live tensor ${i}`, found.endsWith(`/${name}`) ? name : found, name);
    }
  }
  for (const [model, [parameters, features]] of Object.entries(BURDEN)) {
    const { weights, activations } = memoryOfModel(model);
    const mib = (bytes: number | string) => Math.round(Number(bytes) / 2 ** 20);
    check(`${model} MiB of parameters`, mib(weights.bytes), parameters);
    check(`${model} MiB of features`, mib(activations.convnetBurden), features);
  }
  // A variant of the published net: within two hundredths.
  const dense = Number(memoryOfModel('densenet121').activations.convnetBurden) / 2 ** 20;
  check('densenet121 features within 2 %', Math.abs(dense / 126 - 1) < 0.02, true);
}

if (folder && existsSync(folder)) run();
else console.log('SKIPPED: the memory suite needs FOVEA_REFERENCE; NOTHING WAS CHECKED');
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
