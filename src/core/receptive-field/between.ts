import type { Step } from '../inference/runner.ts';
import type { Trace } from '../trace.ts';

/** The calls through which tensor `to`, an output of call `last`, depends on tensor `from`, in order. */
export function callsBetween(trace: Trace, from: string, to: string, last: number): readonly Step[] {
  const wanted = new Set([to]);
  const before: Step[] = [];
  for (let index = last; index >= 0; index--) {
    const call = trace.calls[index] as Step;
    if (!call.node.outputs.some((name) => name !== '' && wanted.has(name))) continue;
    for (const name of call.node.inputs) wanted.add(name);
    before.push(call);
  }
  const reached = new Set([from]);
  return before.reverse().filter(({ node }) => {
    if (node.outputs.includes(from) || !node.inputs.some((name) => name !== '' && reached.has(name))) return false;
    for (const name of node.outputs) reached.add(name);
    return true;
  });
}
