import type { Json } from './described.ts';
import { randomFrom } from './random-network.ts';

// A network run with random integer weights: nested loops over channels, positions and taps. Shares no code with `src/`.

/** Channels of a map of any number of axes, in row-major order. */
export interface Volume {
  readonly channels: number;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

type Position = readonly number[];

/** Values are residues, so that deep networks stay exact; whatever a unit reads changes it almost surely. */
const MODULUS = 8191;

/** Runs a network description (convolutions, pooling, nearest upsampling, pixel shuffle, merges, crops, padding of all kinds) on one input. */
export function run(layers: readonly Json[], input: Volume): Volume {
  const known = new Map<string, Volume>([['x', input]]);
  let last = input;
  layers.forEach((layer, index) => {
    const from = layer.from === undefined ? [last] : [layer.from].flat().map((name) => known.get(String(name)) as Volume);
    last = apply(layer, from, index);
    if (layer.name !== undefined) known.set(String(layer.name), last);
  });
  return last;
}

export function randomVolume(seed: number, channels: number, shape: readonly number[]): Volume {
  const random = randomFrom(seed);
  return volume(channels, shape, () => random(MODULUS));
}

/** The part of a volume from `start` up to `stop`, per axis. */
export function cut(of: Volume, start: Position, stop: Position): Volume {
  const shape = start.map((from, axis) => (stop[axis] as number) - from);
  return volume(of.channels, shape, (c, at) => read(of, c, shifted(at, start)));
}

function apply(layer: Json, [x, ...more]: readonly Volume[], index: number): Volume {
  if (!x) throw new Error('a layer reads a name that is not there');
  const axes = x.shape.length;
  const each = (name: string, fallback: number) => spread(layer[name] ?? fallback, axes);
  const out = Number(layer.out_channels);
  switch (String(layer.type).replace(/[123]d$/, '')) {
    case 'Conv':
      return convolve(x, weights(index, out, x.channels), out, windowOf(layer, axes));
    case 'ConvTranspose':
      return transposed(x, weights(index, out, x.channels), out, each('kernel_size', 1), each('stride', 1), each('padding', 0));
    case 'ReLU':
      return volume(x.channels, x.shape, (c, at) => (read(x, c, at) < MODULUS / 2 ? read(x, c, at) : 0));
    case 'MaxPool':
      return pool(x, Number(layer.kernel_size));
    case 'Upsample': {
      const factor = Number(layer.scale_factor);
      const shape = x.shape.map((n) => n * factor);
      return volume(x.channels, shape, (c, at) => read(x, c, divided(at, factor)));
    }
    case 'PixelShuffle':
      return shuffle(x, Number(layer.upscale_factor));
    case 'ZeroPad':
      return padded(x, layer.padding, (i) => i);
    case 'ReflectionPad':
      return padded(x, layer.padding, bounced);
    case 'ReplicationPad':
      return padded(x, layer.padding, (i, n) => Math.max(0, Math.min(i, n - 1)));
    case 'Add':
      return volume(x.channels, x.shape, (c, at) => [x, ...more].reduce((sum, from) => sum + read(from, c, at), 0));
    case 'Concat': {
      const all = [x, ...more].flatMap((from) => Array.from({ length: from.channels }, (_, c) => [from, c] as const));
      return volume(all.length, x.shape, (c, at) => read(...(all[c] as (typeof all)[number]), at));
    }
    default:
      throw new Error(`no ${layer.type} here`);
  }
}

interface Window {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly before: readonly number[];
  readonly after: readonly number[];
}

function windowOf(layer: Json, axes: number): Window {
  const [kernel, stride, dilation] = ['kernel_size', 'stride', 'dilation'].map((name) => spread(layer[name] ?? 1, axes)) as [
    number[],
    number[],
    number[],
  ];
  const { padding = 0 } = layer;
  const around = kernel.map((k, axis): readonly number[] => {
    const extent = (dilation[axis] as number) * (k - 1);
    if (padding === 'same') return [Math.floor(extent / 2), Math.ceil(extent / 2)];
    const by: unknown = Array.isArray(padding) ? padding[axis] : padding;
    return Array.isArray(by) ? by.map(Number) : [Number(by), Number(by)];
  });
  return { kernel, stride, dilation, before: around.map(([begin]) => begin as number), after: around.map(([, end]) => end as number) };
}

type Weight = (out: number, from: number, tap: number) => number;

function convolve(x: Volume, weight: Weight, out: number, { kernel, stride, dilation, before, after }: Window): Volume {
  const shape = x.shape.map((n, a) => {
    const extent = (dilation[a] as number) * ((kernel[a] as number) - 1) + 1;
    return Math.floor((n + (before[a] as number) + (after[a] as number) - extent) / (stride[a] as number)) + 1;
  });
  const taps = positions(kernel);
  return volume(out, shape, (c, at) => {
    let sum = weight(c, 0, 0);
    taps.forEach((tap, t) => {
      const from = at.map((i, a) => i * (stride[a] as number) - (before[a] as number) + (tap[a] as number) * (dilation[a] as number));
      for (let i = 0; i < x.channels; i++) sum += weight(c, i, t) * read(x, i, from);
    });
    return sum;
  });
}

/** Every input writes to the outputs under its taps. */
function transposed(x: Volume, weight: Weight, out: number, kernel: Position, stride: Position, padding: Position): Volume {
  const shape = x.shape.map((n, a) => (n - 1) * (stride[a] as number) - 2 * (padding[a] as number) + (kernel[a] as number));
  const taps = positions(kernel);
  const sums = new Array<number>(out * product(shape)).fill(1);
  for (const from of positions(x.shape)) {
    taps.forEach((tap, t) => {
      const to = from.map((i, a) => i * (stride[a] as number) - (padding[a] as number) + (tap[a] as number));
      if (to.some((o, a) => o < 0 || o >= (shape[a] as number))) return;
      for (let c = 0; c < out; c++) {
        const target = c * product(shape) + flat(to, shape);
        for (let i = 0; i < x.channels; i++) sums[target] = (sums[target] as number) + weight(c, i, t) * read(x, i, from);
      }
    });
  }
  return { channels: out, shape, data: sums.map((sum) => sum % MODULUS) };
}

function pool(x: Volume, kernel: number): Volume {
  const taps = positions(x.shape.map(() => kernel));
  const shape = x.shape.map((n) => Math.floor(n / kernel));
  return volume(x.channels, shape, (c, at) =>
    Math.max(
      ...taps.map((tap) =>
        read(
          x,
          c,
          tap.map((t, a) => (at[a] as number) * kernel + t),
        ),
      ),
    ),
  );
}

function shuffle(x: Volume, r: number): Volume {
  const parts = r ** x.shape.length;
  const shape = x.shape.map((n) => n * r);
  return volume(x.channels / parts, shape, (c, at) => {
    const part = at.reduce((sum, i) => sum * r + (i % r), 0);
    return read(x, c * parts + part, divided(at, r));
  });
}

function volume(channels: number, shape: readonly number[], at: (channel: number, position: Position) => number): Volume {
  const all = positions(shape);
  const data = Array.from({ length: channels }, (_, c) => all.map((position) => at(c, position) % MODULUS)).flat();
  return { channels, shape, data };
}

/** `padding` is one amount for all sides, or begin and end per axis, the last axis first. */
function padded(x: Volume, padding: unknown, inside: (i: number, n: number) => number): Volume {
  const around = x.shape.map((_, axis) => {
    const first = 2 * (x.shape.length - 1 - axis);
    return Array.isArray(padding) ? [Number(padding[first]), Number(padding[first + 1])] : [Number(padding), Number(padding)];
  }) as [number, number][];
  const shape = x.shape.map((n, axis) => n + (around[axis] as [number, number])[0] + (around[axis] as [number, number])[1]);
  return volume(x.channels, shape, (c, at) => {
    const from = at.map((i, axis) => inside(i - (around[axis] as [number, number])[0], x.shape[axis] as number));
    return read(x, c, from);
  });
}

/** A ball that bounces between the first and the last position. */
function bounced(i: number, n: number): number {
  let at = i;
  while (n > 1 && (at < 0 || at >= n)) at = at < 0 ? -at : 2 * (n - 1) - at;
  return n > 1 ? at : 0;
}

/** Zero outside. */
function read({ shape, data }: Volume, channel: number, at: Position): number {
  for (const [axis, i] of at.entries()) if (i < 0 || i >= (shape[axis] as number)) return 0;
  return data[channel * product(shape) + flat(at, shape)] as number;
}

const flat = (at: Position, shape: readonly number[]) => at.reduce((sum, i, axis) => sum * (shape[axis] as number) + i, 0);
const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
const shifted = (at: Position, by: Position) => at.map((i, axis) => i + (by[axis] as number));
const divided = (at: Position, by: number) => at.map((i) => Math.floor(i / by));

function positions(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>((all, n) => all.flatMap((at) => Array.from({ length: n }, (_, i) => [...at, i])), [[]]);
}

function spread(value: unknown, axes: number): number[] {
  return Array.isArray(value) ? value.map(Number) : new Array<number>(axes).fill(Number(value));
}

/** The weights of one layer: numbers from 1 to 97 that depend on their place only. */
function weights(layer: number, out: number, channels: number): Weight {
  return (c, i, t) => 1 + randomFrom(((layer * 64 + t) * channels + i) * out + c)(97);
}
