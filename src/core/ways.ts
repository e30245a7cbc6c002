import { flopsOf } from './cost/counters.ts';
import { add, type Count } from './count.ts';
import type { Diagnostic } from './graph.ts';
import type { Way } from './inference/runner.ts';
import type { LayerFacts } from './layers.ts';

/** An undecided If: what each of its branches costs, and the way on which it stands itself. */
interface Decision {
  readonly flops: Map<Way['taken'], Count>;
  readonly around: Way | undefined;
}

/**
 * Of each If whose condition is not known, the layers of the branch that costs more: what a run can cost at most. Inner Ifs
 * are decided first, so that an outer one compares what its branches can cost.
 */
export function costlierWays(all: readonly LayerFacts[]): { facts: readonly LayerFacts[]; diagnostics: readonly Diagnostic[] } {
  const decisions = decisionsOf(all);
  if (decisions.size === 0) return { facts: all, diagnostics: [] };
  const diagnostics: Diagnostic[] = [];
  const kept = new Map<string, Way['taken']>();
  // An inner If stands behind the one around it.
  for (const [node, { around, flops }] of [...decisions].reverse()) {
    const [then, otherwise] = [flops.get('then') ?? 0, flops.get('else') ?? 0];
    const costlier = then >= otherwise ? 'then' : 'else';
    kept.set(node, costlier);
    if (around) charge(decisions, around, flops.get(costlier) ?? 0);
    if (then === otherwise) continue;
    const message = `the condition is not known: counted is the ${costlier} branch, the costlier one (then ${then}, else ${otherwise} FLOP)`;
    diagnostics.push({ code: 'undecided-branch', severity: 'info', message, node });
  }
  return { facts: all.filter(({ call }) => call.ways.every(({ decision, taken }) => kept.get(decision) === taken)), diagnostics };
}

/** The undecided Ifs, outer ones first, each with the cost of the layers that stand in no other If within it. */
function decisionsOf(all: readonly LayerFacts[]): Map<string, Decision> {
  const decisions = new Map<string, Decision>();
  for (const { call, operations } of all) {
    const innermost = call.ways.at(-1);
    if (!innermost) continue;
    call.ways.forEach(({ decision }, depth) => {
      if (!decisions.has(decision)) decisions.set(decision, { flops: new Map(), around: call.ways[depth - 1] });
    });
    if (operations) charge(decisions, innermost, flopsOf(operations));
  }
  return decisions;
}

function charge(decisions: ReadonlyMap<string, Decision>, { decision, taken }: Way, flops: Count): void {
  const costs = decisions.get(decision)?.flops;
  costs?.set(taken, add(costs.get(taken) ?? 0, flops));
}
