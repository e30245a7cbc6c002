import t from 'tap';
import { analyze } from '../../../src/core/analyze.ts';
import type { Graph } from '../../../src/core/graph.ts';
import { fieldsFrom, sourceNamed } from '../../../src/core/receptive-field/fields.ts';
import { type FieldMap, hullOf } from '../../../src/core/receptive-field/map.ts';
import type { Path } from '../../../src/core/receptive-field/path.ts';
import { single } from '../../../src/core/receptive-field/single.ts';
import type { Layer } from '../../../src/core/report.ts';
import { traceGraph } from '../../../src/core/trace.ts';
import { fieldsOf, type Hull, type OracleField, type Tensor1d } from './oracle.ts';
import { randomFrom, randomNetwork, toGraph } from './random-network.ts';

const NETWORKS = Number(process.env.FOVEA_ORACLE_NETWORKS ?? 500);
const FIRST_SEED = Number(process.env.FOVEA_ORACLE_SEED ?? 1);

/** What is wrong with the summary of one layer; null where nothing is. */
function summaryFault(layer: Layer, oracle: OracleField, extent: number): string | null {
  const axis = layer.outputs[0]?.receptiveFields[0]?.axes[0];
  if (oracle.visible === 0 && oracle.size === 0 && (!axis || axis.status === 'none')) return null;
  const wanted = { size: oracle.size ?? extent, sizeMin: oracle.sizeMin ?? extent, visible: oracle.visible };
  // A global field is told for the tensor, not per unit: units that see less (only padding, or another part of a Concat
  // along space) do not show.
  if (oracle.size === null && Number(axis?.visible) >= oracle.visible) wanted.visible = axis?.visible as number;
  const found = { size: axis?.size, sizeMin: axis?.sizeMin, visible: axis?.visible };
  if (JSON.stringify(found) !== JSON.stringify(wanted)) return `found ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`;
  const padded = axis?.stride != null && axis.padding !== null && oracle.first !== null;
  return padded && axis.padding !== 0 - (oracle.first ?? 0) ? `padding ${axis.padding}, wanted ${0 - (oracle.first ?? 0)}` : null;
}

/** What is wrong with the regions of the units of one tensor; null where nothing is. */
function regionFault(path: Path, oracle: OracleField): string | null {
  if (oracle.size === null) return null;
  return regionsDiffer('actual', path.actual, oracle.actual) ?? regionsDiffer('virtual', path.virtual, oracle.virtual);
}

function regionsDiffer(what: string, map: FieldMap | null, hulls: readonly Hull[]): string | null {
  if (map === null || map.kind === 'opaque') return `${what}: no regions`;
  for (const [unit, hull] of hulls.entries()) {
    const [lo, hi] = hullOf(map, unit, unit, 1);
    const found = lo > hi ? null : [lo, hi];
    if (JSON.stringify(found) !== JSON.stringify(hull))
      return `${what} region of unit ${unit}: ${JSON.stringify(found)}, wanted ${JSON.stringify(hull)}`;
  }
  return null;
}

/** Regions of all units of all tensors behind one of them. */
function regionFaults(network: readonly Tensor1d[], graph: Graph, source: number): { fault: string | null; compared: number } {
  const trace = traceGraph(graph, {});
  const start = sourceNamed(trace, `t${source}`);
  if (start === null) return { fault: 'no source', compared: 0 };
  const fields = fieldsFrom(trace, start);
  let compared = 0;
  for (const [index, oracle] of fieldsOf(network, source).entries()) {
    const axes = fields.get(`t${index}`)?.axes;
    const at = start.axes.findIndex(({ axis }) => axis === 2);
    const paths = axes?.[at]?.strict;
    if (!paths) {
      if (oracle.visible > 0) return { fault: `t${index} sees nothing`, compared };
      continue;
    }
    const fault = regionFault(single(paths, trace.tensors.get(`t${index}`)?.shape ?? null), oracle);
    if (fault !== null) return { fault: `t${index}: ${fault}`, compared };
    compared += 1;
  }
  return { fault: null, compared };
}

t.test(`fields and regions equal those of the oracle on ${NETWORKS} random networks from seed ${FIRST_SEED}`, async (t) => {
  let compared = 0;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + NETWORKS; seed++) {
    const network = randomNetwork(seed);
    const graph = toGraph(network);
    const expected = fieldsOf(network);
    const report = analyze({ graph, format: 'test', name: '', bytes: 0, sha256: '' });
    for (const layer of report.layers as Layer[]) {
      const oracle = expected[Number(layer.outputs[0]?.name.slice(1))] as OracleField;
      const fault = summaryFault(layer, oracle, network[0]?.length ?? 0);
      if (fault !== null) return t.fail(`seed ${seed}, layer ${layer.id} (${layer.op}): ${fault}`);
    }
    // A field that all units share is told for the tensor, not per unit, so a source of one position says too little.
    const other = randomFrom(seed)(network.length);
    for (const source of network[other]?.length === 1 ? [0] : new Set([0, other])) {
      const regions = regionFaults(network, graph, source);
      if (regions.fault !== null) return t.fail(`seed ${seed}, source t${source}: ${regions.fault}`);
      compared += regions.compared;
    }
  }
  t.ok(compared > NETWORKS, `regions of the units of ${compared} tensors compared`);
});
