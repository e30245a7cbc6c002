import { type Count, plus, times } from '../count.ts';
import type { DType } from '../graph.ts';
import type { Call, Counters } from './operator.ts';
import { elementsOf } from './shape.ts';

/** A count for each kind of primitive operation that a node takes. */
export type Amounts = Omit<Counters, 'integer'>;

const KINDS = ['mac', 'mul', 'add', 'div', 'cmp', 'exp', 'load', 'padding'] as const satisfies readonly (keyof Amounts)[];

export function isInteger(dtype: DType | null): boolean {
  return dtype !== null && (dtype.startsWith('int') || dtype.startsWith('uint'));
}

/** Counters of `n` times the amounts without the kinds that are zero; marked where the node computes on integers. */
export function counters(call: Call, amounts: Amounts, n: Count = 1): Counters {
  const counted: { -readonly [kind in keyof Counters]: Counters[kind] } = {};
  for (const kind of KINDS) {
    const amount = times(amounts[kind] ?? 0, n);
    if (amount > 0) counted[kind] = amount;
  }
  if (isInteger(call.outputs[0]?.dtype ?? null) && KINDS.some((kind) => kind in counted)) counted.integer = true;
  return counted;
}

/** The same amounts for each of n elements (rows, windows, ...); null where n is unknown. */
export function each(call: Call, n: Count | null, amounts: Amounts): Counters | null {
  return n === null ? null : counters(call, amounts, n);
}

/** The same amounts for each element of the first output. */
export function perOutput(call: Call, amounts: Amounts): Counters | null {
  return each(call, elementsOf(call.outputs[0]), amounts);
}

/** Amounts taken together; null where one of them is unknown. */
export function together(call: Call, ...parts: readonly (Counters | null)[]): Counters | null {
  const sums: { -readonly [kind in keyof Amounts]: Count } = {};
  for (const part of parts) {
    if (!part) return null;
    for (const kind of KINDS) sums[kind] = plus(sums[kind] ?? 0, part[kind] ?? 0);
  }
  return counters(call, sums);
}

/** Primitives of the mean of n elements. */
export function mean(n: Count): Amounts {
  return { add: plus(n, -1), div: 1 };
}

/** Primitives of the p-norm of n elements: their absolute values to the power p, the sum, and its root. */
export function norm(n: Count, p: number): Amounts {
  const add = plus(n, -1);
  if (p === 1) return { cmp: n, add };
  return p === 2 ? { mul: n, add, exp: 1 } : { cmp: n, add, exp: plus(n, 1) };
}
