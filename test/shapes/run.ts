/**
 * Compares the sizes of every tensor of real models with those that another engine saw when it ran them. The models are
 * not part of the repository: `FOVEA_REFERENCE` names the folder that holds `models/onnx`, where `<name>.shapes.json`
 * stands beside `<name>.onnx`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TensorType } from '../../src/core/graph.ts';
import { infer } from '../conformance/compare.ts';
import { readModel } from '../conformance/models.ts';

/** What was seen: the sizes of all tensors that nodes of the main graph make, for these sizes of its inputs. */
interface Seen {
  readonly model: string;
  readonly symbols?: Readonly<Record<string, number>>;
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly shapes: Readonly<Record<string, readonly number[]>>;
}

let passed = 0;
let failed = 0;

function compare(folder: string, file: string): void {
  const seen = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Seen;
  const tensors = inferred(join(folder, seen.model), seen);
  const before = failed;
  for (const [name, dims] of Object.entries(seen.shapes)) {
    const ours = tensors.get(name)?.shape;
    if (ours?.join() === dims.join() && ours.length === dims.length) passed++;
    else {
      failed++;
      console.log(`FAIL ${seen.model}: '${name}' is [${dims}], ours is ${ours ? `[${ours.map((dim) => dim ?? '?')}]` : 'unknown'}`);
    }
  }
  console.log(`${seen.model}: ${Object.keys(seen.shapes).length} tensors, ${failed - before} differ`);
}

function inferred(file: string, { symbols, inputs }: Seen): ReadonlyMap<string, TensorType> {
  // Names are bound where the file has them, so that binding is looked at too.
  const options = symbols ? { bind: new Map(Object.entries(symbols)) } : { inputs: new Map(Object.entries(inputs)) };
  try {
    return infer(readModel(file).graph, options).tensors;
  } catch (error) {
    console.log(`REFUSED ${file}: ${(error as Error).message}`);
    return new Map();
  }
}

const reference = process.env.FOVEA_REFERENCE;
const folder = reference ? join(reference, 'models', 'onnx') : '';
const files = folder && existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.shapes.json')) : [];
for (const file of files.sort()) compare(folder, file);
if (files.length === 0) console.log('SKIPPED: the sizes of real models need FOVEA_REFERENCE; NOTHING WAS CHECKED');
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
