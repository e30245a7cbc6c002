import { readFileSync } from 'node:fs';
import t from 'tap';
import { readConfig } from '../src/config.ts';
import { analyze } from '../src/core/analyze.ts';
import type { Graph } from '../src/core/graph.ts';
import type { Layer, Report } from '../src/core/report.ts';
import { readDescription } from '../src/formats/description/index.ts';
import { onnx } from '../src/formats/onnx/index.ts';

const { reader } = readConfig({}).limits;

const at = (path: string) => new URL(`../${path}`, import.meta.url);

function report(graph: Graph): Report {
  return analyze({ graph, format: '', name: '', bytes: 0, sha256: '' });
}

function described(name: string): Report {
  const document: unknown = JSON.parse(readFileSync(at(`examples/${name}.json`), 'utf8'));
  return report(readDescription(document, reader));
}

function exported(name: string): Report {
  const file = onnx.open(reader);
  file.push(readFileSync(at(`test/fixtures/${name}.onnx`)));
  return report(file.end().graph);
}

/** PyTorch leaves Dropout out of an export, and writes an adaptive pool with the kernel that it has at this size. */
const WRITTEN_DIFFERENTLY = ['Dropout', 'AveragePool', 'fovea.AdaptiveAveragePool'];

/** What must not depend on how a network is written: all but names, and constants that only one of the forms has. */
function essence({ totals, status, layers }: Report): unknown {
  const { params, memory, ...rest } = totals;
  const { scalars, ...elements } = params;
  const { peakLayer, ...bytes } = memory;
  void [scalars, peakLayer];
  return {
    ...rest,
    params: elements,
    memory: bytes,
    status,
    layers: (layers ?? []).filter(({ op }) => !WRITTEN_DIFFERENTLY.includes(op)).map(essenceOfLayer),
  };
}

function essenceOfLayer({ op, params, operations, outputs }: Layer): unknown {
  const tensors = outputs.map(({ dtype, shape, receptiveFields }) => ({
    dtype,
    shape,
    fields: receptiveFields.map(({ axes }) => axes.map(({ cause, ...axis }) => ({ ...axis, caused: cause !== undefined }))),
  }));
  return { op, params, operations, outputs: tensors };
}

for (const name of ['vgg16', 'resnet18', 'resnet50', 'mobilenet_v2']) {
  t.test(`${name}: as a description and as PyTorch exports it`, async (t) => {
    t.same(essence(described(name)), essence(exported(name)));
  });
}
