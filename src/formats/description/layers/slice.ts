import { Type } from '@sinclair/typebox';
import { count, flag, index, indices, optional } from '../arguments.ts';
import { defineLayer, type Layer } from '../layer.ts';
import { axisOf, each, rankOf } from './sizes.ts';

/** ONNX's way to say "to the end". */
const END = Number.MAX_SAFE_INTEGER;

const first = (layer: Layer) => layer.inputs[0] as string;

/** Which axes are cut, and from where to where. */
interface Cut {
  readonly axes: readonly number[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly steps: readonly number[];
}

function emitSlice(layer: Layer, { starts, ends, axes, steps }: Cut): string {
  const inputs = [
    layer.constant('starts', starts),
    layer.constant('ends', ends),
    layer.constant('axes', axes),
    layer.constant('steps', steps),
  ];
  return layer.emit('Slice', [first(layer), ...inputs]);
}

const steps = Type.Union(
  [
    Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1 }),
    Type.Array(Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1 }), { minItems: 1, maxItems: 64 }),
  ],
  {
    description: 'Distance of the positions.',
  },
);

const slice = defineLayer(
  'Slice',
  'A range of positions, as in x[start:end:step]. With lists, several axes at once.',
  {
    dim: indices('The axis, or axes.'),
    start: optional(indices('The first position; negative ones count from the end.'), 0),
    end: Type.Optional(indices('The position after the last; negative ones count from the end. To the end unless said otherwise.')),
    step: optional(steps, 1),
  },
  (layer, args) => {
    const rank = rankOf(layer);
    const axes = each(args.dim, 1).map((axis) => axisOf(layer, axis, rank, 'dim'));
    const all = (value: number | readonly number[], key: string) => {
      const values = each(value, axes.length);
      if (values.length !== axes.length) layer.refuse(`${JSON.stringify(key)} has ${values.length} numbers for ${axes.length} axes`, key);
      return values;
    };
    return emitSlice(layer, { axes, starts: all(args.start, 'start'), ends: all(args.end ?? END, 'end'), steps: all(args.step, 'step') });
  },
);

const narrow = defineLayer(
  'Narrow',
  'A range of positions along an axis.',
  { dim: index('The axis.'), start: index('The first position; negative ones count from the end.'), length: count('How many positions.') },
  (layer, { dim, start, length }) => {
    const end = start < 0 && start + length >= 0 ? END : start + length;
    return emitSlice(layer, { axes: [axisOf(layer, dim, rankOf(layer), 'dim')], starts: [start], ends: [end], steps: [1] });
  },
);

const select = defineLayer(
  'Select',
  'One position of an axis, which goes away: x[:, 0].',
  { dim: index('The axis.'), index: index('The position; negative ones count from the end.') },
  (layer, args) => {
    const axis = axisOf(layer, args.dim, rankOf(layer), 'dim');
    return layer.emit('Gather', [first(layer), layer.constant('index', [args.index], 'int64', [])], { axis });
  },
);

function reduction(type: string, op: string, description: string) {
  const own = {
    dim: Type.Optional(indices('The axes; all unless said otherwise.')),
    keepdim: optional(flag('Whether they stay, with size 1.'), false),
  };
  return defineLayer(type, description, own, (layer, { dim, keepdim }) => {
    const attributes = { keepdims: Number(keepdim) };
    if (dim === undefined) return layer.emit(op, [first(layer)], attributes);
    const rank = rankOf(layer);
    const axes = each(dim, 1).map((axis) => axisOf(layer, axis, rank, 'dim'));
    return layer.emit(op, [first(layer), layer.constant('axes', axes)], attributes);
  });
}

export const sliceLayers = [
  slice,
  narrow,
  select,
  reduction('Mean', 'ReduceMean', 'The mean over axes.'),
  reduction('Sum', 'ReduceSum', 'The sum over axes.'),
  reduction('Max', 'ReduceMax', 'The largest element over axes.'),
  reduction('Min', 'ReduceMin', 'The smallest element over axes.'),
];
