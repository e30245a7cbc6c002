import type { Call } from '../../../../core/operators/operator.ts';
import type { Json } from '../json.ts';

/** A layer that might make a node. What is wrong or left open is found out by lowering it. */
export interface Guess {
  readonly type: string;
  /** Its arguments; those that are undefined, or that the layer takes anyway, are not written. */
  readonly args: Readonly<Record<string, Json | undefined>>;
  /** Names of the values that it reads; the node's first input unless said otherwise. */
  readonly reads?: readonly string[];
}

/** The layers that might make a node, the best first. */
export type Guesser = (call: Call) => readonly Guess[];

/** One number for all axes where they agree. */
export function oneOrAll<T extends Json>(values: readonly T[]): T | readonly T[] {
  const [first] = values;
  return first !== undefined && values.every((value) => value === first) ? first : values;
}

/** An axis counted from the front, as layers give it to their nodes. */
export function fromFront(call: Call, axis: number, rank = call.inputs[0]?.shape?.length ?? 0): number {
  return axis < 0 ? axis + rank : axis;
}

/** A single-precision number by the shortest decimal that stands for it: 0.1 rather than 0.10000000149011612. */
export function decimal(x: number): number {
  if (!Number.isFinite(x) || Math.fround(x) !== x) return x;
  for (let digits = 1; digits <= 9; digits++) {
    const short = Number(x.toPrecision(digits));
    if (Math.fround(short) === x) return short;
  }
  return x;
}
