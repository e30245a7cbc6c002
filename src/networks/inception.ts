import type { Arguments, BlocksJson, Json, LayerJson } from './description.ts';
import { concat, conv, globalPool, layer, linear, maxPool, norm, relu, use } from './layers.ts';
import { images, named } from './naming.ts';
import { defineNetwork } from './network.ts';

const input: Arguments = { from: 'input' };

/** A convolution with normalization and ReLU. The padding keeps the size where it is not strided. */
function cbr(channels: Json, kernel: number | readonly [number, number] = 1, args: Arguments = {}): LayerJson {
  const padding = typeof kernel === 'number' ? (kernel - 1) / 2 : kernel.map((size) => (size - 1) / 2);
  return use('conv', { channels, kernel, ...(kernel !== 1 && { padding }) }, args);
}

function strided(channels: number, kernel: number, args: Arguments = {}): LayerJson {
  return use('conv', { channels, kernel, stride: 2 }, args);
}

const average = () => layer('AvgPool2d', { kernel_size: 3, stride: 1, padding: 1, from: 'input' });

/** 35 x 35: 1x1, 5x5, two 3x3, and a mean. */
const A = named({
  branch1x1: cbr(64, 1, input),
  branch5x5_1: cbr(48, 1, input),
  branch5x5_2: cbr(64, 5),
  branch3x3dbl_1: cbr(64, 1, input),
  branch3x3dbl_2: cbr(96, 3),
  branch3x3dbl_3: cbr(96, 3),
  pool: average(),
  branch_pool: cbr('$pool'),
  concat: concat(['branch1x1', 'branch5x5_2', 'branch3x3dbl_3', 'branch_pool']),
});

/** 35 x 35 to 17 x 17. */
const B = named({
  branch3x3: strided(384, 3, input),
  branch3x3dbl_1: cbr(64, 1, input),
  branch3x3dbl_2: cbr(96, 3),
  branch3x3dbl_3: strided(96, 3),
  branch_pool: maxPool(3, 2, input),
  concat: concat(['branch3x3', 'branch3x3dbl_3', 'branch_pool']),
});

/** 17 x 17: 7x7 as 1x7 and 7x1, once and twice. */
const C = named({
  branch1x1: cbr(192, 1, input),
  branch7x7_1: cbr('$width', 1, input),
  branch7x7_2: cbr('$width', [1, 7]),
  branch7x7_3: cbr(192, [7, 1]),
  branch7x7dbl_1: cbr('$width', 1, input),
  branch7x7dbl_2: cbr('$width', [7, 1]),
  branch7x7dbl_3: cbr('$width', [1, 7]),
  branch7x7dbl_4: cbr('$width', [7, 1]),
  branch7x7dbl_5: cbr(192, [1, 7]),
  pool: average(),
  branch_pool: cbr(192),
  concat: concat(['branch1x1', 'branch7x7_3', 'branch7x7dbl_5', 'branch_pool']),
});

/** 17 x 17 to 8 x 8. */
const D = named({
  branch3x3_1: cbr(192, 1, input),
  branch3x3_2: strided(320, 3),
  branch7x7x3_1: cbr(192, 1, input),
  branch7x7x3_2: cbr(192, [1, 7]),
  branch7x7x3_3: cbr(192, [7, 1]),
  branch7x7x3_4: strided(192, 3),
  branch_pool: maxPool(3, 2, input),
  concat: concat(['branch3x3_2', 'branch7x7x3_4', 'branch_pool']),
});

/** 8 x 8: 3x3 spread out into 1x3 and 3x1 side by side. */
const E = named({
  branch1x1: cbr(320, 1, input),
  branch3x3_1: cbr(384, 1, input),
  branch3x3_2a: cbr(384, [1, 3], { from: 'branch3x3_1' }),
  branch3x3_2b: cbr(384, [3, 1], { from: 'branch3x3_1' }),
  branch3x3dbl_1: cbr(448, 1, input),
  branch3x3dbl_2: cbr(384, 3),
  branch3x3dbl_3a: cbr(384, [1, 3], { from: 'branch3x3dbl_2' }),
  branch3x3dbl_3b: cbr(384, [3, 1], { from: 'branch3x3dbl_2' }),
  pool: average(),
  branch_pool: cbr(192),
  concat: concat(['branch1x1', 'branch3x3_2a', 'branch3x3_2b', 'branch3x3dbl_3a', 'branch3x3dbl_3b', 'branch_pool']),
});

const BLOCKS: BlocksJson = {
  conv: {
    parameters: { channels: null, kernel: 1, stride: 1, padding: 0 },
    layers: named({
      conv: conv('$channels', '$kernel', { stride: '$stride', padding: '$padding', bias: false }),
      bn: norm({ eps: 0.001 }),
      relu: relu(),
    }),
  },
  A: { parameters: { pool: 64 }, layers: A },
  B: { layers: B },
  C: { parameters: { width: null }, layers: C },
  D: { layers: D },
  E: { layers: E },
};

export const inception = defineNetwork({
  id: 'inception_v3',
  title: 'Inception v3',
  summary: 'Inception modules with larger convolutions taken apart, 5x5 into 3x3 and 7x7 into 1x7 and 7x1; without the auxiliary head.',
  paper: { title: 'Rethinking the Inception Architecture for Computer Vision', authors: 'Szegedy and others', arxiv: '1512.00567' },
  year: 2015,
  parameters: {},
  names: {},
  describe: () => ({
    inputs: images(299),
    blocks: BLOCKS,
    layers: named({
      Conv2d_1a_3x3: strided(32, 3),
      Conv2d_2a_3x3: use('conv', { channels: 32, kernel: 3 }),
      Conv2d_2b_3x3: cbr(64, 3),
      maxpool1: maxPool(3, 2),
      Conv2d_3b_1x1: cbr(80),
      Conv2d_4a_3x3: use('conv', { channels: 192, kernel: 3 }),
      maxpool2: maxPool(3, 2),
      Mixed_5b: use('A', { pool: 32 }),
      Mixed_5c: use('A'),
      Mixed_5d: use('A'),
      Mixed_6a: use('B'),
      Mixed_6b: use('C', { width: 128 }),
      Mixed_6c: use('C', { width: 160 }),
      Mixed_6d: use('C', { width: 160 }),
      Mixed_6e: use('C', { width: 192 }),
      Mixed_7a: use('D'),
      Mixed_7b: use('E'),
      Mixed_7c: use('E'),
      avgpool: globalPool(),
      dropout: layer('Dropout'),
      flatten: layer('Flatten'),
      fc: linear(1000),
    }),
  }),
});
