import { add, type Count, countToJson, less, times } from '../count.ts';
import type { Counters } from '../operators/operator.ts';
import type { Operations } from '../report.ts';

/** Every kind of primitive, zeros included. */
export type Primitives = Required<Omit<Counters, 'integer' | 'padding'>>;

export const NO_OPERATIONS: Primitives = { mac: 0, mul: 0, add: 0, div: 0, cmp: 0, exp: 0, load: 0 };

export function primitives(counters: Counters): Primitives {
  return {
    mac: counters.mac ?? 0,
    mul: counters.mul ?? 0,
    add: counters.add ?? 0,
    div: counters.div ?? 0,
    cmp: counters.cmp ?? 0,
    exp: counters.exp ?? 0,
    load: counters.load ?? 0,
  };
}

/** The primitives of something that happens several times. */
export function repeat(p: Primitives, count: Count): Primitives {
  if (count === 1) return p;
  const by = (n: Count) => times(n, count);
  return { mac: by(p.mac), mul: by(p.mul), add: by(p.add), div: by(p.div), cmp: by(p.cmp), exp: by(p.exp), load: by(p.load) };
}

export function addPrimitives(a: Primitives, b: Primitives): Primitives {
  return {
    mac: add(a.mac, b.mac),
    mul: add(a.mul, b.mul),
    add: add(a.add, b.add),
    div: add(a.div, b.div),
    cmp: add(a.cmp, b.cmp),
    exp: add(a.exp, b.exp),
    load: add(a.load, b.load),
  };
}

/** Floating-point operations: one multiply-accumulate is two, every other primitive one; loads are none. */
export function flopsOf(p: Primitives): Count {
  return add(add(add(add(add(times(2, p.mac), p.mul), p.add), p.div), p.cmp), p.exp);
}

/** Multiply-accumulates and floating-point operations without those on taps in padding, which no tool leaves out. */
export interface Valid {
  readonly macs: Count;
  readonly flops: Count;
}

/** `padding` counts multiply-accumulates where there are any, else single operations. */
export function validOf(p: Primitives, padding: Count): Valid {
  const flops = flopsOf(p);
  if (padding === 0) return { macs: p.mac, flops };
  if (p.mac === 0) return { macs: 0, flops: less(flops, padding) };
  return { macs: less(p.mac, padding), flops: less(flops, times(2, padding)) };
}

export function operationsJson(p: Primitives): Operations {
  if (isSmall(p)) return p;
  return {
    mac: countToJson(p.mac),
    mul: countToJson(p.mul),
    add: countToJson(p.add),
    div: countToJson(p.div),
    cmp: countToJson(p.cmp),
    exp: countToJson(p.exp),
    load: countToJson(p.load),
  };
}

/** Whether no count needs to be written as a string. */
function isSmall(p: Primitives): p is Primitives & Operations {
  for (const kind in p) if (typeof p[kind as keyof Primitives] === 'bigint') return false;
  return true;
}
