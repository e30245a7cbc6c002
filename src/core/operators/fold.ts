/**
 * What is read past the border of a tensor by an operator that repeats positions there, instead of padding that depends on
 * nothing: the nearest position (`edge`), or the one as far inside (`reflect`).
 */
export type Fold = 'edge' | 'reflect';

/** The position of 0 .. n-1 that stands for position `at`. Source: NumPy pad, modes edge and reflect. */
export function folded(fold: Fold, at: number, n: number): number {
  if (fold === 'edge') return Math.min(Math.max(at, 0), n - 1);
  const period = Math.max(2 * (n - 1), 1);
  const phase = ((at % period) + period) % period;
  return phase < n ? phase : period - phase;
}
