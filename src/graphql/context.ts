import type { Allowance } from './demand/allowance.ts';

declare module 'mercurius' {
  interface MercuriusContext {
    /** Size of the request. */
    readonly bytes: number;
    /** Aborts when nobody waits for the answer any more. */
    readonly signal: AbortSignal;
    readonly allowance: Allowance;
    /** Where the analyses of this request take turns. */
    readonly lanes: Lanes;
    /** Throws where this request may not keep or forget networks. Faults: `unauthorized`, `forbidden`. */
    requireWrite(): void;
  }
}

/** Runs work, so much of it at a time. */
export type Lanes = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Lanes of one request: a page of networks may ask for an analysis of each, which all at once would be more than the
 * pool lets wait, and leave no place for others.
 */
export function openLanes(count: number): Lanes {
  let free = count;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((go) => waiting.push(go));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
