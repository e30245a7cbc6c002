import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readConfig } from '../../src/config.ts';
import type { Graph } from '../../src/core/graph.ts';
import { fieldsFrom, sourceNamed } from '../../src/core/receptive-field/fields.ts';
import { type FieldMap, hullOf } from '../../src/core/receptive-field/map.ts';
import type { Path } from '../../src/core/receptive-field/path.ts';
import { single } from '../../src/core/receptive-field/single.ts';
import { type Trace, traceGraph } from '../../src/core/trace.ts';
import { readDescription } from '../../src/formats/description/index.ts';
import { onnx } from '../../src/formats/onnx/index.ts';
import { describeRef } from '../../src/networks/index.ts';

/**
 * Every network that is asked from its input and from its inner tensors must say the same. Where all ways from the input to
 * tensor w lead through tensor v, what w sees of the input is what it sees of v, seen through v: a wrong axis of v cannot
 * give that. Built-in networks, and the ONNX files of the reference data where FOVEA_REFERENCE names them.
 */

const { reader } = readConfig({}).limits;
const BUILT_IN = ['convnext_tiny', 'swin_t', 'vit_b_16', 'resnet18', 'mobilenet_v3_small', 'wavenet', 'tcn', 'r3d_18', 'unet'];

function* networks(): Generator<[string, Graph]> {
  for (const name of BUILT_IN) {
    const described = describeRef(`zoo:${name}`);
    if (described) yield [name, readDescription(described.description, reader)];
  }
  for (const folder of ['torchvision', 'onnx'].map((name) => `${process.env.FOVEA_REFERENCE ?? ''}/models/${name}`)) {
    if (!existsSync(folder)) continue;
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.onnx'))) {
      const opened = onnx.open(reader);
      opened.push(readFileSync(`${folder}/${file}`));
      yield [file, opened.end().graph];
    }
  }
}

/** Tensors that all ways from the input lead through, in order, with the index of the call that writes them. */
function gates({ calls, inputs, graph }: Trace): [string, number][] {
  const last = new Map<string, number>();
  const reached = new Set(inputs.slice(0, 1).map(({ name }) => name));
  calls.forEach(({ node }, at) => {
    if (!node.inputs.some((name) => reached.has(name))) return;
    for (const name of node.inputs) if (reached.has(name)) last.set(name, at);
    for (const name of node.outputs) if (name !== '') reached.add(name);
  });
  for (const { name } of graph.outputs) last.set(name, calls.length);
  let open = last.get(inputs[0]?.name ?? '') ?? -1;
  const found: [string, number][] = [];
  calls.forEach(({ node }, at) => {
    const [name = ''] = node.outputs;
    // What is still read later leads around this tensor.
    if (reached.has(name) && node.outputs.length === 1 && open <= at) found.push([name, at]);
    for (const output of node.outputs) if (reached.has(output)) open = Math.max(open, last.get(output) ?? -1);
  });
  return found;
}

type Placed = Path & { readonly at: number; readonly actual: FieldMap };

/** The field of a tensor along one axis, unit by unit; null where its units have no place along it. */
function placed(trace: Trace, tensor: string, paths: Parameters<typeof single>[0] | undefined): Placed | null {
  const path = paths && single(paths, trace.tensors.get(tensor)?.shape ?? null);
  return path && typeof path.at === 'number' && path.actual && path.actual.kind !== 'opaque' ? (path as Placed) : null;
}

const regions = ({ actual }: Placed, units: number) => Array.from({ length: units }, (_, unit) => hullOf(actual, unit, unit, 1));

/** What is wrong with the fields of w from the input and from v, axis by axis; counts what could be compared. */
function compare(
  trace: Trace,
  fields: ReturnType<typeof fieldsFrom>,
  v: string,
  [w, at]: [string, number],
): { compared: number; fault: string | null } {
  const inner = sourceNamed(trace, v);
  const [near, far] = [fields.get(v), fields.get(w)];
  if (!inner || !near || !far) return { compared: 0, fault: null };
  const between = fieldsFrom(trace, inner, at).get(w);
  const [sizeOfV, sizeOfW] = [v, w].map((name) => trace.tensors.get(name)?.shape ?? []);
  let compared = 0;
  for (const [i, { name }] of near.source.axes.entries()) {
    const [before, whole] = [placed(trace, v, near.axes[i]?.strict), placed(trace, w, far.axes[i]?.strict)];
    if (!before || !whole) continue;
    const axis = inner.axes.findIndex((followed) => followed.axis === before.at);
    if (axis < 0) return { compared, fault: `${name} moves along axis ${before.at} of ${v}, which is ${trace.axes.of(v).join()}` };
    const then = placed(trace, w, between?.axes[axis]?.strict);
    const [n, m] = [sizeOfV?.[before.at], sizeOfW?.[whole.at]];
    if (!then || typeof n !== 'number' || typeof m !== 'number') continue;
    if (then.at !== whole.at) return { compared, fault: `${name} moves along axis ${whole.at} of ${w}, from ${v} along ${then.at}` };
    const seen = regions(before, n);
    // The hull of what a hull sees is that of its ends only where regions follow one another.
    if (!seen.every(([lo, hi], unit) => unit === 0 || (lo >= (seen[unit - 1]?.[0] ?? 0) && hi >= (seen[unit - 1]?.[1] ?? 0)))) continue;
    const wanted = regions(then, m).map(([lo, hi]) => (lo > hi ? '' : [seen[lo]?.[0], seen[hi]?.[1]].join()));
    const found = regions(whole, m).map(([lo, hi]) => (lo > hi ? '' : [lo, hi].join()));
    const wrong = found.findIndex((region, unit) => region !== wanted[unit]);
    if (wrong >= 0) return { compared, fault: `${w} unit ${wrong} sees ${found[wrong]} of ${name}, through ${v} ${wanted[wrong]}` };
    compared += 1;
  }
  return { compared, fault: null };
}

let passed = 0;
let failed = 0;
for (const [name, graph] of networks()) {
  const trace = traceGraph(graph, {});
  const source = sourceNamed(trace, trace.inputs[0]?.name ?? '');
  if (!source || source.axes.some(({ extent }) => extent === null)) continue;
  const fields = fieldsFrom(trace, source);
  const found = gates(trace);
  let compared = 0;
  let fault: string | null = null;
  for (const [at, [v]] of found.entries()) {
    const next = found[at + 1];
    if (!next || fault !== null) break;
    const pair = compare(trace, fields, v, next);
    compared += pair.compared;
    fault = pair.fault;
  }
  if (compared === 0) fault ??= 'nothing could be compared';
  if (fault === null) passed += 1;
  else failed += 1;
  console.log(
    `${fault === null ? 'ok' : 'FAILED'} ${name}: ${found.length} tensors that all ways lead through, ${compared} axes compared ${fault ?? ''}`,
  );
}
console.log(`${passed} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;
