import type { Node } from '../graph.ts';
import { operatorOf } from '../operators/index.ts';
import type { Relation } from '../operators/operator.ts';
import type { Draft } from './draft.ts';

/**
 * How a node carries the positions of a map on from one of its inputs to its first output: each position by itself, through
 * a window, all of them together (a global pool, a dense layer), or in another way.
 */
export type Carries = 'positions' | 'window' | 'all' | 'otherwise';

const WINDOWS: ReadonlySet<string> = new Set(['Conv', 'MaxPool', 'AveragePool', 'LpPool']);

/** How a node carries on the spatial positions of its input `slot`, which is not constant. */
export function carries(draft: Draft, node: Node, slot: number): Carries {
  if (WINDOWS.has(node.op)) return slot === 0 ? 'window' : 'otherwise';
  const operator = operatorOf(node.op);
  if (!operator) return 'otherwise';
  const call = draft.call(node);
  const rank = call.inputs[slot]?.shape?.length;
  const relation = operator.field(call, slot, 0);
  if (relation === 'elementwise') return 'positions';
  if (relation === 'reshape') return 'all';
  return rank === undefined ? 'otherwise' : carriedBy(relation, rank);
}

function carriedBy(relation: Relation, rank: number): Carries {
  if (typeof relation === 'string' || 'unknown' in relation) return 'otherwise';
  const links = 'links' in relation ? relation.links : relation;
  const spatial = Array.from({ length: Math.max(0, rank - 2) }, (_, axis) => links.find((link) => link?.input === axis + 2));
  if (spatial.every((link, axis) => link && links[axis + 2] === link && (link.map.kind === 'each' || isStatistics(link.map)))) {
    return 'positions';
  }
  // Links that are missing stand for axes that are mixed as a whole; tables are those of adaptive pools.
  return spatial.every((link) => !link || link.map.kind === 'all' || link.map.kind === 'table') ? 'all' : 'otherwise';
}

function isStatistics(map: { readonly kind: string; readonly statistics?: true }): boolean {
  return map.kind === 'all' && map.statistics === true;
}

/** The inputs of a node that carry data. */
export function dataSlots(draft: Draft, node: Node): readonly number[] {
  return node.inputs.flatMap((name, slot) => (name === '' || draft.tensor(name).constant ? [] : [slot]));
}
