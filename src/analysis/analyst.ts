import { Fault } from '../core/fault.ts';
import type { Limits } from '../formats/format.ts';
import type { Store } from '../store/store.ts';
import { peek } from './chunks.ts';
import { fromStore } from './kept-source.ts';
import { openGate } from './pool/gate.ts';
import { readInThread } from './pool/job.ts';
import { openThreads } from './pool/threads.ts';
import { type Reading, readHere } from './reading.ts';
import { type JsonSource, type KeptSource, readSource, type Source } from './source.ts';
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
}

/** Analyzes networks, small ones in this thread and others in a pool, with the same answers. */
export interface Analyst {
  /**
   * Reads a network. Until `signal` aborts, a thread may be kept for the question about it; for a `heavy` question it is
   * one also where the network is small.
   */
  read(source: Source, signal: AbortSignal, heavy?: boolean): Promise<Reading>;
  /** Starts a thread of the pool and has it load all code. */
  warm(): Promise<void>;
  readonly state: 'usable' | 'starting' | 'full';
  /** Ends what is under way. */
  close(): Promise<void>;
}

/** `failed` hears of threads that die while they do nothing; `store` is where refs to kept networks lead. */
export function openAnalyst(settings: AnalystSettings, failed: (error: Error) => void, store: Pick<Store, 'findGraph'>): Analyst {
  const { limits, inlineBytes, deadlineMs } = settings;
  const threads = openThreads(settings.threads, settings.memoryMb, failed);
  const gate = openGate(threads.count, settings.maxQueue, settings.queueMs);
  const pool = { gate, threads, limits, deadlineMs };
  const turn = openTurns();
  const inlineLimits = { ...limits, nodes: Math.min(limits.nodes, settings.inlineNodes) };
  let starting = false;

  /** Reads a small network; undefined where it turns out to be larger than it looks. */
  async function readSmall(source: Source): Promise<Reading | undefined> {
    await turn();
    try {
      const network = await readSource(source, inlineLimits);
      return network.graph.nodes.length > inlineLimits.nodes ? undefined : readHere(network);
    } catch (error) {
      if (error instanceof Fault && error.code === 'limit-exceeded') return undefined;
      throw error;
    }
  }

  /** Bytes of a graph that is kept are compressed. */
  function looksSmall(source: JsonSource | KeptSource): boolean {
    if (source.kind === 'json') return source.bytes <= inlineBytes;
    return source.nodes <= inlineLimits.nodes && COMPRESSION * source.body.length <= inlineBytes;
  }

  async function read(sent: Source, signal: AbortSignal, heavy = false): Promise<Reading> {
    const source = await fromStore(sent, store);
    if (heavy) return readInThread(pool, source, signal);
    if (source.kind !== 'file') {
      const small = looksSmall(source) ? await readSmall(source) : undefined;
      return small ?? readInThread(pool, source, signal);
    }
    const { whole, chunks } = await peek(source.chunks, Math.min(inlineBytes, source.maxBytes));
    const small = whole ? await readSmall({ ...source, chunks: chunks() }) : undefined;
    return small ?? readInThread(pool, { ...source, chunks: chunks() }, signal);
  }

  return {
    read,
    async warm() {
      starting = true;
      const drop = new AbortController();
      try {
        await readInThread(pool, TINY, drop.signal);
      } finally {
        drop.abort();
        starting = false;
      }
    },
    get state() {
      if (starting) return 'starting';
      return gate.full ? 'full' : 'usable';
    },
    async close() {
      gate.close();
      await threads.close();
    },
  };
}

/** How many times the bytes of a kept graph there are in its JSON, about. */
const COMPRESSION = 16;

/** Reads in no time, and reading it loads all code. */
const TINY: Source = { kind: 'json', value: { version: 1, inputs: { x: [1] }, layers: [{ type: 'ReLU' }] }, pointer: '', bytes: 0 };
