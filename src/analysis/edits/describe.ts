import { Fault } from '../../core/fault.ts';
import type { Graph } from '../../core/graph.ts';
import { writeDescription } from '../../formats/description/index.ts';

/** A network as a JSON description. */
export interface Description {
  /** Null where it cannot be written as one. */
  readonly description: unknown;
  /** Why there is none; null where there is. */
  readonly notDescribed: string | null;
}

/** The description of a graph, or why it has none. */
export function describe(graph: Graph): Description {
  try {
    return { description: writeDescription(graph), notDescribed: null };
  } catch (error) {
    if (error instanceof Fault) return { description: null, notDescribed: error.message };
    throw error;
  }
}
