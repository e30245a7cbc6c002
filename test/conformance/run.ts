/**
 * Compares the shapes and element types that Fovea infers with those that ONNX's backend test models declare (release
 * 1.22; not part of the repository). `npm run test:conformance -- <folder or .tar.gz>`; without an argument,
 * `FOVEA_REFERENCE` names the folder that holds the archive.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TensorType } from '../../src/core/graph.ts';
import type { Run } from '../../src/core/inference/runner.ts';
import { compare, feed, infer, isDataDependent, originOf } from './compare.ts';
import { dataOf, modelsIn, nameOf, readModel, withModels } from './models.ts';

/** At least this share of the outputs that a file alone decides has to be known. */
const TARGET = 0.98;

const counts = { models: 0, declared: 0, equal: 0, symbolic: 0, notTensors: 0 };
const wrong: string[] = [];
const refused: string[] = [];
/** Models by the operator that leaves an output unknown. */
const unknown = new Map<string, string[]>();
const dependent = new Map<string, string[]>();
const otherDomains = new Map<string, string[]>();

function check(file: string): void {
  const model = nameOf(file);
  counts.models++;
  try {
    const { graph } = readModel(file);
    const inferred = infer(feed(graph, dataOf(file)));
    for (const output of graph.outputs) checkOutput(model, output, inferred);
  } catch (error) {
    refused.push(`${model}: ${(error as Error).message}`);
  }
}

function checkOutput(model: string, output: TensorType & { name: string }, inferred: Run): void {
  if (output.dtype === null) return void counts.notTensors++;
  if (!output.shape?.every((dim) => typeof dim === 'number')) return void counts.symbolic++;
  counts.declared++;
  const ours = inferred.tensors.get(output.name);
  const verdict = compare(ours, output);
  if (verdict === 'equal') counts.equal++;
  else if (verdict === 'wrong') wrong.push(`${model}: ${output.name} is ${show(output)}, ours is ${show(ours)}`);
  else {
    const origin = originOf(output.name, inferred);
    const op = origin?.node.op ?? 'an input';
    const list = op.startsWith('ai.onnx.') ? otherDomains : origin && isDataDependent(origin) ? dependent : unknown;
    list.set(op, [...(list.get(op) ?? []), model]);
  }
}

function show(type: TensorType | undefined): string {
  return type ? `${type.dtype ?? '?'} ${type.shape ? `[${type.shape.map((dim) => dim ?? '?').join(',')}]` : '?'}` : 'missing';
}

function total(lists: ReadonlyMap<string, string[]>): number {
  return [...lists.values()].reduce((sum, { length }) => sum + length, 0);
}

function print(title: string, lists: ReadonlyMap<string, string[]>): void {
  console.log(`${title}: ${total(lists)} outputs`);
  for (const [op, models] of [...lists].sort(([, a], [, b]) => b.length - a.length)) {
    const shown = [...new Set(models)];
    console.log(`  ${op} (${models.length}): ${shown.slice(0, 8).join(', ')}${shown.length > 8 ? ', ...' : ''}`);
  }
}

function report(): void {
  for (const line of wrong) console.log(`WRONG ${line}`);
  for (const line of refused) console.log(`REFUSED ${line}`);
  print('unknown', unknown);
  print('unknown, of other domains', otherDomains);
  print('unknown, as elements decide that are not there', dependent);
  const decidable = counts.declared - total(dependent) - total(otherDomains);
  const share = decidable === 0 ? 0 : counts.equal / decidable;
  console.log(
    `${counts.models} models, ${refused.length} refused; outputs: ${counts.declared} of declared sizes, ${counts.equal} equal, ` +
      `${wrong.length} wrong; left out: ${counts.symbolic} of symbolic sizes, ${counts.notTensors} that are no tensors`,
  );
  console.log(`known: ${(100 * share).toFixed(2)} % of the ${decidable} outputs that a file decides (target: ${100 * TARGET} %)`);
  const failed = wrong.length + refused.length + (share < TARGET ? 1 : 0);
  console.log(`${counts.equal} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

const reference = process.env.FOVEA_REFERENCE;
const path = process.argv[2] ?? (reference ? join(reference, 'onnx-backend-v1.22.0.tar.gz') : '');
if (path !== '' && existsSync(path)) {
  withModels(path, (folder) => modelsIn(folder).forEach(check));
  report();
} else {
  console.log(`SKIPPED: there are no ONNX backend test models${path ? ` at ${path}` : ''}; NOTHING WAS CHECKED`);
  console.log('0 passed, 0 failed');
}
