/** The greatest common divisor of two non-negative integers; gcd(0, n) = n. */
export function gcd(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}

/** The remainder of a floored division: in 0 .. n-1 also for negative a. */
export function modulo(a: number, n: number): number {
  return ((a % n) + n) % n;
}
