import { Type } from '@sinclair/typebox';
import { count, flag, optional, real } from '../arguments.ts';
import { defineLayer, type Layer } from '../layer.ts';
import { project } from './linear.ts';
import { knownSize, needRank, rankOf } from './sizes.ts';

/** softmax(q k^T * scale) v over the last two axes. */
function attend(layer: Layer, [q, k, v]: readonly [string, string, string], scale: number): string {
  const rank = rankOf(layer, k);
  const swapped = Array.from({ length: rank }, (_, axis) => axis)
    .with(-1, rank - 2)
    .with(-2, rank - 1);
  const turned = layer.emit('Transpose', [k], { perm: swapped }, 'key_transpose');
  const scaled = layer.emit('Mul', [q, layer.constant('scale', [scale], 'float32', [])], {}, 'scaled_query');
  const scores = layer.emit('MatMul', [scaled, turned], {}, 'scores');
  const weights = layer.emit('Softmax', [scores], { axis: -1 }, 'softmax');
  return layer.emit('MatMul', [weights, v], {}, layer.type === 'ScaledDotProductAttention' ? '' : 'context');
}

const scaledDotProductAttention = defineLayer(
  'ScaledDotProductAttention',
  'softmax(query key^T * scale) value over the last two axes; "from" names query, key and value.',
  { scale: Type.Optional(real('The factor; 1 / sqrt(size of the last axis of the query) unless said otherwise.')) },
  (layer, { scale }) => {
    const [q, k, v] = layer.inputs as [string, string, string];
    for (const value of [q, k, v]) if (rankOf(layer, value) < 2) layer.refuse(`${layer.type} reads tensors of at least 2 axes`, 'from');
    return attend(layer, [q, k, v], scale ?? 1 / Math.sqrt(knownSize(layer, -1, 'features')));
  },
  { reads: [3, 3] },
);

/** [N, L, E] to [N, heads, L, E / heads]. */
function splitHeads(layer: Layer, value: string, heads: number, size: number, what: string): string {
  const shape = layer.constant(`${what}_heads.shape`, [0, -1, heads, size]);
  const split = layer.emit('Reshape', [value, shape], {}, `${what}_heads`);
  return layer.emit('Transpose', [split], { perm: [0, 2, 1, 3] }, what);
}

/** Query, key and value of E features each. One matrix holds all three projections, as in PyTorch. */
function projectInputs(layer: Layer, features: number, bias: boolean): [string, string, string] {
  const [q, k, v] = layer.inputs as [string, string | undefined, string | undefined];
  const split = (value: string, suffix: string) => layer.emitMany('Split', [value], { axis: -1, num_outputs: 3 }, 3, suffix);
  if (k === undefined || (k === q && v === q)) {
    return split(project(layer, q, features, 3 * features, bias, 'in_proj_', 'in_proj'), 'in_proj_split') as [string, string, string];
  }
  const weights = split(layer.parameter('in_proj_weight', [features, 3 * features]), 'in_proj_weights');
  const biases = bias
    ? layer.emitMany('Split', [layer.parameter('in_proj_bias', [3 * features])], { axis: 0, num_outputs: 3 }, 3, 'in_proj_biases')
    : [];
  return [q, k, v as string].map((value, i) => {
    const name = ['q', 'k', 'v'][i] as string;
    const product = layer.emit('MatMul', [value, weights[i] as string], {}, bias ? `${name}_proj.matmul` : `${name}_proj`);
    return bias ? layer.emit('Add', [product, biases[i] as string], {}, `${name}_proj`) : product;
  }) as [string, string, string];
}

const multiheadAttention = defineLayer(
  'MultiheadAttention',
  'Attention in several heads with projections before and after. It reads one value (self-attention), or query, key and value; all as N, L, E.',
  {
    num_heads: count('Heads; they share the features evenly.'),
    bias: optional(flag('Whether the projections have biases.'), true),
    batch_first: optional(Type.Literal(true, { description: 'The batch is axis 0, always.' }), true),
    embed_dim: Type.Optional(count('Features. Inferred; an error if it is another number.')),
    dropout: Type.Optional(real('For training only; without effect here.')),
  },
  (layer, args) => {
    needRank(layer, [3], 'N, L, E');
    const features = knownSize(layer, -1, 'features', args.embed_dim, 'embed_dim');
    checkInputs(layer, features, args.num_heads);
    const size = features / args.num_heads;
    const heads = projectInputs(layer, features, args.bias).map((value, i) =>
      splitHeads(layer, value, args.num_heads, size, ['query', 'key', 'value'][i] as string),
    ) as [string, string, string];
    const context = attend(layer, heads, 1 / Math.sqrt(size));
    const turned = layer.emit('Transpose', [context], { perm: [0, 2, 1, 3] }, 'context_transpose');
    const joined = layer.emit('Reshape', [turned, layer.constant('joined.shape', [0, -1, features])], {}, 'joined');
    return project(layer, joined, features, features, args.bias, 'out_proj.');
  },
  { reads: [1, 3], weights: true },
);

function checkInputs(layer: Layer, features: number, heads: number): void {
  if (layer.inputs.length === 2) layer.refuse(`${layer.type} reads 1 or 3 values, not 2`, 'from');
  if (features % heads !== 0) layer.refuse(`${features} features cannot be split into ${heads} heads`, 'num_heads');
  for (const value of layer.inputs.slice(1)) {
    const last = layer.tensor(value).shape?.at(-1);
    if (rankOf(layer, value) !== 3 || (typeof last === 'number' && last !== features)) {
      layer.refuse(`query, key and value must be N, L, E with E = ${features}, but ${JSON.stringify(value)} is not`, 'from');
    }
  }
}

export const attentionLayers = [multiheadAttention, scaledDotProductAttention];
