/**
 * A non-negative integer that is exact at any size: a number up to 2^53 - 1, a bigint above. Counts of operations and
 * elements multiply dims that come from untrusted files, so every product and sum of them goes through here.
 */
export type Count = number | bigint;

const MAX = Number.MAX_SAFE_INTEGER;

function settle(n: bigint): Count {
  return n <= BigInt(MAX) ? Number(n) : n;
}

/** The exact product of its arguments; 1 for none. */
export function times(...factors: readonly Count[]): Count {
  let product: Count = 1;
  for (const factor of factors) {
    if (typeof product === 'number' && typeof factor === 'number' && product * factor <= MAX) product *= factor;
    else product = settle(BigInt(product) * BigInt(factor));
  }
  return product;
}

/** The exact sum of two counts. */
export function add(a: Count, b: Count): Count {
  if (typeof a === 'number' && typeof b === 'number' && a + b <= MAX) return a + b;
  return settle(BigInt(a) + BigInt(b));
}

/** The exact sum of its arguments; 0 for none. */
export function plus(...terms: readonly Count[]): Count {
  let total: Count = 0;
  for (let i = 0; i < terms.length; i++) total = add(total, terms[i] as Count);
  return total;
}

/** The exact difference of two counts, of which the second one is not larger. */
export function less(a: Count, b: Count): Count {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return settle(BigInt(a) - BigInt(b));
}

/** The exact sum of any number of counts. */
export function sum(terms: Iterable<Count>): Count {
  let total: Count = 0;
  for (const term of terms) total = add(total, term);
  return total;
}

/** As a report writes it: an integer, above 2^53 - 1 a decimal string. */
export function countToJson(count: Count): number | string {
  return typeof count === 'bigint' ? count.toString() : count;
}
