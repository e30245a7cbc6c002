import type { CountJson, FieldAxis } from '../../core/report.ts';
import { grouped } from '../figures/numbers.ts';

/** Below this share two numbers are nearly the same; `same` is said of equal ones only. */
export const NEARLY = 0.01;

/** Shares below this are not told: of large integers doubles do not know them. */
const TINY = 1e-6;

const SMALL = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

/** `two`, `12` */
export function inWords(count: number): string {
  return SMALL[count] ?? grouped(count);
}

/** Digits in threes; of what is no integer, four that count. */
export function digits(value: CountJson): string {
  return typeof value === 'string' ? value.replace(/\B(?=(\d{3})+$)/g, ',') : grouped(value);
}

/** `28 %`, `0.45 %`, and never 100 % of what is less. */
export function percent(share: number): string {
  const value = share * 100;
  if (value >= 99.5 && share < 1) return `${Math.min(99.99, Number(value.toPrecision(4)))} %`;
  return `${value < 10 ? Number(value.toPrecision(2)) : Math.round(value)} %`;
}

/** How one number stands to the first one, of which neither is 0; null where they are equal. */
export function proportion(value: CountJson, first: CountJson, more: string, fewer: string): string | null {
  if (value === first) return null;
  const ratio = Number(value) / Number(first);
  if (Math.abs(ratio - 1) < TINY) return 'less than 0.0001 % apart';
  if (ratio >= 2) return `${digits(Number(ratio.toPrecision(3)))} times`;
  return ratio > 1 ? `${percent(ratio - 1)} ${more}` : `${percent(1 - ratio)} ${fewer}`;
}

export function isNearly(value: number, first: number): boolean {
  return Math.abs(value - first) < NEARLY * Math.abs(first);
}

/** One value for all axes where they agree, else each by its name: `5`, `H 5, W 7`. Null where there are none, or one is not known. */
export function alongAxes<A extends { readonly axis: string }>(axes: readonly A[], text: (axis: A) => string | null): string | null {
  const texts = axes.map(text);
  const [one] = texts;
  if (one === undefined || texts.includes(null)) return null;
  return texts.every((other) => other === one) ? one : axes.map(({ axis }, i) => `${axis} ${texts[i]}`).join(', ');
}

/** The size of a field; that of units that differ by their place as a range. */
export function fieldText({ status, size, sizeMin }: Pick<FieldAxis, 'status' | 'size' | 'sizeMin'>): string | null {
  if (status === 'global') return size === null ? 'the whole input' : `the whole input (${digits(size)})`;
  if (status !== 'exact' || size === null || sizeMin === null) return null;
  return size === sizeMin ? digits(size) : `${digits(sizeMin)} to ${digits(size)}`;
}
