import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import t, { type Test } from 'tap';
import { readConfig } from '../../src/config.ts';
import type { Graph } from '../../src/core/graph.ts';
import { readDescription } from '../../src/formats/description/index.ts';
import { builtIns, describeRef } from '../../src/networks/index.ts';
import { fixtureGraph } from '../core/graphs.ts';
import { randomNetwork, toGraph } from '../core/receptive-field/random-network.ts';
import { CASES, networkOf } from '../peers/cases.ts';
import { essence, report, rewritten, strayed } from './round-trip.ts';

const { reader } = readConfig({}).limits;

const schema = JSON.parse(readFileSync(new URL('../../schema/network.schema.json', import.meta.url), 'utf8'));
const isDescription = new Ajv2020({ strict: false }).compile(schema);

/** Checks that a network is the same after it was written, and that writing it again gives the same text. */
function sameAgain(t: Test, name: string, graph: Graph): string {
  const { text, graph: again } = rewritten(graph, reader);
  const [before, after] = [report(graph), report(again)];
  t.same(essence(after), essence(before), name);
  t.same(strayed(before, after), [], `${name}: scopes`);
  t.equal(rewritten(again, reader).text, text, `${name}: written again`);
  t.ok(isDescription(JSON.parse(text)), `${name}: the schema allows it`);
  return text;
}

/** Layers that are written as ONNX has them, by type. */
function fromOnnx(text: string): string[] {
  const types: string[] = JSON.parse(text).layers.map(({ type }: { type: string }) => type);
  return [...new Set(types.filter((type) => type.startsWith('onnx.')))].sort();
}

function builtIn(name: string): Graph {
  return readDescription(describeRef(`zoo:${name}`)?.description, reader);
}

t.test('examples are written as they were typed, but for blocks', async (t) => {
  const folder = new URL('../../examples/', import.meta.url);
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
    const graph = readDescription(JSON.parse(readFileSync(new URL(file, folder), 'utf8')), reader);
    t.same(fromOnnx(sameAgain(t, file, graph)), [], `${file} is made of PyTorch's layers`);
  }
});

t.test('files of ONNX', async (t) => {
  const folder = new URL('../fixtures/', import.meta.url);
  const left: Readonly<Record<string, readonly string[]>> = {
    transformer: ['onnx.Cast', 'onnx.Erf', 'onnx.Mod', 'onnx.Reshape', 'onnx.Shape', 'onnx.Slice', 'onnx.Sqrt'],
    unet: ['onnx.Constant', 'onnx.Resize'],
  };
  for (const file of readdirSync(folder).filter((file) => file.endsWith('.onnx'))) {
    const name = file.replace('.onnx', '');
    t.same(fromOnnx(sameAgain(t, file, fixtureGraph(name))), left[name] ?? [], `${file}: what no layer of PyTorch's makes`);
  }
});

// run.ts does so with every name.
t.test('a member of every family that is built in', async (t) => {
  for (const { id } of builtIns()) sameAgain(t, id, builtIn(id));
});

t.test('layers of several nodes come back as such', async (t) => {
  const layers = (name: string) => JSON.parse(rewritten(builtIn(name), reader).text).layers.map(({ type }: { type: string }) => type);
  const count = (name: string, type: string) => layers(name).filter((found: string) => found === type).length;
  t.equal(count('vit_b_16', 'MultiheadAttention'), 12);
  t.equal(count('vit_b_16', 'Linear'), 25);
  t.equal(count('efficientnet_b0', 'Sigmoid'), 16, 'the gates; SiLU is a layer');
  t.equal(count('shufflenet_v2_x1_0', 'ChannelShuffle'), 16);
});

t.test('single operators and small networks', async (t) => {
  for (const [name, { module, exported }] of Object.entries(CASES)) {
    sameAgain(t, name, networkOf(module).graph);
    if (exported) sameAgain(t, `${name}, exported`, networkOf(exported).graph);
  }
});

t.test('random networks', async (t) => {
  for (let seed = 1; seed <= 100; seed++) sameAgain(t, `seed ${seed}`, toGraph(randomNetwork(seed)));
});
