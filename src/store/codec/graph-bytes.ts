import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { Fault } from '../../core/fault.ts';
import type { Graph } from '../../core/graph.ts';
import { type GraphJson, graphFrom, graphJson } from './graph-json.ts';

/** Of the form in which graphs are kept. A form that was once written stays readable. */
const VERSION = 1;

/** Above this, kept bytes get little smaller and take much longer to make. */
const QUALITY = 5;

/** What a graph may be when it is read back: the limits under which it was read first. */
export interface GraphLimits {
  readonly nodes: number;
  readonly keptBytes: number;
}

/** A graph as it is kept: its version in a byte, then its JSON, compressed. Weights are not in a graph. */
export function encodeGraph(graph: Graph): Uint8Array<ArrayBuffer> {
  const json = Buffer.from(JSON.stringify(graphJson(graph)));
  const body = brotliCompressSync(json, {
    params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: json.length },
  });
  const bytes = new Uint8Array(1 + body.length);
  bytes[0] = VERSION;
  bytes.set(body, 1);
  return bytes;
}

/** Reads what `encodeGraph` makes. Fault: `limit-exceeded`, where the limits have become tighter since. */
export function decodeGraph(bytes: Uint8Array, limits: GraphLimits): Graph {
  if (bytes[0] !== VERSION) throw new Error(`a graph of version ${bytes[0]} is kept, and this engine reads version ${VERSION}`);
  return graphFrom(JSON.parse(inflate(bytes.subarray(1), limits).toString()) as GraphJson, limits.nodes);
}

/** Names become longer in JSON by what is escaped and by the keys beside them. */
const LONGER = 8;
const BYTES_OF_NODE = 512;

function inflate(body: Uint8Array, { keptBytes, nodes }: GraphLimits): Buffer {
  try {
    return brotliDecompressSync(body, { maxOutputLength: Math.min(LONGER * keptBytes + BYTES_OF_NODE * nodes, 2 ** 29) });
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_BUFFER_TOO_LARGE') throw error;
    throw new Fault('limit-exceeded', `the graph that was kept has more than ${keptBytes} bytes`);
  }
}
