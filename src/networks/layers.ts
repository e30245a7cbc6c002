import type { Arguments, Json, LayerJson } from './description.ts';

/**
 * Layers without names, as the builders write them. Channels, kernels and other values may be those of a block's
 * parameters ("$channels").
 */

/** A layer of any type. */
export function layer(type: string, args: Arguments = {}): LayerJson {
  return { type, ...args };
}

export function conv(channels: Json, kernel: Json, args: Arguments = {}): LayerJson {
  return { type: 'Conv2d', out_channels: channels, kernel_size: kernel, ...args };
}

export function norm(args: Arguments = {}): LayerJson {
  return { type: 'BatchNorm2d', ...args };
}

export function relu(args: Arguments = {}): LayerJson {
  return { type: 'ReLU', ...args };
}

export function maxPool(kernel: Json, stride: Json, args: Arguments = {}): LayerJson {
  return { type: 'MaxPool2d', kernel_size: kernel, stride, ...args };
}

/** The mean over all positions. */
export function globalPool(args: Arguments = {}): LayerJson {
  return { type: 'AdaptiveAvgPool2d', output_size: 1, ...args };
}

export function linear(features: Json, args: Arguments = {}): LayerJson {
  return { type: 'Linear', out_features: features, ...args };
}

/** Values joined along the channels. */
export function concat(from: readonly string[]): LayerJson {
  return { type: 'Concat', from };
}

export function add(from: readonly string[]): LayerJson {
  return { type: 'Add', from };
}

/** A block put in place: its layers are called by the name of this one, a slash and their own. */
export function use(block: string, values: Arguments = {}, args: Arguments = {}): LayerJson {
  return { type: 'block', block, ...(Object.keys(values).length > 0 && { with: values }), ...args };
}
