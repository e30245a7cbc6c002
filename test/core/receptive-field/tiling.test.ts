import { readFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { readConfig } from '../../../src/config.ts';
import { Fault } from '../../../src/core/fault.ts';
import { type AxisTiling, type TileGrid, type Tiling, tilingOf } from '../../../src/core/receptive-field/tiling.ts';
import { traceGraph } from '../../../src/core/trace.ts';
import { readDescription } from '../../../src/formats/description/index.ts';
import type { Json } from './described.ts';
import { csbdeep, validUnet, vnet } from './encoder-decoder.ts';
import { cut, randomVolume, run, type Volume } from './integer-network.ts';
import { randomFrom } from './random-network.ts';

const { reader } = readConfig({}).limits;

function tiling(layers: readonly Json[], shape: readonly unknown[], more: Json = {}): Tiling {
  return tilingOf(traceGraph(readDescription({ version: 1, inputs: { x: shape }, layers, ...more }, reader), {}));
}

function grid(layers: readonly Json[], shape: readonly unknown[]): TileGrid {
  const [axis] = tiling(layers, shape).axes;
  if (!axis?.exact) throw new Error(`not exact: ${JSON.stringify(axis)}`);
  return axis;
}

const conv = (kernel: unknown, stride: unknown = 1, padding: unknown = 0, more: Json = {}): Json => {
  return { type: 'Conv2d', out_channels: 2, kernel_size: kernel, stride, padding, ...more };
};
const RELU: Json = { type: 'ReLU' };

// Runs the whole input, then tiles.

/** Outputs of the cores that one tile is responsible for, out of the whole's; positions are per axis. */
interface Tile {
  readonly core: readonly [number[], number[]];
  readonly reads: readonly [number[], number[]];
  readonly outputs: readonly [number[], number[]];
}

function tiles(grids: readonly TileGrid[], shape: readonly number[], units: readonly number[], core: readonly number[]): Tile[] {
  const along = shape.map((n, axis) => {
    const { granularity, outputPer, readHalo, tileSizes } = grids[axis] as TileGrid;
    const [step, m] = [core[axis] as number, units[axis] as number];
    const toUnit = (position: number) => Math.min(m, (position / granularity) * outputPer);
    const list: number[][] = [];
    for (let a = 0; a < n && toUnit(a) < m; ) {
      // What remains at the far border and is too small for a tile of its own goes with the last one.
      const b = n - (a + step - readHalo.left) < tileSizes.smallest || toUnit(a + step) >= m ? n : a + step;
      list.push([a, b, Math.max(0, a - readHalo.left), Math.min(n, b + readHalo.right), toUnit(a), b === n ? m : toUnit(b)]);
      a = b;
    }
    return list;
  });
  const all = along.reduce<number[][][]>((left, right) => left.flatMap((l) => right.map((r) => [...l, r])), [[]]);
  const pair = (tile: number[][], i: number): [number[], number[]] => [
    tile.map((x) => x[i] as number),
    tile.map((x) => x[i + 1] as number),
  ];
  return all.map((tile) => ({ core: pair(tile, 0), reads: pair(tile, 2), outputs: pair(tile, 4) }));
}

/** What a tile answers for its core, read from a (possibly altered) input. */
function answer(
  layers: readonly Json[],
  input: Volume,
  grids: readonly Pick<TileGrid, 'granularity' | 'outputPer'>[],
  { reads, outputs }: Tile,
): Volume {
  const units = run(layers, cut(input, ...reads));
  const first = reads[0].map((a, axis) => (a / (grids[axis]?.granularity ?? 1)) * (grids[axis]?.outputPer ?? 1));
  const local = (unit: number, axis: number) => unit - (first[axis] as number);
  return cut(units, outputs[0].map(local), outputs[1].map(local));
}

const same = (a: Volume, b: Volume) => a.shape.join() === b.shape.join() && a.data.every((value, i) => value === b.data[i]);

/** The input with all positions replaced that lie further from a core than the halo. */
function onlyNear(input: Volume, { core: [start, stop] }: Tile, halos: readonly TileGrid['alignedHalo'][]): Volume {
  const other = randomVolume(99, input.channels, input.shape);
  const size = input.data.length / input.channels;
  const data = input.data.map((value, i) => {
    let rest = i % size;
    const at = input.shape.toReversed().map((n) => {
      const position = rest % n;
      rest = (rest - position) / n;
      return position;
    });
    const near = at.reverse().every((p, axis) => {
      const { left, right } = halos[axis] as TileGrid['alignedHalo'];
      return p >= (start[axis] as number) - left && p < (stop[axis] as number) + right;
    });
    return near ? value : (other.data[i] as number);
  });
  return { ...input, data };
}

interface Proof {
  readonly layers: readonly Json[];
  readonly shape: readonly number[];
  /** Size of a core, in steps of the granularity. */
  readonly steps?: number;
  /** That a halo of one less shows; not where the halo makes up for a crop. */
  readonly tight?: boolean;
}

function prove(t: Test, { layers, shape, steps = 2, tight = true }: Proof): void {
  const grids = tiling(layers, [1, 1, ...shape]).axes.map((axis) => {
    if (!axis.exact) throw new Error(JSON.stringify(axis));
    return axis;
  });
  const input = randomVolume(7, 1, shape);
  const whole = run(layers, input);
  const core = grids.map(({ granularity }) => steps * granularity);
  const list = tiles(grids, shape, whole.shape, core);
  t.ok(list.length >= 3, `${list.length} tiles`);
  for (const tile of list) {
    const wanted = cut(whole, ...tile.outputs);
    t.ok(same(answer(layers, input, grids, tile), wanted), `the tile at ${tile.core[0]} equals the whole`);
  }
  if (!tight) return;
  const inner = list.filter(({ reads, core }) => {
    const cutOff = grids.some(({ readHalo }, axis) => {
      const [a, b] = [core[0][axis] as number, core[1][axis] as number];
      return a - readHalo.left < 0 || b + readHalo.right > (shape[axis] as number);
    });
    return !cutOff && reads[0].length > 0;
  });
  t.ok(inner.length > 0, 'some tile lies inside');
  const reaches = (halos: TileGrid['alignedHalo'][]) =>
    inner.every((tile) => same(answer(layers, onlyNear(input, tile, halos), grids, tile), cut(whole, ...tile.outputs)));
  const halos = grids.map(({ alignedHalo }) => alignedHalo);
  t.ok(reaches(halos), `${JSON.stringify(halos)} suffices`);
  for (const side of ['left', 'right'] as const) {
    grids.forEach(({ alignedHalo }, axis) => {
      if (alignedHalo[side] === 0) return;
      const less = halos.map((halo, i) => (i === axis ? { ...halo, [side]: halo[side] - 1 } : halo));
      t.notOk(reaches(less), `${side} ${alignedHalo[side] - 1} on axis ${axis} does not`);
    });
  }
}

/** A tile on one axis that is moved by less than the granularity, to where an output unit begins all the same, differs. */
function proveStep(t: Test, { layers, shape, steps = 2 }: Proof): void {
  const { granularity, outputPer, readHalo } = grid(layers, [1, 1, ...shape]);
  const input = randomVolume(7, 1, shape);
  const whole = run(layers, input);
  for (const prime of [2, 3, 5]) {
    if (granularity % prime !== 0 || outputPer % prime !== 0) continue;
    const start = granularity / prime + readHalo.left;
    const stop = start + steps * granularity;
    const units = (position: number) => [(position / granularity) * outputPer];
    const tile: Tile = {
      core: [[start], [stop]],
      reads: [[start - readHalo.left], [stop + readHalo.right]],
      outputs: [units(start), units(stop)],
    };
    const found = answer(layers, input, [{ granularity, outputPer }], tile);
    t.notOk(same(found, cut(whole, ...tile.outputs)), `a step of ${granularity / prime} is too small`);
  }
}

const conv1 = (kernel: number, stride = 1, padding: unknown = 0, more: Json = {}): Json => {
  return { type: 'Conv1d', out_channels: 2, kernel_size: kernel, stride, padding, ...more };
};
const pool1 = (kernel: number, more: Json = {}): Json => ({ type: 'MaxPool1d', kernel_size: kernel, ...more });
const transposed1 = (kernel: number, stride: number, padding = 0): Json => {
  return { type: 'ConvTranspose1d', out_channels: 2, kernel_size: kernel, stride, padding };
};

const reflect = (padding: unknown): Json => ({ type: 'ReflectionPad1d', padding });
const edges = (padding: unknown): Json => ({ type: 'ReplicationPad1d', padding });

const PROOFS: Record<string, Proof> = {
  'a stack of convolutions': { layers: [conv1(3, 1, 1), RELU, conv1(5, 1, 2)], shape: [60], steps: 7 },
  'dilated convolutions': { layers: [conv1(3, 1, 2, { dilation: 2 }), RELU, conv1(3, 1, 4, { dilation: 4 })], shape: [61], steps: 9 },
  'causal convolutions': {
    layers: [conv1(2, 1, [[1, 0]]), conv1(2, 1, [[2, 0]], { dilation: 2 }), conv1(2, 1, [[4, 0]], { dilation: 4 })],
    shape: [50],
    steps: 6,
  },
  'an encoder with strides': { layers: [conv1(3, 2, 1), RELU, conv1(3, 1, 1), pool1(2), conv1(3, 1, 1)], shape: [83] },
  'an encoder without padding': { layers: [conv1(5, 2), RELU, conv1(3, 3)], shape: [95] },
  'a decoder without skips': { layers: [conv1(3, 1, 1), pool1(2), conv1(3, 1, 1), transposed1(4, 2, 1)], shape: [57] },
  'a transposed convolution of kernel 3 and stride 2': { layers: [conv1(3, 2, 1), transposed1(3, 2, 1), conv1(3, 1, 1)], shape: [59] },
  'upsampling by 3': { layers: [conv1(3, 1, 1), { type: 'Upsample', scale_factor: 3 }, conv1(5, 1, 2)], shape: [21] },
  'stride 3 below, stride 2 above': {
    layers: [pool1(3), conv1(3, 1, 1), { type: 'Upsample', scale_factor: 2 }, conv1(3, 1, 1)],
    shape: [73],
  },
  'the U-Net of CSBDeep, depth 1': { layers: csbdeep(1, 3, 1), shape: [60] },
  'the U-Net of CSBDeep, depth 2': { layers: csbdeep(2, 3, 1), shape: [120] },
  'the U-Net of CSBDeep, depth 3': { layers: csbdeep(3, 3, 1), shape: [264] },
  'a U-Net without padding': { layers: validUnet(2, 1), shape: [124] },
  'inner strides that a wide branch hides': {
    layers: [
      { ...conv1(21, 1, 10), name: 'wide' },
      { ...pool1(4), from: 'x' },
      { type: 'Upsample', scale_factor: 4, name: 'narrow' },
      { type: 'Conv1d', out_channels: 2, kernel_size: 1, name: 'channels' },
      { type: 'Add', from: ['wide', 'channels'] },
    ],
    shape: [80],
  },
  'a crop before padding': {
    layers: [conv1(3, 1, 1), { type: 'ZeroPad1d', padding: -3 }, conv1(3, 1, 1)],
    shape: [50],
    steps: 5,
    tight: false,
  },
  'a crop below a stride': {
    layers: [conv1(3, 2, 1), { type: 'ZeroPad1d', padding: -2 }, conv1(3, 1, 1), conv1(3, 2, 1)],
    shape: [90],
    tight: false,
  },
  'a crop at the end': { layers: [conv1(3, 1, 1), { type: 'ZeroPad1d', padding: -4 }], shape: [50], steps: 5, tight: false },
  'padding by reflection': { layers: [reflect(1), conv1(3), RELU, reflect(2), conv1(5)], shape: [60], steps: 7 },
  'padding by reflection and by edges, under strides': {
    layers: [reflect(3), conv1(7), conv1(3, 2, 1), edges(2), conv1(5, 2), reflect(1), conv1(3)],
    shape: [84],
  },
  'a generator with residual blocks': {
    layers: [
      ...[reflect(3), conv1(7), conv1(3, 2, 1), { ...conv1(3, 2, 1), name: 'down' }],
      ...[{ ...reflect(1), from: 'down' }, conv1(3), RELU, reflect(1), { ...conv1(3), name: 'block' }],
      ...[{ type: 'Add', from: ['down', 'block'] }, transposed1(4, 2, 1), transposed1(4, 2, 1), reflect(3), conv1(7)],
    ],
    shape: [160],
  },
  'a border that repeats positions from far inside': {
    layers: [reflect([9, 0]), conv1(2), { type: 'ZeroPad1d', padding: [0, -8] }],
    shape: [60],
    steps: 1,
    tight: false,
  },
  'a far border that repeats positions from far inside': {
    layers: [reflect([0, 9]), conv1(2), { type: 'ZeroPad1d', padding: [-8, 0] }],
    shape: [60],
    steps: 1,
    tight: false,
  },
  'padding by reflection, cropped again': {
    layers: [conv1(3, 1, 1), reflect(4), { type: 'ZeroPad1d', padding: -3 }, conv1(3)],
    shape: [50],
    steps: 5,
    tight: false,
  },
  'two axes of different strides': {
    layers: [conv([3, 5], [2, 1], [1, 2]), RELU, conv([3, 1], [1, 1], [1, 0])],
    shape: [26, 17],
    steps: 4,
  },
  'super-resolution by pixel shuffle': {
    layers: [conv(3, 1, 1), { ...conv(3, 1, 1), out_channels: 8 }, { type: 'PixelShuffle', upscale_factor: 2 }, conv(3, 1, 1)],
    shape: [14, 13],
    steps: 4,
  },
  'a U-Net on two axes': { layers: csbdeep(1, 3, 2), shape: [24, 26], steps: 2 },
  'three axes': {
    layers: [
      { type: 'Conv3d', out_channels: 1, kernel_size: [3, 1, 3], padding: [1, 0, 1] },
      { type: 'MaxPool3d', kernel_size: 2 },
      { type: 'Conv3d', out_channels: 1, kernel_size: 3, padding: 1 },
    ],
    shape: [16, 12, 14],
    steps: 1,
  },
};

for (const [name, proof] of Object.entries(PROOFS)) {
  t.test(`stitched tiles equal the whole: ${name}`, async (t) => {
    prove(t, proof);
    if (proof.shape.length === 1) proveStep(t, proof);
  });
}

/** Layers at random: chains, crops, branches that run beside each other, and U-Nets of one level. */
function randomLayers(seed: number): Json[] {
  const random = randomFrom(seed);
  const layers: Json[] = [];
  let last = 'x';
  const add = (layer: Json, from: unknown = last) => {
    last = `l${layers.length}`;
    layers.push({ ...layer, name: last, from });
    return last;
  };
  for (let i = 0; i < 2 + random(5); i++) {
    const kind = random(16);
    const kernel = 1 + random(4);
    if (kind < 5) add(conv1(kernel, 1 + random(2), [[random(3), random(3)]], { dilation: 1 + random(2) }));
    else if (kind < 6) add(pool1(1 + random(3)));
    else if (kind < 8) add(transposed1(2 + random(3), 1 + random(3), random(2)));
    else if (kind < 9) add({ type: 'Upsample', scale_factor: 2 });
    else if (kind < 10) add({ type: 'ZeroPad1d', padding: random(5) - 3 });
    else if (kind > 13) add((kind === 14 ? reflect : edges)([random(4), random(4)]));
    else if (kind < 12) {
      const [from, p] = [last, random(3)];
      const left = add(conv1(kernel, 1, p), from);
      const crop = add({ type: 'ZeroPad1d', padding: -1 }, from);
      add({ type: 'Add' }, [left, add(conv1(kernel, 1, p + 1), crop)]);
    } else {
      const from = last;
      add(pool1(2));
      add(conv1(kernel, 1, 'same'));
      add({ type: 'Concat' }, [from, add({ type: 'Upsample', scale_factor: 2 })]);
    }
  }
  return layers;
}

function randomTiling(layers: readonly Json[]): AxisTiling | null {
  try {
    return tiling(layers, [1, 1, 240]).axes[0] ?? null;
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
}

const NETWORKS = Number(process.env.FOVEA_TILED_NETWORKS ?? 120);

t.test('stitched tiles equal the whole: random networks', async (t) => {
  let proven = 0;
  for (let seed = 1; seed <= NETWORKS; seed++) {
    const layers = randomLayers(seed);
    const axis = randomTiling(layers);
    if (!axis?.exact || axis.inputAxis !== 2 || axis.granularity > 36) continue;
    const input = randomVolume(seed, 1, [240]);
    const whole = run(layers, input);
    for (const tile of tiles([axis], [240], whole.shape, [axis.granularity * 2])) {
      const core = cut(whole, ...tile.outputs);
      if (!same(answer(layers, input, [axis], tile), core)) return t.fail(`seed ${seed}: ${JSON.stringify({ layers, axis, tile })}`);
    }
    proven += 1;
  }
  t.ok(proven > NETWORKS / 3, `${proven} networks`);
});

// Numbers.

t.test('the U-Nets of CSBDeep: halo of aligned tiles, and radius', async (t) => {
  const table = [
    // depth, aligned halo, radius
    [1, 8, 9],
    [2, 22, 23],
    [3, 46, 51],
    [4, 94, 107],
  ] as const;
  for (const [depth, halo, radius] of table) {
    const found = grid(csbdeep(depth, 3), [1, 1, 256, 256]);
    t.match(found, { granularity: 2 ** depth, outputPer: 2 ** depth, outputSize: { perStep: 2 ** depth, constant: 0 } });
    t.match(found.tileSizes, { multipleOf: 2 ** depth, offset: 0 }, 'sizes are multiples of 2^depth');
    t.same([found.alignedHalo, found.radius], [both(halo), both(radius)], `depth ${depth}`);
    const cutAt = Math.ceil(halo / 2 ** depth) * 2 ** depth;
    t.same([found.readHalo, found.overlap], [both(cutAt), 2 * cutAt]);
  }
});

const both = (n: number) => ({ left: n, right: n });

t.test('V-Net on three axes', async (t) => {
  const { exact, axes } = tiling(vnet(), [1, 1, 64, 128, 128]);
  t.ok(exact);
  t.same(
    axes.map(({ axis, inputAxis }) => [axis, inputAxis]),
    [
      ['D', 2],
      ['H', 3],
      ['W', 4],
    ],
  );
  for (const axis of axes) t.match(axis, { granularity: 16, tileSizes: { multipleOf: 16, offset: 0 }, outputSize: { constant: 0 } });
});

t.test('the original U-Net takes 572, 556, ... positions, and its cores are whole steps of 16', async (t) => {
  const document: unknown = JSON.parse(readFileSync(new URL('../../../examples/unet.json', import.meta.url), 'utf8'));
  const { axes, exact } = tilingOf(traceGraph(readDescription(document, reader), {}));
  t.ok(exact);
  for (const axis of axes) {
    t.match(axis, {
      granularity: 16,
      outputPer: 16,
      tileSizes: { multipleOf: 16, offset: 12 },
      outputSize: { perStep: 16, constant: -172 },
    });
    t.match(axis, { alignedHalo: { left: 0, right: 188 }, overlap: 188 }, '572 positions are a core of 384 of the 388 outputs');
  }
  const unbound = tilingOf(traceGraph(readDescription({ ...(document as Json), inputs: { image: ['N', 1, 'H', 'W'] } }, reader), {}));
  t.same(unbound.axes, axes, 'also where the size is not known');
});

t.test('a network of unknown size is tried at sizes of its own', async (t) => {
  t.same(grid(csbdeep(2, 3), [1, 1, 'H', 'W']), grid(csbdeep(2, 3), [1, 1, 64, 64]));
});

t.test('SAME padding: tiles have the remainder of the input', async (t) => {
  const same = [conv(3, 2, 'same_upper'), conv(3, 2, 'same_upper')];
  t.match(grid(same, [1, 3, 224, 224]), { alignedHalo: { left: 0, right: 3 }, tileSizes: { multipleOf: 4, offset: 0 } });
  t.match(grid(same, [1, 3, 225, 225]), { alignedHalo: { left: 3, right: 0 }, tileSizes: { multipleOf: 4, offset: 1 } });
  t.match(tiling(same, [1, 3, 'H', 'W']).axes[0], { exact: false, reason: 'unknown', message: /SAME padding/ });
});

t.test('outputs of any tensor, towards any input', async (t) => {
  const layers = [{ ...conv(3, 2, 1), name: 'a' }, conv(3, 2, 1), { type: 'AdaptiveAvgPool2d', output_size: 1 }];
  const trace = traceGraph(readDescription({ version: 1, inputs: { x: [1, 3, 64, 64] }, layers }, reader), {});
  const first = trace.calls.find(({ node }) => node.id === 'a')?.node.outputs[0] as string;
  t.match(tilingOf(trace, { output: first }).axes[0], { exact: true, granularity: 2, outputPer: 1 });
  t.throws(() => tilingOf(trace, { source: 'y' }), { code: 'unknown-input' });
  t.throws(() => tilingOf(trace, { source: first }), { code: 'unknown-input' });
  t.throws(() => tilingOf(trace, { output: 'y' }), { code: 'unknown-tensor' });
});

// Refusals.

const GATE: Json[] = [
  { ...conv(3, 1, 1), name: 'c' },
  { type: 'AdaptiveAvgPool2d', output_size: 1, name: 'squeeze' },
  conv(1),
  { type: 'Sigmoid', name: 'gate' },
  { type: 'Multiply', from: ['c', 'gate'], name: 'excite' },
  conv(3, 1, 1),
];

const REFUSALS: Record<string, { layers: Json[]; refused: Json; shape?: unknown[] }> = {
  'statistics of groups': {
    layers: [conv(3, 1, 1), { type: 'GroupNorm', num_groups: 1, name: 'norm' }, conv(3, 2, 1)],
    refused: {
      reason: 'global',
      cause: { layer: 'norm', op: 'GroupNormalization' },
      approximate: { granularity: 2, alignedHalo: { left: 2, right: 1 }, ignores: [{ layer: 'norm', op: 'GroupNormalization' }] },
    },
  },
  'statistics over space': {
    layers: [conv(3, 1, 1), { type: 'InstanceNorm2d', name: 'norm' }],
    refused: { reason: 'global', cause: { layer: 'norm' }, approximate: { alignedHalo: both(1) } },
  },
  'a squeeze-and-excitation gate': {
    layers: GATE,
    refused: {
      reason: 'global',
      cause: { layer: 'squeeze', op: 'GlobalAveragePool' },
      approximate: { radius: both(2), ignores: [{ layer: 'excite', op: 'Mul' }] },
    },
  },
  'self-attention': {
    layers: [
      conv(16, 16),
      { type: 'Flatten', start_dim: 2 },
      { type: 'Permute', dims: [0, 2, 1] },
      { type: 'MultiheadAttention', num_heads: 1, name: 'attention' },
    ],
    refused: { reason: 'global', cause: { layer: /^attention/ }, approximate: null },
  },
  'a classifier': {
    layers: [
      conv(3, 2, 1),
      { type: 'AdaptiveAvgPool2d', output_size: 1, name: 'pool' },
      { type: 'Flatten' },
      { type: 'Linear', out_features: 9 },
    ],
    refused: { reason: 'global', cause: { layer: 'pool', op: 'GlobalAveragePool' }, message: /whole axis/, approximate: null },
  },
  'corners that are aligned': {
    layers: [conv(3, 1, 1), { type: 'Upsample', scale_factor: 2, mode: 'bilinear', align_corners: true, name: 'up' }],
    refused: { reason: 'fixedSize', cause: { layer: 'up', op: 'Resize' }, approximate: null },
  },
  'adaptive pooling with a remainder': {
    layers: [conv(3, 1, 1), { type: 'AdaptiveAvgPool2d', output_size: 7, name: 'pool' }],
    refused: { reason: 'border', cause: { layer: 'pool' }, approximate: null },
  },
  'adaptive pooling to a fixed size': {
    layers: [conv(3, 1, 1), { type: 'AdaptiveAvgPool2d', output_size: 8, name: 'pool' }],
    refused: { reason: 'fixedSize', cause: { layer: 'pool' }, approximate: null },
  },
  'padding that goes around': {
    layers: [{ type: 'CircularPad2d', padding: 1, name: 'pad' }, conv(3)],
    refused: { reason: 'border', cause: { layer: 'pad', op: 'Pad' } },
  },
  'sampling at computed positions': {
    layers: [{ type: 'onnx.GridSample', name: 'sample', from: ['x', 'theta'] }],
    refused: { reason: 'dataDependent', cause: { layer: 'sample', op: 'GridSample' }, approximate: null },
  },
  'branches of different strides': {
    layers: [
      { ...conv(1, 4), name: 'a' },
      { ...conv(49), from: 'x', name: 'b' },
      { type: 'Add', from: ['a', 'b'], name: 'add' },
    ],
    refused: { reason: 'misaligned', cause: { layer: 'add', op: 'Add' }, message: /different strides/, approximate: null },
  },
  'an embedding of positions': {
    layers: [conv(3, 1, 1), { type: 'onnx.Add', from: ['conv2d_0', { dtype: 'float32', shape: [1, 1, 64, 64] }], name: 'positions' }],
    refused: { reason: 'positional', cause: { layer: 'positions', op: 'Add' } },
  },
  'more tensors that are cropped and padded again than are followed': {
    shape: [1, 3, 4096, 4096],
    layers: [{ type: 'ZeroPad2d', padding: -1000 }, ...Array.from({ length: 400 }, () => conv(3, 1, 1))],
    refused: { reason: 'unknown', message: /too many/ },
  },
  'a size that a Reshape fixes': {
    layers: [
      { ...conv(3, 1, 1), out_channels: 2 },
      { type: 'Reshape', shape: [1, 8, 64, 16], name: 'fixed' },
    ],
    refused: { exact: false, approximate: null },
  },
};

for (const [name, { layers, refused, shape = [1, 3, 64, 64] }] of Object.entries(REFUSALS)) {
  t.test(`refused: ${name}`, async (t) => {
    const inputs = { x: shape, ...(JSON.stringify(layers).includes('theta') && { theta: [1, 32, 32, 2] }) };
    const { axes, exact } = tiling(layers, shape, { inputs });
    t.notOk(exact);
    t.match(axes[0], { exact: false, ...refused });
  });
}
