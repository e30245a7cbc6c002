import t from 'tap';
import { analyze } from '../../../src/core/analyze.ts';
import { conventionOf, conventions } from '../../../src/core/cost/conventions/index.ts';
import type { Attribute, Graph } from '../../../src/core/graph.ts';
import type { AnalyzeOptions } from '../../../src/core/options.ts';
import type { Report } from '../../../src/core/report.ts';
import { described, fixtureGraph } from '../graphs.ts';

const report = (graph: Graph, options: AnalyzeOptions = {}): Report =>
  analyze({ graph, format: '', name: '', bytes: 0, sha256: '' }, options);

const figure = (graph: Graph, convention: string) => report(graph, { convention, layers: false }).totals.cost.value;

type Json = Record<string, unknown>;

/** A network of these layers on one input. */
const net = (shape: readonly unknown[], ...layers: readonly Json[]): Graph => described({ inputs: { x: shape }, layers });

/** A network of one operator on weights of these sizes. */
function single(
  op: string,
  x: readonly number[],
  weights: readonly (readonly number[])[] = [],
  attributes: Record<string, Attribute> = {},
) {
  const constants = weights.map((shape, i) => ({ name: `w${i}`, dtype: 'float32' as const, shape, data: null }));
  const inputs = ['x', ...constants.map(({ name }) => name)];
  const graph: Graph = {
    name: '',
    nodes: [{ id: 'n', name: '', scope: '', op, attributes: new Map(Object.entries(attributes)), inputs, outputs: ['y'] }],
    inputs: [{ name: 'x', dtype: 'float32', shape: x }],
    outputs: [{ name: 'y', dtype: null, shape: null }],
    constants: new Map(constants.map((constant) => [constant.name, constant])),
    diagnostics: [],
  };
  return graph;
}

t.test('the registry', async (t) => {
  const ids = conventions().map(({ id }) => id);
  t.equal(ids[0], 'fovea');
  t.equal(new Set(ids).size, ids.length);
  for (const convention of conventions()) {
    t.match(convention.source, /^(https:|docs\/)/, convention.id);
    t.equal(conventionOf(convention.id), convention);
    const [tool = '', version] = convention.id.split('@');
    if (version === undefined) continue;
    t.ok(convention.note, `${convention.id} says what it does otherwise`);
    t.equal(conventionOf(tool).unit, convention.unit);
    t.ok(convention.version.startsWith(version));
  }
  t.throws(() => conventionOf('fvcor'), { name: 'Fault', code: 'unknown-convention', message: /fovea, torchvision, fvcore/ });
  t.throws(() => conventionOf('constructor'), { code: 'unknown-convention' });
});

t.test('ResNet-50, to the unit', async (t) => {
  const graph = fixtureGraph('resnet50');
  const contractions = 4_089_184_256;
  const [norms, relus, pooled, biases, normWeights] = [11_113_984, 9_608_704, 802_816, 1_000, 53_120];
  const [before, after] = [100_352, 2_048];
  const figures = {
    torchvision: contractions,
    torch: 2 * contractions,
    'ptflops-aten': contractions + biases,
    torchinfo: contractions + biases + normWeights,
    torchprofile: contractions + norms + after,
    fvcore: contractions + 2 * norms + before,
    ptflops: contractions + biases + 2 * norms + relus + pooled + before,
    'ptflops@0.7': contractions + biases + 2 * norms + 2 * (relus + pooled + before),
    thop: contractions + 4 * norms + 50 * after,
    deepspeed: 2 * contractions + 2 * norms + relus + pooled + before,
  };
  for (const [convention, expected] of Object.entries(figures)) t.equal(figure(graph, convention), expected, convention);
  // As published.
  t.equal(figure(graph, 'ptflops@0.7'), 4_132_436_968);
  t.equal(figure(graph, 'thop'), 4_133_742_592);
  t.equal(figure(graph, 'fvcore'), 4_111_512_576);
});

t.test('what torchvision publishes', async (t) => {
  for (const [name, published] of [
    ['resnet18', '1.814'],
    ['resnet50', '4.089'],
    ['vgg16', '15.470'],
    ['mobilenet_v2', '0.301'],
  ] as const) {
    t.equal((Number(figure(fixtureGraph(name), 'torchvision')) / 1e9).toFixed(3), published, name);
  }
});

t.test('the tests of ptflops: all with bias', async (t) => {
  const image = [1, 3, 224, 224];
  for (const convention of ['ptflops', 'ptflops@0.7', 'ptflops-aten', 'ptflops-aten@0.7']) {
    t.equal(figure(net(image, { type: 'Conv2d', out_channels: 2, kernel_size: 3 }), convention), 2_759_904);
    t.equal(figure(net(image, { type: 'ConvTranspose2d', out_channels: 2, kernel_size: 3, stride: 2 }), convention), 3_112_706);
    t.equal(figure(net([1, 3], { type: 'Linear', out_features: 2 }), convention), 8);
  }
});

t.test('attention', async (t) => {
  const attention = net([1, 12, 64, 64], { type: 'onnx.Attention', from: ['x', 'x', 'x'] });
  t.equal(figure(attention, 'torch'), 12_582_912);
  t.equal(figure(attention, 'torch@2.13'), 0, 'not seen on a CPU');
  t.equal(figure(attention, 'fvcore@0.1.5'), 0);
  t.equal(figure(attention, 'torchprofile@0.1'), 6_291_456);
  t.equal(figure(attention, 'ptflops'), 6_291_456 + 49_152 + 49_152, 'as nn.MultiheadAttention: scores and the scaled query');
  const module = net([1, 32, 64], { type: 'MultiheadAttention', num_heads: 4 });
  t.equal(report(module).totals.macs, 655_360);
  t.equal(figure(module, 'torchvision'), 655_360);
});

t.test('a layer that is used three times costs three times and weighs once', async (t) => {
  const shared = { type: 'Linear', out_features: 10, bias: false };
  const graph = net([1, 10], { ...shared, name: 'a' }, { ...shared, weights: 'a' }, { ...shared, weights: 'a' });
  const { totals } = report(graph);
  t.equal(totals.macs, 300);
  t.equal(totals.params.trainable, 100);
  t.equal(figure(graph, 'torchinfo'), 300);
});

/** Where a tool is wrong: the node, its figure by the rule as it is meant, and by the tool. */
const MISTAKES: readonly (readonly [convention: string, graph: Graph, meant: number, tool: number])[] = (() => {
  const up = { strides: [2, 2], pads: [1, 1, 1, 1] };
  const image = [1, 16, 16, 16];
  const plain = single('ConvTranspose', image, [[16, 8, 4, 4]], up);
  const biased = single('ConvTranspose', image, [[16, 8, 4, 4], [8]], up);
  const depthwise = single('ConvTranspose', image, [[16, 1, 4, 4]], { ...up, group: 16 });
  const broadcast = described({ inputs: { a: [10, 8], b: [2, 4, 8, 12] }, layers: [{ type: 'onnx.MatMul', from: ['a', 'b'] }] });
  const equation = 'bhid,bhjd->bhij';
  const scores = described({
    inputs: { a: [2, 4, 10, 8], b: [2, 4, 12, 8] },
    layers: [{ type: 'onnx.Einsum', attributes: { equation }, from: ['a', 'b'] }],
  });
  const attention = described({ inputs: { x: [1, 4, 32, 16] }, layers: [{ type: 'onnx.Attention', from: ['x', 'x', 'x'] }] });
  // Input, scale, zero point; weight, scale, zero point; scale and zero point of the output.
  const quantised = single('QLinearConv', [1, 3, 8, 8], [[1], [1], [5, 3, 3, 3], [1], [1], [1], [1]], { pads: [1, 1, 1, 1] });
  const sized = net(image, { type: 'Upsample', size: 32, mode: 'bilinear' });
  const recurrentOf = (gates: number, op: string) =>
    single(
      op,
      [10, 1, 64],
      [
        [1, 32 * gates, 64],
        [1, 32 * gates, 32],
      ],
      { hidden_size: 32 },
    );
  return [
    ['thop@0.1.1', plain, 524_288, 2_097_152],
    ['thop@0.1.1', depthwise, 65_536, 262_144],
    ['torchinfo@1.8', biased, 524_288 + 8_192, 2_105_344],
    ['torchprofile@0.1', plain, 524_288, 2_097_152],
    ['torchprofile@0.1', depthwise, 65_536, 262_144],
    ['onnx-opcounter@0.0.4', plain, 524_288, 2_097_152],
    ['deepspeed@0.19', biased, 2 * 524_288 + 8_192, 1_049_088],
    ['deepspeed@0.19', depthwise, 131_072, 0],
    ['fvcore@0.1.5', broadcast, 7_680, 960],
    ['onnx-opcounter@0.0.4', broadcast, 7_680, 960],
    ['onnx-opcounter@0.0.4', recurrentOf(4, 'LSTM'), 122_880, 320],
    ['onnx-opcounter@0.0.4', recurrentOf(3, 'GRU'), 92_160, 320],
    ['onnx-opcounter@0.0.4', recurrentOf(1, 'RNN'), 30_720, 320],
    ['onnx-opcounter@0.0.4', scores, 7_680, 960],
    ['onnx-opcounter@0.0.4', attention, 2 * 4 * 32 * 32 * 16, 2_048],
    ['onnx-opcounter@0.0.4', quantised, 8 * 8 * 5 * 3 * 9, 320],
    ['deepspeed@0.19', broadcast, 15_360, 1_920],
    ['deepspeed@0.19', sized, 16_384, 1_024],
  ];
})();

t.test('a tool is wrong under its versioned id only', async (t) => {
  for (const [id, graph, meant, tool] of MISTAKES) {
    t.equal(figure(graph, id.split('@')[0] as string), meant, `${id} as it is meant`);
    t.equal(figure(graph, id), tool, id);
  }
});

t.test('fvcore reads the operations of an einsum with four digits', async (t) => {
  const equation = (text: string, a: readonly number[], b: readonly number[]) =>
    described({ inputs: { a, b }, layers: [{ type: 'onnx.Einsum', attributes: { equation: text }, from: ['a', 'b'] }] });
  const odd = equation('bhid,bhjd->bhij', [1, 3, 7, 11], [1, 3, 13, 11]);
  t.equal(figure(odd, 'fvcore'), 3 * 7 * 13 * 11);
  t.equal(figure(odd, 'fvcore@0.1.5'), 3003, '6006 has four digits');
  const large = equation('bhid,bhjd->bhij', [1, 3, 77, 11], [1, 3, 13, 11]);
  t.equal(figure(large, 'fvcore@0.1.5'), 33_035, '66066 is read as 6.607e+04');
  t.equal(figure(equation('xyz,xyw->xzw', [3, 77, 11], [3, 77, 13]), 'fvcore@0.1.5'), 33_033, 'an equation that it knows');
});

t.test('modules that exporters write as several nodes', async (t) => {
  const image = [1, 4, 8, 8];
  const silu = net(image, { type: 'SiLU' });
  const swish = single('Swish', image);
  for (const convention of ['ptflops', 'deepspeed']) {
    t.equal(figure(silu, convention), 256, `SiLU by ${convention}`);
    t.equal(figure(swish, convention), 256, `Swish by ${convention}`);
  }
  t.equal(figure(silu, 'torchprofile'), 0, 'its product is not a product of its own');
  const gate = described({
    inputs: { x: image, g: image },
    layers: [
      { type: 'Sigmoid', name: 's', from: 'g' },
      { type: 'onnx.Mul', from: ['x', 's'] },
    ],
  });
  t.equal(figure(gate, 'torchprofile'), 256, 'a gate is');
  t.equal(figure(gate, 'ptflops'), 0);
  const linear = net([2, 10, 64], { type: 'Linear', out_features: 128 });
  t.equal(figure(linear, 'ptflops-aten'), 20 * (64 * 128 + 128), 'the bias of a Linear of three axes');
  t.equal(figure(linear, 'torchprofile'), 20 * 64 * 128);
  const scaled = single('Add', [2, 10, 64], [[64]]);
  t.equal(figure(scaled, 'ptflops-aten'), 0, 'a sum behind no product is not');
});

const gelu = (half: 'x' | 'product') => {
  const scalars = ['root', 'one', 'half'].map((name) => ({ name, dtype: 'float32' as const, shape: [], data: null }));
  const nodes = [
    ['Div', 'x root', 'd'],
    ['Erf', 'd', 'e'],
    ['Add', 'e one', 'a'],
    ...(half === 'product'
      ? [
          ['Mul', 'x a', 'm'],
          ['Mul', 'm half', 'y'],
        ]
      : [
          ['Mul', 'a half', 'm'],
          ['Mul', 'x m', 'y'],
        ]),
  ];
  const graph: Graph = {
    ...single('Relu', [1, 4, 8, 8]),
    nodes: nodes.map(([op = '', inputs = '', output = '']) => ({
      id: output,
      name: '',
      scope: '',
      op,
      attributes: new Map(),
      inputs: inputs.split(' '),
      outputs: [output],
    })),
    constants: new Map(scalars.map((constant) => [constant.name, constant])),
  };
  return graph;
};

t.test('GELU, written out', async (t) => {
  for (const half of ['product', 'x'] as const) {
    t.equal(figure(gelu(half), 'ptflops'), 256);
    t.equal(figure(gelu(half), 'deepspeed'), 256);
    t.equal(figure(gelu(half), 'torchprofile'), 0);
    t.equal(figure(gelu(half), 'fovea'), 5 * 256);
  }
});

t.test('a convention changes the figures of cost, and nothing else', async (t) => {
  const graph = fixtureGraph('resnet18');
  const own = report(graph);
  for (const { id, unit, version } of conventions()) {
    const other = report(graph, { convention: id });
    t.equal(other.convention.id, id);
    t.equal(other.convention.version, version);
    t.equal(other.totals.cost.unit, unit);
    t.strictSame({ ...other.totals, cost: null }, { ...own.totals, cost: null }, id);
    const layers = other.layers ?? [];
    t.strictSame(
      layers.map(({ cost, ...layer }) => layer),
      own.layers?.map(({ cost, ...layer }) => layer),
    );
    t.equal(
      layers.reduce((sum, { cost }) => sum + Number(cost.value), 0),
      other.totals.cost.value,
      'the layers add up',
    );
  }
  t.strictSame(own.convention.notCounted, []);
  t.strictSame(report(graph, { convention: 'fvcore' }).convention.notCounted, [
    { op: 'Relu', count: 17 },
    { op: 'MaxPool', count: 1 },
    { op: 'Add', count: 8 },
  ]);
  t.throws(() => report(graph, { convention: 'FVCORE' }), { code: 'unknown-convention' });
});

t.test('what a size decides that is not known', async (t) => {
  const open = net([1, 3, 'H', 8], { type: 'Conv2d', out_channels: 4, kernel_size: 3 });
  for (const convention of ['fovea', 'thop', 'onnx-opcounter']) {
    const { totals, layers } = report(open, { convention });
    t.equal(layers?.[0]?.cost.value, null);
    t.ok(totals.lowerBounds.includes('cost'));
  }
  const moved = net([1, 3, 'H', 8], { type: 'Dropout' });
  t.strictSame(report(moved, { convention: 'onnx-opcounter' }).totals.lowerBounds, ['cost', 'memory.peakBytes']);
});
