/**
 * Positions along one axis: the half-open intervals [start, stop) that hold them, as start, stop, start, stop, ... in ascending
 * order; none of them empty, and none meeting the next.
 */
export type Spans = readonly number[];

/** What handling one interval counts for in a budget, in multiply-adds; it also bounds how many are held. */
export const EFFORT = 64;

export function spanOf(start: number, stop: number): Spans {
  return start < stop ? [start, stop] : [];
}

/** How many positions there are. */
export function countIn(spans: Spans): number {
  let count = 0;
  for (let i = 0; i < spans.length; i += 2) count += (spans[i + 1] as number) - (spans[i] as number);
  return count;
}

/** The first of the intervals that ends behind a position, by its index in the list. */
function firstBehind(spans: Spans, position: number): number {
  let [low, high] = [0, spans.length / 2];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[2 * middle + 1] as number) > position) high = middle;
    else low = middle + 1;
  }
  return 2 * low;
}

/** Whether any position from `start` up to `stop` is among them. */
export function meets(spans: Spans, start: number, stop: number): boolean {
  return (spans[firstBehind(spans, start)] ?? Infinity) < stop;
}

/** Whether all positions of `part` are among them. */
export function holds(spans: Spans, part: Spans): boolean {
  if (spans === part) return true;
  for (let i = 0, at = 0; i < part.length; i += 2) {
    const [start, stop] = [part[i] as number, part[i + 1] as number];
    while (at < spans.length && (spans[at + 1] as number) < stop) at += 2;
    if (at === spans.length || (spans[at] as number) > start) return false;
  }
  return true;
}

export function sameSpans(a: Spans, b: Spans): boolean {
  return a === b || (a.length === b.length && a.every((value, i) => value === b[i]));
}

/** All positions of both. */
export function unite(a: Spans, b: Spans): Spans {
  if (holds(a, b)) return a;
  if (holds(b, a)) return b;
  const all = new Gathered();
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (j === b.length || (a[i] ?? Infinity) <= (b[j] as number)) all.add(a[i++] as number, a[i++] as number);
    else all.add(b[j++] as number, b[j++] as number);
  }
  return all.spans();
}

/** Intervals in any order, put together to spans. */
export class Gathered {
  readonly #pairs: number[] = [];
  #ordered = true;

  add(start: number, stop: number): void {
    if (start >= stop) return;
    const last = this.#pairs.length - 1;
    if (last > 0 && start >= (this.#pairs[last - 1] as number) && start <= (this.#pairs[last] as number)) {
      this.#pairs[last] = Math.max(this.#pairs[last] as number, stop);
      return;
    }
    if (last > 0 && start < (this.#pairs[last] as number)) this.#ordered = false;
    this.#pairs.push(start, stop);
  }

  spans(): Spans {
    if (this.#ordered) return this.#pairs;
    const intervals = Array.from(
      { length: this.#pairs.length / 2 },
      (_, i) => [this.#pairs[2 * i], this.#pairs[2 * i + 1]] as [number, number],
    );
    const all = new Gathered();
    for (const [start, stop] of intervals.sort(([a], [b]) => a - b)) all.add(start, stop);
    return all.spans();
  }
}
