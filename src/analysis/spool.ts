import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../core/fault.ts';
import type { Chunks } from './chunks.ts';

/** A file that has arrived, open for as long as somebody holds it. */
export interface Spooled {
  readonly file: number;
  readonly bytes: number;
  readonly sha256: string;
  /** Keeps it open until what is given back is called. */
  hold(): () => void;
}

/**
 * Where large files wait until they are whole, so that a slow client keeps no thread. They have no name once they are
 * open: nothing is left of them when they are closed, nor when the process dies.
 */
export interface Spool {
  /**
   * Takes a file in; whoever asks holds it. Faults are those of `chunks`, `overloaded` where there is no room, and
   * `spool-unavailable` where the folder takes no files.
   */
  receive(chunks: Chunks): Promise<Spooled & { release(): void }>;
  /** Tells whoever listens to failures whether files can be taken in. */
  check(): Promise<void>;
  /** Bytes in all files. */
  readonly bytes: number;
}

/** As much is written at a time. */
const BLOCK_BYTES = 256 * 1024;

/** `failed` hears why files cannot be taken in. */
export function openSpool(folder: string, maxBytes: number, failed: (error: Error) => void): Spool {
  let used = 0;

  /** What the system says of a file: that it is full, or what the operator must know. */
  function refused(error: unknown): Fault {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') return full();
    failed(error as Error);
    return new Fault('spool-unavailable', 'large files cannot be taken in at the moment: try again; small ones can');
  }

  async function openUnnamed(): Promise<FileHandle> {
    const path = join(folder || tmpdir(), `fovea-${randomUUID()}`);
    try {
      const handle = await open(path, 'wx+', 0o600);
      await unlink(path);
      return handle;
    } catch (error) {
      throw refused(error);
    }
  }

  async function write(handle: FileHandle, block: Buffer): Promise<void> {
    try {
      for (let at = 0; at < block.length; ) at += (await handle.write(block, at)).bytesWritten;
    } catch (error) {
      throw refused(error);
    }
  }

  function take(bytes: number): void {
    if (used + bytes > maxBytes) throw full();
    used += bytes;
  }

  async function receive(chunks: Chunks): Promise<Spooled & { release(): void }> {
    const handle = await openUnnamed();
    const hash = createHash('sha256');
    let bytes = 0;
    let holders = 0;

    const close = () => {
      used -= bytes;
      handle.close().catch(() => {});
    };
    const hold = () => {
      holders++;
      let held = true;
      return () => {
        if (held && --holders === 0) close();
        held = false;
      };
    };

    const release = hold();
    try {
      for await (const block of blocks(chunks)) {
        take(block.length);
        bytes += block.length;
        hash.update(block);
        await write(handle, block);
      }
    } catch (error) {
      release();
      throw error;
    }
    return { file: handle.fd, bytes, sha256: hash.digest('hex'), hold, release };
  }

  return {
    receive,
    async check() {
      const handle = await openUnnamed().catch(() => undefined);
      await handle?.close();
    },
    get bytes() {
      return used;
    },
  };
}

/** Many small chunks as few large ones, each in the memory of the one before: large files must not leave much garbage. */
async function* blocks(chunks: Chunks): AsyncGenerator<Buffer> {
  const block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  let size = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + block.length - size);
      block.set(part, size);
      size += part.length;
      at += part.length;
      if (size < block.length) continue;
      yield block;
      size = 0;
    }
  }
  if (size > 0) yield block.subarray(0, size);
}

function full(): Fault {
  return new Fault('overloaded', 'more large files are being sent than this service has room for: try again in a moment');
}
