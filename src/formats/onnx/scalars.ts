import type { Limits } from '../format.ts';
import { drop, type Field, need, type Steps, WINDOW } from './message.ts';
import { FIXED32, FIXED64, VARINT, type Wire } from './wire.ts';

/** A string that must not be longer than a name. */
export function name<T>(set: (into: T, value: string) => void): Field<T> {
  const check = (w: Wire, size: number): void => {
    if (size > w.limits.nameBytes) w.exceeded(`a name of more than ${w.limits.nameBytes} bytes`);
  };
  return {
    many(w, into, end) {
      check(w, end - w.pos);
      set(into, w.text(end));
    },
    *large(w, into, size) {
      check(w, size);
      yield* need(w, size);
      set(into, w.text(w.pos + size));
    },
  };
}

/** A string that is dropped (null) where it is longer than a name: attributes may hold whole files. */
export function text<T>(set: (into: T, value: string | null) => void): Field<T> {
  return {
    many: (w, into, end) => set(into, end - w.pos > w.limits.nameBytes ? null : w.text(end)),
    *large(w, into, size) {
      yield* drop(w, size);
      set(into, null);
    },
  };
}

/** An integer: a bigint where a double would round. */
export function int<T>(set: (into: T, value: number | bigint) => void): Field<T> {
  return {
    wire: VARINT,
    one(w, into) {
      w.varint();
      set(into, w.exact());
    },
  };
}

export function float<T>(set: (into: T, value: number) => void): Field<T> {
  return { wire: FIXED32, one: (w, into) => set(into, w.float32()) };
}

/** The bytes of a field where there are between 1 and `max(into)` of them, else null; and how many there are. */
export function bytes<T>(max: (into: T) => number, set: (into: T, data: Uint8Array | null, size: number) => void): Field<T> {
  return {
    many(w, into, end) {
      const size = end - w.pos;
      set(into, size === 0 || size > max(into) ? null : w.bytes(end), size);
    },
    *large(w, into, size) {
      yield* drop(w, size);
      set(into, null, size);
    },
  };
}

/** How one number of a repeated field is written. */
export interface Element {
  readonly wire: number;
  /** Bytes; 0 where it varies. */
  readonly size: number;
  read(w: Wire): number | bigint;
}

function varint(value: (w: Wire) => number | bigint): Element {
  return {
    wire: VARINT,
    size: 0,
    read(w) {
      w.varint();
      return value(w);
    },
  };
}

export const EXACT = varint((w) => w.exact());
export const INT64 = varint((w) => w.int64());
export const UINT64 = varint((w) => w.uint64());
export const INT32 = varint((w) => w.low | 0);
export const FLOAT: Element = { wire: FIXED32, size: 4, read: (w) => w.float32() };
export const DOUBLE: Element = { wire: FIXED64, size: 8, read: (w) => w.float64() };

/** The numbers of a repeated field; null once there were too many to keep. */
export interface List {
  values: (number | bigint)[] | null;
}

/** How many numbers are kept, and what their excess is called; one without a name drops the list. */
export interface Bound {
  max(limits: Limits): number;
  readonly what?: string;
}

/** A repeated number, packed or not; the chunks of one field are joined. */
export function numbers<T>(element: Element, bound: Bound, list: (into: T) => List): Field<T> {
  const add = (w: Wire, into: List): void => {
    const value = element.read(w);
    if (into.values === null) return;
    into.values.push(value);
    w.keep(8);
    if (into.values.length > bound.max(w.limits)) overflow(w, into);
  };
  const overflow = (w: Wire, into: List): void => {
    if (bound.what) w.exceeded(`more than ${bound.max(w.limits)} ${bound.what}`);
    into.values = null;
  };
  const run = (w: Wire, into: List, end: number): void => {
    if (element.size > 0 && (end - w.pos) / element.size > bound.max(w.limits)) overflow(w, into);
    while (w.pos < end && into.values !== null) add(w, into);
  };
  return {
    wire: element.wire,
    one: (w, into) => add(w, list(into)),
    many: (w, into, end) => run(w, list(into), end),
    large: (w, into, size) => pieces(w, list(into), size, run),
  };
}

/** Runs over a packed field longer than the window. No piece but the last ends less than a varint before its end. */
function* pieces(w: Wire, list: List, size: number, run: (w: Wire, list: List, end: number) => void): Steps {
  const end = w.offset + size;
  while (w.offset < end && list.values !== null) {
    const piece = Math.min(end - w.offset, WINDOW);
    yield* need(w, piece);
    w.limit = w.pos + piece;
    run(w, list, w.offset + piece === end ? w.limit : w.limit - 10);
  }
  yield* drop(w, end - w.offset);
}
