import { Fault } from '../fault.ts';
import type { Node } from '../graph.ts';

/** Says why an edit cannot be made: of a layer, or of the network. */
export function refuse(why: string, node?: Node): never {
  throw new Fault('edit-not-applicable', node ? `${node.op} '${node.id}': ${why}` : why, node ? { node: node.id } : {});
}

/** What was thrown, if it says why an edit cannot be made; anything else goes on. */
export function asRefusal(error: unknown): Fault {
  if (error instanceof Fault && error.code === 'edit-not-applicable') return error;
  throw error;
}
