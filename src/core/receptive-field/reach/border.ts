import { type Fold, folded } from '../../operators/fold.ts';
import type { Budget } from '../influence/budget.ts';
import { EFFORT, Gathered, type Spans } from './spans.ts';

/** Where places of an axis without end lie on one of n positions: those past its border nowhere, or where it folds them to. */
export function landing(places: Spans, fold: Fold | undefined, n: number): Spans {
  const found = new Gathered();
  for (let i = 0; i < places.length; i += 2) {
    const [start, stop] = [places[i] as number, places[i + 1] as number];
    if (!fold) found.add(Math.max(start, 0), Math.min(stop, n));
    else if (fold === 'edge') found.add(folded(fold, start, n), folded(fold, stop - 1, n) + 1);
    else reflect(start, stop, n, found);
  }
  return found.spans();
}

/** The way there and back is cut where it turns; all of it is new only once. */
function reflect(start: number, stop: number, n: number, found: Gathered): void {
  const turn = n - 1;
  if (stop - start >= 2 * turn) {
    found.add(0, n);
    return;
  }
  for (let at = start; at < stop; ) {
    const last = Math.min(stop - 1, (Math.floor(at / turn) + 1) * turn);
    const [a, b] = [folded('reflect', at, n), folded('reflect', last, n)];
    found.add(Math.min(a, b), Math.max(a, b) + 1);
    at = last + 1;
  }
}

/** The places from `low` to before `high` of an axis without end that are folded to any of the given positions of n. */
export function placesOf(positions: Spans, fold: Fold, n: number, [low, high]: readonly [number, number], budget: Budget): Spans {
  const found = new Gathered();
  const period = fold === 'edge' ? Infinity : Math.max(2 * (n - 1), 1);
  for (let i = 0; i < positions.length; i += 2) {
    const [start, stop] = [positions[i] as number, positions[i + 1] as number];
    if (fold === 'edge') found.add(start === 0 ? Math.min(low, 0) : start, stop === n ? Math.max(high, n) : stop);
    for (let turn = Math.floor(low / period) * period; fold === 'reflect' && turn < high; turn += period) {
      budget.work(EFFORT);
      found.add(turn + start, turn + stop);
      found.add(turn + period - stop + 1, turn + period - start + 1);
    }
  }
  return found.spans();
}
