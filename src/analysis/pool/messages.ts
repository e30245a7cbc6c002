import type { MessagePort } from 'node:worker_threads';
import type { Limits } from '../../formats/format.ts';
import type { FaultData } from '../fault-data.ts';
import type { Answer, Question } from '../question.ts';
import type { FileSource, JsonSource, KeptSource } from '../source.ts';

/** What a thread is told to read; the chunks of a file follow through the port. */
export type Order = Omit<FileSource, 'chunks'> | JsonSource | KeptSource;

/** A job as it is given to a thread. */
export interface Job {
  readonly order: Order;
  readonly limits: Limits;
  readonly port: MessagePort;
}

export type ToThread =
  | { readonly kind: 'chunk'; readonly chunk: Uint8Array }
  | { readonly kind: 'end' }
  | { readonly kind: 'ask'; readonly question: Question }
  /** Nobody wants the answer any more. */
  | { readonly kind: 'drop' };

export type FromThread =
  /** A chunk has been read: a next one may be sent. */
  | { readonly kind: 'taken' }
  | { readonly kind: 'read'; readonly format: string }
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'fault'; readonly fault: FaultData };
