import type { KeptTotals } from './totals.ts';

/** What a file says of itself, and what it was. */
export interface About {
  readonly sha256: string;
  readonly format: string;
  readonly name: string;
  readonly bytes: number;
  readonly producer?: string;
  readonly opset?: number;
}

/** A network that is to be kept. */
export interface NewNetwork {
  readonly about: About;
  /** As `encodeGraph` writes it. */
  readonly graph: Uint8Array;
  readonly totals: KeptTotals;
}

/** What a network is kept under. What is not given stays as it was. */
export interface KeepAs {
  readonly name?: string | undefined;
  /** Replace those that it had. */
  readonly tags?: readonly string[] | undefined;
  readonly note?: string | undefined;
}

/** Place in the history of a name; the first is 1. */
export interface VersionRef {
  readonly name: string;
  readonly number: number;
}

/** A network that is kept, without its graph. */
export interface KeptNetwork {
  readonly about: About;
  readonly totals: KeptTotals;
  readonly tags: readonly string[];
  readonly note: string | null;
  /** Milliseconds since 1970, of the first time. */
  readonly keptAt: number;
  /** Every place that it has in a history, by name and number; of very many the newest 100. */
  readonly versions: readonly VersionRef[];
}

/** What a name has stood for. */
export interface Version extends VersionRef {
  readonly keptAt: number;
  readonly network: KeptNetwork;
}

/** What refers to a kept network: its content, or a name, which stands for the newest of its history unless a number is given. */
export type KeptRef = { readonly sha256: string } | { readonly name: string; readonly number?: number };
