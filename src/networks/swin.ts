import type { BlockJson, BlocksJson, LayerJson } from './description.ts';
import { add, conv, globalPool, layer, linear, use } from './layers.ts';
import { images, named, sequence, stage } from './naming.ts';
import { defineNetwork } from './network.ts';

/** Copies of the block in the four stages, and features and heads of the first; each stage has twice those of the one before. */
const SIZES = { tiny: [[2, 2, 6, 2], 96, 3], small: [[2, 2, 18, 2], 96, 3], base: [[2, 2, 18, 2], 128, 4] } as const;

/** The masks of shifted windows belong to images of this size. */
const IMAGE = 224;
const WINDOW = 7;
const TOKENS = WINDOW ** 2;
/** Windows of every second block lie so far from those of the others. */
const SHIFT = 3;
/** Features of a head, in every size. */
const HEAD = 32;

/** Positions moved by a distance; those that leave at one end come in at the other. */
const ROLL: BlockJson = {
  parameters: { dim: null, distance: null },
  layers: named({
    most: layer('Slice', { dim: '$dim', start: '$distance' }),
    rest: layer('Slice', { dim: '$dim', end: '$distance', from: 'input' }),
    joined: layer('Concat', { dim: '$dim', from: ['most', 'rest'] }),
  }),
};

/** N, H, W, C to windows of tokens: N, H / 7, W / 7, 49, C. */
const PARTITION: BlockJson = {
  layers: named({
    columns: layer('Unflatten', { dim: 2, unflattened_size: [-1, WINDOW] }),
    rows: layer('Unflatten', { dim: 1, unflattened_size: [-1, WINDOW] }),
    windows: layer('Permute', { dims: [0, 1, 3, 2, 4, 5] }),
    tokens: layer('Flatten', { start_dim: 3, end_dim: 4 }),
  }),
};

/** The inverse of the partition. */
const REVERSE: BlockJson = {
  layers: named({
    windows: layer('Unflatten', { dim: 3, unflattened_size: [WINDOW, WINDOW] }),
    rows: layer('Permute', { dims: [0, 1, 3, 2, 4, 5] }),
    columns: layer('Flatten', { start_dim: 3, end_dim: 4 }),
    image: layer('Flatten', { start_dim: 1, end_dim: 2 }),
  }),
};

/** A number that is no parameter. */
const constant = (value: number): LayerJson => layer('onnx.Constant', { from: [], attributes: { value_float: value } });

const heads = (from: string): LayerJson => layer('Unflatten', { dim: 4, unflattened_size: ['$heads', -1], from });

/** Attention within each window. Tokens that only a shift brought together are kept apart by a mask. */
function attention(masked: boolean): BlockJson {
  const table = { dtype: 'float32', shape: [(2 * WINDOW - 1) ** 2, '$heads'] };
  const mask = { dtype: 'bool', shape: ['$windows', '$windows', 1, TOKENS, TOKENS] };
  return {
    parameters: { features: null, heads: null, inner: null, ...(masked && { windows: null }) },
    layers: named({
      qkv: linear('$inner'),
      parts: layer('Chunk', { chunks: 3, dim: 4 }),
      query_heads: heads('parts.0'),
      query: layer('Permute', { dims: [0, 1, 2, 4, 3, 5] }),
      scale: constant(HEAD ** -0.5),
      scaled: layer('Multiply', { from: ['query', 'scale'] }),
      key_heads: heads('parts.1'),
      key: layer('Permute', { dims: [0, 1, 2, 4, 5, 3] }),
      value_heads: heads('parts.2'),
      value: layer('Permute', { dims: [0, 1, 2, 4, 3, 5] }),
      scores: layer('MatMul', { from: ['scaled', 'key'] }),
      relative: layer('onnx.Gather', { from: [table, { dtype: 'int64', shape: [TOKENS ** 2] }], attributes: { axis: 0 } }),
      table: layer('Reshape', { shape: [TOKENS, TOKENS, -1] }),
      bias: layer('Permute', { dims: [2, 0, 1] }),
      biased: add(['scores', 'bias']),
      ...(masked && { never: constant(-100), masked: layer('onnx.Where', { from: [mask, 'never', 'biased'] }) }),
      softmax: layer('Softmax', { dim: -1 }),
      context: layer('MatMul', { from: ['softmax', 'value'] }),
      turned: layer('Permute', { dims: [0, 1, 2, 4, 3, 5] }),
      joined: layer('Flatten', { start_dim: 4 }),
      proj: linear('$features'),
    }),
  };
}

/** A block of the transformer, with the windows where they are or shifted. */
function block(shifted: boolean): BlockJson {
  const values = { features: '$features', heads: '$heads', inner: '$inner' };
  const shift = (distance: number, name: string): Record<string, LayerJson> => ({
    [`attn/${name}_rows`]: use('roll', { dim: 1, distance }),
    [`attn/${name}_columns`]: use('roll', { dim: 2, distance }),
  });
  return {
    parameters: { features: null, heads: null, inner: null, hidden: null, ...(shifted && { windows: null }) },
    layers: named({
      norm1: layer('LayerNorm'),
      ...(shifted && shift(SHIFT, 'shift')),
      'attn/partition': use('partition'),
      attn: shifted ? use('masked_attention', { ...values, windows: '$windows' }) : use('attention', values),
      'attn/reverse': use('reverse'),
      ...(shifted && shift(-SHIFT, 'unshift')),
      add1: add([shifted ? 'attn/unshift_columns' : 'attn/reverse', 'input']),
      norm2: layer('LayerNorm'),
      'mlp/0': linear('$hidden'),
      'mlp/1': layer('GELU'),
      'mlp/3': linear('$features'),
      add2: add(['mlp/3', 'add1']),
    }),
  };
}

/** Four neighbours become one token of twice the features. */
const MERGING: BlockJson = {
  parameters: { features: null },
  layers: named({
    ...Object.fromEntries(
      [
        [0, 0],
        [1, 0],
        [0, 1],
        [1, 1],
      ].map((start, k) => [`part${k}`, layer('Slice', { dim: [1, 2], start, step: [2, 2], from: 'input' })]),
    ),
    merged: layer('Concat', { dim: 3, from: ['part0', 'part1', 'part2', 'part3'] }),
    norm: layer('LayerNorm'),
    reduction: linear('$features', { bias: false }),
  }),
};

const BLOCKS: BlocksJson = {
  roll: ROLL,
  partition: PARTITION,
  reverse: REVERSE,
  attention: attention(false),
  masked_attention: attention(true),
  block: block(false),
  shifted: block(true),
  merging: MERGING,
};

function stages([counts, width, first]: (typeof SIZES)[keyof typeof SIZES]): readonly LayerJson[] {
  return counts.flatMap((count, index) => {
    const features = width * 2 ** index;
    const windows = IMAGE / 4 / 2 ** index / WINDOW;
    const values = { features, heads: first * 2 ** index, inner: 3 * features, hidden: 4 * features };
    const members = stage(`features/${2 * index + 1}`, count, (member) =>
      // Where one window is the whole image there is nothing to shift.
      member % 2 === 1 && windows > 1 ? use('shifted', { ...values, windows }) : use('block', values),
    );
    return index === 0 ? members : [...named({ [`features/${2 * index}`]: use('merging', { features }) }), ...members];
  });
}

export const swin = defineNetwork({
  id: 'swin',
  title: 'Swin Transformer',
  summary: 'Attention within windows that shift from block to block, and stages of falling size as in a convolutional network.',
  paper: {
    title: 'Swin Transformer: Hierarchical Vision Transformer using Shifted Windows',
    authors: 'Liu and others',
    arxiv: '2103.14030',
  },
  year: 2021,
  parameters: { size: { values: ['tiny', 'small', 'base'], default: 'tiny', doc: 'Depth and width.' } },
  names: { swin_t: { size: 'tiny' }, swin_s: { size: 'small' }, swin_b: { size: 'base' } },
  describe: ({ size }) => ({
    inputs: images(IMAGE),
    blocks: BLOCKS,
    layers: [
      ...sequence([conv(SIZES[size][1], 4, { stride: 4 }), layer('Permute', { dims: [0, 2, 3, 1] }), layer('LayerNorm')], 'features/0/'),
      ...stages(SIZES[size]),
      ...named({
        norm: layer('LayerNorm'),
        permute: layer('Permute', { dims: [0, 3, 1, 2] }),
        avgpool: globalPool(),
        flatten: layer('Flatten'),
        head: linear(1000),
      }),
    ],
  }),
});
