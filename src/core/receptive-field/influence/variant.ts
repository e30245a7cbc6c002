/**
 * How the influence of a unit is shared among what it reads.
 *
 * - `uniform`: the taps of a window weigh equally and sum to 1 (max pooling as average pooling, resizing too); those in the
 *   padding of a convolution or a pool take their share. A node with several data inputs shares equally between them, those of
 *   the other inputs of the network among them: a sum of three gives thirds, two sums of two a quarter, a quarter and a half.
 *   Constants are no inputs; gates and statistics are left out.
 * - `paths`: every tap, position and branch weighs 1: the number of paths through the positions.
 * - `random`: variance of the gradient under independent weights of mean zero: as uniform, but at a sum variances add, so
 *   that each branch carries the whole.
 *
 * Channels are alike: their mass is taken together, and where an operator tells them apart (Concat along channels, padding
 * of channels) it is spread evenly over them. `paths` does not count channels.
 */
export type Variant = 'uniform' | 'paths' | 'random';

/** What each of several taps gets of the mass of the unit that reads them. */
export function tapWeight(variant: Variant, taps: number): number {
  return variant === 'uniform' || variant === 'random' ? 1 / taps : 1;
}

/** The data inputs of a node: what share of the output's channels each one gives, and whether each position comes from just one of them. */
export interface Inputs {
  readonly shares: readonly number[];
  /** Their sum. */
  readonly total: number;
  readonly exclusive: boolean;
}

/** What one data input gets of the mass of an output unit. */
export function inputWeight(variant: Variant, { shares, total, exclusive }: Inputs, input: number): number {
  const share = shares[input] as number;
  if (variant === 'paths') return share > 0 ? 1 : 0;
  // Along a tracked axis each input has all channels, and the positions themselves tell whose they are.
  if (exclusive) return share / Math.min(1, total || 1);
  return variant === 'random' ? share : share / shares.length;
}
