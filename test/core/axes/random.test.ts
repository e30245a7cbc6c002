import t from 'tap';
import { fieldsFrom, sourceNamed } from '../../../src/core/receptive-field/fields.ts';
import { hullOf } from '../../../src/core/receptive-field/map.ts';
import { single } from '../../../src/core/receptive-field/single.ts';
import { traceGraph } from '../../../src/core/trace.ts';
import { fieldsOf, type OracleField, type Tensor1d } from '../receptive-field/oracle.ts';
import { randomNetwork } from '../receptive-field/random-network.ts';
import { LAYOUTS, type Layout, saysLayout, toLayout } from './layouts.ts';

// The same networks as those of the receptive fields, laid out otherwise between their layers, and asked from every tensor.

const NETWORKS = Number(process.env.FOVEA_ORACLE_NETWORKS ?? 8);
const FIRST_SEED = Number(process.env.FOVEA_ORACLE_SEED ?? 1);

/** What is wrong with the names of the axes of the tensors and with what others see along them; null where nothing is. */
function faultOf(
  network: readonly Tensor1d[],
  layout: Layout,
  expected: readonly OracleField[][],
): { fault: string | null; compared: number } {
  const { graph, along } = toLayout(network, layout);
  const trace = traceGraph(graph, {});
  let compared = 0;
  for (const [from, { length }] of network.entries()) {
    const names = trace.axes.of(`t${from}`);
    const wrong = [...layout].some((letter, axis) => (letter === 'N' || letter === 'C') !== (names[axis] === 'N' || names[axis] === 'C'));
    if (wrong) return { fault: `t${from} is ${names.join()}`, compared };
    // A field that all units share is told for the tensor, not per unit, so a source of one position says too little.
    if (length === 1) continue;
    const source = sourceNamed(trace, `t${from}`);
    if (!source) return { fault: `t${from} is no source`, compared };
    const fields = fieldsFrom(trace, source);
    const at = source.axes.findIndex(({ axis }) => axis === along);
    for (const [to, oracle] of (expected[from] as OracleField[]).entries()) {
      const strict = fields.get(`t${to}`)?.axes[at]?.strict;
      if (!strict || oracle.size === null) continue;
      const { actual } = single(strict, trace.tensors.get(`t${to}`)?.shape ?? null);
      if (actual === null || actual.kind === 'opaque') return { fault: `t${to} from t${from}: no regions`, compared };
      for (const [unit, hull] of oracle.actual.entries()) {
        const [lo, hi] = hullOf(actual, unit, unit, 1);
        const found = lo > hi ? null : [lo, hi];
        if (JSON.stringify(found) !== JSON.stringify(hull))
          return { fault: `t${to} from t${from}, unit ${unit}: ${found}, not ${hull}`, compared };
      }
      compared += 1;
    }
  }
  return { fault: null, compared };
}

t.test(`positions are found in any layout, from any tensor, on ${NETWORKS} random networks from seed ${FIRST_SEED}`, async (t) => {
  let compared = 0;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + NETWORKS; seed++) {
    const network = randomNetwork(seed);
    if (!saysLayout(network)) continue;
    const expected = network.map((_, from) => fieldsOf(network, from));
    for (const layout of LAYOUTS) {
      const found = faultOf(network, layout, expected);
      if (found.fault !== null) return t.fail(`seed ${seed}, ${layout}: ${found.fault}`);
      compared += found.compared;
    }
  }
  t.ok(compared > 10 * NETWORKS, `regions of the units of ${compared} tensors compared`);
});
