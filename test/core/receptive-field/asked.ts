import { readConfig } from '../../../src/config.ts';
import type { AnalyzeOptions } from '../../../src/core/options.ts';
import { sourceNamed } from '../../../src/core/receptive-field/fields.ts';
import type { Source } from '../../../src/core/receptive-field/propagate.ts';
import { type Target, targetNamed } from '../../../src/core/receptive-field/target.ts';
import { type Trace, traceGraph } from '../../../src/core/trace.ts';
import { readDescription } from '../../../src/formats/description/index.ts';

export type Json = Record<string, unknown>;

/** What the views of one unit start from. */
export interface Asked {
  readonly trace: Trace;
  readonly target: Target;
  readonly source: Source;
}

interface Question {
  readonly shape?: readonly unknown[];
  /** Further inputs beside x. */
  readonly inputs?: Json;
  /** Name of a layer whose output is the target; the last layer where absent. */
  readonly target?: string;
  /** Name of the input, or of a layer whose output is the source. */
  readonly source?: string;
  readonly options?: AnalyzeOptions;
}

/** A described network with input x, a target and a source. */
export function asked(
  layers: readonly Json[],
  { shape = [1, 3, 64, 64], inputs = {}, target, source = 'x', options = {} }: Question = {},
): Asked {
  const described = { version: 1, inputs: { x: shape, ...inputs }, layers };
  const trace = traceGraph(readDescription(described, readConfig({}).limits.reader), options);
  const written = (layer: string) => trace.calls.find(({ node }) => node.id === layer)?.node.outputs[0] ?? layer;
  const name = target === undefined ? (trace.graph.outputs[0]?.name ?? '') : written(target);
  const [end, start] = [targetNamed(trace, name), sourceNamed(trace, written(source))];
  if (!end || !start) throw new Error(`there is no tensor ${end ? source : name}`);
  return { trace, target: end, source: start };
}

export function conv(kernel: unknown, stride: unknown = 1, padding: unknown = 0, more: Json = {}): Json {
  return { type: 'Conv2d', out_channels: 4, kernel_size: kernel, stride, padding, ...more };
}

export function maxPool(kernel: number, stride = kernel, padding = 0): Json {
  return { type: 'MaxPool2d', kernel_size: kernel, stride, padding };
}

/** A convolution that keeps the size. */
export function same(kernel: number, dilation = 1, more: Json = {}): Json {
  return conv(kernel, 1, (dilation * (kernel - 1)) / 2, { dilation, ...more });
}

export function times(count: number, make: (i: number) => readonly Json[]): Json[] {
  return Array.from({ length: count }, (_, i) => make(i)).flat();
}

/** Patches of 4 pixels as tokens, channels last: [1, 256, 8] of an image of 64 pixels. */
export const TOKENS: readonly Json[] = [
  conv(4, 4, 0, { out_channels: 8 }),
  { type: 'Flatten', start_dim: 2 },
  { type: 'Permute', dims: [0, 2, 1], name: 'tokens' },
];

/** A block of a vision transformer on tokens of 8 channels. */
export const transformerBlock = (name: string, input: string): Json[] => [
  { type: 'LayerNorm', normalized_shape: 8, from: input, name: `${name}.norm` },
  { type: 'MultiheadAttention', num_heads: 2, name: `${name}.attention` },
  { type: 'Add', from: [input, `${name}.attention`], name: `${name}.sum` },
  { type: 'Linear', out_features: 8 },
  { type: 'GELU' },
  { type: 'Linear', out_features: 8, name: `${name}.mlp` },
  { type: 'Add', from: [`${name}.sum`, `${name}.mlp`], name },
];
