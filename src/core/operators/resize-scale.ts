/** A scale p / q, also as a double. Whole numbers where it is a simple fraction, else p is the scale itself. */
export interface Scale {
  readonly p: number;
  readonly q: number;
  readonly value: number;
}

/** Denominators up to this stand for what a network means by its scale; greater ones are rounding noise. */
const MAX_DENOMINATOR = 4096;

/**
 * The simplest fraction that single precision cannot tell from a scale: files hold scales in single precision, so that
 * 1/3 arrives as 0.33333334. Found among the convergents of the continued fraction.
 */
export function fraction(value: number): Scale {
  let [p0, q0, p1, q1] = [0, 1, 1, 0];
  let rest = value;
  while (Number.isFinite(rest)) {
    const whole = Math.floor(rest);
    [p0, q0, p1, q1] = [p1, q1, whole * p1 + p0, whole * q1 + q0];
    if (q1 > MAX_DENOMINATOR || !Number.isSafeInteger(p1)) break;
    if (p1 > 0 && Math.fround(p1 / q1) === Math.fround(value)) return { p: p1, q: q1, value };
    rest = 1 / (rest - whole);
  }
  return { p: value, q: 1, value };
}
