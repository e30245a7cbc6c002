import type { Answers, Question } from './question.ts';

/** A network that has arrived, and may be asked about. */
export interface Reading {
  /** Id of the format that it is read as. */
  readonly format: string;
  ask<K extends Question['kind']>(question: Extract<Question, { kind: K }>): Promise<Answers[K]>;
}
