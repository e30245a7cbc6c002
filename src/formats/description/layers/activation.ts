import { type TProperties, Type } from '@sinclair/typebox';
import { count, flag, index, optional, real, word } from '../arguments.ts';
import { type Attributes, defineLayer, type Layer } from '../layer.ts';
import { axisOf, channelsOf, rankOf } from './sizes.ts';

const inplace = Type.Optional(flag('As in PyTorch; without effect here.'));

const first = (layer: Layer) => layer.inputs[0] as string;

/** A layer that is one operator without arguments. */
function plain(type: string, op: string, description: string, attributes: Attributes = {}, own: TProperties = {}) {
  return defineLayer(type, description, own, (layer) => layer.emit(op, [first(layer)], attributes));
}

function clip(layer: Layer, min: number, max: number): string {
  return layer.emit('Clip', [first(layer), layer.constant('min', [min], 'float32', []), layer.constant('max', [max], 'float32', [])]);
}

const relu6 = defineLayer('ReLU6', 'min(max(x, 0), 6).', { inplace }, (layer) => clip(layer, 0, 6));

const hardtanh = defineLayer(
  'Hardtanh',
  'Clips to a range.',
  { min_val: optional(real('The smallest value.'), -1), max_val: optional(real('The largest value.'), 1), inplace },
  (layer, { min_val, max_val }) => clip(layer, min_val, max_val),
);

/** An activation with one number. */
function shaped(type: string, op: string, description: string, key: string, attribute: string, value: number, what: string) {
  const own: TProperties = { [key]: optional(real(what), value), inplace };
  return defineLayer(type, description, own, (layer, args) =>
    layer.emit(op, [first(layer)], { [attribute]: (args as Record<string, number>)[key] as number }),
  );
}

const prelu = defineLayer(
  'PReLU',
  'A leaky ReLU whose slope is learned.',
  { num_parameters: optional(count('Slopes: 1, or one for every channel.'), 1) },
  (layer, { num_parameters }) => {
    const spatial = rankOf(layer) - 2;
    if (num_parameters !== 1) channelsOf(layer, num_parameters, 'num_parameters');
    const shape = num_parameters === 1 ? [1] : [num_parameters, ...Array<number>(spatial).fill(1)];
    return layer.emit('PRelu', [first(layer), layer.parameter('weight', shape)]);
  },
  { weights: true },
);

const gelu = defineLayer(
  'GELU',
  'Gaussian error linear unit.',
  { approximate: optional(word(['none', 'tanh'], 'Whether by the error function or by tanh.'), 'none') },
  (layer, { approximate }) => layer.emit('Gelu', [first(layer)], { approximate }),
);

const silu = defineLayer('SiLU', 'x * sigmoid(x), also called Swish.', { inplace }, (layer) =>
  layer.emit('Mul', [first(layer), layer.emit('Sigmoid', [first(layer)], {}, 'sigmoid')]),
);

const glu = defineLayer(
  'GLU',
  'One half of the channels times the sigmoid of the other.',
  { dim: optional(index('The axis that is halved.'), -1) },
  (layer, { dim }) => {
    const axis = axisOf(layer, dim, rankOf(layer), 'dim');
    const [value, gate] = layer.emitMany('Split', [first(layer)], { axis, num_outputs: 2 }, 2, 'split') as [string, string];
    return layer.emit('Mul', [value, layer.emit('Sigmoid', [gate], {}, 'sigmoid')]);
  },
);

/** PyTorch's choice where no axis is given. */
const implicitAxis = (rank: number) => (rank === 0 || rank === 1 || rank === 3 ? 0 : 1);

function softmax(type: string, op: string, description: string) {
  const own = { dim: Type.Optional(index('The axis that sums to 1. Left out: axis 0 of 0, 1 or 3 axes, else axis 1, as in PyTorch.')) };
  return defineLayer(type, description, own, (layer, { dim }) => {
    const rank = rankOf(layer);
    return layer.emit(op, [first(layer)], { axis: dim === undefined ? implicitAxis(rank) : axisOf(layer, dim, rank, 'dim') });
  });
}

/** The ratio matters in training only, so the operator goes without. */
function dropout(type: string) {
  return plain(
    type,
    'Dropout',
    'Without effect outside training.',
    {},
    { p: Type.Optional(real('Probability of an element to be zeroed in training.')), inplace },
  );
}

const identity = plain('Identity', 'Identity', 'Its input.');

export const activationLayers = [
  plain('ReLU', 'Relu', 'max(x, 0).', {}, { inplace }),
  relu6,
  shaped('LeakyReLU', 'LeakyRelu', 'x, or a fraction of it below 0.', 'negative_slope', 'alpha', 0.01, 'Slope below 0.'),
  prelu,
  shaped('ELU', 'Elu', 'Exponential linear unit.', 'alpha', 'alpha', 1, 'The limit below 0, negated.'),
  plain('SELU', 'Selu', 'Scaled exponential linear unit.', {}, { inplace }),
  shaped('CELU', 'Celu', 'Continuously differentiable exponential linear unit.', 'alpha', 'alpha', 1, 'The limit below 0, negated.'),
  gelu,
  silu,
  plain('Mish', 'Mish', 'x * tanh(softplus(x)).', {}, { inplace }),
  plain('Sigmoid', 'Sigmoid', '1 / (1 + exp(-x)).'),
  plain('Tanh', 'Tanh', 'Hyperbolic tangent.'),
  plain('Softplus', 'Softplus', 'log(1 + exp(x)).'),
  plain('Softsign', 'Softsign', 'x / (1 + |x|).'),
  hardtanh,
  plain('Hardsigmoid', 'HardSigmoid', 'min(max(x / 6 + 1/2, 0), 1).', { alpha: 1 / 6, beta: 0.5 }, { inplace }),
  plain('Hardswish', 'HardSwish', 'x * hardsigmoid(x).', {}, { inplace }),
  glu,
  softmax('Softmax', 'Softmax', 'Exponentials that sum to 1 along an axis.'),
  softmax('LogSoftmax', 'LogSoftmax', 'The logarithm of Softmax.'),
  ...['Dropout', 'Dropout1d', 'Dropout2d', 'Dropout3d', 'AlphaDropout', 'FeatureAlphaDropout'].map(dropout),
  identity,
];
