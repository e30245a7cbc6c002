import type { Budget } from '../influence/budget.ts';
import { type Read, type Taps, tapsAt, type Window } from '../influence/window.ts';
import { EFFORT, Gathered, meets, type Spans, spanOf } from './spans.ts';

/** A window without phases; null for other maps. */
function plainOf(map: Window): { readonly shift: number; readonly lo: number; readonly hi: number; readonly step: number } | null {
  if (map.kind === 'table' || map.lo.length > 1 || map.shift < 1) return null;
  const [lo, hi, step] = [map.lo[0] as number, map.hi[0] as number, map.step[0] as number];
  return lo > hi ? null : { shift: map.shift, lo, hi: hi - ((hi - lo) % step), step: lo === hi ? 1 : step };
}

/** The positions that any of the given output positions reads. */
export function readBy(outputs: Spans, { map, size, past }: Read, budget: Budget): Spans {
  const found = new Gathered();
  const add = (start: number, stop: number) => {
    budget.work(EFFORT);
    if (past === 'clamped') found.add(Math.min(Math.max(start, 0), size - 1), Math.min(Math.max(stop, 1), size));
    else found.add(Math.max(start, 0), Math.min(stop, size));
  };
  const plain = plainOf(map);
  if (plain && plain.step === 1 && plain.hi - plain.lo + 1 >= plain.shift) {
    eachInterval(outputs, (start, stop) => add(plain.lo + plain.shift * start, plain.hi + plain.shift * (stop - 1) + 1));
  } else if (plain && plain.shift === 1) {
    for (let tap = plain.lo; tap <= plain.hi; tap += plain.step) eachInterval(outputs, (start, stop) => add(start + tap, stop + tap));
  } else {
    const taps: Taps = { first: 0, step: 1, count: 0 };
    eachPosition(outputs, (o) => {
      tapsAt(map, o, taps);
      if (taps.count > 0 && taps.step === 1) add(taps.first, taps.first + taps.count);
      else for (let tap = 0, at = taps.first; tap < taps.count; tap++, at += taps.step) add(at, at + 1);
    });
  }
  return found.spans();
}

/** Those of `outputs` positions of an output that read any of the given positions. */
export function readersOf(inputs: Spans, { map, size, past }: Read, outputs: number, budget: Budget): Spans {
  const found = new Gathered();
  const add = (start: number, stop: number) => {
    budget.work(EFFORT);
    found.add(Math.max(start, 0), Math.min(stop, outputs));
  };
  const plain = plainOf(map);
  if (past === 'lost' && plain?.step === 1) {
    const { shift, lo, hi } = plain;
    eachInterval(inputs, (start, stop) => add(Math.ceil((start - hi) / shift), Math.floor((stop - 1 - lo) / shift) + 1));
  } else if (past === 'lost' && plain?.shift === 1) {
    for (let tap = plain.hi; tap >= plain.lo; tap -= plain.step) eachInterval(inputs, (start, stop) => add(start - tap, stop - tap));
  } else {
    const taps: Taps = { first: 0, step: 1, count: 0 };
    const inside = (at: number) => (past === 'clamped' ? Math.min(Math.max(at, 0), size - 1) : at);
    eachPosition(candidates(inputs, { map, size, past }, outputs), (o) => {
      budget.work(EFFORT);
      tapsAt(map, o, taps);
      const last = taps.first + taps.step * (taps.count - 1);
      if (taps.count === 0 || !meets(inputs, inside(taps.first), inside(last) + 1)) return;
      for (let tap = 0; tap < taps.count; tap++) {
        const at = inside(taps.first + tap * taps.step);
        if (taps.step === 1 || meets(inputs, at, at + 1)) return add(o, o + 1);
      }
    });
  }
  return found.spans();
}

/** Outputs outside of which none reads any of the positions. */
function candidates(inputs: Spans, { map, size, past }: Read, outputs: number): Spans {
  if (map.kind === 'table' || map.shift < 1) return spanOf(0, outputs);
  const [lo, hi] = [map.lo.reduce((a, b) => Math.min(a, b)), map.hi.reduce((a, b) => Math.max(a, b))];
  const period = map.lo.length;
  const near = new Gathered();
  eachInterval(inputs, (start, stop) => {
    const [first, last] = [past === 'clamped' && start <= 0 ? -Infinity : start, past === 'clamped' && stop >= size ? Infinity : stop - 1];
    const begin = Math.max(period * Math.ceil((first - hi) / map.shift), 0);
    near.add(begin, Math.min(period * (Math.floor((last - lo) / map.shift) + 1), outputs));
  });
  return near.spans();
}

/**
 * Whether each of the given output positions reads something. Between the ends of an interval a window without gaps lies between
 * theirs, so that these tell.
 */
export function allRead(outputs: Spans, read: Read, budget: Budget): boolean {
  return everyEnd(outputs, plainOf(read.map)?.step === 1, (o) => readBy(spanOf(o, o + 1), read, budget).length > 0);
}

/** Whether each of the given positions is read by some output. */
export function allHaveReaders(inputs: Spans, read: Read, outputs: number, budget: Budget): boolean {
  const plain = plainOf(read.map);
  const dense = plain !== null && plain.step === 1 && plain.hi - plain.lo + 1 >= plain.shift;
  return everyEnd(inputs, dense, (i) => readersOf(spanOf(i, i + 1), read, outputs, budget).length > 0);
}

function everyEnd(spans: Spans, endsTell: boolean, holds: (position: number) => boolean): boolean {
  for (let i = 0; i < spans.length; i += 2) {
    const [start, stop] = [spans[i] as number, spans[i + 1] as number];
    if (endsTell && !(holds(start) && holds(stop - 1))) return false;
    for (let at = start; !endsTell && at < stop; at++) if (!holds(at)) return false;
  }
  return true;
}

function eachInterval(spans: Spans, visit: (start: number, stop: number) => void): void {
  for (let i = 0; i < spans.length; i += 2) visit(spans[i] as number, spans[i + 1] as number);
}

function eachPosition(spans: Spans, visit: (position: number) => void): void {
  eachInterval(spans, (start, stop) => {
    for (let at = start; at < stop; at++) visit(at);
  });
}
