import type { CountJson } from '../report.ts';

/** A number before and after edits. Integers beyond 2^53 - 1 are decimal strings; what could not be determined is null. */
export interface Change {
  readonly name: string;
  readonly before: CountJson | null;
  readonly after: CountJson | null;
  /** After less before. */
  readonly difference: CountJson | null;
  /** After by before; null where that is no number. */
  readonly ratio: number | null;
}

/** What edits did to a number. */
export function changeOf(name: string, before: CountJson | null, after: CountJson | null): Change {
  return { name, before, after, difference: differenceOf(before, after), ratio: ratioOf(before, after) };
}

function differenceOf(before: CountJson | null, after: CountJson | null): CountJson | null {
  if (before === null || after === null) return null;
  if (typeof before === 'number' && typeof after === 'number') return after - before;
  // Only whole numbers are strings, and whatever stands beside one is whole too.
  const difference = BigInt(after) - BigInt(before);
  return Number.isSafeInteger(Number(difference)) ? Number(difference) : difference.toString();
}

/** One number by another; null where either is unknown or the first is 0. */
export function ratioOf(before: CountJson | null, after: CountJson | null): number | null {
  if (before === null || after === null || Number(before) === 0) return null;
  return Number(after) / Number(before);
}
