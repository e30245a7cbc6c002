import type { Inference } from './inference/infer.ts';
import { isConstant } from './params.ts';
import type { Report } from './report.ts';

/** Most node ids that are listed for one operator. */
const MAX_LISTED = 1000;

/** How much of the graph the analysis understands: what is not in the operator registry is named, never taken as free. */
export function coverageOf(calls: readonly Inference[]): Report['coverage'] {
  const unsupported = new Map<string, { op: string; count: number; nodes: string[] }>();
  let folded = 0;
  for (const call of calls) {
    const { op, id } = call.node;
    if (isConstant(call)) folded += 1;
    if (call.operator) continue;
    const entry = unsupported.get(op) ?? { op, count: 0, nodes: [] };
    unsupported.set(op, entry);
    entry.count += 1;
    if (entry.nodes.length < MAX_LISTED) entry.nodes.push(id);
  }
  return { nodes: calls.length, layers: calls.length - folded, folded, unsupported: [...unsupported.values()] };
}
