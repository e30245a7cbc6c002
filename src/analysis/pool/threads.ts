import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { Fault } from '../../core/fault.ts';
import { shuttingDown } from './gate.ts';
import type { Done, Job } from './job.ts';

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));

/** Long enough that a burst of jobs does not start threads over and over. */
const IDLE_MS = 60_000;

export interface Threads {
  readonly count: number;
  /** Runs a job in a thread; aborting ends the thread. Failures come as faults, those of the code itself as they are. */
  run(job: Job, signal: AbortSignal): Promise<Done>;
  close(): Promise<void>;
}

/** Room for what a thread has just made: more makes large analyses little faster, and uploads hold as much garbage. */
const YOUNG_MB = 48;

/** The threads of the pool; none is started before it is needed, and then one is always kept. */
export function openThreads(wanted: number, memoryMb: number, failed: (error: Error) => void): Threads {
  const count = wanted > 0 ? wanted : Math.max(1, availableParallelism() - 1);
  let pool: Piscina | undefined;
  let closed = false;

  function open(): Piscina {
    const opened = new Piscina({
      filename: WORKER,
      minThreads: 1,
      maxThreads: count,
      idleTimeout: IDLE_MS,
      resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: YOUNG_MB },
      // Flags of the main thread, as those of a debugger or a test runner, are none of a worker's.
      execArgv: [],
      recordTiming: false,
    });
    opened.on('error', failed);
    return opened;
  }

  return {
    count,
    async run(job, signal) {
      if (closed) throw shuttingDown();
      pool ??= open();
      try {
        return await pool.run(job, { signal });
      } catch (error) {
        if (signal.aborted && signal.reason instanceof Fault) throw signal.reason;
        if (closed) throw shuttingDown();
        throw outOfMemory(error) ? tooLarge() : error;
      }
    },
    async close() {
      closed = true;
      await pool?.destroy();
    },
  };
}

function outOfMemory(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'ERR_WORKER_OUT_OF_MEMORY';
}

/** A second try would end as the first, so this is about the network, and not a failure of the service. */
function tooLarge(): Fault {
  return new Fault('analysis-too-large', 'the analysis of this network needs more memory than the service gives to one analysis');
}
