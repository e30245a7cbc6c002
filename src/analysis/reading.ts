import type { Network } from '../core/graph.ts';
import { type Answers, answer, type Question } from './question.ts';

/** A network that has been read, here or in a thread, and may be asked one question. */
export interface Reading {
  /** Id of the format that it was read as. */
  readonly format: string;
  ask<K extends Question['kind']>(question: Extract<Question, { kind: K }>): Promise<Answers[K]>;
}

/** A network that was read in this thread. */
export function readHere(network: Network): Reading {
  return {
    format: network.format,
    // The kind of an answer is that of its question, which the compiler cannot follow.
    ask: async (question) => answer(network, question) as never,
  };
}
