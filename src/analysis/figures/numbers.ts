/** Half-open, as NumPy slices; in positions of an axis. */
export interface Interval {
  readonly start: number;
  readonly stop: number;
}

/** Between a number and its unit, where no line breaks. */
const SPACE = '\u00a0';
const LARGE = ['', 'k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y', 'R', 'Q'];
const SMALL = ['', 'm', 'µ', 'n', 'p', 'f', 'a', 'z', 'y', 'r', 'q'];

/** Numbers beyond these have no place in a drawing, nor a prefix of the SI. */
const MAX = 1e30;
const MIN = 1e-30;

/** The number as it can be drawn: null for one that is none, infinite or beyond 10^30; 0 below 10^-30. */
export function drawable(value: number | null | undefined): number | null {
  if (value === null || value === undefined || !Number.isFinite(value) || Math.abs(value) > MAX) return null;
  return Math.abs(value) < MIN ? 0 : value;
}

/** The interval with drawable ends; null where one is missing or they are the wrong way round. */
export function drawableInterval(interval: Interval | null | undefined): Interval | null {
  const start = drawable(interval?.start);
  const stop = drawable(interval?.stop);
  return start === null || stop === null || stop < start ? null : { start, stop };
}

/** `25,557,032`; below 1,000 with four significant digits, `0.1235`; from 10^15 on with a prefix. */
export function grouped(value: number): string {
  if (Math.abs(value) >= 1e15) return si(value);
  const plain = Math.abs(value) < 1000 ? Number(value.toPrecision(4)) : Math.round(value);
  if (plain !== 0 && Math.abs(plain) < 1e-6) return si(plain, '');
  const [whole = '', fraction] = String(Math.abs(plain)).split('.');
  const digits = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${plain < 0 ? '−' : ''}${digits}${fraction === undefined ? '' : `.${fraction}`}`;
}

/**
 * Three significant digits with a prefix of the SI and the unit: `4.09 GFLOP`, `1.25 ms`, `98`. Prefixes below one are for
 * seconds, and for what is too small to be written out.
 */
export function si(value: number, unit = '', digits = 3): string {
  if (value === 0) return withUnit('0', unit);
  const rounded = Number(value.toPrecision(digits));
  const size = Math.abs(rounded);
  const exponent = Math.floor(Math.log10(size) / 3 + 1e-12);
  const sign = rounded < 0 ? '−' : '';
  if (exponent >= 1) {
    const power = Math.min(exponent, LARGE.length - 1);
    return withUnit(`${sign}${digitsOf(size / 1000 ** power, digits)}`, `${LARGE[power]}${unit}`);
  }
  if (exponent < 0 && (unit === 's' || size < 1e-3)) {
    const power = Math.min(-exponent, SMALL.length - 1);
    return withUnit(`${sign}${digitsOf(size * 1000 ** power, digits)}`, `${SMALL[power]}${unit}`);
  }
  return withUnit(`${sign}${digitsOf(size, digits)}`, unit);
}

function digitsOf(value: number, digits: number): string {
  return String(Number(value.toPrecision(digits)));
}

function withUnit(digits: string, unit: string): string {
  return unit === '' ? digits : `${digits}${SPACE}${unit}`;
}

/** Small plain numbers written out, as a field of 1,075 is not one of 1.08 k; what has a unit or is large with a prefix. */
export function amount(value: number, unit: string): string {
  return unit === '' && Math.abs(value) < 1e5 ? grouped(value) : si(value, unit);
}

/** A share of one: `19.5 %`, `0.325 %`, `< 0.0001 %`. */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 1e-4) return `<${SPACE}0.0001${SPACE}%`;
  const text = digits(Number(value < 10 ? value.toPrecision(3) : value.toFixed(1)));
  return `${value < 100 && text === '100' ? '> 99.9' : text}${SPACE}%`;
}

/** `[62, 161)`, the digits as in the JSON. */
export function slice({ start, stop }: Interval): string {
  return `[${digits(start)}, ${digits(stop)})`;
}

/** An integer as in the JSON but for the sign; up to six decimals of what is none. */
export function digits(value: number): string {
  const plain = Math.abs(value) < 1e15 ? Number(value.toFixed(6)) : value;
  return Math.abs(plain) >= 1e15 ? si(plain) : `${plain < 0 ? '−' : ''}${Math.abs(plain)}`;
}
