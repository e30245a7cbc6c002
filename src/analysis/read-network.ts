import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';
import { Fault } from '../core/fault.ts';
import type { Network } from '../core/graph.ts';
import type { Format, Limits } from '../formats/format.ts';
import { detectFormat, formats, recognize } from '../formats/index.ts';
import { bounded, type Chunks } from './chunks.ts';
import { suggestion } from './nearest.ts';

/** As many bytes as every format needs to tell whether a file is its own. */
export const HEAD_BYTES = 16;

export interface ReadOptions {
  readonly limits: Limits;
  readonly maxBytes: number;
  /** Id of the format; without it the content decides. */
  readonly format?: string | undefined;
  /** What to call the network; without it the file decides. */
  readonly name?: string | undefined;
  /** Its digest, where that has been taken. */
  readonly sha256?: string | undefined;
}

/**
 * Reads a network from a file that is still arriving. No more of it is in memory than what its format's reader keeps:
 * digest and size are taken of each chunk as it passes.
 */
export async function readNetwork(chunks: Chunks | Iterable<Uint8Array>, options: ReadOptions): Promise<Network> {
  const hash = options.sha256 === undefined ? createHash('sha256') : undefined;
  let bytes = 0;
  let head = new Uint8Array();
  const opened = () => open(head, options.format, options.limits);
  let reader: ReturnType<typeof opened> | undefined;
  for await (const chunk of bounded(chunks, options.maxBytes)) {
    bytes += chunk.length;
    hash?.update(chunk);
    if (reader !== undefined) {
      reader.reader.push(chunk);
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length >= HEAD_BYTES) {
      reader = opened();
      head = new Uint8Array();
    }
  }
  reader ??= opened();
  return networkOf(reader, { ...options, bytes, sha256: hash?.digest('hex') ?? (options.sha256 as string) });
}

const CHUNK_BYTES = 64 * 1024;

/** Reads a network from an open file of known digest; weights are passed over, not read. */
export function readStored(file: number, size: number, options: Omit<ReadOptions, 'maxBytes'> & { readonly sha256: string }): Network {
  // Each chunk has memory of its own, since readers keep parts of it.
  const chunkAt = (at: number, most: number): Uint8Array => {
    const chunk = new Uint8Array(Math.min(most, size - at));
    const read = readSync(file, chunk, 0, chunk.length, at);
    if (read === 0) throw new Error('a file is shorter than what was written');
    return chunk.subarray(0, read);
  };
  const head = chunkAt(0, CHUNK_BYTES);
  const opened = open(head, options.format, options.limits);
  for (let at = head.length; at < size; ) {
    at += opened.reader.skip(size - at);
    if (at === size) break;
    const chunk = chunkAt(at, CHUNK_BYTES);
    opened.reader.push(chunk);
    at += chunk.length;
  }
  return networkOf(opened, { ...options, bytes: size });
}

interface About {
  readonly bytes: number;
  readonly sha256: string;
  readonly name?: string | undefined;
}

function networkOf({ format, reader }: ReturnType<typeof open>, { bytes, sha256, name }: About): Network {
  const { graph, producer, opset } = reader.end();
  return {
    graph,
    format: format.id,
    name: name ?? graph.name,
    bytes,
    sha256,
    ...(producer === undefined ? {} : { producer }),
    ...(opset === undefined ? {} : { opset }),
  };
}

/** A format that a caller names. */
export function formatById(id: string): Format {
  const found = formats().find((format) => format.id === id);
  if (found !== undefined) return found;
  const known = formats().map((format) => format.id);
  throw new Fault('invalid-option', `format '${id}' is not known${suggestion(id, known)}`);
}

/**
 * The format that a caller names, else that of the first bytes of a file: at least `HEAD_BYTES`, or all. Faults:
 * `invalid-option`, `empty-body`, `unknown-format`.
 */
export function formatFor(head: Uint8Array, id: string | undefined): Format {
  const forced = id === undefined ? undefined : formatById(id);
  if (head.length === 0) throw new Fault('empty-body', 'the body is empty: send a model file or a network description');
  const found = forced ?? detectFormat(head);
  if (found !== undefined) return found;
  const advice =
    recognize(head) ??
    `it is none of ${formats()
      .map((f) => f.title)
      .join(', ')}`;
  throw new Fault('unknown-format', `the body is not a network that Fovea reads: ${advice}`);
}

function open(head: Uint8Array, id: string | undefined, limits: Limits) {
  const format = formatFor(head, id);
  const reader = format.open(limits);
  reader.push(head);
  return { format, reader };
}
