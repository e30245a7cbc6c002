import type { Layer } from '../layer.ts';

/** One number per axis, from one for all or a list. */
export function each(value: number | readonly number[], axes: number): readonly number[] {
  return typeof value === 'number' ? Array<number>(axes).fill(value) : value;
}

/** How many axes the value that a layer reads has. */
export function rankOf(layer: Layer, value = layer.inputs[0] as string): number {
  return layer.tensor(value).shape?.length ?? layer.refuse(`${layer.type} needs to know how many axes ${JSON.stringify(value)} has`);
}

/** Refuses a value with another number of axes. */
export function needRank(layer: Layer, allowed: readonly number[], names: string): number {
  const rank = rankOf(layer);
  if (!allowed.includes(rank)) layer.refuse(`${layer.type} reads a tensor of ${allowed.join(' or ')} axes (${names}), not ${rank}`);
  return rank;
}

/** A size that a layer's parameters depend on, so that it must be known; `given` is what the description says it is. */
export function knownSize(layer: Layer, axis: number, what: string, given?: number, key?: string): number {
  const value = layer.inputs[0] as string;
  const size = layer.tensor(value).shape?.at(axis);
  if (typeof size !== 'number')
    return given ?? layer.refuse(`${layer.type} needs to know the number of ${what} of ${JSON.stringify(value)}`);
  if (given !== undefined && given !== size) layer.refuse(`${JSON.stringify(key)} is ${given}, but the layer reads ${size} ${what}`, key);
  return size;
}

/** The channels of an N, C, ... tensor. */
export function channelsOf(layer: Layer, given?: number, key?: string): number {
  return knownSize(layer, 1, 'channels', given, key);
}

/** The axis that an index means in a tensor of some rank; negative ones count from the end. */
export function axisOf(layer: Layer, index: number, rank: number, key: string): number {
  const axis = index < 0 ? index + rank : index;
  if (axis < 0 || axis >= rank) layer.refuse(`${JSON.stringify(key)} is ${index}, outside a tensor of ${rank} axes`, key);
  return axis;
}

/** "N, C, H, W" and the like. */
export function spatialNames(spatial: number): string {
  return ['N', 'C', ...(['L', 'H W', 'D H W'][spatial - 1] as string).split(' ')].join(', ');
}

/** The ranks that a family comes in. */
export const RANKS = [1, 2, 3] as const;
