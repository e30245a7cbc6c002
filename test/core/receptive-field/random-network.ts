import type { Attribute, Constant, Graph, Node } from '../../../src/core/graph.ts';
import { lengthAfter, type Step, type Tensor1d } from './oracle.ts';

/** Where a Slice ends that goes to the end. */
const TO_THE_END = 2 ** 31 - 1;

/** Pseudo-random integers from a seed (mulberry32), so that a failure can be run again. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** A random one-dimensional network: chains, residual and dense merges, decoders, dilation, crops, borders of all kinds. */
export function randomNetwork(seed: number): Tensor1d[] {
  const random = randomFrom(seed);
  const network: Tensor1d[] = [{ step: null, from: [], length: 8 + random(random(4) === 0 ? 192 : 40), channels: 1 }];
  const layers = 1 + random(9);
  const pick = () => {
    const from = pickable();
    return from[Math.max(0, from.length - 1 - random(random(3) === 0 ? from.length : 2))] as number;
  };
  // A pooled tensor is read as a gate only: a window over its one position may read nothing but padding.
  const gate = (from: number) =>
    network.push({ step: { op: 'gate' }, from: [from, add({ op: 'pool' }, [from])], length: lengthAt(from), channels: channelsAt(from) });
  const lengthAt = (i: number) => network[i]?.length ?? 0;
  const channelsAt = (i: number) => network[i]?.channels ?? 0;
  const pickable = () => network.flatMap(({ step }, i) => (step?.op === 'pool' ? [] : [i]));
  const append = (a: number, b: number) => network[a]?.channels === network[b]?.channels && add({ op: 'append' }, [a, b]);
  const add = (step: Step, from: readonly number[]): number => {
    const length = lengthAfter(
      step,
      from.map((i) => (network[i] as Tensor1d).length),
    );
    if (length < 1 || length > 200) return from[0] as number;
    return (
      network.push({
        step,
        from,
        length,
        channels: channelsAfter(
          step,
          from.map((i) => (network[i] as Tensor1d).channels),
        ),
      }) - 1
    );
  };
  /** Branches merge only where their lengths agree, so the longer one is cropped, as U-Nets do. */
  const merge = (from: number, other: number): number => {
    const [n, m] = [lengthAt(from), lengthAt(other)];
    const length = Math.min(n, m);
    const left = n === length ? from : cropTo(network, from, length, random(n - length + 1));
    const right = m === length ? other : cropTo(network, other, length, random(m - length + 1));
    return add({ op: channelsAt(left) === channelsAt(right) && random(2) === 0 ? 'add' : 'concat' }, [left, right]);
  };
  /** An encoder and a decoder with a shortcut at every level. */
  const unet = (from: number, depth: number): number => {
    const [conv, mode] = [{ op: 'conv', k: 2 + random(3), s: 1, d: 1 + random(2), p: random(3), q: random(3) } as const, random(8)];
    const convolve = (input: number): number => {
      if (mode > 1) return add(conv, [input]);
      return add({ ...conv, p: 0, q: 0 }, [add({ op: 'pad', mode: mode === 0 ? 'reflect' : 'edge', p: conv.p, q: conv.q }, [input])]);
    };
    const skip = convolve(from);
    if (depth === 0) return skip;
    const s = 2 + random(2);
    const below = unet(add({ op: 'conv', k: s + random(2), s, d: 1, p: random(2), q: random(2) }, [skip]), depth - 1);
    const up: Step =
      random(2) === 0 ? { op: 'nearest', factor: s } : { op: 'transposed', k: s + random(2), s, d: 1, p: 0, extra: random(2) };
    return lengthAt(below) > 1 ? convolve(merge(add(up, [below]), skip)) : skip;
  };
  if (random(8) === 0) unet(0, 1 + random(3));
  for (let layer = 0; layer < layers; layer++) {
    const from = pick();
    const n = (network[from] as Tensor1d).length;
    const kind = random(26);
    if (kind < 8) add({ op: 'conv', k: 1 + random(5), s: 1 + random(3), d: 1 + random(3), p: random(4), q: random(4) }, [from]);
    else if (kind < 10)
      add({ op: 'transposed', k: 1 + random(4), s: 1 + random(3), d: 1 + random(2), p: random(2), extra: random(2) }, [from]);
    else if (kind < 11 && n > 1) add({ op: 'nearest', factor: 2 + random(2) }, [from]);
    else if (kind < 12 && n > 1) add({ op: 'linear', factor: 2 }, [from]);
    else if (kind < 13) add({ op: 'slice', start: random(n), end: TO_THE_END, step: 1 + random(2) }, [from]);
    else if (kind === 13 && random(3) === 0) add({ op: 'flip' }, [from]);
    else if (kind === 14 && random(6) === 0) gate(from);
    else if (kind === 15) append(from, pick());
    else if (kind < 18) {
      const mode = random(6) === 0 ? 'wrap' : random(2) === 0 ? 'edge' : 'reflect';
      add({ op: 'pad', mode, p: random(5), q: random(5) }, [from]);
    } else if (kind === 18) {
      const factor = 2 + random(2);
      const even = n % factor === 0 ? n / factor : n * factor;
      add({ op: 'adaptive', to: Math.max(2, random(2) === 0 ? even : random(n + 6)) }, [from]);
    } else if (kind < 21) add({ op: 'same', k: 1 + random(5), s: 1 + random(3), d: 1 + random(2), lower: random(2) === 0 }, [from]);
    else if (kind < 22 && n > 1) add({ op: 'floor', factor: 2 + random(2) }, [from]);
    else merge(from, pick());
  }
  return network;
}

function cropTo(network: Tensor1d[], from: number, length: number, start: number): number {
  return (
    network.push({
      step: { op: 'slice', start, end: start + length, step: 1 },
      from: [from],
      length,
      channels: network[from]?.channels ?? 1,
    }) - 1
  );
}

function channelsAfter(step: Step, channels: readonly number[]): number {
  if (step.op === 'conv' || step.op === 'same' || step.op === 'transposed') return 1;
  return step.op === 'concat' ? channels.reduce((a, b) => a + b) : (channels[0] as number);
}

/** The same network for Fovea: [1, channels, length, 1] tensors named t0, t1, ...; of an input whose `length` has only a name. */
export function toGraph(network: readonly Tensor1d[], length: number | string = network[0]?.length ?? 0): Graph {
  const constants = new Map<string, Constant>();
  const nodes = network.flatMap(({ step, from }, index): Node[] => {
    if (step === null) return [];
    const { op, attributes, more } = toOnnx(step, network[from[0] as number]?.channels ?? 1);
    const extra = more.map((constant, i) => {
      if (constant === null) return '';
      const name = `c${index}.${i}`;
      constants.set(name, { name, ...constant });
      return name;
    });
    const id = `n${index}`;
    const inputs = [...from.map((i) => `t${i}`), ...extra];
    return [{ id, name: id, scope: '', op, attributes: new Map(Object.entries(attributes)), inputs, outputs: [`t${index}`] }];
  });
  return {
    name: 'random',
    nodes,
    inputs: [{ name: 't0', dtype: 'float32', shape: [1, 1, length, 1] }],
    outputs: [{ name: `t${network.length - 1}`, dtype: null, shape: null }],
    constants,
    diagnostics: [],
  };
}

interface Onnx {
  readonly op: string;
  readonly attributes: Record<string, Attribute>;
  /** Constant inputs behind the data inputs; null for one that is left out. */
  readonly more: readonly (Omit<Constant, 'name'> | null)[];
}

const MERGES: Record<string, Onnx> = {
  pool: { op: 'GlobalAveragePool', attributes: {}, more: [] },
  add: { op: 'Add', attributes: {}, more: [] },
  gate: { op: 'Mul', attributes: {}, more: [] },
  concat: { op: 'Concat', attributes: { axis: 1 }, more: [] },
  append: { op: 'Concat', attributes: { axis: 2 }, more: [] },
};

function toOnnx(step: Step, channels: number): Onnx {
  const weights = (shape: number[]) => ({ dtype: 'float32', shape, data: null }) as const;
  const ints = (value: number) => ({ dtype: 'int64', shape: [1], data: [value] }) as const;
  switch (step.op) {
    case 'conv': {
      const attributes = { strides: [step.s, 1], dilations: [step.d, 1], pads: [step.p, 0, step.q, 0] };
      return { op: 'Conv', attributes, more: [weights([1, channels, step.k, 1])] };
    }
    case 'transposed': {
      const attributes = {
        strides: [step.s, 1],
        dilations: [step.d, 1],
        pads: [step.p, 0, step.p, 0],
        output_padding: [step.extra, 0],
      };
      return { op: 'ConvTranspose', attributes, more: [weights([channels, 1, step.k, 1])] };
    }
    case 'nearest':
    case 'floor':
    case 'linear': {
      const coordinates = step.op === 'nearest' ? 'asymmetric' : 'half_pixel';
      const mode = step.op === 'linear' ? 'linear' : 'nearest';
      const attributes = { mode, coordinate_transformation_mode: coordinates, nearest_mode: 'floor' };
      return { op: 'Resize', attributes, more: [null, { dtype: 'float32', shape: [4], data: [1, 1, step.factor, 1] }] };
    }
    case 'same': {
      const attributes = { strides: [step.s, 1], dilations: [step.d, 1], auto_pad: step.lower ? 'SAME_LOWER' : 'SAME_UPPER' };
      return { op: 'Conv', attributes, more: [weights([1, channels, step.k, 1])] };
    }
    case 'pad': {
      const pads = { dtype: 'int64', shape: [8], data: [0, 0, step.p, 0, 0, 0, step.q, 0] } as const;
      return { op: 'Pad', attributes: { mode: step.mode }, more: [pads] };
    }
    case 'adaptive':
      return { op: 'fovea.AdaptiveAveragePool', attributes: { output_size: [step.to, 1] }, more: [] };
    case 'slice':
      return { op: 'Slice', attributes: {}, more: [ints(step.start), ints(step.end), ints(2), ints(step.step)] };
    case 'flip':
      return { op: 'Slice', attributes: {}, more: [ints(-1), ints(-(2 ** 31)), ints(2), ints(-1)] };
    default:
      return MERGES[step.op] as Onnx;
  }
}
