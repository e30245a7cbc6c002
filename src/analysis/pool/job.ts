import { MessageChannel } from 'node:worker_threads';
import { Fault } from '../../core/fault.ts';
import type { Limits } from '../../formats/format.ts';
import { bounded, type Chunks } from '../chunks.ts';
import { faultFrom } from '../fault-data.ts';
import type { Reading } from '../reading.ts';
import type { Source } from '../source.ts';
import { cancelled, type Gate } from './gate.ts';
import type { FromThread, Order, ToThread } from './messages.ts';
import { stopwatch } from './stopwatch.ts';
import type { Threads } from './threads.ts';

/** Chunks on their way to a thread: enough to keep it busy, few enough that a large file is never held. */
const MAX_IN_FLIGHT = 4;

/** What jobs run on. */
export interface Pool {
  readonly gate: Gate;
  readonly threads: Threads;
  readonly limits: Limits;
  readonly deadlineMs: number;
}

/** Has a thread read a network; the thread then waits for the question, until `signal` says that none will come. */
export async function readInThread(pool: Pool, source: Source, signal: AbortSignal): Promise<Reading> {
  const leave = await pool.gate.enter(signal);
  const job = startJob(pool, orderOf(source), signal, leave);
  try {
    if (source.kind === 'file') await job.upload(bounded(source.chunks, source.maxBytes));
    const { format } = await job.reply('read');
    return {
      format,
      async ask(question) {
        job.send({ kind: 'ask', question });
        const { answer } = await job.reply('answer');
        // The kind of an answer is that of its question, which a message cannot tell the compiler.
        return answer as never;
      },
    };
  } catch (error) {
    job.drop();
    throw error;
  }
}

function orderOf(source: Source): Order {
  if (source.kind !== 'file') return source;
  const { kind, maxBytes, format, name } = source;
  return { kind, maxBytes, format, name };
}

/** One conversation with a thread, of which one side waits at a time. */
function startJob({ threads, limits, deadlineMs }: Pool, order: Order, signal: AbortSignal, leave: () => void) {
  const { port1: port, port2 } = new MessageChannel();
  const kill = new AbortController();
  const watch = stopwatch(deadlineMs, () => kill.abort(tooLong(deadlineMs)));
  let inFlight = 0;
  let computing = false;
  let reply: FromThread | undefined;
  let failure: unknown;
  let ended = false;
  let closed = false;
  let wake = () => {};

  const send = (message: ToThread, transfer: readonly ArrayBuffer[] = []) => port.postMessage(message, transfer);
  const compute = (now: boolean) => {
    computing = now;
    if (now && !ended) watch.start();
    else watch.stop();
  };

  /** Ends the job: a thread that is waiting is told so, and one that computes hears nothing. */
  function drop(): void {
    if (ended) return;
    if (computing) kill.abort(cancelled());
    else send({ kind: 'drop' });
  }

  port.on('message', (message: FromThread) => {
    if (message.kind === 'taken') {
      inFlight--;
      if (inFlight === 0 && !computing) watch.stop();
    } else {
      reply = message;
      compute(false);
    }
    wake();
  });
  // Comes after all messages, which the end of the run may overtake.
  port.on('close', () => {
    closed = true;
    wake();
  });
  signal.addEventListener('abort', drop);
  if (order.kind !== 'file') compute(true);
  threads
    .run({ order, limits, port: port2 }, kill.signal)
    .catch((error) => {
      failure = error;
      port.close();
    })
    .finally(() => {
      ended = true;
      watch.stop();
      signal.removeEventListener('abort', drop);
      leave();
      wake();
    });
  if (signal.aborted) drop();

  const over = () => reply !== undefined || failure !== undefined || (ended && closed);

  async function until(ready: () => boolean): Promise<void> {
    while (!ready() && !over()) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }

  return {
    drop,
    send(message: ToThread) {
      compute(true);
      send(message);
    },
    async upload(chunks: Chunks): Promise<void> {
      for await (const chunk of chunks) {
        await until(() => inFlight < MAX_IN_FLIGHT);
        // The reply will say what went wrong.
        if (over()) return;
        // A chunk may share its memory with its neighbours, so a copy is what is transferred.
        const copy = new Uint8Array(chunk);
        inFlight++;
        watch.start();
        send({ kind: 'chunk', chunk: copy }, [copy.buffer]);
      }
      compute(true);
      send({ kind: 'end' });
    },
    async reply<K extends 'read' | 'answer'>(kind: K): Promise<Extract<FromThread, { kind: K }>> {
      await until(() => false);
      const message = reply;
      reply = undefined;
      if (message?.kind === kind) return message as Extract<FromThread, { kind: K }>;
      if (message?.kind === 'fault') throw faultFrom(message.fault);
      throw failure ?? cancelled();
    },
  };
}

function tooLong(ms: number): Fault {
  return new Fault('deadline-exceeded', `the analysis was stopped after ${ms} ms`);
}
