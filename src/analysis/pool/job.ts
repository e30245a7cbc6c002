import { Fault } from '../../core/fault.ts';
import type { Limits } from '../../formats/format.ts';
import { type FaultData, faultFrom } from '../fault-data.ts';
import type { Answer, Question } from '../question.ts';
import type { Arrived } from '../source.ts';
import { cancelled } from './gate.ts';
import type { Threads } from './threads.ts';

/** A network and the question about it, as a thread gets them. */
export interface Job {
  readonly source: Arrived;
  readonly question: Question;
  readonly limits: Limits;
}

/** An answer, and the format that the network was read as. */
export interface Answered {
  readonly answer: Answer;
  readonly format: string;
}

/** What comes of a job. */
export type Done = Answered | { readonly fault: FaultData };

/** Has a thread do a job, of which there must be one free. */
export async function runInThread(threads: Threads, deadlineMs: number, job: Job, signal: AbortSignal): Promise<Answered> {
  const kill = new AbortController();
  const cancel = () => kill.abort(cancelled());
  const timer = setTimeout(() => kill.abort(tooLong(deadlineMs)), deadlineMs);
  signal.addEventListener('abort', cancel);
  if (signal.aborted) cancel();
  try {
    const done = await threads.run(job, kill.signal);
    if ('fault' in done) throw faultFrom(done.fault);
    return done;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
  }
}

function tooLong(ms: number): Fault {
  return new Fault('deadline-exceeded', `the analysis was stopped after ${ms} ms`);
}
