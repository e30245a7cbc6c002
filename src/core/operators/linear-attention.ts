import { times } from '../count.ts';
import type { Dim } from '../graph.ts';
import { each, perOutput, together } from './amount.ts';
import { choice, float, int, malformed, need, sameDim, shapeOf, size } from './call.ts';
import { type AxisMap, type Call, defineOperator, type Relation } from './operator.ts';
import { EACH, link, table } from './relation.ts';
import { productDim, ranked, volume } from './shape.ts';

const RULES = ['gated_delta', 'linear', 'gated', 'delta'] as const;

interface Sizes {
  readonly batch: Dim;
  readonly time: Dim;
  readonly heads: number;
  readonly stateHeads: number;
  readonly depth: Dim;
  readonly valueDepth: Dim;
}

function perHead(call: Call, hidden: Dim, heads: number): Dim {
  if (typeof hidden !== 'number') return null;
  return hidden % heads === 0 ? hidden / heads : malformed(call, `${heads} heads do not divide ${hidden}`);
}

function packedSizes(call: Call): Sizes {
  const [heads, stateHeads] = [int(call, 'q_num_heads', 0), int(call, 'kv_num_heads', 0)];
  if (stateHeads < 1 || heads < 1 || heads > 2 ** 31 || heads % stateHeads !== 0)
    malformed(call, `${stateHeads} heads of keys for ${heads} of queries`);
  const [q, k, v] = [ranked(call, 0, 3), ranked(call, 1, 3), ranked(call, 2, 3)];
  const depth = sameDim(
    call,
    perHead(call, q[2] as Dim, heads),
    perHead(call, k[2] as Dim, stateHeads),
    'sizes of a head of queries and keys differ',
  );
  const [batch, time] = [0, 1].map((axis) =>
    sameDim(call, q[axis] as Dim, sameDim(call, k[axis] as Dim, v[axis] as Dim, 'keys and values differ'), 'queries and keys differ'),
  );
  return { batch: batch as Dim, time: time as Dim, heads, stateHeads, depth, valueDepth: perHead(call, v[2] as Dim, stateHeads) };
}

/** A step sees what came before it. */
function before(time: Dim): AxisMap {
  return table(size(time), (o) => [0, o], 'a recurrence has no meaning past its border');
}

/**
 * Source: ONNX LinearAttention (Katharopoulos et al. 2020; Yang et al. 2024). For each step and head of the state: the
 * outer product of key and value, with `delta` the product of state and key before it, and for each query head the
 * product of state and query, a multiply-accumulate per element of the state each.
 */
export const linearAttention = defineOperator('LinearAttention', {
  noGradient: 'kernels differ in which states of the recurrence they keep and which they compute again',
  infer: (call) => {
    choice(call, 'update_rule', RULES);
    const { batch, time, heads, stateHeads, depth, valueDepth } = packedSizes(call);
    const state = [batch, stateHeads, depth, valueDepth];
    return [
      { dtype: need(call, 0).dtype, shape: [batch, time, productDim(call, [heads, valueDepth])] },
      { dtype: call.inputs[3]?.dtype ?? need(call, 0).dtype, shape: state },
    ];
  },
  field: (call, i, k): Relation => {
    if (i === 3) return k === 0 ? [link(0, EACH), null, null] : [link(0, EACH), link(1, EACH), null, null];
    if (k === 1) return i === 0 ? 'none' : [link(0, EACH), null, null, null];
    return [link(0, EACH), link(1, i === 0 ? EACH : before(packedSizes(call).time)), null];
  },
  cost: (call) => {
    const { batch, time, heads, stateHeads, depth, valueDepth } = packedSizes(call);
    const steps = volume([batch, time]);
    const state = volume([depth, valueDepth]);
    const values = volume([valueDepth]);
    if (steps === null || state === null || values === null) return null;
    const rule = choice(call, 'update_rule', RULES);
    const [gated, delta] = [rule.startsWith('gated'), rule.endsWith('delta')];
    return together(
      call,
      { mac: times(steps, state, heads + stateHeads * (delta ? 2 : 1)) },
      // The decay takes the whole state; the delta rule corrects and weighs each value.
      gated ? each(call, times(steps, stateHeads, state), { mul: 1 }) : {},
      gated ? each(call, volume(shapeOf(call, 4) ?? [null]), { exp: 1 }) : {},
      delta ? each(call, times(steps, stateHeads, values), { add: 1, mul: 1 }) : {},
      perOutput(call, { mul: float(call, 'scale', 0) === 1 ? 0 : 1 }),
    );
  },
  defaults: () => ({ chunk_size: 64, scale: 0, update_rule: RULES[0] }),
});
