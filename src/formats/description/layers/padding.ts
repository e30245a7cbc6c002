import { Type } from '@sinclair/typebox';
import { index, optional, real } from '../arguments.ts';
import { defineLayer, type Layer } from '../layer.ts';
import { needRank, RANKS, spatialNames } from './sizes.ts';

const MODES = { zeros: 'constant', constant: 'constant', reflect: 'reflect', replicate: 'edge', circular: 'wrap' } as const;

/** ONNX's word for a padding mode of PyTorch. */
export function padMode(mode: keyof typeof MODES): string {
  return MODES[mode];
}

/** Adds a Pad over the spatial axes; negative amounts cut off. */
export function padValue(
  layer: Layer,
  begin: readonly number[],
  end: readonly number[],
  mode: string,
  suffix: string,
  fill?: number,
): string {
  const constants = suffix === '' ? 'pads' : `${suffix}.pads`;
  const pads = layer.constant(constants, [0, 0, ...begin, 0, 0, ...end]);
  const value = fill ? [layer.constant('value', [fill], 'float32', [])] : [];
  return layer.emit('Pad', [layer.inputs[0] as string, pads, ...value], { mode }, suffix);
}

function pad(name: string, rank: number, mode: keyof typeof MODES, what: string) {
  const amount = index('');
  const padding = Type.Union(
    [
      Type.Integer({ minimum: amount.minimum as number, maximum: amount.maximum as number }),
      Type.Array(Type.Integer(), { minItems: 2 * rank, maxItems: 2 * rank }),
    ],
    {
      description:
        'One number for all sides, or begin and end per axis, the last axis first, as PyTorch does: [left, right, top, bottom]. Negative numbers cut off.',
    },
  );
  const value = mode === 'constant' ? { value: optional(real('What stands in the padding.'), 0) } : {};
  return defineLayer(
    `${name}${rank}d`,
    `Padding ${what} over ${rank} spatial ${rank === 1 ? 'axis' : 'axes'}.`,
    { padding, ...value },
    (layer, args) => {
      needRank(layer, [rank + 2], spatialNames(rank));
      const given = args.padding;
      const sides = typeof given === 'number' ? Array<number>(2 * rank).fill(given) : given;
      const axes = Array.from({ length: rank }, (_, axis) => 2 * (rank - 1 - axis));
      const side = (offset: number) => axes.map((first) => sides[first + offset] as number);
      return padValue(layer, side(0), side(1), padMode(mode), '', 'value' in args ? (args.value as number) : undefined);
    },
  );
}

export const paddingLayers = RANKS.flatMap((rank) => [
  pad('ZeroPad', rank, 'zeros', 'with zeros'),
  pad('ConstantPad', rank, 'constant', 'with a constant'),
  pad('ReflectionPad', rank, 'reflect', 'by reflection at the border'),
  pad('ReplicationPad', rank, 'replicate', 'by repeating the border'),
  pad('CircularPad', rank, 'circular', 'by going around'),
]);
