import { flopsOf } from './cost/counters.ts';
import { type Count, countToJson, plus } from './count.ts';
import { type LayerFacts, ownedBytes, paramsJson } from './layers.ts';
import { NO_PARAMS, type ParamCount } from './params.ts';
import type { ScopeTotals } from './report.ts';

interface Group {
  layers: number;
  params: ParamCount;
  macs: Count;
  flops: Count;
  activationBytes: Count;
}

/** Totals of the layers whose scopes share their first `depth` parts, in the order of their first layers. */
export function groupTotals(facts: readonly LayerFacts[], depth: number): ScopeTotals[] {
  const groups = new Map<string, Group>();
  for (const fact of facts) {
    const scope = fact.call.node.scope.split('/').slice(0, depth).join('/');
    const group = groups.get(scope) ?? { layers: 0, params: NO_PARAMS, macs: 0, flops: 0, activationBytes: 0 };
    group.layers += 1;
    group.params = {
      stored: plus(group.params.stored, fact.params.stored),
      trainable: plus(group.params.trainable, fact.params.trainable),
      buffers: plus(group.params.buffers, fact.params.buffers),
    };
    group.macs = plus(group.macs, fact.operations?.mac ?? 0);
    group.flops = plus(group.flops, fact.operations ? flopsOf(fact.operations) : 0);
    group.activationBytes = plus(group.activationBytes, ownedBytes(fact) ?? 0);
    groups.set(scope, group);
  }
  return [...groups].map(([scope, group]) => ({
    scope,
    layers: group.layers,
    params: paramsJson(group.params),
    macs: countToJson(group.macs),
    flops: countToJson(group.flops),
    activationBytes: countToJson(group.activationBytes),
  }));
}
