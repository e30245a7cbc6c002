import { float, has, int } from '../../../../core/operators/call.ts';
import type { Call } from '../../../../core/operators/operator.ts';
import type { Json } from '../json.ts';
import { decimal, type Guesser } from './guess.ts';

const epsilon = (call: Call) => decimal(float(call, 'epsilon', 1e-5));

/** By the running statistics, or by those of the instance: the layers differ in nothing else. */
function byChannel(name: string, own: Readonly<Record<string, Json>>): Guesser {
  return (call) => {
    const rank = call.inputs[0]?.shape?.length ?? 0;
    if (rank < 2 || rank > 5) return [];
    const channels = call.inputs[1]?.shape?.[0];
    const features = typeof call.inputs[0]?.shape?.[1] === 'number' ? undefined : channels;
    return [{ type: `${name}${Math.max(rank - 2, 1)}d`, args: { ...own, eps: epsilon(call), num_features: features } }];
  };
}

const groupNorm: Guesser = (call) => {
  const channels = call.inputs[1]?.shape?.[0];
  const unknown = typeof call.inputs[0]?.shape?.[1] === 'number' ? undefined : channels;
  return [{ type: 'GroupNorm', args: { num_groups: int(call, 'num_groups', 0), eps: epsilon(call), num_channels: unknown } }];
};

/** The sizes that are normalized together; undefined where the layer finds them out by itself. */
function normalizedShape(call: Call): Json | undefined {
  const shape = call.inputs[0]?.shape ?? [];
  const axis = int(call, 'axis', -1);
  const sizes = shape.slice(axis < 0 ? axis : axis - shape.length);
  return sizes.length === 1 && typeof sizes[0] === 'number' ? undefined : (call.inputs[1]?.shape ?? undefined);
}

const layerNorm: Guesser = (call) => {
  const args = { normalized_shape: normalizedShape(call), eps: epsilon(call) };
  const learned = { type: 'LayerNorm', args: { ...args, bias: has(call, 2) } };
  return [learned, { type: 'LayerNorm', args: { ...args, elementwise_affine: false } }];
};

const rmsNorm: Guesser = (call) => {
  const args = { normalized_shape: normalizedShape(call), eps: epsilon(call) };
  return [true, false].map((learned) => ({ type: 'RMSNorm', args: { ...args, elementwise_affine: learned } }));
};

const localResponseNorm: Guesser = (call) => [
  {
    type: 'LocalResponseNorm',
    args: {
      size: int(call, 'size', 1),
      alpha: decimal(float(call, 'alpha', 1e-4)),
      beta: decimal(float(call, 'beta', 0.75)),
      k: decimal(float(call, 'bias', 1)),
    },
  },
];

export const normalizations: Readonly<Record<string, Guesser>> = {
  BatchNormalization: byChannel('BatchNorm', {}),
  InstanceNormalization: byChannel('InstanceNorm', { affine: true }),
  GroupNormalization: groupNorm,
  LayerNormalization: layerNorm,
  RMSNormalization: rmsNorm,
  LRN: localResponseNorm,
};
