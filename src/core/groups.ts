import type { Convention } from './cost/conventions/convention.ts';
import { flopsOf } from './cost/counters.ts';
import { countToJson, plus } from './count.ts';
import { type LayerFacts, paramsJson } from './layers.ts';
import { NO_PARAMS, type ParamCount } from './params.ts';
import type { ScopeTotals } from './report.ts';
import { Tally } from './tally.ts';

interface Group {
  layers: number;
  params: ParamCount;
  readonly tally: Tally;
}

/**
 * Totals of the layers whose scopes share their first `depth` parts, in the order of their first layers; `unit` is that of
 * the cost. Where a layer's share is unknown a sum is of what is known, and its name stands in `lowerBounds` of its group.
 */
export function groupTotals(facts: readonly LayerFacts[], depth: number, unit: Convention['unit']): ScopeTotals[] {
  const groups = new Map<string, Group>();
  for (const fact of facts) {
    const scope = fact.call.node.scope.split('/').slice(0, depth).join('/');
    const group = groups.get(scope) ?? { layers: 0, params: NO_PARAMS, tally: new Tally() };
    group.layers += 1;
    group.params = {
      stored: plus(group.params.stored, fact.params.stored),
      trainable: plus(group.params.trainable, fact.params.trainable),
      buffers: plus(group.params.buffers, fact.params.buffers),
    };
    group.tally.add(fact);
    groups.set(scope, group);
  }
  return Array.from(groups, ([scope, { layers, params, tally }]) => ({
    scope,
    layers,
    params: paramsJson(params),
    macs: countToJson(tally.operations.mac),
    flops: countToJson(flopsOf(tally.operations)),
    cost: { value: countToJson(tally.cost), unit },
    activationBytes: countToJson(tally.bytes),
    lowerBounds: [
      ...(tally.lacksOperations ? ['macs', 'flops'] : []),
      ...(tally.lacksCost ? ['cost'] : []),
      ...(tally.lacksMemory ? ['activationBytes'] : []),
    ],
  }));
}
