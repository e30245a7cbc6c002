import { getPriority, platform, setPriority } from 'node:os';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import type { Done, Job } from './job.ts';
import { serve } from './serve.ts';

/** What a thread of the pool runs; it holds little code of its own, since tests and coverage do not reach into threads. */

const NICE = 10;

// Where processors are few, an analysis must not keep the event loop from its turn. Linux alone takes this for the thread.
if (platform() === 'linux' && getPriority() < NICE) setPriority(NICE);

/** Documents are handed over, not copied. */
export default async function work(job: Job) {
  const done = await serve(job);
  return move({ [valueSymbol]: done, [transferableSymbol]: buffersOf(done) });
}

function buffersOf(done: Done): ArrayBuffer[] {
  return 'answer' in done && 'body' in done.answer ? done.answer.body.map(({ buffer }) => buffer) : [];
}
