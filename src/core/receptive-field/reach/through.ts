import type { Budget } from '../influence/budget.ts';
import { foldOf, type Read, type Taps, tapsAt, type Window } from '../influence/window.ts';
import { landing, placesOf } from './border.ts';
import { EFFORT, Gathered, meets, type Spans, spanOf } from './spans.ts';

/** A window without phases; null for other maps. */
function plainOf(map: Window): { readonly shift: number; readonly lo: number; readonly hi: number; readonly step: number } | null {
  if (map.kind === 'table' || map.lo.length > 1 || map.shift < 1) return null;
  const [lo, hi, step] = [map.lo[0] as number, map.hi[0] as number, map.step[0] as number];
  return lo > hi ? null : { shift: map.shift, lo, hi: hi - ((hi - lo) % step), step: lo === hi ? 1 : step };
}

/** The positions that any of the given output positions reads. */
export function readBy(outputs: Spans, { map, size }: Read, budget: Budget): Spans {
  const found = new Gathered();
  const add = (start: number, stop: number) => {
    budget.work(EFFORT);
    found.add(start, stop);
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
  return landing(found.spans(), foldOf(map), size);
}

/** Those of `outputs` positions of an output that read any of the given positions. */
export function readersOf(inputs: Spans, { map, size }: Read, outputs: number, budget: Budget): Spans {
  const fold = foldOf(map);
  const places = fold ? placesOf(inputs, fold, size, reachOf(map, outputs), budget) : inputs;
  const found = new Gathered();
  const add = (start: number, stop: number) => {
    budget.work(EFFORT);
    found.add(Math.max(start, 0), Math.min(stop, outputs));
  };
  const plain = plainOf(map);
  if (plain?.step === 1) {
    const { shift, lo, hi } = plain;
    eachInterval(places, (start, stop) => add(Math.ceil((start - hi) / shift), Math.floor((stop - 1 - lo) / shift) + 1));
  } else if (plain?.shift === 1) {
    for (let tap = plain.hi; tap >= plain.lo; tap -= plain.step) eachInterval(places, (start, stop) => add(start - tap, stop - tap));
  } else {
    const taps: Taps = { first: 0, step: 1, count: 0 };
    eachPosition(candidates(places, map, outputs), (o) => {
      budget.work(EFFORT);
      tapsAt(map, o, taps);
      const last = taps.first + taps.step * (taps.count - 1);
      if (taps.count === 0 || !meets(places, taps.first, last + 1)) return;
      for (let at = taps.first; at <= last; at += taps.step) {
        if (taps.step === 1 || meets(places, at, at + 1)) return add(o, o + 1);
      }
    });
  }
  return found.spans();
}

/** From where to before where the outputs read, as if the axis had no border. */
function reachOf(map: Window, outputs: number): readonly [number, number] {
  const taps: Taps = { first: 0, step: 1, count: 0 };
  let [start, stop] = [Infinity, -Infinity];
  const phases = Math.min(map.lo.length, outputs);
  for (let f = 0; f < phases; f++) {
    for (const o of [f, f + map.lo.length * Math.floor((outputs - 1 - f) / map.lo.length)]) {
      tapsAt(map, o, taps);
      if (taps.count === 0) continue;
      start = Math.min(start, taps.first);
      stop = Math.max(stop, taps.first + taps.step * (taps.count - 1) + 1);
    }
  }
  return [start, stop];
}

/** Outputs outside of which none reads any of the positions. */
function candidates(inputs: Spans, map: Window, outputs: number): Spans {
  if (map.kind === 'table' || map.shift < 1) return spanOf(0, outputs);
  const [lo, hi] = [map.lo.reduce((a, b) => Math.min(a, b)), map.hi.reduce((a, b) => Math.max(a, b))];
  const period = map.lo.length;
  const near = new Gathered();
  eachInterval(inputs, (start, stop) => {
    const begin = Math.max(period * Math.ceil((start - hi) / map.shift), 0);
    near.add(begin, Math.min(period * (Math.floor((stop - 1 - lo) / map.shift) + 1), outputs));
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
