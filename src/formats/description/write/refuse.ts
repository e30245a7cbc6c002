import { Fault } from '../../../core/fault.ts';

/** Longer names are cut where a message repeats them. */
const SHOWN = 80;

/** Says what of a network a description cannot hold, and at which node. */
export function refuse(what: string, node?: string): never {
  const where = node === undefined ? '' : `node '${node.slice(0, SHOWN)}': `;
  throw new Fault('not-describable', `${where}${what}`, node === undefined ? {} : { node });
}
