import { Type } from '@sinclair/typebox';
import { flag, optional, perAxis, real } from '../arguments.ts';
import { type Attributes, defineLayer, type Layer } from '../layer.ts';
import { each, needRank, RANKS, spatialNames } from './sizes.ts';
import { type Padding, paddingSchema, resolvePadding, windowAttributes } from './window.ts';

interface WindowArguments {
  readonly kernel_size: number | readonly number[];
  readonly stride?: number | readonly number[];
  readonly padding: unknown;
  readonly ceil_mode: boolean;
}

const windowSchemas = (rank: number) => ({
  kernel_size: perAxis(rank, 'Size of the window.'),
  stride: Type.Optional(perAxis(rank, 'Step of the window; its size unless said otherwise.')),
  padding: optional(paddingSchema(rank), 0),
  ceil_mode: optional(flag('Whether an incomplete window at the end counts.'), false),
});

function emitPool(
  layer: Layer,
  op: string,
  rank: number,
  args: WindowArguments,
  dilation: number | readonly number[],
  own: Attributes,
): string {
  needRank(layer, [rank + 2], spatialNames(rank));
  const kernel = each(args.kernel_size, rank);
  const window = { kernel, stride: each(args.stride ?? kernel, rank), dilation: each(dilation, rank) };
  const pads = resolvePadding(layer, args.padding as Padding, window);
  return layer.emit(op, [layer.inputs[0] as string], { ...windowAttributes(window, pads), ceil_mode: Number(args.ceil_mode), ...own });
}

function maxPool(rank: number) {
  const own = { ...windowSchemas(rank), dilation: optional(perAxis(rank, 'Distance of the taps of the window.'), 1) };
  return defineLayer(`MaxPool${rank}d`, 'The largest element of each window.', own, (layer, args) =>
    emitPool(layer, 'MaxPool', rank, args, args.dilation, {}),
  );
}

function averagePool(rank: number) {
  const own = { ...windowSchemas(rank), count_include_pad: optional(flag('Whether the padding counts in the mean.'), true) };
  return defineLayer(`AvgPool${rank}d`, 'The mean of each window.', own, (layer, args) =>
    emitPool(layer, 'AveragePool', rank, args, 1, { count_include_pad: Number(args.count_include_pad) }),
  );
}

function normPool(rank: number) {
  const own = { norm_type: real('The power p of the norm.'), ...windowSchemas(rank) };
  return defineLayer(`LPPool${rank}d`, 'The p-norm of each window.', own, (layer, args) =>
    emitPool(layer, 'LpPool', rank, args, 1, { p: args.norm_type }),
  );
}

/** PyTorch's adaptive pooling. It stays one operator, whatever the size it divides now, because callers change sizes. */
function adaptivePool(name: string, rank: number, globalOp: string, adaptiveOp: string) {
  const size = Type.Union([Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1 }), Type.Null()]);
  const own = {
    output_size: Type.Union([size, Type.Array(size, { minItems: rank, maxItems: rank })], {
      title: `an integer of at least 1, null, or a list of ${rank} of them`,
      description: "Size of the output; null keeps the input's.",
    }),
  };
  return defineLayer(`${name}${rank}d`, 'Pooling to a given size, whatever the size of the input.', own, (layer, { output_size }) => {
    needRank(layer, [rank + 2], spatialNames(rank));
    const wanted = Array.isArray(output_size) ? output_size : Array<number | null>(rank).fill(output_size);
    const input = layer.inputs[0] as string;
    if (wanted.every((m) => m === 1)) return layer.emit(globalOp, [input]);
    const sizes = wanted.map((m, axis) => m ?? keptSize(layer, axis));
    return layer.emit(adaptiveOp, [input], { output_size: sizes });
  });
}

function keptSize(layer: Layer, axis: number): number {
  const size = layer.tensor(layer.inputs[0] as string).shape?.[axis + 2];
  return typeof size === 'number' ? size : layer.refuse('null keeps a size that is not known', 'output_size');
}

export const poolingLayers = RANKS.flatMap((rank) => [
  maxPool(rank),
  averagePool(rank),
  normPool(rank),
  adaptivePool('AdaptiveAvgPool', rank, 'GlobalAveragePool', 'fovea.AdaptiveAveragePool'),
  adaptivePool('AdaptiveMaxPool', rank, 'GlobalMaxPool', 'fovea.AdaptiveMaxPool'),
]);
