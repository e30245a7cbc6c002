import { LRUCache } from 'lru-cache';
import { Fault } from '../core/fault.ts';
import { type FaultData, faultData, faultFrom } from './fault-data.ts';
import { cancelled } from './pool/gate.ts';
import type { Answer } from './question.ts';
import { roomOf } from './room.ts';

/** Answers that were given, for a while, and those under way. */
export interface Answers {
  /**
   * The answer under a key: one that is kept, else one that is under way, else that of `make`, whose signal aborts once
   * nobody waits for it any more.
   */
  find(key: string, signal: AbortSignal, make: (signal: AbortSignal) => Promise<Answer>): Promise<Answer>;
  readonly bytes: number;
  readonly entries: number;
}

export type Outcome = 'hit' | 'joined' | 'miss';

/** A fault is kept as data: an error holds on to all that its stack has seen, and so to the file that was sent. */
type Kept = { readonly answer: Answer } | { readonly fault: FaultData };

interface Flight {
  readonly answer: Promise<Answer>;
  readonly abandon: AbortController;
  waiting: number;
}

/** One answer may take so much of the room. */
const LARGEST_SHARE = 0.25;
/** What an entry takes beside its bytes and its key. */
const ENTRY_BYTES = 512;
/** Faults that are of the moment, not of the network. */
const PASSING = new Set(['overloaded', 'shutting-down', 'cancelled', 'network-not-found']);

/** `maxBytes` bounds the answers that are kept, `faultMs` how long faults are. */
export function openAnswers(maxBytes: number, faultMs: number, looked: (outcome: Outcome) => void): Answers {
  const largest = Math.ceil(maxBytes * LARGEST_SHARE);
  const kept = maxBytes > 0 ? new LRUCache<string, Kept>({ maxSize: maxBytes, maxEntrySize: largest }) : undefined;
  const flights = new Map<string, Flight>();

  function keep(key: string, value: Kept): void {
    const bytes = 'fault' in value ? value.fault.message.length : roomOf(value.answer, largest);
    kept?.set(key, value, { size: bytes + key.length + ENTRY_BYTES, ...('fault' in value && { ttl: faultMs }) });
  }

  function depart(key: string, make: (signal: AbortSignal) => Promise<Answer>): Flight {
    const abandon = new AbortController();
    const answer = make(abandon.signal);
    const flight = { answer, abandon, waiting: 0 };
    flights.set(key, flight);
    const land = () => {
      if (flights.get(key) === flight) flights.delete(key);
    };
    answer.then(
      (made) => {
        land();
        keep(key, { answer: made });
      },
      (error: unknown) => {
        land();
        if (faultMs > 0 && error instanceof Fault && !PASSING.has(error.code)) keep(key, { fault: faultData(error) });
      },
    );
    return flight;
  }

  function board(key: string, flight: Flight, signal: AbortSignal): Promise<Answer> {
    flight.waiting++;
    return new Promise((resolve, reject) => {
      const leave = () => {
        reject(cancelled());
        if (--flight.waiting > 0) return;
        // Who comes now must not wait for what has been given up.
        if (flights.get(key) === flight) flights.delete(key);
        flight.abandon.abort();
      };
      const arrive = () => signal.removeEventListener('abort', leave);
      if (signal.aborted) return leave();
      signal.addEventListener('abort', leave, { once: true });
      flight.answer.finally(arrive).then(resolve, reject);
    });
  }

  return {
    async find(key, signal, make) {
      const known = kept?.get(key);
      const under = flights.get(key);
      looked(known ? 'hit' : under ? 'joined' : 'miss');
      if (known === undefined) return board(key, under ?? depart(key, make), signal);
      if ('fault' in known) throw faultFrom(known.fault);
      return known.answer;
    },
    get bytes() {
      return kept?.calculatedSize ?? 0;
    },
    get entries() {
      return kept?.size ?? 0;
    },
  };
}
