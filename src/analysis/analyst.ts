import { Fault } from '../core/fault.ts';
import type { Limits } from '../formats/format.ts';
import type { Store } from '../store/store.ts';
import { type Outcome, openAnswers } from './answers.ts';
import { type Arrival, arrive } from './arrival.ts';
import { keyOf } from './identity.ts';
import { fromStore } from './kept-source.ts';
import { cancelled, openGate } from './pool/gate.ts';
import { type Answered, runInThread } from './pool/job.ts';
import { openThreads } from './pool/threads.ts';
import { type Answer, answer, type Question } from './question.ts';
import type { Reading } from './reading.ts';
import { type Arrived, readSource, type Source } from './source.ts';
import { openSpool } from './spool.ts';
import { openTurns } from './turns.ts';

export interface AnalystSettings {
  readonly limits: Limits;
  /** Documents and graphs up to these are analyzed at once; what is larger goes to the pool. */
  readonly inlineBytes: number;
  readonly inlineNodes: number;
  /** Threads of the pool; 0 is one less than the machine runs at a time. */
  readonly threads: number;
  readonly maxQueue: number;
  readonly queueMs: number;
  readonly memoryMb: number;
  readonly deadlineMs: number;
  /** Folder of the spool, or an empty text for that of the system; and how much may stand in it. */
  readonly spoolFolder: string;
  readonly spoolBytes: number;
  /** How much is kept of the answers that were given, and how long faults are. */
  readonly cacheBytes: number;
  readonly faultMs: number;
}

/** Hears what happens. */
export interface Listener {
  /** A thread died while it did nothing. */
  failed(error: Error): void;
  /** Large files cannot be taken in. */
  unspooled(error: Error): void;
  /** A network was read, and a question about it answered or refused; the format is unknown where reading failed. */
  analyzed(format: string, seconds: number): void;
  looked(outcome: Outcome): void;
}

/** How much there is of everything at this moment. */
export interface Load {
  readonly threads: number;
  readonly running: number;
  readonly waiting: number;
  readonly spoolBytes: number;
  readonly cacheBytes: number;
  readonly cacheEntries: number;
}

/** Analyzes networks, small ones in this thread and others in a pool, with the same answers. */
export interface Analyst {
  /**
   * Takes a network in, to be asked about until `signal` aborts. A `heavy` question goes to a thread also where the
   * network is small.
   */
  read(source: Source, signal: AbortSignal, heavy?: boolean): Promise<Reading>;
  /** Tries whether large files can be taken in, for the listener to hear where not. */
  checkSpool(): Promise<void>;
  /** Starts a thread of the pool and has it load all code. */
  warm(): Promise<void>;
  readonly state: 'usable' | 'starting' | 'full';
  readonly load: Load;
  /** Ends what is under way. */
  close(): Promise<void>;
}

/** `store` is where refs to kept networks lead. */
export function openAnalyst(settings: AnalystSettings, listener: Listener, store: Pick<Store, 'findGraph'>): Analyst {
  const { limits, inlineBytes, deadlineMs } = settings;
  const threads = openThreads(settings.threads, settings.memoryMb, listener.failed);
  const gate = openGate(threads.count, settings.maxQueue, settings.queueMs);
  const spool = openSpool(settings.spoolFolder, settings.spoolBytes, listener.unspooled);
  const answers = openAnswers(settings.cacheBytes, settings.faultMs, listener.looked);
  const turn = openTurns();
  const inlineLimits = { ...limits, nodes: Math.min(limits.nodes, settings.inlineNodes) };
  let starting = false;

  async function timed<T extends Answered | undefined>(work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    const tell = (format: string) => listener.analyzed(format, (performance.now() - start) / 1000);
    try {
      const done = await work();
      if (done !== undefined) tell(done.format);
      return done;
    } catch (error) {
      tell('unknown');
      throw error;
    }
  }

  /** Answers about a small network; undefined where it turns out to be larger than it looks. */
  async function answerHere(source: Arrived, question: Question): Promise<Answered | undefined> {
    const network = await readSource(source, inlineLimits).catch((error: unknown) => {
      if (error instanceof Fault && error.code === 'limit-exceeded') return undefined;
      throw error;
    });
    if (network === undefined || network.graph.nodes.length > inlineLimits.nodes) return undefined;
    return { answer: answer(network, question), format: network.format };
  }

  async function answerInThread(source: Arrived, question: Question, signal: AbortSignal): Promise<Answered> {
    const leave = await gate.enter(signal);
    try {
      return await timed(() => runInThread(threads, deadlineMs, { source, question, limits }, signal));
    } finally {
      leave();
    }
  }

  async function takeIn(sent: Source, signal: AbortSignal): Promise<Omit<Arrival, 'source'> & { readonly source: Arrived }> {
    if (sent.kind === 'file') return arrive(sent, inlineBytes, spool, signal);
    const source = await fromStore(sent, store);
    return { source, format: source.kind === 'kept' ? source.about.format : 'description', hold: () => () => {} };
  }

  async function answerAbout(source: Arrived, question: Question, heavy: boolean, signal: AbortSignal): Promise<Answer> {
    if (!heavy && sizeOf(source) <= inlineBytes) {
      await turn();
      const done = await timed(() => answerHere(source, question));
      if (done !== undefined) return done.answer;
    }
    return (await answerInThread(source, question, signal)).answer;
  }

  return {
    async read(source, signal, heavy = false) {
      const arrived = await takeIn(source, signal);
      return {
        format: arrived.format,
        async ask(question) {
          if (signal.aborted) throw cancelled();
          const found = await answers.find(keyOf(arrived.source, question), signal, async (own) => {
            const release = arrived.hold();
            return answerAbout(arrived.source, question, heavy, own).finally(release);
          });
          // The kind of an answer is that of its question, which the compiler cannot follow.
          return found as never;
        },
      };
    },
    checkSpool: () => spool.check(),
    async warm() {
      starting = true;
      try {
        await answerInThread(TINY, TOTALS, new AbortController().signal);
      } finally {
        starting = false;
      }
    },
    get state() {
      if (starting) return 'starting';
      return gate.full ? 'full' : 'usable';
    },
    get load() {
      return {
        threads: threads.count,
        running: gate.running,
        waiting: gate.waiting,
        spoolBytes: spool.bytes,
        cacheBytes: answers.bytes,
        cacheEntries: answers.entries,
      };
    },
    async close() {
      gate.close();
      await threads.close();
    },
  };
}

/** How many times the bytes of a kept graph there are in its JSON, about. */
const COMPRESSION = 16;

/** Bytes that have to be read. Those of a graph that is kept are compressed. */
function sizeOf(source: Arrived): number {
  return source.kind === 'kept' ? COMPRESSION * source.body.length : source.bytes;
}

/** Is read and analyzed in no time, and to do so loads all code. */
const TINY: Arrived = { kind: 'json', value: { version: 1, inputs: { x: [1] }, layers: [{ type: 'ReLU' }] }, pointer: '', bytes: 0 };
const TOTALS: Question = { kind: 'pages', options: {}, pages: [] };
