import type { Graph } from '../core/graph.ts';

/** Bounds on what a file may make the reader keep or do; the defaults stand in `src/config.ts`. */
export interface Limits {
  /** Bytes of names, attributes and small tensors that may be kept from one file. */
  readonly keptBytes: number;
  readonly nodes: number;
  /** Fields of the wire format, or values of a JSON document. */
  readonly fields: number;
  /** Graphs nested in graphs, or brackets in brackets. */
  readonly depth: number;
  /** Axes of one tensor. */
  readonly dims: number;
  /** Bytes of one name. */
  readonly nameBytes: number;
  /** Numbers in one attribute. */
  readonly ints: number;
  /** Bytes of a JSON document. */
  readonly jsonBytes: number;
  /** Milliseconds of the reader's own work. */
  readonly deadlineMs: number;
}

/** What a file says. */
export interface Reading {
  readonly graph: Graph;
  readonly producer?: string;
  readonly opset?: number;
}

/** Takes a file in chunks of any size, so that no more than it keeps is ever in memory. Faults are thrown by either call. */
export interface Reader {
  push(chunk: Uint8Array): void;
  /** Leaves out what it would drop of the next `most` bytes, weights above all, and says how many those are: nobody need read them. */
  skip(most: number): number;
  end(): Reading;
}

/** A format of network descriptions. Adding one = a folder and a line in the registry. */
export interface Format {
  readonly id: string;
  readonly title: string;
  /** File name endings, with the dot. */
  readonly extensions: readonly string[];
  /** What of the format is read, in a sentence. */
  readonly reads: string;
  /** Whether a file that starts with these bytes (at least 16, or the whole file) looks like this format. */
  detect(head: Uint8Array): boolean;
  open(limits: Limits): Reader;
}
