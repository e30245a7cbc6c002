import { Type } from '@sinclair/typebox';
import type { Shape } from '../../../core/graph.ts';
import { count, flag, optional, real } from '../arguments.ts';
import { defineLayer, type Layer } from '../layer.ts';
import { channelsOf, needRank, RANKS, rankOf, spatialNames } from './sizes.ts';

const epsilon = optional(real('Added to the variance.'), 1e-5);
const affine = (value: boolean) => optional(flag('Whether a scale and a bias are learned for every channel.'), value);
const momentum = Type.Optional(Type.Union([Type.Number(), Type.Null()], { description: 'For training only; without effect here.' }));
const features = Type.Optional(count('Channels of the input. Inferred; an error if it is another number.'));

/** A tensor of one number per channel that is no parameter, for operators that insist on one. */
function uniform(layer: Layer, channels: number, suffix: string, value: number): string {
  const scalar = layer.constant(`${suffix}.value`, [value], 'float32', []);
  const shape = layer.constant(`${suffix}.shape`, [channels]);
  return layer.emit('Expand', [scalar, shape], {}, suffix);
}

function scaleAndBias(layer: Layer, channels: number, learned: boolean): string[] {
  if (learned) return [layer.parameter('weight', [channels]), layer.parameter('bias', [channels])];
  return [uniform(layer, channels, 'scale', 1), uniform(layer, channels, 'shift', 0)];
}

function byRunningStatistics(layer: Layer, channels: number, args: { eps: number; affine: boolean }): string {
  const learned = scaleAndBias(layer, channels, args.affine);
  const statistics = [layer.parameter('running_mean', [channels]), layer.parameter('running_var', [channels])];
  return layer.emit('BatchNormalization', [layer.inputs[0] as string, ...learned, ...statistics], { epsilon: args.eps });
}

/** The 1-D variants also read N, C. */
const ranksOf = (spatial: number, bare: boolean) => (spatial === 1 && bare ? [2, 3] : [spatial + 2]);

function batchNorm(rank: number) {
  const own = {
    eps: epsilon,
    momentum,
    affine: affine(true),
    track_running_stats: optional(flag('Whether it uses running statistics rather than those of the batch.'), true),
    num_features: features,
  };
  return defineLayer(
    `BatchNorm${rank}d`,
    'Normalization by running statistics, which are stored but not trained.',
    own,
    (layer, args) => {
      needRank(layer, ranksOf(rank, true), spatialNames(rank));
      const channels = channelsOf(layer, args.num_features, 'num_features');
      if (args.track_running_stats) return byRunningStatistics(layer, channels, args);
      const statistics = [uniform(layer, channels, 'mean', 0), uniform(layer, channels, 'var', 1)];
      const inputs = [layer.inputs[0] as string, ...scaleAndBias(layer, channels, args.affine), ...statistics];
      return layer.emit('BatchNormalization', inputs, { epsilon: args.eps, training_mode: 1 });
    },
    { weights: true },
  );
}

function instanceNorm(rank: number) {
  const own = {
    eps: epsilon,
    momentum,
    affine: affine(false),
    track_running_stats: optional(flag('Whether it uses running statistics rather than those of the instance.'), false),
    num_features: features,
  };
  return defineLayer(
    `InstanceNorm${rank}d`,
    'Normalization by the mean and variance of each channel of each instance.',
    own,
    (layer, args) => {
      needRank(layer, ranksOf(rank, false), spatialNames(rank));
      const channels = channelsOf(layer, args.num_features, 'num_features');
      if (args.track_running_stats) return byRunningStatistics(layer, channels, args);
      const inputs = [layer.inputs[0] as string, ...scaleAndBias(layer, channels, args.affine)];
      return layer.emit('InstanceNormalization', inputs, { epsilon: args.eps });
    },
    { weights: true },
  );
}

const groupNorm = defineLayer(
  'GroupNorm',
  'Normalization by the mean and variance of groups of channels.',
  { num_groups: count('Groups of channels.'), eps: epsilon, affine: affine(true), num_channels: features },
  (layer, args) => {
    const channels = channelsOf(layer, args.num_channels, 'num_channels');
    if (channels % args.num_groups !== 0) layer.refuse(`${channels} channels cannot be split into ${args.num_groups} groups`, 'num_groups');
    const inputs = [layer.inputs[0] as string, ...scaleAndBias(layer, channels, args.affine)];
    return layer.emit('GroupNormalization', inputs, { epsilon: args.eps, num_groups: args.num_groups });
  },
  { weights: true },
);

const normalizedShape = Type.Optional(
  Type.Union([count(''), Type.Array(count(''), { minItems: 1, maxItems: 64 })], {
    title: 'an integer of at least 1, or a list of them',
    description: 'Sizes of the last axes, which are normalized together; the last axis unless said otherwise.',
  }),
);
const elementwise = optional(flag('Whether a scale is learned for every element.'), true);

/** The sizes of the axes that are normalized together. */
function normalizedSizes(layer: Layer, given: number | readonly number[] | undefined): readonly number[] {
  rankOf(layer);
  const shape = layer.tensor(layer.inputs[0] as string).shape as Shape;
  const wanted = given === undefined ? [shape.at(-1)] : typeof given === 'number' ? [given] : given;
  const last = shape.slice(-wanted.length);
  if (last.length < wanted.length || last.some((size, axis) => typeof size === 'number' && size !== wanted[axis])) {
    layer.refuse(`"normalized_shape" is ${JSON.stringify(wanted)}, but the layer reads ${JSON.stringify(shape)}`, 'normalized_shape');
  }
  if (wanted.some((size) => typeof size !== 'number')) layer.refuse(`${layer.type} needs to know the size of the last axis`);
  return wanted as readonly number[];
}

const layerNorm = defineLayer(
  'LayerNorm',
  'Normalization by the mean and variance over the last axes.',
  {
    normalized_shape: normalizedShape,
    eps: epsilon,
    elementwise_affine: elementwise,
    bias: optional(flag('Whether a bias is learned too.'), true),
  },
  (layer, args) => {
    const sizes = normalizedSizes(layer, args.normalized_shape);
    const scale = args.elementwise_affine ? layer.parameter('weight', sizes) : layer.constant('scale', [1], 'float32', []);
    const bias = args.elementwise_affine && args.bias ? [layer.parameter('bias', sizes)] : [];
    return layer.emit('LayerNormalization', [layer.inputs[0] as string, scale, ...bias], { axis: -sizes.length, epsilon: args.eps });
  },
  { weights: true },
);

/** PyTorch's default is the machine epsilon of the input's type. */
const FLOAT32_EPSILON = 2 ** -23;

const rmsNorm = defineLayer(
  'RMSNorm',
  'Normalization by the root mean square over the last axes.',
  { normalized_shape: normalizedShape, eps: optional(real('Added to the mean square.'), FLOAT32_EPSILON), elementwise_affine: elementwise },
  (layer, args) => {
    const sizes = normalizedSizes(layer, args.normalized_shape);
    const scale = args.elementwise_affine ? layer.parameter('weight', sizes) : layer.constant('scale', [1], 'float32', []);
    return layer.emit('RMSNormalization', [layer.inputs[0] as string, scale], { axis: -sizes.length, epsilon: args.eps });
  },
  { weights: true },
);

const localResponseNorm = defineLayer(
  'LocalResponseNorm',
  'Normalization by the squares of neighbouring channels.',
  {
    size: count('Channels that count.'),
    alpha: optional(real('Factor.'), 1e-4),
    beta: optional(real('Power.'), 0.75),
    k: optional(real('Added to the sum.'), 1),
  },
  (layer, { size, alpha, beta, k }) => layer.emit('LRN', [layer.inputs[0] as string], { size, alpha, beta, bias: k }),
);

export const normalizationLayers = [...RANKS.map(batchNorm), ...RANKS.map(instanceNorm), groupNorm, layerNorm, rmsNorm, localResponseNorm];
