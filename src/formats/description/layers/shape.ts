import { Type } from '@sinclair/typebox';
import { index, indices, optional } from '../arguments.ts';
import { defineLayer, type Layer } from '../layer.ts';
import { product, replaceAxes } from './reshape.ts';
import { axisOf, each, rankOf } from './sizes.ts';

const first = (layer: Layer) => layer.inputs[0] as string;

const flatten = defineLayer(
  'Flatten',
  'Several axes as one.',
  {
    start_dim: optional(index('The first of them.'), 1),
    end_dim: optional(index('The last of them.'), -1),
  },
  (layer, args) => {
    const rank = rankOf(layer);
    const start = axisOf(layer, args.start_dim, rank, 'start_dim');
    const end = axisOf(layer, args.end_dim, rank, 'end_dim');
    if (start > end) layer.refuse('"start_dim" is after "end_dim"', 'start_dim');
    if (start === 1 && end === rank - 1) return layer.emit('Flatten', [first(layer)], { axis: 1 });
    return replaceAxes(layer, first(layer), start, end, [-1]);
  },
);

const sizes = (description: string) =>
  Type.Array(Type.Integer({ minimum: -1, maximum: 2 ** 31 - 1 }), {
    minItems: 1,
    maxItems: 64,
    title: 'a list of sizes, or -1',
    description,
  });

function oneInferred(layer: Layer, given: readonly number[], key: string): void {
  if (given.filter((size) => size === -1).length > 1) layer.refuse('only one size can be -1', key);
}

const unflatten = defineLayer(
  'Unflatten',
  'One axis as several.',
  {
    dim: index('The axis.'),
    unflattened_size: sizes('The sizes of the axes in its place; one of them may be -1, which is what remains.'),
  },
  (layer, { dim, unflattened_size }) => {
    oneInferred(layer, unflattened_size, 'unflattened_size');
    const axis = axisOf(layer, dim, rankOf(layer), 'dim');
    return replaceAxes(layer, first(layer), axis, axis, unflattened_size);
  },
);

function reshape(type: string) {
  const own = {
    shape: sizes('The sizes of all axes, the batch included. -1 is what remains, and 0 keeps the size of that axis: [0, -1, 64].'),
  };
  return defineLayer(type, 'The same elements, in the same order, under another shape.', own, (layer, { shape }) => {
    oneInferred(layer, shape, 'shape');
    return layer.emit('Reshape', [first(layer), layer.constant('shape', shape)]);
  });
}

const permute = defineLayer(
  'Permute',
  'The axes in another order.',
  {
    dims: Type.Array(index(''), {
      minItems: 1,
      maxItems: 64,
      description: 'The order: axis i of the output is axis dims[i] of the input.',
    }),
  },
  (layer, { dims }) => {
    const rank = rankOf(layer);
    const perm = dims.map((dim) => axisOf(layer, dim, rank, 'dims'));
    if (new Set(perm).size !== rank || perm.length !== rank) layer.refuse(`"dims" must name each of the ${rank} axes once`, 'dims');
    return layer.emit('Transpose', [first(layer)], { perm });
  },
);

const transpose = defineLayer(
  'Transpose',
  'Two axes exchanged.',
  { dim0: index('One axis.'), dim1: index('The other.') },
  (layer, { dim0, dim1 }) => {
    const rank = rankOf(layer);
    const [a, b] = [axisOf(layer, dim0, rank, 'dim0'), axisOf(layer, dim1, rank, 'dim1')];
    const perm = Array.from({ length: rank }, (_, axis) => (axis === a ? b : axis === b ? a : axis));
    return layer.emit('Transpose', [first(layer)], { perm });
  },
);

const squeeze = defineLayer(
  'Squeeze',
  'Axes of size 1 taken out.',
  { dim: Type.Optional(indices('The axes; those of another size stay. All of size 1 unless said otherwise.')) },
  (layer, { dim }) => {
    const rank = rankOf(layer);
    const shape = layer.tensor(first(layer)).shape;
    const wanted =
      dim === undefined ? Array.from({ length: rank }, (_, axis) => axis) : each(dim, 1).map((axis) => axisOf(layer, axis, rank, 'dim'));
    const axes = wanted.filter((axis) => shape?.[axis] === 1);
    return axes.length === 0 ? layer.emit('Identity', [first(layer)]) : layer.emit('Squeeze', [first(layer), layer.constant('axes', axes)]);
  },
);

const unsqueeze = defineLayer(
  'Unsqueeze',
  'An axis of size 1 put in.',
  { dim: index('Where it stands in the output.') },
  (layer, { dim }) => layer.emit('Unsqueeze', [first(layer), layer.constant('axes', [axisOf(layer, dim, rankOf(layer) + 1, 'dim')])]),
);

const channelShuffle = defineLayer(
  'ChannelShuffle',
  'Channels of different groups next to each other.',
  { groups: Type.Integer({ minimum: 1, description: 'Groups of channels.' }) },
  (layer, { groups }) => {
    const rank = rankOf(layer);
    const channels = product([layer.tensor(first(layer)).shape?.[1]]);
    if (channels !== null && channels % groups !== 0) layer.refuse(`${channels} channels cannot be split into ${groups} groups`, 'groups');
    const grouped = replaceAxes(layer, first(layer), 1, 1, [groups, -1], 'grouped');
    const perm = [0, 2, 1, ...Array.from({ length: rank - 2 }, (_, axis) => axis + 3)];
    const turned = layer.emit('Transpose', [grouped], { perm }, 'turned');
    return replaceAxes(layer, turned, 1, 2, [-1]);
  },
);

export const shapeLayers = [
  flatten,
  unflatten,
  reshape('Reshape'),
  reshape('View'),
  permute,
  transpose,
  squeeze,
  unsqueeze,
  channelShuffle,
];
