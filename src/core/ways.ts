import { flopsOf } from './cost/counters.ts';
import { type Count, sum } from './count.ts';
import type { Diagnostic } from './graph.ts';
import type { LayerFacts } from './layers.ts';

/**
 * Of each If whose condition is not known, the layers of the branch that costs more: what a run can cost at most. Inner Ifs
 * are decided first, so that an outer one compares what its branches can cost.
 */
export function costlierWays(all: readonly LayerFacts[]): { facts: readonly LayerFacts[]; diagnostics: readonly Diagnostic[] } {
  const decisions = new Set(all.flatMap(({ call }) => call.ways.map(({ decision }) => decision)));
  const diagnostics: Diagnostic[] = [];
  let facts = all;
  for (const decision of [...decisions].reverse()) {
    const on = (taken: 'then' | 'else') =>
      facts.filter(({ call }) => call.ways.some((way) => way.decision === decision && way.taken === taken));
    const cost = (taken: 'then' | 'else'): Count => sum(on(taken).map(({ operations }) => (operations ? flopsOf(operations) : 0)));
    const [then, otherwise] = [cost('then'), cost('else')];
    const dropped = new Set(on(then >= otherwise ? 'else' : 'then'));
    facts = facts.filter((fact) => !dropped.has(fact));
    const kept = then >= otherwise ? 'then' : 'else';
    if (then === otherwise) continue;
    const message = `the condition is not known: counted is the ${kept} branch, the costlier one (then ${then}, else ${otherwise} FLOP)`;
    diagnostics.push({ code: 'undecided-branch', severity: 'info', message, node: decision });
  }
  return { facts, diagnostics };
}
