import t from 'tap';
import { readConfig } from '../../../src/config.ts';
import { analyze } from '../../../src/core/analyze.ts';
import type { FieldAxis } from '../../../src/core/report.ts';
import { readDescription } from '../../../src/formats/description/index.ts';

// Receptive fields where a Reshape spreads one axis of the source over several axes of a tensor, or packs several into one.

type Json = Record<string, unknown>;

/** The fields of the named layer (default: the last). */
function fieldsAt(layers: readonly Json[], name?: string, shape: readonly unknown[] = [1, 3, 224, 224]): readonly FieldAxis[] {
  const graph = readDescription({ version: 1, inputs: { x: shape }, layers }, readConfig({}).limits.reader);
  const { layers: told = [] } = analyze({ graph, format: '', name: '', bytes: 0, sha256: '' });
  const layer = name === undefined ? told.at(-1) : told.find(({ id }) => id === name);
  return layer?.outputs[0]?.receptiveFields[0]?.axes ?? [];
}

const conv = (kernel: number, stride = 1, padding = 0): Json => ({ type: 'Conv2d', out_channels: 8, kernel_size: kernel, stride, padding });
const reshape = (...shape: number[]): Json => ({ type: 'Reshape', shape });
const permute = (...dims: number[]): Json => ({ type: 'Permute', dims });

/** 4x4 patches of 224 pixels, channels last: [1, 56, 56, 8]. */
const PATCHES = [conv(4, 4), permute(0, 2, 3, 1)];
const ATTENTION: Json = { type: 'MultiheadAttention', num_heads: 2, name: 'attention' };

/** Attention within windows of 7x7 neighbouring patches. */
const WINDOWS = [
  reshape(1, 8, 7, 8, 7, 8),
  permute(0, 1, 3, 2, 4, 5),
  { ...reshape(64, 49, 8), name: 'windows' },
  ATTENTION,
  reshape(1, 8, 8, 7, 7, 8),
  permute(0, 1, 3, 2, 4, 5),
  reshape(1, 56, 56, 8),
];

/** Attention over grids of 7x7 patches that lie 8 patches apart (MaxViT). */
const GRIDS = [
  reshape(1, 7, 8, 7, 8, 8),
  permute(0, 2, 4, 1, 3, 5),
  reshape(64, 49, 8),
  ATTENTION,
  reshape(1, 8, 8, 7, 7, 8),
  permute(0, 3, 1, 4, 2, 5),
  reshape(1, 56, 56, 8),
];

t.test('attention within windows sees its window, and no less', async (t) => {
  const [h, w] = fieldsAt([...PATCHES, ...WINDOWS]) as [FieldAxis, FieldAxis];
  t.match(h, { axis: 'H', outputAxis: 1, status: 'exact', size: 28, sizeMin: 28, visible: 28, stride: 4, strideRatio: [4, 1] });
  t.match(w, { axis: 'W', outputAxis: 2, status: 'exact', size: 28, sizeMin: 28, visible: 28 });
  t.match(fieldsAt([...PATCHES, ...WINDOWS], 'windows')[0], { status: 'exact', size: 4, outputAxis: null, stride: null });
  t.match(fieldsAt([...PATCHES, ...WINDOWS, permute(0, 3, 1, 2), conv(3, 1, 1)])[0], { size: 56, sizeMin: 28, visible: 56 });
});

t.test('attention scores pair positions of a window', async (t) => {
  const scores = fieldsAt([...PATCHES, ...WINDOWS], 'attention.softmax');
  t.match(scores, [
    { status: 'exact', size: 28, sizeMin: 28 },
    { status: 'exact', size: 28 },
  ]);
  const pairs = fieldsAt([...PATCHES, ...WINDOWS], 'attention.scores');
  t.match(pairs, [
    { status: 'exact', size: 28, sizeMin: 4, stride: null },
    { status: 'exact', size: 28, sizeMin: 4 },
  ]);
});

t.test('attention over a grid sees across the image', async (t) => {
  const [h, w] = fieldsAt([...PATCHES, ...GRIDS]) as [FieldAxis, FieldAxis];
  t.match(h, { axis: 'H', outputAxis: 1, status: 'exact', size: 196, sizeMin: 196, visible: 196 });
  t.match(w, { axis: 'W', outputAxis: 2, size: 196 });
});

t.test('tokens carry both axes, and unpack to where they were', async (t) => {
  const tokens = [conv(16, 16), reshape(1, 8, 196)];
  t.match(fieldsAt(tokens), [
    { axis: 'H', outputAxis: 2, size: 16, visible: 16 },
    { axis: 'W', outputAxis: 2, size: 16, visible: 16 },
  ]);
  const unpacked = fieldsAt([...tokens, reshape(1, 8, 14, 14), conv(3, 1, 1)]);
  t.match(unpacked, [
    { axis: 'H', outputAxis: 2, size: 48, stride: 16, padding: 16 },
    { axis: 'W', outputAxis: 3, size: 48, stride: 16, padding: 16 },
  ]);
  t.notOk(unpacked[0]?.cause, 'the virtual field is that of a tensor without borders');
});

t.test('a convolution along tokens reads whole neighbours of the packed index', async (t) => {
  const [h, w] = fieldsAt([conv(16, 16), reshape(1, 8, 196), { type: 'Conv1d', out_channels: 4, kernel_size: 3, padding: 1 }]) as [
    FieldAxis,
    FieldAxis,
  ];
  t.match(h, { size: 32, sizeMin: 16, visible: 32 }, 'the last token of a row has a neighbour in the next');
  t.match(w, { size: 224, visible: 224 }, 'which lies at the other border');
});

t.test('pixel shuffle by reshape, and channel shuffle', async (t) => {
  const shuffled = [conv(3, 2, 1), reshape(1, 2, 2, 2, 112, 112), permute(0, 1, 4, 2, 5, 3), reshape(1, 2, 224, 224)];
  t.match(fieldsAt(shuffled)[0], { status: 'exact', size: 3, stride: 1, strideRatio: [1, 1] });
  const channels = [conv(3, 1, 1), reshape(1, 2, 4, 224, 224), permute(0, 2, 1, 3, 4), reshape(1, 8, 224, 224)];
  t.match(fieldsAt(channels), [
    { size: 3, stride: 1, padding: 1, outputAxis: 2 },
    { size: 3, outputAxis: 3 },
  ]);
});

t.test('statistics over packed positions are global, and not local', async (t) => {
  const groups = [conv(3, 1, 1), reshape(1, 2, 4 * 224 * 224), { type: 'InstanceNorm1d' }, reshape(1, 8, 224, 224), conv(3, 1, 1)];
  t.match(fieldsAt(groups)[0], { status: 'global', size: 224, local: { status: 'exact', size: 5, stride: 1, padding: 2 } });
});

t.test('what cuts across the positions is unknown, and says where', async (t) => {
  const [h] = fieldsAt([
    { type: 'AvgPool2d', kernel_size: 4 },
    { ...reshape(1, 3, 49, 64), name: 'cut' },
  ]) as [FieldAxis];
  t.match(h, { status: 'unknown', size: null, visible: null, cause: /^cut \(Reshape\): .*cut across/ });
  const windowed = [
    ...PATCHES,
    reshape(1, 8, 7, 56, 8),
    permute(0, 4, 1, 2, 3),
    { type: 'Conv3d', out_channels: 4, kernel_size: 3, padding: 1 },
  ];
  t.match(fieldsAt(windowed)[0], { status: 'unknown', cause: /took apart/ });
  t.match(fieldsAt(windowed)[1], { status: 'exact', size: 12 });
});

t.test('unknown sizes: what a Reshape leaves alone is followed, the rest is unknown', async (t) => {
  const split = [{ type: 'ReLU' }, { type: 'onnx.Reshape', from: ['relu_0', { dtype: 'int64', shape: [5], data: [1, 2, 2, 9, 9] }] }];
  t.match(fieldsAt(split, undefined, [1, 4, 'H', 'W'])[0], { status: 'unknown', cause: /cut across/ });
  const flat = fieldsAt([conv(3, 1, 1), { type: 'Flatten', start_dim: 2 }], undefined, [1, 3, 'H', 'W']);
  t.match(flat[0], { status: 'unknown', size: null });
});

t.test('a flattened map of one position sees what the position saw', async (t) => {
  const [h] = fieldsAt([conv(7, 7), conv(32), { type: 'Flatten' }, { type: 'Linear', out_features: 10 }]) as [FieldAxis];
  t.match(h, { status: 'exact', size: 224, visible: 224, stride: null, outputAxis: null });
});
