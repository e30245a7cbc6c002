import type { Network } from '../core/graph.ts';
import type { Limits } from '../formats/format.ts';
import { decodeGraph } from '../store/codec/graph-bytes.ts';
import type { About } from '../store/network.ts';
import type { Chunks } from './chunks.ts';
import { readNetwork, readStored } from './read-network.ts';
import { resolveNetwork } from './resolve-network.ts';

/** A file that is still arriving. */
export interface FileSource {
  readonly kind: 'file';
  readonly chunks: Chunks;
  readonly maxBytes: number;
  readonly format?: string | undefined;
  readonly name?: string | undefined;
}

/** A network in JSON; `pointer` is where it stands in the document that was sent, `bytes` the size of that document. */
export interface JsonSource {
  readonly kind: 'json';
  readonly value: unknown;
  readonly pointer: string;
  readonly bytes: number;
}

/** A network that is kept, as it came out of the store. */
export interface KeptSource {
  readonly kind: 'kept';
  readonly about: About;
  readonly body: Uint8Array;
  readonly nodes: number;
}

/** A network as it was sent, not read yet. */
export type Source = FileSource | JsonSource;

/** A file that has arrived: its bytes, or the number of the open file that they stand in. */
export interface WholeFile {
  readonly kind: 'whole';
  readonly content: Uint8Array | number;
  readonly bytes: number;
  readonly sha256: string;
  readonly format?: string | undefined;
  readonly name?: string | undefined;
}

/** A network that has arrived, as it passes between threads. */
export type Arrived = WholeFile | JsonSource | KeptSource;

/** Reads a network, in whichever thread. */
export async function readSource(source: Arrived, limits: Limits): Promise<Network> {
  if (source.kind === 'json') return resolveNetwork(source.value, limits, source.pointer);
  if (source.kind === 'kept') return { graph: decodeGraph(source.body, limits), ...source.about };
  const { content, bytes, ...known } = source;
  if (typeof content === 'number') return readStored(content, bytes, { ...known, limits });
  return readNetwork([content], { ...known, limits, maxBytes: bytes });
}
