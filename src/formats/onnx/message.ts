import { DELIMITED, type Wire } from './wire.ts';

/** Messages up to this many bytes are read in one go; longer ones are descended into, and their payloads dropped. */
export const WINDOW = 65536;
/** A tag and a lone value, or a tag and a length: at most ten bytes each. */
const HEAD = 20;
/** What a message costs in memory beyond its names and numbers: an upper guess, so that empty ones are not free. */
const RECORD_BYTES = 64;

/** A positive number asks for that many bytes in the window (fewer come only at the end of the file), a negative one to drop them. */
export type Steps = Generator<number, void, void>;

/** What becomes of one field of a message of type T. */
export interface Field<T> {
  /** Wire type of a value on its own, where that is not length-delimited. */
  readonly wire?: number;
  one?(w: Wire, into: T): void;
  /** Length-delimited, and the bytes up to `end` are in the window. */
  many?(w: Wire, into: T, end: number): void;
  /** Length-delimited, and larger than the window. */
  large?(w: Wire, into: T, size: number): Steps;
}

/** Fields by number; what is not there is skipped. */
export type Schema<T> = readonly (Field<T> | undefined)[];

/** Makes a schema from field numbers. */
export function schema<T>(fields: Readonly<Record<number, Field<T>>>): Schema<T> {
  const last = Math.max(...Object.keys(fields).map(Number));
  return Array.from({ length: last + 1 }, (_, number) => fields[number]);
}

function fieldOf<T>(schema: Schema<T>, tag: number): Field<T> | undefined {
  const number = tag >>> 3;
  return number < schema.length ? schema[number] : undefined;
}

function readOne<T>(w: Wire, field: Field<T> | undefined, wire: number, into: T): void {
  if (field?.one && field.wire === wire) field.one(w, into);
  else w.skip(wire);
}

/** Reads the message that lies in the window up to `end`. */
export function parse<T>(w: Wire, schema: Schema<T>, into: T, end: number): void {
  while (w.pos < end) {
    const tag = w.tag();
    const field = fieldOf(schema, tag);
    if ((tag & 7) !== DELIMITED) readOne(w, field, tag & 7, into);
    else {
      const size = w.length();
      if (size > end - w.pos) w.truncated();
      readMany(w, field, into, w.pos + size);
      w.limit = end;
    }
  }
}

function readMany<T>(w: Wire, field: Field<T> | undefined, into: T, end: number): void {
  w.limit = end;
  if (field?.many) field.many(w, into, end);
  w.pos = end;
}

/** Reads a message up to the file offset `end` (Infinity: to the end of the file) with no more than a window in memory. */
export function* stream<T>(w: Wire, schema: Schema<T>, into: T, end: number): Steps {
  while (w.offset < end) {
    if (w.available < HEAD) yield HEAD;
    if (w.available === 0 && end === Number.POSITIVE_INFINITY) return;
    w.limit = Math.min(w.buffer.length, end - w.base);
    const tag = w.tag();
    const field = fieldOf(schema, tag);
    if ((tag & 7) !== DELIMITED) {
      readOne(w, field, tag & 7, into);
      continue;
    }
    const size = w.length();
    if (size > end - w.offset) w.truncated();
    if (size > WINDOW) yield* field?.large ? field.large(w, into, size) : drop(w, size);
    else {
      if (w.available < size) yield* need(w, size);
      readMany(w, field, into, w.pos + size);
    }
  }
}

/** Brings `size` bytes into the window. */
export function* need(w: Wire, size: number): Steps {
  if (w.available < size) yield size;
  if (w.available < size) w.truncated();
}

/** Goes on by `size` bytes without looking at them. */
export function* drop(w: Wire, size: number): Steps {
  const end = w.offset + size;
  const here = Math.min(w.available, size);
  w.pos += here;
  if (here < size) yield here - size;
  if (w.offset < end) w.truncated();
}

/** A field that holds a message. `open` gives the record to read into; to merge a repeated singular message, the one of before. */
export function message<T, U>(fields: () => Schema<U>, open: (into: T, w: Wire) => U, levels = 0): Field<T> {
  const enter = (w: Wire, into: T): U => {
    w.enter(levels);
    w.keep(RECORD_BYTES);
    return open(into, w);
  };
  return {
    many(w, into, end) {
      parse(w, fields(), enter(w, into), end);
      w.leave(levels);
    },
    *large(w, into, size) {
      yield* stream(w, fields(), enter(w, into), w.offset + size);
      w.leave(levels);
    },
  };
}

/** Adds to a list and gives back what was added: `open` of a repeated message. */
export function push<T>(list: T[], item: T): T {
  list.push(item);
  return item;
}
