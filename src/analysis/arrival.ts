import { hash } from 'node:crypto';
import { bounded, peek } from './chunks.ts';
import { formatFor, HEAD_BYTES } from './read-network.ts';
import type { FileSource, WholeFile } from './source.ts';
import type { Spool } from './spool.ts';

/** A file that is whole, and what it is read as. */
export interface Arrival {
  readonly source: WholeFile;
  readonly format: string;
  /** Keeps it there until what is given back is called, also when the request that brought it is over. */
  hold(): () => void;
}

/**
 * Waits until a file is whole: up to `heldBytes` in memory, larger ones in the spool until `signal` aborts, so that a slow
 * client keeps no thread. What is no network is refused by its first bytes.
 */
export async function arrive(file: FileSource, heldBytes: number, spool: Spool, signal: AbortSignal): Promise<Arrival> {
  const { maxBytes, format, name } = file;
  const { head, whole, chunks } = await peek(bounded(file.chunks, maxBytes), Math.max(heldBytes, HEAD_BYTES));
  const { id } = formatFor(head, format);
  if (whole) {
    const sha256 = hash('sha256', head, 'hex');
    return { source: { kind: 'whole', content: head, bytes: head.length, sha256, format, name }, format: id, hold: () => () => {} };
  }
  const { file: content, bytes, sha256, hold, release } = await spool.receive(chunks());
  if (signal.aborted) release();
  else signal.addEventListener('abort', release, { once: true });
  return { source: { kind: 'whole', content, bytes, sha256, format, name }, format: id, hold };
}
