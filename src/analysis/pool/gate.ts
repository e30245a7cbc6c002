import { Fault } from '../../core/fault.ts';

interface Waiting {
  admit(): void;
  refuse(fault: Fault): void;
}

/** Lets so many jobs run at a time, in the order of their arrival, and so many wait. */
export interface Gate {
  /** Resolves with what the job must call when its place is free again. */
  enter(signal: AbortSignal): Promise<() => void>;
  readonly full: boolean;
  readonly running: number;
  readonly waiting: number;
  /** Refuses all that wait, and all to come. */
  close(): void;
}

/**
 * Piscina's own queue has no bound for jobs that can be aborted, and is not in order: so jobs wait here, and the pool
 * gets a job only when it has a thread for it.
 */
export function openGate(places: number, maxWaiting: number, waitMs: number): Gate {
  let free = places;
  let closed = false;
  const waiting: Waiting[] = [];

  function place(): () => void {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const next = waiting.shift();
      if (next === undefined) free++;
      else next.admit();
    };
  }

  function wait(signal: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const refuse = (fault: Fault) => {
        settle();
        reject(fault);
      };
      const cancel = () => refuse(cancelled());
      const timer = setTimeout(() => refuse(overloaded()), waitMs);
      const entry: Waiting = {
        admit() {
          settle();
          resolve(place());
        },
        refuse,
      };
      function settle() {
        clearTimeout(timer);
        signal.removeEventListener('abort', cancel);
        const at = waiting.indexOf(entry);
        if (at >= 0) waiting.splice(at, 1);
      }
      signal.addEventListener('abort', cancel);
      waiting.push(entry);
    });
  }

  return {
    async enter(signal) {
      if (closed) throw shuttingDown();
      if (signal.aborted) throw cancelled();
      if (free > 0) {
        free--;
        return place();
      }
      if (waiting.length >= maxWaiting) throw overloaded();
      return wait(signal);
    },
    get full() {
      return free === 0 && waiting.length >= maxWaiting;
    },
    get running() {
      return places - free;
    },
    get waiting() {
      return waiting.length;
    },
    close() {
      closed = true;
      for (const entry of [...waiting]) entry.refuse(shuttingDown());
    },
  };
}

function overloaded(): Fault {
  return new Fault('overloaded', 'more large networks are being analyzed than this service has room for: try again in a moment');
}

/** The fault of a job whose client went away; nobody reads it. */
export function cancelled(): Fault {
  return new Fault('cancelled', 'the client closed the connection before its answer was ready');
}

/** The fault of a job that the end of the service cuts off. */
export function shuttingDown(): Fault {
  return new Fault('shutting-down', 'this instance is shutting down: try again');
}
