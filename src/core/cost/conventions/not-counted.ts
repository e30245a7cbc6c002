import type { LayerFacts } from '../../layers.ts';
import type { Report } from '../../report.ts';
import { flopsOf } from '../counters.ts';

/** Operators that compute something and to which the convention gives nothing, in the order of their first layers. */
export function notCounted(facts: readonly LayerFacts[]): Report['convention']['notCounted'] {
  const counts = new Map<string, number>();
  for (const { call, operations, cost } of facts) {
    if (cost === 0 && operations && flopsOf(operations) > 0) counts.set(call.node.op, (counts.get(call.node.op) ?? 0) + 1);
  }
  return Array.from(counts, ([op, count]) => ({ op, count }));
}
