import type { Readable } from 'node:stream';
import { Fault } from '../core/fault.ts';

/** A body as it arrives. */
export type Chunks = AsyncIterable<Uint8Array>;

/** A stream's chunks; leaving the loop early leaves the stream usable, since destroying it would cut off the answer. */
export function chunksOf(stream: Readable): Chunks {
  return stream.iterator({ destroyOnReturn: false });
}

/** Passes chunks on and counts them: a body may turn out to be larger than it is allowed to be only while it arrives. */
export async function* bounded(chunks: Chunks | Iterable<Uint8Array>, maxBytes: number): Chunks {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    yield chunk;
  }
}

/** The fault of a body beyond `maxBytes`. */
export function tooLarge(maxBytes: number): Fault {
  return new Fault('body-too-large', `the body may have at most ${maxBytes} bytes`);
}

/** A whole body; only for those that have to be held. Listening is cheaper than a loop, of which small bodies feel each turn. */
export function collect(stream: Readable, maxBytes: number): Promise<Buffer> {
  const held: Uint8Array[] = [];
  let bytes = 0;
  return new Promise((resolve, reject) => {
    const settle = (done: () => void) => {
      // An error that comes later must still find somebody who listens.
      stream.off('data', take).off('end', end).off('close', closed);
      done();
    };
    const take = (chunk: Uint8Array) => {
      held.push(chunk);
      bytes += chunk.length;
      if (bytes <= maxBytes) return;
      stream.pause();
      settle(() => reject(tooLarge(maxBytes)));
    };
    const end = () => settle(() => resolve(Buffer.concat(held)));
    const fail = (error: Error) => settle(() => reject(error));
    const closed = () => fail(new Error('the body broke off'));
    stream.on('data', take).on('end', end).on('error', fail).on('close', closed);
  });
}

/** The beginning of a body, read ahead. */
export interface Peeked {
  readonly head: Buffer;
  /** Whether this is all of it. */
  readonly whole: boolean;
  /** The body from its beginning; once. */
  chunks(): Chunks;
}

/** Reads ahead until there are more than `bytes`, or all. */
export async function peek(chunks: Chunks, bytes: number): Promise<Peeked> {
  const rest = chunks[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  let size = 0;
  while (size <= bytes) {
    const { done, value } = await rest.next();
    if (done) return { head: Buffer.concat(held), whole: true, chunks: () => joined(held, rest) };
    held.push(value);
    size += value.length;
  }
  return { head: Buffer.concat(held), whole: false, chunks: () => joined(held, rest) };
}

async function* joined(held: Uint8Array[], rest: AsyncIterator<Uint8Array>): Chunks {
  yield* held.splice(0);
  try {
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
