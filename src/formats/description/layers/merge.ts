import { Type } from '@sinclair/typebox';
import { count, index, optional } from '../arguments.ts';
import { defineLayer } from '../layer.ts';
import { axisOf, rankOf } from './sizes.ts';

const MANY = 4096;

/** A pointwise operator of two values, or of more from the left. */
function pointwise(type: string, op: string, description: string, most = 2) {
  return defineLayer(
    type,
    description,
    {},
    (layer) => {
      const [first, ...rest] = layer.inputs as [string, ...string[]];
      return rest.reduce((sum, value, k) => layer.emit(op, [sum, value], {}, k === rest.length - 1 ? '' : `${k}`), first);
    },
    { reads: [2, most] },
  );
}

const concat = defineLayer(
  'Concat',
  'Values one after the other along an axis.',
  { dim: optional(index('The axis; 1 (the channels) unless said otherwise.'), 1) },
  (layer, { dim }) => layer.emit('Concat', layer.inputs, { axis: axisOf(layer, dim, rankOf(layer), 'dim') }),
  { reads: [1, MANY] },
);

const matmul = defineLayer('MatMul', 'The matrix product over the last two axes.', {}, (layer) => layer.emit('MatMul', layer.inputs), {
  reads: [2, 2],
});

const dim = optional(index('The axis; 1 (the channels) unless said otherwise.'), 1);
const NAMES = 'The parts are called "name.0", "name.1" and so on.';

const chunk = defineLayer(
  'Chunk',
  `So many equal parts along an axis; the last may be smaller. ${NAMES}`,
  { chunks: Type.Integer({ minimum: 1, maximum: MANY, description: 'How many parts.' }), dim },
  (layer, args) => {
    const input = layer.inputs[0] as string;
    const axis = axisOf(layer, args.dim, rankOf(layer), 'dim');
    const size = layer.tensor(input).shape?.[axis];
    // Parts of ceil(size / chunks) may reach the end earlier: 5 in 4 parts are 2, 2 and 1.
    const parts = typeof size === 'number' && size > 0 ? Math.ceil(size / Math.ceil(size / args.chunks)) : args.chunks;
    return layer.emitMany('Split', [input], { axis, num_outputs: parts }, parts);
  },
);

const split = defineLayer(
  'Split',
  `Parts of given sizes along an axis. ${NAMES}`,
  {
    split_size_or_sections: Type.Union([count(''), Type.Array(Type.Integer({ minimum: 0 }), { minItems: 1, maxItems: MANY })], {
      title: 'an integer of at least 1, or a list of sizes',
      description: 'The size of every part (the last may be smaller), or a list of sizes.',
    }),
    dim,
  },
  (layer, { split_size_or_sections: wanted, dim }) => {
    const input = layer.inputs[0] as string;
    const axis = axisOf(layer, dim, rankOf(layer), 'dim');
    const size = layer.tensor(input).shape?.[axis];
    if (typeof wanted === 'number' && typeof size !== 'number')
      layer.refuse('the size of the axis is not known; list the sizes', 'split_size_or_sections');
    const sizes = typeof wanted === 'number' ? equalParts(size as number, wanted) : wanted;
    if (sizes.length > MANY) layer.refuse(`that is more than ${MANY} parts`, 'split_size_or_sections');
    const total = sizes.reduce((sum, part) => sum + part, 0);
    if (typeof size === 'number' && total !== size)
      layer.refuse(`the sizes add up to ${total}, but the axis has ${size}`, 'split_size_or_sections');
    return layer.emitMany('Split', [input, layer.constant('split', sizes)], { axis }, sizes.length);
  },
);

function equalParts(size: number, part: number): number[] {
  const parts = Math.min(Math.ceil(size / part), MANY + 1);
  return Array.from({ length: parts }, (_, k) => Math.min(part, size - k * part));
}

export const mergeLayers = [
  pointwise('Add', 'Add', 'The sum of values; sizes of 1 are stretched.', MANY),
  pointwise('Subtract', 'Sub', 'The difference of two values.'),
  pointwise('Multiply', 'Mul', 'The product of values, element by element; sizes of 1 are stretched.', MANY),
  pointwise('Divide', 'Div', 'The quotient of two values, element by element.'),
  matmul,
  concat,
  chunk,
  split,
];
