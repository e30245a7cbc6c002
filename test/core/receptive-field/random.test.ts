import t from 'tap';
import { analyze } from '../../../src/core/analyze.ts';
import type { Graph } from '../../../src/core/graph.ts';
import { fieldsFrom, sourceNamed } from '../../../src/core/receptive-field/fields.ts';
import { type FieldMap, hullOf } from '../../../src/core/receptive-field/map.ts';
import type { Path } from '../../../src/core/receptive-field/path.ts';
import { single } from '../../../src/core/receptive-field/single.ts';
import type { Layer } from '../../../src/core/report.ts';
import { traceGraph } from '../../../src/core/trace.ts';
import { atLength, fieldsOf, type Hull, type OracleField, type Tensor1d } from './oracle.ts';
import { randomFrom, randomNetwork, toGraph } from './random-network.ts';

const NETWORKS = Number(process.env.FOVEA_ORACLE_NETWORKS ?? 500);
const FIRST_SEED = Number(process.env.FOVEA_ORACLE_SEED ?? 1);

/** What is wrong with the summary of one layer; null where nothing is. */
function summaryFault(layer: Layer, oracle: OracleField, extent: number): string | null {
  const axis = layer.outputs[0]?.receptiveFields[0]?.axes[0];
  if (oracle.visible === 0 && oracle.size === 0 && (!axis || axis.status === 'none')) return null;
  const wanted = { size: oracle.size ?? extent, sizeMin: oracle.sizeMin ?? extent, visible: oracle.visible };
  const found = { size: axis?.size, sizeMin: axis?.sizeMin, visible: axis?.visible };
  if (JSON.stringify(found) !== JSON.stringify(wanted)) return `found ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`;
  const padded = axis?.stride != null && axis.padding !== null && oracle.first !== null;
  return padded && axis.padding !== 0 - (oracle.first ?? 0) ? `padding ${axis.padding}, wanted ${0 - (oracle.first ?? 0)}` : null;
}

/** Steps that say what their units read only once a size is known. */
const SIZED = new Set(['same', 'adaptive', 'append', 'flip', 'pad wrap']);

/** The tensors that no such step lies before, so that their fields must be known without a size. */
function determined(network: readonly Tensor1d[], fields: readonly OracleField[]): readonly boolean[] {
  const found: boolean[] = [];
  network.forEach(({ step, from }, index) => {
    const name = step?.op === 'pad' ? `pad ${step.mode}` : (step?.op ?? '');
    found.push(!SIZED.has(name) && !fields[index]?.bounded && from.every((i) => found[i]));
  });
  return found;
}

/** What is wrong with what is told of a layer at an unknown size, where the network has this field; null where nothing is. */
function unsizedFault(layer: Layer, oracle: OracleField, extent: number, must: boolean): string | null {
  const axis = layer.outputs[0]?.receptiveFields[0]?.axes[0];
  const status = axis?.status ?? 'none';
  if (status === 'unknown') return must ? `unknown (${axis?.cause}), wanted ${oracle.size}` : null;
  if (status === 'none') return oracle.size === 0 ? null : `none, wanted ${oracle.size}`;
  if (status === 'global') return oracle.size === null || oracle.size === extent ? null : `global, wanted ${oracle.size}`;
  const [found, wanted] = [`${axis?.size} ${axis?.sizeMin}`, `${oracle.size} ${oracle.sizeMin}`];
  if (axis?.visible !== null || found !== wanted) return `found ${found}, wanted ${wanted}`;
  if (axis.padding === null) return must && oracle.first !== null ? 'no padding' : null;
  return oracle.first === null || axis.padding === 0 - oracle.first ? null : `padding ${axis.padding}, wanted ${0 - oracle.first}`;
}

/** Whether a network without a size is told what it is at its own size, and at another one if it fits there. */
function unsizedFaults(
  network: readonly Tensor1d[],
  own: readonly OracleField[],
  seed: number,
): { readonly fault: string | null; readonly compared: number } {
  const { layers } = analyze({ graph: toGraph(network, 'T'), format: 'test', name: '', bytes: 0, sha256: '' });
  const must = determined(network, own);
  const random = randomFrom(seed);
  const n = network[0]?.length ?? 0;
  let compared = 0;
  for (const length of [n, n + 1 + random(random(2) === 0 ? 3 : 40)]) {
    const resized = length === n ? network : atLength(network, length);
    const expected = length === n ? own : resized && fieldsOf(resized);
    // Pooling one position mixes nothing, which shows only where the size is known.
    if (!resized || !expected || resized.some(({ step, from }) => step?.op === 'pool' && resized[from[0] as number]?.length === 1))
      continue;
    for (const layer of layers as Layer[]) {
      const index = Number(layer.outputs[0]?.name.slice(1));
      const fault = unsizedFault(layer, expected[index] as OracleField, length, must[index] ?? false);
      if (fault !== null) return { fault: `layer ${layer.id} (${layer.op}) without a size, at ${length}: ${fault}`, compared };
      compared += 1;
    }
  }
  return { fault: null, compared };
}

/** What is wrong with the regions of the units of one tensor; null where nothing is. */
function regionFault(path: Path, oracle: OracleField): string | null {
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
  let told = 0;
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
    const unsized = unsizedFaults(network, expected, seed);
    if (unsized.fault !== null) return t.fail(`seed ${seed}, ${unsized.fault}`);
    told += unsized.compared;
    // A field that all units share is told for the tensor, not per unit, so a source of one position says too little.
    const other = randomFrom(seed)(network.length);
    for (const source of network[other]?.length === 1 ? [0] : new Set([0, other])) {
      const regions = regionFaults(network, graph, source);
      if (regions.fault !== null) return t.fail(`seed ${seed}, source t${source}: ${regions.fault}`);
      compared += regions.compared;
    }
  }
  t.ok(told > NETWORKS, `${told} layers compared that are told without a size`);
  t.ok(compared > NETWORKS, `regions of the units of ${compared} tensors compared`);
});
