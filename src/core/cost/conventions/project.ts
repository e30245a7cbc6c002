import { type Count, times } from '../../count.ts';
import type { Node } from '../../graph.ts';
import type { Step } from '../../inference/runner.ts';
import type { Primitives } from '../counters.ts';
import type { Convention, Counted } from './convention.ts';

/** The figure of a call whose primitives (of one run) are known; null where it cannot be determined. */
export type Projection = (call: Step, operations: Primitives) => Count | null;

/** The figures that a convention gives the calls of one graph; what runs in a loop counts as often as it runs. */
export function projection({ rules, otherwise }: Convention, calls: readonly Step[]): Projection {
  const maker = makersOf(calls);
  return (call, operations) => {
    const rule = rules.get(call.node.op) ?? otherwise;
    const figure = rule({ call, operations, maker });
    return figure === null ? null : times(figure, call.repeats ?? 1);
  };
}

/** Who makes a tensor. Found out for all of them when it is first asked, which most conventions never do. */
export function makersOf(calls: readonly Step[]): Counted['maker'] {
  let makers: Map<string, Node> | undefined;
  return (tensor) => {
    makers ??= new Map(calls.flatMap(({ node }) => node.outputs.map((name) => [name, node])));
    return makers.get(tensor) ?? null;
  };
}
