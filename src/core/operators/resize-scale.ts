/** A scale as a fraction p / q in lowest terms, where it is one of small numbers, and as a double. */
export interface Scale {
  readonly p: number;
  readonly q: number;
  readonly value: number;
}

/** Denominators up to this stand for what a network means by its scale; greater ones are rounding noise. */
const MAX_DENOMINATOR = 4096;

/**
 * The simplest fraction that single precision cannot tell from a scale: files hold scales in single precision, so that
 * 1/3 arrives as 0.33333334. Convergents of the continued fraction; null where none is simple enough.
 */
export function fraction(scale: number): Scale | null {
  let [p0, q0, p1, q1] = [0, 1, 1, 0];
  let rest = scale;
  for (let depth = 0; depth < 32; depth++) {
    const whole = Math.floor(rest);
    [p0, q0, p1, q1] = [p1, q1, whole * p1 + p0, whole * q1 + q0];
    if (q1 > MAX_DENOMINATOR || !Number.isSafeInteger(p1)) return null;
    if (Math.fround(p1 / q1) === Math.fround(scale)) return p1 === 0 ? null : { p: p1, q: q1, value: scale };
    rest = 1 / (rest - whole);
  }
  return null;
}
