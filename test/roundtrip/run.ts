/**
 * Writes networks as descriptions and compares what those are read as with the originals: layers, totals, receptive
 * fields, names. Every network that is built in is one; `FOVEA_REFERENCE` names the folder of others, `models/torchvision`,
 * `models/onnx` and the backend models of ONNX, none of which are part of the repository. What cannot be written is listed
 * by its reason and is no failure.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Fault } from '../../src/core/fault.ts';
import type { Graph } from '../../src/core/graph.ts';
import { readDescription } from '../../src/formats/description/index.ts';
import { describeRef, networkNames } from '../../src/networks/index.ts';
import { LIMITS, modelsIn, nameOf, readModel, withModels } from '../conformance/models.ts';
import { essence, report, rewritten, strayed } from './round-trip.ts';

let passed = 0;
let failed = 0;
/** Networks by the reason why they cannot be written. */
const refused = new Map<string, string[]>();

/** What is different about a network that was written and read; null where nothing is. */
function difference(graph: Graph): string | null {
  const { text, graph: again } = rewritten(graph, { ...LIMITS, jsonBytes: Number.POSITIVE_INFINITY });
  if (rewritten(again, LIMITS).text !== text) return 'written again, the text is another';
  const [before, after] = [report(graph), report(again)];
  if (strayed(before, after).length > 0) return `other scopes: ${strayed(before, after).slice(0, 3).join(', ')}`;
  return isDeepStrictEqual(essence(after), essence(before)) ? null : 'layers or totals differ';
}

function check(name: string, read: () => Graph): void {
  try {
    const found = difference(read());
    if (found === null) passed++;
    else fail(name, found);
  } catch (error) {
    if (error instanceof Fault && error.code === 'not-describable') refuse(name, error.message);
    else fail(name, String(error));
  }
}

/** Reasons are the same for all networks but for names. */
function refuse(name: string, message: string): void {
  const reason = message.replaceAll(/'[^']*'/g, '...');
  refused.set(reason, [...(refused.get(reason) ?? []), name]);
}

function fail(name: string, why: string): void {
  failed++;
  console.log(`FAIL ${name}: ${why}`);
}

for (const name of networkNames()) check(name, () => readDescription(describeRef(`zoo:${name}`)?.description, LIMITS));

const reference = process.env.FOVEA_REFERENCE ?? '';
const sets = ['models/torchvision', 'models/onnx', 'onnx-backend-v1.22.0.tar.gz'].map((set) => join(reference, set));
for (const path of sets) {
  if (reference !== '' && existsSync(path)) {
    withModels(path, (folder) => {
      for (const file of modelsIn(folder)) check(nameOf(file), () => readModel(file).graph);
    });
  } else console.log(`SKIPPED: there are no models${reference === '' ? '' : ` at ${path}`}; NONE OF THEM WAS CHECKED`);
}
for (const [reason, names] of refused) {
  console.log(`not describable (${names.length}): ${reason}: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', ...' : ''}`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
