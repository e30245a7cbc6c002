import type { Graph } from '../../src/core/graph.ts';
import { described, fixtureGraph, graphOf } from './graphs.ts';

/** A network of test/fixtures/measure_training.py, and what PyTorch 2.13 (CPU) measures there at this batch. */
export interface Measured {
  readonly name: string;
  readonly graph: Graph;
  readonly batch: number;
  /** Bytes that autograd keeps. */
  readonly saved: number;
  /** Part of them that dropout keeps, which the graph left out. */
  readonly dropped?: number;
  /** FLOPs of the forward pass, and of forward and backward together. */
  readonly flops: readonly [forward: number, step: number];
  /** Whether the counter of PyTorch counts backward passes of grouped convolutions as if they had one group (pytorch PR 183405). */
  readonly overcounted?: true;
  /** FLOPs of fused attention, which it does not see. */
  readonly unseen?: number;
  readonly frozen?: readonly string[];
}

const conv = (channels: number, more: Record<string, unknown> = {}) => ({
  type: 'Conv2d',
  out_channels: channels,
  kernel_size: 3,
  padding: 1,
  ...more,
});
const image = { x: ['n', 3, 16, 16] };

const gate = described({
  inputs: image,
  layers: [
    conv(8, { name: 'stem' }),
    { type: 'onnx.Swish', name: 'silu' },
    { type: 'AdaptiveAvgPool2d', output_size: 1 },
    conv(8, { kernel_size: 1, padding: 0 }),
    { type: 'Sigmoid', name: 'factor' },
    { type: 'onnx.Mul', from: ['silu', 'factor'] },
    conv(4),
  ],
});

const attention = graphOf({
  inputs: [{ name: 'x', dtype: 'float32', shape: ['n', 4, 16, 8] }],
  constants: ['q', 'k', 'v'].flatMap((name) => [
    { name: `${name}.weight`, dtype: 'float32', shape: [4, 4, 1, 1], data: null },
    { name: `${name}.bias`, dtype: 'float32', shape: [4], data: null },
  ]),
  nodes: [
    ...['q', 'k', 'v'].map((name) => ['Conv', ['x', `${name}.weight`, `${name}.bias`], name] as const),
    ['Attention', ['q', 'k', 'v'], 'y'],
  ],
});

const tokens = described({
  inputs: { ids: { shape: ['n', 10], dtype: 'int64' } },
  layers: [
    { type: 'Embedding', num_embeddings: 100, embedding_dim: 32 },
    { type: 'LayerNorm', normalized_shape: 32 },
    { type: 'Linear', out_features: 64 },
    { type: 'GELU' },
    { type: 'Linear', out_features: 32 },
    { type: 'Softmax', dim: -1 },
  ],
});

const frozenStem = described({ inputs: image, layers: [conv(8, { name: 'stem' }), { type: 'ReLU' }, conv(8), { type: 'ReLU' }] });

const grouped = described({
  inputs: image,
  layers: [conv(16), conv(16, { groups: 16 }), { type: 'GroupNorm', num_groups: 4 }, { type: 'AvgPool2d', kernel_size: 2 }],
});

const dropout = described({
  inputs: { x: ['n', 32] },
  layers: [{ type: 'Linear', out_features: 64 }, { type: 'ReLU' }, { type: 'Dropout' }, { type: 'Linear', out_features: 10 }],
});

export const measured: readonly Measured[] = [
  { name: 'tiny', graph: fixtureGraph('tiny'), batch: 2, saved: 7168, flops: [74_752, 196_608] },
  { name: 'gate', graph: gate, batch: 2, saved: 55_424, flops: [516_352, 1_327_872] },
  { name: 'attention', graph: attention, batch: 2, saved: 20_992, flops: [24_576, 49_152], unseen: 65_536 },
  { name: 'tokens', graph: tokens, batch: 2, saved: 18_240, flops: [163_840, 491_520] },
  { name: 'frozen stem', graph: frozenStem, batch: 2, saved: 32_768, flops: [811_008, 1_400_832], frozen: ['stem.'] },
  { name: 'grouped', graph: grouped, batch: 2, saved: 104_512, flops: [589_824, 3_538_944], overcounted: true },
  { name: 'dropout', graph: dropout, batch: 4, saved: 2816, flops: [21_504, 48_128] },
  { name: 'unet', graph: fixtureGraph('unet'), batch: 1, saved: 1_540_096, flops: [53_673_984, 160_432_128] },
  { name: 'resnet18', graph: fixtureGraph('resnet18'), batch: 2, saved: 44_398_080, flops: [7_256_293_376, 21_296_824_320] },
  { name: 'resnet50', graph: fixtureGraph('resnet50'), batch: 2, saved: 172_031_488, flops: [16_356_737_024, 48_598_155_264] },
  {
    name: 'mobilenet_v2',
    graph: fixtureGraph('mobilenet_v2'),
    batch: 2,
    saved: 156_547_840,
    dropped: 2 * 1280,
    flops: [1_203_097_088, 24_559_401_984],
    overcounted: true,
  },
  {
    name: 'vgg16',
    graph: fixtureGraph('vgg16'),
    batch: 1,
    saved: 73_330_688,
    dropped: 2 * 5 * 4096,
    flops: [30_940_528_640, 92_648_177_664],
  },
];
