import type { Attribute, Constant, Graph, Node } from '../../../src/core/graph.ts';
import { randomFrom } from './random-network.ts';

/**
 * Small two-dimensional networks run forwards on images of one hot pixel, with real channels and uniform weights: what a unit
 * then shows is the influence of that pixel on it. Shares no code and no idea with `src/`, which goes from the unit backwards,
 * window by window and axis by axis.
 */
export type Op =
  /** One number per axis; `p` is top, left, bottom, right. */
  | { readonly op: 'conv' | 'pool'; readonly k: Pair; readonly s: Pair; readonly d: Pair; readonly p: Four }
  | { readonly op: 'transposed'; readonly k: Pair; readonly s: Pair; readonly p: Pair }
  | { readonly op: 'bilinear' | 'nearest' }
  | { readonly op: 'relu' | 'add' | 'concat' | 'flip' }
  /** Padding that repeats what is inside; `p` is top, left, bottom, right. */
  | { readonly op: 'reflect' | 'edge'; readonly p: Four }
  /** One tensor below the other. */
  | { readonly op: 'append' }
  | { readonly op: 'crop'; readonly start: Pair; readonly step: Pair }
  /** One channel of zeros more. */
  | { readonly op: 'widen' }
  /** Pairs of rows as channels, and a 1x1 convolution over them. */
  | { readonly op: 'pair' }
  /** x times the mean of x over all positions; x by its mean and variance over all positions, as an operator and packed with the channels. */
  | { readonly op: 'gate' | 'norm' | 'packed' };

type Pair = readonly [number, number];
type Four = readonly [number, number, number, number];

export interface Layer2d {
  /** null for the image. */
  readonly op: Op | null;
  readonly from: readonly number[];
  readonly channels: number;
  readonly size: Pair;
}

/** What a run stands for: uniform shares, variances, path counts, or what is reached at all (gates then count). */
export type Mode = 'uniform' | 'random' | 'paths' | 'support';

type Image = readonly (readonly (readonly number[])[])[];

/** For every pixel of the image what the units of the last layer show of it, their channels taken together. */
export function responsesOf(network: readonly Layer2d[], mode: Mode): number[][][][] {
  const { channels, size } = network[0] as Layer2d;
  const last = network.at(-1)?.size ?? [0, 0];
  return grid(size, (y, x) => {
    const image = Array.from({ length: channels }, () => grid(size, (v, u) => (v === y && u === x ? 1 : 0)));
    const shown = run(network, image, mode);
    return grid(last, (v, u) => shown.reduce((sum, plane) => sum + at(plane, v, u), 0));
  });
}

/** Influence of every pixel on one unit, together 1. */
export function influenceOf(responses: readonly (readonly number[][])[][], [v, u]: Pair): number[][] {
  const found = responses.map((row) => row.map((shown) => shown[v]?.[u] ?? 0));
  const total = found.flat().reduce((a, b) => a + b, 0);
  return found.map((row) => row.map((value) => (total === 0 ? 0 : value / total)));
}

function run(network: readonly Layer2d[], image: Image, mode: Mode): Image {
  const shown: Image[] = [];
  for (const layer of network) {
    const inputs = layer.from.map((i) => shown[i] as Image);
    shown.push(layer.op === null ? image : apply(layer.op, layer, inputs, mode));
  }
  return shown.at(-1) as Image;
}

function apply(op: Op, { channels, size }: Layer2d, inputs: readonly Image[], mode: Mode): Image {
  const [a, b] = inputs as [Image, Image];
  const [h, w] = [a[0]?.length ?? 0, a[0]?.[0]?.length ?? 0];
  const each = (pixel: (plane: Image[number], y: number, x: number) => number) =>
    a.map((plane) => grid(size, (y, x) => pixel(plane, y, x)));
  switch (op.op) {
    case 'pool':
    case 'conv': {
      const read = (plane: Image[number], y: number, x: number) =>
        average(taps(op.k[0]), taps(op.k[1]), mode, (i, j) =>
          at(plane, y * op.s[0] - op.p[0] + i * op.d[0], x * op.s[1] - op.p[1] + j * op.d[1]),
        );
      return op.op === 'pool' ? each(read) : mixed(a, channels, size, mode, read);
    }
    case 'transposed': {
      const meets = (o: number, axis: 0 | 1) =>
        taps(op.k[axis])
          .map((t) => (o + op.p[axis] - t) / op.s[axis])
          .filter(Number.isInteger);
      return mixed(a, channels, size, mode, (plane, y, x) => average(meets(y, 0), meets(x, 1), mode, (i, j) => at(plane, i, j)));
    }
    case 'bilinear': {
      const around = (o: number, n: number) =>
        [Math.floor(o / 2 - 0.25), Math.floor(o / 2 - 0.25) + 1].map((i) => Math.min(Math.max(i, 0), n - 1));
      return each((plane, y, x) => average(around(y, h), around(x, w), mode, (i, j) => at(plane, i, j)));
    }
    case 'nearest':
      return each((plane, y, x) => at(plane, Math.floor(y / 2), Math.floor(x / 2)));
    case 'reflect':
    case 'edge': {
      const repeated = op.op === 'edge' ? nearest : bounced;
      return each((plane, y, x) => at(plane, repeated(y - op.p[0], h), repeated(x - op.p[1], w)));
    }
    case 'relu':
      return a;
    case 'add':
      return a.map((plane, c) => grid(size, (y, x) => (at(plane, y, x) + at(b[c] ?? [], y, x)) / (mode === 'uniform' ? 2 : 1)));
    case 'concat':
      return [...a, ...b];
    case 'widen':
      return [...a, grid(size, () => 0)];
    case 'pair':
      return mixed(a, channels, size, mode, (plane, y, x) => average([2 * y, 2 * y + 1], [x], mode, (i, j) => at(plane, i, j)));
    case 'append':
      return a.map((plane, c) => [...plane, ...(b[c] ?? [])]);
    case 'flip':
      return each((plane, y, x) => at(plane, h - 1 - y, x));
    case 'crop':
      return each((plane, y, x) => at(plane, op.start[0] + y * op.step[0], op.start[1] + x * op.step[1]));
    default: {
      const sum = mode === 'support' ? a.flat(2).reduce((total, value) => total + value, 0) : 0;
      return each((plane, y, x) => at(plane, y, x) + sum);
    }
  }
}

const nearest = (i: number, n: number) => (i < 0 ? 0 : i < n ? i : n - 1);

/** Where so many steps from the first position lead, either way, turning back at both ends. */
function bounced(steps: number, n: number): number {
  let [position, ahead] = [0, true];
  for (let left = n === 1 ? 0 : Math.abs(steps); left > 0; left--) {
    position += ahead ? 1 : -1;
    ahead = position === 0 || (ahead && position < n - 1);
  }
  return position;
}

/** A convolution over all channels: every output channel is alike. */
function mixed(a: Image, channels: number, size: Pair, mode: Mode, read: (plane: Image[number], y: number, x: number) => number): Image {
  const plane = grid(size, (y, x) => a.reduce((sum, one) => sum + read(one, y, x), 0) / (mode === 'paths' ? 1 : a.length));
  return Array.from({ length: channels }, () => plane);
}

function average(rows: readonly number[], columns: readonly number[], mode: Mode, read: (i: number, j: number) => number): number {
  let sum = 0;
  for (const i of rows) for (const j of columns) sum += read(i, j);
  return mode === 'paths' ? sum : sum / Math.max(1, rows.length * columns.length);
}

const taps = (k: number) => Array.from({ length: k }, (_, t) => t);
const at = (plane: Image[number], y: number, x: number) => plane[y]?.[x] ?? 0;
const grid = <T>([h, w]: Pair, pixel: (y: number, x: number) => T): T[][] =>
  Array.from({ length: h }, (_, y) => Array.from({ length: w }, (_, x) => pixel(y, x)));

function sizeAfter(op: Op, sizes: readonly Pair[]): Pair {
  const both = (f: (n: number, axis: 0 | 1) => number): Pair => [f(sizes[0]?.[0] ?? 0, 0), f(sizes[0]?.[1] ?? 0, 1)];
  switch (op.op) {
    case 'conv':
    case 'pool':
      return both(
        (n, axis) => Math.floor((n + op.p[axis] + op.p[(axis + 2) as 2 | 3] - op.d[axis] * (op.k[axis] - 1) - 1) / op.s[axis]) + 1,
      );
    case 'transposed':
      return both((n, axis) => (n - 1) * op.s[axis] - 2 * op.p[axis] + op.k[axis]);
    case 'bilinear':
    case 'nearest':
      return both((n) => 2 * n);
    case 'reflect':
    case 'edge':
      return both((n, axis) => n + op.p[axis] + op.p[(axis + 2) as 2 | 3]);
    case 'crop':
      return both((n, axis) => Math.ceil((n - op.start[axis]) / op.step[axis]));
    case 'pair':
      return [(sizes[0]?.[0] ?? 0) / 2, sizes[0]?.[1] ?? 0];
    case 'append':
      return [(sizes[0]?.[0] ?? 0) + (sizes[1]?.[0] ?? 0), sizes[0]?.[1] ?? 0];
    default:
      return both((n) => n);
  }
}

/** A network layer by layer: an operator, the layers that it reads (default: the one before), and its channels where it chooses them. */
export function network2d(
  image: Pair,
  channels: number,
  layers: readonly { op: Op; from?: readonly number[]; channels?: number }[],
): Layer2d[] {
  const network: Layer2d[] = [{ op: null, from: [], channels, size: image }];
  for (const layer of layers) {
    const from = layer.from ?? [network.length - 1];
    const inputs = from.map((i) => network[i] as Layer2d);
    const size = sizeAfter(
      layer.op,
      inputs.map((input) => input.size),
    );
    const before = inputs[0]?.channels ?? 1;
    const joined = inputs.reduce((sum, input) => sum + input.channels, 0);
    const more: Partial<Record<Op['op'], number>> = { concat: joined, widen: before + 1 };
    const own = more[layer.op.op] ?? before;
    network.push({ op: layer.op, from, size, channels: layer.channels ?? own });
  }
  return network;
}

export function conv(k: Pair, s: Pair = [1, 1], d: Pair = [1, 1], p?: Four): Op {
  const [y, x] = [Math.floor((d[0] * (k[0] - 1)) / 2), Math.floor((d[1] * (k[1] - 1)) / 2)];
  return { op: 'conv', k, s, d, p: p ?? [y, x, y, x] };
}

/** A random network; `single` has one channel everywhere and no Concat, for path counts. `least` is the least size of the image. */
export function randomNetwork2d(seed: number, single = false, least = 4): Layer2d[] {
  const random = randomFrom(seed);
  const pair = (least: number, below: number): Pair => [least + random(below), least + random(below)];
  let network = network2d([least + random(7), least + random(7)], single ? 1 : 1 + random(2), []);
  const image = network[0] as Layer2d;
  const layers: { op: Op; from: readonly number[]; channels?: number }[] = [];
  const last = () => network.length - 1;
  const add = (op: Op, from: readonly number[], channels?: number) => {
    const more = [...layers, { op, from, ...(channels !== undefined && { channels }) }];
    const grown = network2d(image.size, image.channels, more);
    const [h, w] = grown.at(-1)?.size ?? [0, 0];
    if (h < 1 || w < 1 || h * w > 400) return;
    network = grown;
    layers.push(more.at(-1) as (typeof layers)[number]);
  };
  const channels = () => (single ? 1 : 1 + random(3));
  for (let step = 2 + random(6); step > 0; step--) {
    const from = Math.max(0, last() - random(2));
    const { size } = network[from] as Layer2d;
    const kind = random(22);
    if (kind < 5)
      add({ op: 'conv', k: pair(1, 4), s: pair(1, 2), d: pair(1, 2), p: [...pair(0, 3), ...pair(0, 3)] as const }, [from], channels());
    else if (kind < 6) add({ op: 'pool', k: pair(2, 2), s: pair(1, 2), d: [1, 1], p: [...pair(0, 2), ...pair(0, 2)] as const }, [from]);
    else if (kind < 8) add({ op: 'transposed', k: pair(1, 4), s: pair(1, 2), p: pair(0, 2) }, [from], channels());
    else if (kind < 9 && size[0] > 1 && size[1] > 1) add({ op: random(2) === 0 ? 'bilinear' : 'nearest' }, [from]);
    else if (kind < 10) add({ op: 'crop', start: [random(size[0]), random(size[1])], step: pair(1, 2) }, [from]);
    else if (kind < 11) add({ op: random(3) === 0 ? 'flip' : 'relu' }, [from]);
    else if (kind < 12 && random(2) === 0 && size[0] * size[1] > 1) add({ op: random(2) === 0 ? 'gate' : 'norm' }, [from]);
    else if (kind < 13 && random(2) === 0 && size[0] * size[1] > 1) add({ op: 'packed' }, [from]);
    else if (kind < 14 && size[0] > 2 && size[0] % 2 === 0) add({ op: 'pair' }, [from], channels());
    else if (kind < 15 && !single) add({ op: 'widen' }, [from]);
    else if (kind < 17) add({ op: random(2) === 0 ? 'edge' : 'reflect', p: [...pair(0, 4), ...pair(-1, 5)] as const }, [from]);
    else {
      const alike = network.flatMap((layer, i) => (String(layer.size) === String(size) ? [i] : []));
      const other = alike[random(alike.length)] as number;
      const same = network[other]?.channels === network[from]?.channels;
      if (same && random(4) === 0) add({ op: 'append' }, [from, other]);
      else if (same && random(3) > 0) add({ op: 'add' }, [from, other]);
      else if (!single) add({ op: 'concat' }, [from, other]);
    }
  }
  return network;
}

/** The same network for Fovea: tensors t0, t1, ... */
export function toGraph2d(network: readonly Layer2d[]): Graph {
  const constants = new Map<string, Constant>();
  const constant = (name: string, dtype: 'float32' | 'int64', shape: number[], data: number[] | null): string => {
    constants.set(name, { name, dtype, shape, data });
    return name;
  };
  const node = (id: string, op: string, inputs: readonly string[], output: string, attributes: Record<string, Attribute> = {}): Node => ({
    id,
    name: id,
    scope: '',
    op,
    attributes: new Map(Object.entries(attributes)),
    inputs,
    outputs: [output],
  });
  const nodes = network.flatMap(({ op, from, channels }, index): Node[] => {
    if (op === null) return [];
    const inputs = from.map((i) => `t${i}`);
    const before = network[from[0] as number]?.channels ?? 1;
    const one = (name: string, attributes: Record<string, Attribute>, more: readonly string[] = []): Node[] => [
      node(`n${index}`, name, [...inputs, ...more], `t${index}`, attributes),
    ];
    const list = (name: string, data: number[]) => constant(`${name}${index}`, 'int64', [data.length], data);
    switch (op.op) {
      case 'conv':
        return one('Conv', { strides: op.s, dilations: op.d, pads: op.p }, [
          constant(`w${index}`, 'float32', [channels, before, ...op.k], null),
        ]);
      case 'pool':
        return one('MaxPool', { kernel_shape: op.k, strides: op.s, pads: op.p });
      case 'transposed': {
        const weight = constant(`w${index}`, 'float32', [before, channels, ...op.k], null);
        return one('ConvTranspose', { strides: op.s, pads: [...op.p, ...op.p] }, [weight]);
      }
      case 'bilinear':
      case 'nearest': {
        const attributes =
          op.op === 'bilinear'
            ? { mode: 'linear', coordinate_transformation_mode: 'half_pixel' }
            : { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' };
        return one('Resize', attributes, ['', constant(`s${index}`, 'float32', [4], [1, 1, 2, 2])]);
      }
      case 'reflect':
      case 'edge':
        return one('Pad', { mode: op.op }, [list('p', [0, 0, op.p[0], op.p[1], 0, 0, op.p[2], op.p[3]])]);
      case 'relu':
        return one('Relu', {});
      case 'add':
        return one('Add', {});
      case 'concat':
      case 'append':
        return one('Concat', { axis: op.op === 'concat' ? 1 : 2 });
      case 'flip':
        return one('Slice', {}, [list('b', [-1]), list('e', [-(2 ** 31)]), list('a', [2]), list('s', [-1])]);
      case 'pair': {
        const [h, w] = network[from[0] as number]?.size ?? [0, 0];
        return [
          node(`r${index}`, 'Reshape', [...inputs, list('to', [1, before, h / 2, 2, w])], `r${index}`),
          node(`t${index}`, 'Transpose', [`r${index}`], `p${index}`, { perm: [0, 1, 3, 2, 4] }),
          node(`b${index}`, 'Reshape', [`p${index}`, list('back', [1, 2 * before, h / 2, w])], `q${index}`),
          node(`n${index}`, 'Conv', [`q${index}`, constant(`w${index}`, 'float32', [channels, 2 * before, 1, 1], null)], `t${index}`),
        ];
      }
      case 'packed': {
        const vectors = ['scale', 'bias'].map((name) => constant(`${name}${index}`, 'float32', [1], null));
        return [
          node(`r${index}`, 'Reshape', [...inputs, list('to', [1, 1, -1])], `r${index}`),
          node(`i${index}`, 'InstanceNormalization', [`r${index}`, ...vectors], `p${index}`),
          node(`n${index}`, 'Reshape', [`p${index}`, list('back', [1, channels, ...(network[index] as Layer2d).size])], `t${index}`),
        ];
      }
      case 'widen':
        return one('Pad', {}, [list('p', [0, 0, 0, 0, 0, 1, 0, 0])]);
      case 'norm': {
        const vectors = ['scale', 'bias'].map((name) => constant(`${name}${index}`, 'float32', [channels], null));
        return one('InstanceNormalization', {}, vectors);
      }
      case 'crop':
        return one('Slice', {}, [list('b', [...op.start]), list('e', [1000, 1000]), list('a', [2, 3]), list('s', [...op.step])]);
      default:
        return [
          node(`p${index}`, 'GlobalAveragePool', inputs, `g${index}`),
          node(`n${index}`, 'Mul', [...inputs, `g${index}`], `t${index}`),
        ];
    }
  });
  const { size, channels } = network[0] as Layer2d;
  return {
    name: 'dense',
    nodes,
    inputs: [{ name: 't0', dtype: 'float32', shape: [1, channels, ...size] }],
    outputs: [{ name: `t${network.length - 1}`, dtype: null, shape: null }],
    constants,
    diagnostics: [],
  };
}
