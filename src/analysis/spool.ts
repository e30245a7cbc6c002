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
  /** Takes a file in; whoever asks holds it. Faults are those of `chunks`, and `overloaded` where there is no room. */
  receive(chunks: Chunks): Promise<Spooled & { release(): void }>;
  /** Bytes in all files. */
  readonly bytes: number;
}

/** As much is written at a time. */
const BLOCK_BYTES = 256 * 1024;

export function openSpool(folder: string, maxBytes: number): Spool {
  let used = 0;

  function take(bytes: number): void {
    if (used + bytes > maxBytes) throw full();
    used += bytes;
  }

  async function receive(chunks: Chunks): Promise<Spooled & { release(): void }> {
    const handle = await openUnnamed(folder || tmpdir());
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
    get bytes() {
      return used;
    },
  };
}

async function openUnnamed(folder: string): Promise<FileHandle> {
  const path = join(folder, `fovea-${randomUUID()}`);
  const handle = await open(path, 'wx+', 0o600);
  await unlink(path);
  return handle;
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

async function write(handle: FileHandle, block: Buffer): Promise<void> {
  try {
    for (let at = 0; at < block.length; ) at += (await handle.write(block, at)).bytesWritten;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'ENOSPC' || code === 'EDQUOT' ? full() : error;
  }
}

function full(): Fault {
  return new Fault('overloaded', 'more large files are being sent than this service has room for: try again in a moment');
}
