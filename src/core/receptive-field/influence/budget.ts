import { Fault } from '../../fault.ts';

/** Most cells of one array: an influence map of 2,896 by 2,896 pixels, 64 MB. */
export const MAX_CELLS = 2 ** 23;
/** Most cells of all arrays that are held at one time, 256 MB. */
export const MAX_LIVE = 2 ** 25;
/** Most multiply-adds of one propagation: a few seconds. */
export const MAX_WORK = 2 ** 30;

/** What one propagation may take. Faults: `limit-exceeded`. */
export class Budget {
  #work = 0;

  /** Takes note of multiply-adds that are about to be done. */
  work(amount: number): void {
    this.#work += amount;
    if (!(this.#work <= MAX_WORK)) {
      throw new Fault('limit-exceeded', `following the positions of one unit takes more than ${MAX_WORK} multiply-adds`);
    }
  }

  /** Holds the size of an array that is about to be made against the limit; making it is work too. */
  cells(shape: readonly number[]): number {
    const cells = shape.reduce((product, n) => product * n, 1);
    if (!(cells <= MAX_CELLS)) {
      throw new Fault(
        'limit-exceeded',
        `one unit depends on ${shape.join(' x ')} positions of a tensor, more than ${MAX_CELLS} are not followed`,
      );
    }
    this.work(cells);
    return cells;
  }

  /** Holds the cells of all arrays that are alive against the limit. */
  live(cells: number): void {
    if (cells > MAX_LIVE) throw new Fault('limit-exceeded', `the branches of the network hold more than ${MAX_LIVE} positions at one time`);
  }
}

/** A propagation that was given up. */
export interface Beyond {
  readonly status: 'beyond';
  /** Which limit it stands beyond. */
  readonly cause: string;
}

/** What a propagation gives, or which limit it stands beyond. */
export function withinLimits<T>(propagate: () => T): T | Beyond {
  try {
    return propagate();
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'limit-exceeded') throw error;
    return { status: 'beyond', cause: error.message };
  }
}
