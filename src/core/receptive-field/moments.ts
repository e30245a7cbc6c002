/** Mean and standard deviation of positions by their weights. */
export interface Moments {
  readonly mean: number;
  readonly sigma: number;
}

/** The moments of weights of the positions from `start` on; null where all weigh nothing. */
export function momentsOf(start: number, weights: Float64Array): Moments | null {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0)) return null;
  const middle = weights.reduce((sum, weight, i) => sum + weight * i, 0) / total;
  const variance = weights.reduce((sum, weight, i) => sum + weight * (i - middle) ** 2, 0) / total;
  return { mean: start + middle, sigma: Math.sqrt(variance) };
}
