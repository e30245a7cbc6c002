import type { Inference } from '../inference/infer.ts';
import { isConstant, type Params } from '../params.ts';
import type { Trace } from '../trace.ts';

/** Names of the stored tensors that layers pick rows of by data, also where a table is moved or dequantised before. */
export function embeddingTables({ calls }: Trace, stored: Params['tensors']): ReadonlySet<string> {
  const producers = new Map<string, Inference>();
  for (const call of calls) if (isConstant(call)) for (const name of call.node.outputs) producers.set(name, call);
  const found = new Set<string>();
  for (const call of calls) {
    if (isConstant(call)) continue;
    for (const slot of call.operator?.tables ?? []) {
      const name = call.inputs[slot]?.constant ? origin(call.node.inputs[slot] as string, producers) : '';
      if (stored.has(name)) found.add(name);
    }
  }
  return found;
}

/** The first tensor of those that a constant was made of by moving or dequantising its elements. */
function origin(name: string, producers: ReadonlyMap<string, Inference>): string {
  let at = name;
  for (let call = producers.get(at); call; call = producers.get(at)) {
    if (!call.operator?.moves && call.node.op !== 'DequantizeLinear') break;
    at = call.node.inputs[0] ?? '';
  }
  return at;
}
