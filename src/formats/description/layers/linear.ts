import { Type } from '@sinclair/typebox';
import { count, flag, index, optional } from '../arguments.ts';
import { defineLayer, type Layer } from '../layer.ts';
import { knownSize, rankOf } from './sizes.ts';

/** y = x W + b over the last axis; the tensors are `<prefix>weight` and `<prefix>bias`. */
export function project(layer: Layer, value: string, from: number, to: number, bias: boolean, prefix = '', suffix = ''): string {
  const rank = rankOf(layer, value);
  const part = (name: string) => (suffix === '' ? name : `${suffix}.${name}`);
  if (rank === 2) {
    const inputs = [value, layer.parameter(`${prefix}weight`, [to, from]), ...(bias ? [layer.parameter(`${prefix}bias`, [to])] : [])];
    return layer.emit('Gemm', inputs, { transB: 1 }, suffix);
  }
  const product = layer.emit(
    'MatMul',
    [value, turnedWeight(layer, from, to, prefix, part('transpose'))],
    {},
    bias ? part('matmul') : suffix,
  );
  return bias ? layer.emit('Add', [product, layer.parameter(`${prefix}bias`, [to])], {}, suffix) : product;
}

/** The weight as [in, out]. One that is shared with a Gemm or an embedding lies the other way round. */
function turnedWeight(layer: Layer, from: number, to: number, prefix: string, suffix: string): string {
  const shared = layer.sharedShape(`${prefix}weight`);
  if (shared?.[0] === to && shared[1] === from && from !== to) {
    return layer.emit('Transpose', [layer.parameter(`${prefix}weight`, [to, from])], { perm: [1, 0] }, suffix);
  }
  return layer.parameter(`${prefix}weight`, [from, to]);
}

const linear = defineLayer(
  'Linear',
  'A matrix product over the last axis.',
  {
    out_features: count('Size of the last axis of the output.'),
    bias: optional(flag('Whether a bias is added.'), true),
    in_features: Type.Optional(count('Size of the last axis of the input. Inferred; an error if it is another number.')),
  },
  (layer, args) => {
    const features = knownSize(layer, -1, 'features', args.in_features, 'in_features');
    return project(layer, layer.inputs[0] as string, features, args.out_features, args.bias);
  },
  { weights: true },
);

const embedding = defineLayer(
  'Embedding',
  'A learned vector for each index. It reads integers: give the input "dtype": "int64".',
  {
    num_embeddings: count('How many vectors.'),
    embedding_dim: count('Size of a vector.'),
    padding_idx: Type.Optional(Type.Union([index(''), Type.Null()], { description: 'For training only; without effect here.' })),
  },
  (layer, args) => {
    const value = layer.inputs[0] as string;
    const { dtype } = layer.tensor(value);
    if (dtype !== null && dtype !== 'int64' && dtype !== 'int32') {
      layer.refuse(`Embedding reads indices, but ${JSON.stringify(value)} is ${dtype}; give the input "dtype": "int64"`);
    }
    return layer.emit('Gather', [layer.parameter('weight', [args.num_embeddings, args.embedding_dim]), value], { axis: 0 });
  },
  { weights: true },
);

export const linearLayers = [linear, embedding];
