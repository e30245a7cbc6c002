import type { Attribute, Constant, DType } from '../../core/graph.ts';

/** A node while its graph is being built: what `Node` holds, open to change. */
export interface Draft {
  id: string;
  name: string;
  scope: string;
  op: string;
  attributes: Map<string, Attribute>;
  inputs: string[];
  outputs: string[];
}

/** What a lift may do besides changing its node. */
export interface Workshop {
  /** Adds a tensor to the graph and gives its name, which no other value has. */
  constant(what: string, dtype: DType, shape: readonly number[], data: readonly number[]): string;
  /** Adds a node before the one at hand and gives the name of its only output. */
  node(op: string, inputs: string[], attributes?: Readonly<Record<string, Attribute>>): string;
  /** The shape of a tensor that the file holds; undefined where a node makes it. */
  stored(name: string): readonly number[] | undefined;
  warn(code: string, message: string): void;
}

/** An unnamed tensor, as attributes hold it. */
export function tensor(dtype: DType, shape: readonly number[], data: readonly number[] | null): Constant {
  return { name: '', dtype, shape, data };
}
