import type { Arguments, Json } from '../description.ts';
import { type Definition, type Family, type Range, untyped } from '../network.ts';

/** A small network that shows one idea, meant to be laid beside others. */
export interface Pattern extends Family {
  /** Ids of the patterns that it is compared with. */
  readonly against: readonly string[];
}

/** Declares a pattern, with the types of its parameters known to `describe`. */
export function definePattern<const P extends Pattern['parameters']>(definition: Omit<Definition<Pattern, P>, 'names'>): Pattern {
  return { ...definition, ...untyped({ names: {}, describe: definition.describe }) };
}

/** So many feature maps, unless a pattern says otherwise. */
export const CHANNELS: Range = { least: 1, most: 4096, default: 64, doc: 'Feature maps, the same before and behind.' };

/** Their height and width. */
export const SIZE: Range = { least: 1, most: 1024, default: 56, doc: 'Height and width of the feature maps.' };

/** A batch of square feature maps as the only input. */
export function maps(channels: Json, size: Json): Arguments {
  return { x: ['batch', channels, size, size] };
}
