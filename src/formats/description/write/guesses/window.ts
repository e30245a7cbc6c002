import { float, has, int, ints, known, string } from '../../../../core/operators/call.ts';
import type { Call } from '../../../../core/operators/operator.ts';
import type { Json } from '../json.ts';
import { decimal, type Guess, type Guesser, oneOrAll } from './guess.ts';

/** The spatial axes of a tensor; 0 where PyTorch has no layer for so many. */
function spatialOf(rank: number | undefined): number {
  return rank !== undefined && rank >= 3 && rank <= 5 ? rank - 2 : 0;
}

function perAxis(call: Call, name: string, axes: number, fallback: number): Json {
  return oneOrAll(ints(call, name) ?? Array<number>(axes).fill(fallback));
}

const WORDS = new Map([
  ['SAME_UPPER', 'same_upper'],
  ['SAME_LOWER', 'same_lower'],
  ['VALID', 'valid'],
]);

function padding(call: Call, axes: number): Json {
  const word = WORDS.get(string(call, 'auto_pad', ''));
  const pads = ints(call, 'pads');
  if (word !== undefined || pads === undefined) return word ?? 0;
  const pairs = Array.from({ length: axes }, (_, axis): [number, number] => [pads[axis] as number, pads[axis + axes] as number]);
  return pairs.every(([begin, end]) => begin === end) ? oneOrAll(pairs.map(([begin]) => begin)) : pairs;
}

/** Channels that the layer cannot find out by itself. */
function unknownChannels(call: Call, channels: number): number | undefined {
  return typeof call.inputs[0]?.shape?.[1] === 'number' ? undefined : channels;
}

const conv: Guesser = (call) => {
  const weight = known(call.inputs[1]?.shape ?? null);
  const axes = spatialOf(weight?.length);
  if (!weight || axes === 0) return [];
  const groups = int(call, 'group', 1);
  const args = {
    out_channels: weight[0] as number,
    kernel_size: oneOrAll(weight.slice(2)),
    stride: perAxis(call, 'strides', axes, 1),
    padding: padding(call, axes),
    dilation: perAxis(call, 'dilations', axes, 1),
    groups,
    bias: has(call, 2),
    in_channels: unknownChannels(call, (weight[1] as number) * groups),
  };
  return [{ type: `Conv${axes}d`, args }];
};

const convTranspose: Guesser = (call) => {
  const weight = known(call.inputs[1]?.shape ?? null);
  const axes = spatialOf(weight?.length);
  if (!weight || axes === 0) return [];
  const groups = int(call, 'group', 1);
  const args = {
    out_channels: (weight[1] as number) * groups,
    kernel_size: oneOrAll(weight.slice(2)),
    stride: perAxis(call, 'strides', axes, 1),
    padding: padding(call, axes),
    output_padding: perAxis(call, 'output_padding', axes, 0),
    groups,
    bias: has(call, 2),
    dilation: perAxis(call, 'dilations', axes, 1),
    in_channels: unknownChannels(call, weight[0] as number),
  };
  return [{ type: `ConvTranspose${axes}d`, args }];
};

function pool(name: string, own: (call: Call, axes: number) => Guess['args']): Guesser {
  return (call) => {
    const kernel = ints(call, 'kernel_shape') ?? [];
    const axes = spatialOf(kernel.length + 2);
    if (axes === 0) return [];
    const size = oneOrAll(kernel);
    const stride = perAxis(call, 'strides', axes, 1);
    const args = {
      kernel_size: size,
      // PyTorch's windows do not overlap unless told to.
      stride: JSON.stringify(stride) === JSON.stringify(size) ? undefined : stride,
      padding: padding(call, axes),
      ceil_mode: int(call, 'ceil_mode', 0) === 1,
      ...own(call, axes),
    };
    return [{ type: `${name}${axes}d`, args }];
  };
}

function globalPool(name: string): Guesser {
  return (call) => {
    const axes = spatialOf(call.inputs[0]?.shape?.length);
    return axes === 0 ? [] : [{ type: `${name}${axes}d`, args: { output_size: 1 } }];
  };
}

function adaptivePool(name: string): Guesser {
  return (call) => {
    const size = ints(call, 'output_size') ?? [];
    return [{ type: `${name}${size.length}d`, args: { output_size: oneOrAll(size) } }];
  };
}

export const windows: Readonly<Record<string, Guesser>> = {
  Conv: conv,
  ConvTranspose: convTranspose,
  MaxPool: pool('MaxPool', (call, axes) => ({ dilation: perAxis(call, 'dilations', axes, 1) })),
  AveragePool: pool('AvgPool', (call) => ({ count_include_pad: int(call, 'count_include_pad', 0) === 1 })),
  LpPool: pool('LPPool', (call) => ({ norm_type: decimal(float(call, 'p', 2)) })),
  GlobalAveragePool: globalPool('AdaptiveAvgPool'),
  GlobalMaxPool: globalPool('AdaptiveMaxPool'),
  'fovea.AdaptiveAveragePool': adaptivePool('AdaptiveAvgPool'),
  'fovea.AdaptiveMaxPool': adaptivePool('AdaptiveMaxPool'),
};
