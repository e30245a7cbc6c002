import { readFileSync } from 'node:fs';
import t from 'tap';
import { readConfig } from '../../../src/config.ts';
import { analyze } from '../../../src/core/analyze.ts';
import type { Graph, Node } from '../../../src/core/graph.ts';
import { type Alignment, alignmentOf, type MergeOffset } from '../../../src/core/receptive-field/alignment.ts';
import type { FieldAxis } from '../../../src/core/report.ts';
import { traceGraph } from '../../../src/core/trace.ts';
import { readDescription } from '../../../src/formats/description/index.ts';
import { randomNetwork, toGraph } from './random-network.ts';

type Json = Record<string, unknown>;

const { reader } = readConfig({}).limits;
const conv = (kernel: unknown, stride: unknown = 1, padding: unknown = 0, more: Json = {}): Json => {
  return { type: 'Conv2d', out_channels: 4, kernel_size: kernel, stride, padding, ...more };
};
const both = (begin: number, end: number) => [
  [begin, end],
  [begin, end],
];
const add = (...from: string[]): Json => ({ type: 'Add', from });

const read = (layers: readonly Json[], size: unknown): Graph =>
  readDescription({ version: 1, inputs: { x: [1, 4, size, size] }, layers }, reader);

const alignment = (layers: readonly Json[], size: unknown = 64): Alignment => alignmentOf(traceGraph(read(layers, size), {}), 'x');

/** The field of the last layer on H. */
function last(layers: readonly Json[], size: unknown = 64): FieldAxis {
  const { layers: told } = analyze({ graph: read(layers, size), format: '', name: '', bytes: 0, sha256: '' });
  return told?.at(-1)?.outputs[0]?.receptiveFields[0]?.axes[0] as FieldAxis;
}

function example(name: string): Alignment {
  const document: unknown = JSON.parse(readFileSync(new URL(`../../../examples/${name}.json`, import.meta.url), 'utf8'));
  const trace = traceGraph(readDescription(document, reader), {});
  return alignmentOf(trace, trace.inputs[0]?.name as string);
}

const sumOf = ({ causes, rest }: MergeOffset) =>
  (causes ?? []).reduce((sum, { branch, shift }) => sum + (branch === 1 ? shift : -shift), rest);

/** The branches of micro-test 1 of google-research/receptive_field. */
const FIRST = [
  { ...conv(1, 4), name: 'left', from: 'x' },
  { type: 'ZeroPad2d', name: 'pad', from: 'x', padding: [1, 0, 1, 0] },
  conv(3, 2),
  { ...conv(1, 2), name: 'right' },
  { ...add('left', 'right'), name: 'merge' },
];

t.test('branches that look at the same centres', async (t) => {
  t.match(alignment(FIRST), { source: 'x', merges: 1, aligned: 1, misaligned: 0, undetermined: 0, offsets: [] });
  t.match(last(FIRST), { size: 3, stride: 4, padding: 1 });
  const pooled = FIRST.map((layer) =>
    'kernel_size' in layer && layer.name !== 'left'
      ? { type: 'MaxPool2d', kernel_size: layer.kernel_size, stride: 2, name: layer.name ?? 'p' }
      : layer,
  );
  t.match(alignment(pooled), { merges: 1, aligned: 1 });
  t.match(last(pooled), { size: 3, stride: 4, padding: 1 });
  const dropped = FIRST.toSpliced(1, 0, { type: 'Dropout', name: 'dropped' }).map((layer) =>
    layer.name === 'merge' ? add('dropped', 'right') : layer,
  );
  t.match(alignment(dropped), { merges: 1, aligned: 1 });
  for (const name of ['resnet50', 'resnet18', 'mobilenet_v2'])
    t.match(example(name), { misaligned: 0, undetermined: 0, offsets: [] }, name);
  t.equal(example('resnet50').merges, 16);
  t.match(example('unet'), { merges: 4, aligned: 4 });
});

t.test('one merge after another', async (t) => {
  const twice = [
    ...FIRST,
    { ...conv(1, 2), name: 'left2', from: 'merge' },
    { type: 'ZeroPad2d', from: 'merge', padding: [1, 0, 1, 0] },
    { ...conv(3, 2), name: 'right2' },
    add('left2', 'right2'),
  ];
  t.match(alignment(twice), { merges: 2, aligned: 2 });
  t.match(last(twice), { size: 11, stride: 8, padding: 5 });
  const same = [
    { ...conv(1, 4), name: 'left', from: 'x' },
    { ...conv(3, 2, 'same_upper'), from: 'x' },
    { ...conv(1, 2), name: 'right' },
    { ...add('left', 'right'), name: 'merge' },
    { ...conv(1, 2), name: 'left2', from: 'merge' },
    { ...conv(3, 2, 'same_upper'), name: 'right2', from: 'merge' },
    add('left2', 'right2'),
  ];
  t.match(alignment(same, 17), { merges: 2, aligned: 2 });
  t.match(last(same, 17), { size: 11, stride: 8, padding: 5 });
});

t.test('each axis on its own, and no merge at all', async (t) => {
  const layers = [conv([3, 5], 2), conv([3, 1], 2)];
  t.match(alignment(layers), { merges: 0, aligned: 0, offsets: [] });
  t.match(last(layers), { size: 7, stride: 4, padding: 0 });
  const wide = [
    {
      ...conv([3, 4], 1, [
        [1, 1],
        [1, 2],
      ]),
      name: 'a',
      from: 'x',
    },
    add('a', 'x'),
  ];
  t.match(alignment(wide).offsets, [{ axis: 'W', offset: -0.5 }]);
  t.equal(alignment(wide).offsets.length, 1);
});

t.test('strides that differ have no constant offset', async (t) => {
  const layers = [
    { type: 'ZeroPad2d', from: 'x', padding: [2, 1, 2, 1] },
    { ...conv(5, 2), name: 'strided' },
    { ...conv(3), from: 'x' },
    { ...conv(3), name: 'plain' },
    { ...add('strided', 'plain'), name: 'merge' },
  ];
  const { merges, misaligned, offsets } = alignment(layers, 8);
  t.match({ merges, misaligned, offsets: offsets.length }, { merges: 1, misaligned: 1, offsets: 2 });
  // Units 0 .. 3 of the one look at 0, 2, 4, 6, those of the other at 2, 3, 4, 5.
  t.match(offsets[0], { merge: 'merge', axis: 'H', offset: null, min: -1, max: 2, reason: /strides of 2 and 1/, causes: [], cause: null });
  t.match(offsets[0]?.branches, [
    { tensor: /strided/, input: 0, center: 0, stride: 2, size: 5 },
    { tensor: /plain/, input: 1, center: 2, stride: 1, size: 5 },
  ]);
  t.match(alignment(layers, 'S'), {
    undetermined: 1,
    offsets: [{ offset: null, min: null, max: null, reason: /size of the axis is not known/ }],
  });
});

t.test('SAME padding shifts by the size', async (t) => {
  const layers = [
    { ...conv(1, 4), name: 'left', from: 'x' },
    { ...conv(3, 2, 'same_upper'), name: 'same', from: 'x' },
    { ...conv(1, 2), name: 'right' },
    { ...add('left', 'right'), name: 'merge' },
  ];
  t.match(alignment(layers, 9), { aligned: 1, offsets: [] });
  const { offsets } = alignment(layers, 8);
  t.match(offsets[0], {
    merge: 'merge',
    op: 'Add',
    axis: 'H',
    offset: 1,
    cause: { layer: 'same', op: 'Conv', branch: 1, shift: 1 },
    reason: null,
  });
});

t.test('the shortcut of ResNet-D looks half a stride further', async (t) => {
  const block = [
    { ...conv(7, 2, 3), name: 'stem' },
    { ...conv(3, 2, 1), name: 'c1' },
    { ...conv(3, 1, 1), name: 'c2' },
    { type: 'AvgPool2d', kernel_size: 2, stride: 2, ceil_mode: true, name: 'pool', from: 'stem' },
    { ...conv(1), name: 'projection' },
    { ...add('c2', 'projection'), name: 'merge' },
  ];
  const { offsets, merges, misaligned } = alignment(block);
  t.match({ merges, misaligned }, { merges: 1, misaligned: 1 });
  t.match(offsets[0], { merge: 'merge', offset: 1, min: 1, max: 1, branches: [{ center: 0 }, { center: 1 }] });
  t.same(offsets[0]?.causes, [{ layer: 'pool', op: 'AveragePool', branch: 1, shift: 1 }]);
  t.same(offsets[0]?.cause, offsets[0]?.causes?.[0]);
});

/** A U-Net of one kernel: two convolutions per level, padded on the left by half. */
function unet(depth: number, kernel: number): Json[] {
  const pad = both(Math.floor((kernel - 1) / 2), Math.ceil((kernel - 1) / 2));
  const level = (name: string): Json[] => [
    { ...conv(kernel, 1, pad), name: `${name}a` },
    { ...conv(kernel, 1, pad), name: `${name}b` },
  ];
  const down = Array.from({ length: depth }, (_, i) => [
    ...level(`down${i}`),
    { type: 'MaxPool2d', kernel_size: 2, name: `pool${i}` },
  ]).flat();
  const up = Array.from({ length: depth }, (_, i) => {
    const skip = depth - 1 - i;
    const back = { type: 'ConvTranspose2d', out_channels: 4, kernel_size: 2, stride: 2, name: `back${skip}` };
    return [back, { type: 'Concat', from: [`down${skip}b`, `back${skip}`], name: `concat${skip}` }, ...level(`up${skip}`)];
  }).flat();
  return [...down, ...level('bottom'), ...up];
}

t.test('U-Nets: odd kernels look straight, even ones do not', async (t) => {
  t.match(alignment(unet(3, 3), 64), { merges: 3, aligned: 3 });
  for (const kernel of [2, 4]) {
    const { merges, misaligned, offsets } = alignment(unet(3, kernel), 64);
    t.match({ merges, misaligned }, { merges: 3, misaligned: 3 }, `kernel ${kernel}`);
    t.equal(offsets[0]?.merge, 'concat0', 'the outermost skip is the furthest apart');
    for (const offset of offsets) t.equal(sumOf(offset), offset.offset, `${offset.merge}: shifts add up`);
    t.match(offsets[0]?.cause, { layer: /^bottom/, branch: 1, shift: 4 });
  }
  t.match(last(unet(3, 3), 64), { size: 100, sizeMin: 92 });
  t.match(last(unet(3, 2), 64), { size: 54, sizeMin: 46 });
});

t.test('the bigger of two offsets first, each branch against the first', async (t) => {
  const { offsets } = alignment([
    { ...conv(3, 1, both(2, 0)), name: 'a', from: 'x' },
    { ...conv(5, 1, both(4, 0)), name: 'b', from: 'x' },
    { ...conv(3, 1, both(1, 1)), name: 'c', from: 'x' },
    { type: 'Concat', from: ['a', 'b', 'c'], name: 'merge' },
    { ...conv(2, 1, both(0, 1)), name: 'd' },
    { ...add('d', 'c'), name: 'last' },
  ]);
  const along = offsets.filter(({ axis }) => axis === 'H');
  t.same(
    along.map(({ merge, offset, branches }) => [merge, offset, branches[1].input]),
    [
      ['merge', -1, 1],
      ['merge', 1, 2],
      ['last', 1, 1],
    ],
  );
});

t.test('gates and statistics are not branches', async (t) => {
  const gated = [
    { ...conv(2, 1, both(0, 1)), name: 'c' },
    { type: 'AdaptiveAvgPool2d', output_size: 1 },
    { type: 'Sigmoid', name: 'gate' },
    { type: 'Multiply', from: ['c', 'gate'], name: 'scale' },
    add('scale', 'x'),
  ];
  t.match(alignment(gated), {
    merges: 1,
    misaligned: 1,
    offsets: [{ offset: -0.5, cause: { layer: 'c', branch: 0, shift: 0.5 } }, { axis: 'W' }],
  });
});

t.test('tokens with both axes meet as pixels do', async (t) => {
  const tokens = [
    conv(8, 8),
    { type: 'Flatten', start_dim: 2, name: 'tokens' },
    { type: 'Permute', dims: [0, 2, 1], name: 't' },
    { type: 'LayerNorm', normalized_shape: 4 },
    { type: 'Linear', out_features: 4, name: 'mlp' },
    add('mlp', 't'),
  ];
  t.match(alignment(tokens, 64), { merges: 1, aligned: 1 });
});

t.test('parts of a Concat along space do not meet', async (t) => {
  const halves = [
    { ...conv(2, 1, both(0, 1)), name: 'c' },
    { type: 'Concat', dim: 2, from: ['c', 'x'], name: 'tall' },
  ];
  t.match(alignment(halves), { merges: 1, offsets: [{ merge: 'tall', axis: 'W', offset: -0.5 }] });
  t.equal(alignment(halves).offsets.length, 1);
});

t.test('what cannot be followed is undetermined, with its reason', async (t) => {
  const node = (id: string, op: string, inputs: string[]): Node => ({
    id,
    name: id,
    scope: '',
    op,
    attributes: new Map(),
    inputs,
    outputs: [id],
  });
  const nodes = [node('a', 'Relu', ['x']), node('b', 'my.Operator', ['x']), node('c', 'Sum', ['a', 'b']), node('d', 'Sum', ['a', 'x'])];
  const graph: Graph = {
    name: '',
    nodes,
    inputs: [{ name: 'x', dtype: 'float32', shape: [1, 3, 8, 8] }],
    outputs: [{ name: 'd', dtype: null, shape: null }],
    constants: new Map(),
    diagnostics: [],
  };
  const found = alignmentOf(traceGraph(graph, {}), 'x');
  t.match(found, { merges: 2, aligned: 1, undetermined: 1 });
  t.match(found.offsets[0], { merge: 'c', offset: null, min: null, max: null, reason: /unknown|my\.Operator/, cause: null });
  t.throws(() => alignmentOf(traceGraph(graph, {}), 'nowhere'), { code: 'unknown-tensor' });
});

t.test('the shifts add up, and the diagnostic tells the same distance, on random networks', async (t) => {
  let offsets = 0;
  for (let seed = 1; seed <= 1500; seed++) {
    const graph = toGraph(randomNetwork(seed));
    const found = alignmentOf(traceGraph(graph, {}), 't0');
    for (const offset of found.offsets) {
      const [a, b] = offset.branches;
      if (offset.offset === null || a.center === null || b.center === null) continue;
      if (a.stride !== b.stride) continue;
      if (offset.offset !== b.center - a.center) return t.equal(offset.offset, b.center - a.center, `seed ${seed}, ${offset.merge}`);
      const wrong = offset.causes === null || Math.abs(sumOf(offset) - offset.offset) > 1e-9;
      if (wrong) return t.equal(sumOf(offset), offset.offset, `seed ${seed}, ${offset.merge}`);
      offsets += 1;
    }
    const report = analyze({ graph, format: '', name: '', bytes: 0, sha256: '' });
    for (const { node, message } of report.diagnostics.filter(({ code }) => code === 'misaligned-merge')) {
      const local = found.offsets.filter(({ merge }) => merge === node);
      const field = report.layers?.find(({ id }) => id === node)?.outputs[0]?.receptiveFields[0]?.axes[0];
      // Behind a gate the strict branches are those of the local field no more.
      if (field?.status === 'global') continue;
      if (!local.some(({ offset }) => offset !== null && message.includes(` ${Math.abs(offset)} `)))
        return t.match(message, local, `seed ${seed}, ${node}`);
    }
  }
  t.ok(offsets > 100, `${offsets} offsets`);
});

t.test('walks back to the causes are bounded: 3,000 skips to the source', async (t) => {
  const weight = { name: 'w', dtype: 'float32', shape: [1, 1, 2], data: null } as const;
  const nodes = Array.from({ length: 3000 }, (_, i): Node[] => [
    { id: `c${i}`, name: '', scope: '', op: 'Conv', attributes: new Map([['pads', [0, 1]]]), inputs: [`t${i}`, 'w'], outputs: [`b${i}`] },
    { id: `a${i}`, name: '', scope: '', op: 'Add', attributes: new Map(), inputs: [`b${i}`, 't0'], outputs: [`t${i + 1}`] },
  ]).flat();
  const graph: Graph = {
    name: '',
    nodes,
    inputs: [{ name: 't0', dtype: 'float32', shape: [1, 1, 'T'] }],
    outputs: [{ name: 't3000', dtype: null, shape: null }],
    constants: new Map([['w', weight]]),
    diagnostics: [],
  };
  const { merges, misaligned, offsets } = alignmentOf(traceGraph(graph, {}), 't0');
  t.match({ merges, misaligned }, { merges: 3000, misaligned: 3000 });
  t.ok(
    offsets.some(({ causes }) => causes === null),
    'the later ones are not told',
  );
  for (const offset of offsets) if (offset.causes && sumOf(offset) !== offset.offset) t.equal(sumOf(offset), offset.offset, offset.merge);
  t.equal(Math.max(...offsets.map(({ causes }) => causes?.length ?? 0)), 64);
});
