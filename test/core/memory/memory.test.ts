import t from 'tap';
import type { Graph } from '../../../src/core/graph.ts';
import { type MemoryOptions, memoryOf } from '../../../src/core/memory/memory.ts';
import type { AnalyzeOptions } from '../../../src/core/options.ts';
import { traceGraph } from '../../../src/core/trace.ts';
import { described, fixtureGraph, graphOf } from '../graphs.ts';

const memory = (graph: Graph, options: MemoryOptions & AnalyzeOptions = {}) => memoryOf(traceGraph(graph, options), options);

const conv = (channels: number) => ({ type: 'Conv2d', out_channels: channels, kernel_size: 3, padding: 1, bias: false });
const block = () => described({ inputs: { x: [1, 3, 8, 8] }, layers: [conv(4), { type: 'ReLU' }, conv(2), { type: 'Flatten' }] });

t.test('a small network, whole', async (t) => {
  const { inputs, outputs, ...view } = memory(block());
  t.equal(inputs[0]?.name, 'x');
  t.equal(outputs[0]?.name, 'flatten_3');
  t.same(view, {
    assumptions: [],
    diagnostics: [],
    status: 'complete',
    lowerBounds: [],
    assumed: { weights: null, activations: null, inplace: false },
    weights: {
      bytes: 720,
      elements: 180,
      byDtype: [{ dtype: 'float32', elements: 180, bytes: 720 }],
      trainable: 180,
      buffers: 0,
      embedding: 0,
      nonEmbedding: 180,
    },
    // The flattened tensor is a view: it owns nothing, but convnet-burden counts it.
    activations: { elements: 256 + 256 + 128, bytes: 2560, fvcore: 256 + 128, convnetBurden: 4 * (192 + 256 + 128 + 128) },
    peak: {
      bytes: 2048,
      index: 1,
      layer: 'relu_1',
      count: 2,
      tensors: [
        { name: 'conv2d_0', layer: 'conv2d_0', dtype: 'float32', shape: [1, 4, 8, 8], bytes: 1024 },
        { name: 'relu_1', layer: 'relu_1', dtype: 'float32', shape: [1, 4, 8, 8], bytes: 1024 },
      ],
    },
    timeline: [
      { index: 0, layers: 1, bytes: 768 + 1024, layer: 'conv2d_0' },
      { index: 1, layers: 1, bytes: 2048, layer: 'relu_1' },
      { index: 2, layers: 1, bytes: 1024 + 512, layer: 'conv2d_2' },
      { index: 3, layers: 1, bytes: 512, layer: 'flatten_3' },
    ],
  });
});

t.test('an activation in place needs no memory of its own', async (t) => {
  const { peak, timeline } = memory(block(), { inplace: true });
  t.match(peak, { bytes: 768 + 1024, layer: 'conv2d_0' });
  t.same(
    timeline.map(({ bytes }) => bytes),
    [1792, 1024, 1536, 512],
  );
});

t.test('other types: only floating-point tensors change, half bytes are packed', async (t) => {
  const half = memory(block(), { weights: 'int4', activations: 'float16' });
  t.match(half.weights, { bytes: 90, elements: 180, byDtype: [{ dtype: 'int4', bytes: 90 }] });
  t.match(half.activations, { elements: 640, bytes: 1280, convnetBurden: 4 * 704 });
  t.match(half.peak, { bytes: 1024, tensors: [{ dtype: 'float16', bytes: 512 }, {}] });
  t.same(half.assumed, { weights: 'int4', activations: 'float16', inplace: false });
  t.equal(memory(block()).peak.bytes, 2048, 'nothing is kept between analyses');
  t.throws(() => memory(block(), { weights: 'string' }), { code: 'invalid-option' });
  t.throws(() => memory(block(), { activations: 'complex64' }), { code: 'invalid-option' });

  const tokens = graphOf({
    inputs: [{ name: 'ids', dtype: 'int64', shape: [1, 10] }],
    constants: [{ name: 'table', dtype: 'float32', shape: [5, 3], data: null }],
    nodes: [['Gather', ['table', 'ids'], 'y']],
  });
  // 10 ids of 8 bytes stay as they are.
  t.equal(memory(tokens, { activations: 'float16' }).peak.bytes, 80 + 30 * 2);
  t.equal(memory(tokens).weights.bytes, 60);
});

t.test('an odd number of half bytes rounds up, tensor by tensor', async (t) => {
  const odd = described({ inputs: { x: [1, 1, 8, 8] }, layers: [conv(1), conv(1)] });
  t.equal(memory(odd, { weights: 'uint4' }).weights.bytes, 5 + 5);
});

t.test('embeddings are the tables that data picks rows of, a tied head among them once', async (t) => {
  const tied = graphOf({
    inputs: [{ name: 'ids', dtype: 'int64', shape: [1, 10] }],
    constants: [
      { name: 'table', dtype: 'float32', shape: [100, 16], data: null },
      { name: 'positions', dtype: 'float32', shape: [10, 16], data: null },
      { name: 'w', dtype: 'float32', shape: [16, 16], data: null },
    ],
    nodes: [
      ['Identity', ['table'], 'alias'],
      ['Gather', ['alias', 'ids'], 'embedded'],
      ['Add', ['embedded', 'positions'], 'placed'],
      ['MatMul', ['placed', 'w'], 'hidden'],
      ['Transpose', ['table'], 'head', { perm: [1, 0] }],
      ['MatMul', ['hidden', 'head'], 'logits'],
    ],
  });
  t.match(memory(tied).weights, { elements: 2016, embedding: 1600, nonEmbedding: 160 + 256 });
});

t.test('a table that a constant picks rows of is no embedding', async (t) => {
  const picked = graphOf({
    inputs: [{ name: 'x', dtype: 'float32', shape: [2, 3] }],
    constants: [
      { name: 'table', dtype: 'float32', shape: [9, 3], data: null },
      { name: 'rows', dtype: 'int64', shape: [2], data: [0, 4] },
    ],
    nodes: [
      ['Gather', ['table', 'rows'], 'bias'],
      ['Add', ['x', 'bias'], 'y'],
    ],
  });
  t.match(memory(picked).weights, { elements: 27, embedding: 0, nonEmbedding: 27 });
});

t.test('what is unknown makes lower bounds and has no size', async (t) => {
  const graph = graphOf({
    inputs: [{ name: 'x', dtype: 'float32', shape: [1, 4, 'H', 8] }],
    nodes: [
      ['Relu', ['x'], 'a'],
      ['GlobalAveragePool', ['a'], 'y'],
    ],
  });
  const view = memory(graph);
  t.equal(view.status, 'partial');
  t.same(view.lowerBounds, ['activations', 'peak']);
  t.equal(view.activations.elements, 4);
  t.match(view.peak, { bytes: 16, layer: 'y', count: 2 });
  t.same(
    view.peak.tensors.map(({ name, bytes }) => [name, bytes]),
    [
      ['y', 16],
      ['a', null],
    ],
  );
  t.equal(memory(graph, { bind: new Map([['H', 8]]) }).status, 'complete');
});

t.test('a network without layers', async (t) => {
  const view = memory(described({ inputs: { x: [1, 3, 8, 8] }, layers: [{ type: 'Identity' }] }));
  t.match(view.peak, { bytes: 768, count: 1 });
  const empty = memory({ ...block(), nodes: [], outputs: [] });
  t.match(empty.peak, { bytes: 768, index: null, layer: null, tensors: [{ name: 'x', layer: null }] });
  t.same(empty.timeline, []);
});

t.test('a long timeline merges points and loses no peak', async (t) => {
  const wide = Array.from({ length: 4500 }, (_, i) => conv(i === 3210 ? 64 : 1));
  const { timeline, peak } = memory(described({ inputs: { x: [1, 1, 4, 4] }, layers: wide }));
  t.equal(timeline.length, 1500);
  t.equal(
    timeline.reduce((n, { layers }) => n + layers, 0),
    4500,
  );
  t.match(timeline[1070], { index: 3210, layers: 3, bytes: 65 * 64, layer: 'conv2d_3210' });
  t.match(peak, { bytes: 65 * 64, index: 3210 });
});

// Measured by the definitions of OpenVINO's MaxMem and MinMem on exports of these topologies; elements, batch 1.
const PUBLISHED = {
  vgg16: [28_667_880, 6_422_528, '/features/features.1/Relu'],
  resnet18: [8_230_376, 1_605_632, '/bn1/BatchNormalization'],
  resnet50: [37_559_784, 2_408_448, '/layer1/layer1.0/downsample/downsample.1/BatchNormalization'],
  mobilenet_v2: [19_680_680, 2_408_448, null],
} as const;

for (const [name, [elements, peak, layer]] of Object.entries(PUBLISHED)) {
  t.test(`${name} needs what was measured`, async (t) => {
    const view = memory(fixtureGraph(name));
    t.equal(view.activations.elements, elements);
    t.equal(Number(view.peak.bytes) / 4, peak);
    if (layer) t.equal(view.peak.layer?.split('/').at(-1), layer.split('/').at(-1));
  });
}

t.test('ResNet-50 holds both branches of its first block', async (t) => {
  const { peak } = memory(fixtureGraph('resnet50'));
  t.same(
    peak.tensors.map(({ layer, shape }) => [layer?.replace(/^.*\/(?=[^/]+\/[^/]+$)/, ''), shape?.join('x')]),
    [
      ['bn3/BatchNormalization', '1x256x56x56'],
      ['downsample.0/Conv', '1x256x56x56'],
      ['downsample.1/BatchNormalization', '1x256x56x56'],
    ],
  );
});

t.test('the U-Net holds its skip connection while the decoder joins it', async (t) => {
  const { peak } = memory(fixtureGraph('unet'));
  t.same(
    peak.tensors.map(({ layer, shape }) => [layer, shape?.join('x')]),
    [
      ['/Concat_1', '1x24x64x64'],
      ['/up1/Resize', '1x16x64x64'],
      ['/down1/down1.3/Relu', '1x8x64x64'],
    ],
  );
});
