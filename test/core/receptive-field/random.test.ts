import t from 'tap';
import { analyze } from '../../../src/core/analyze.ts';
import type { Layer } from '../../../src/core/report.ts';
import { fieldsOf } from './oracle.ts';
import { randomNetwork, toGraph } from './random-network.ts';

const NETWORKS = Number(process.env.FOVEA_ORACLE_NETWORKS ?? 1500);
const FIRST_SEED = Number(process.env.FOVEA_ORACLE_SEED ?? 1);

t.test(`receptive fields equal those of the oracle on ${NETWORKS} random networks from seed ${FIRST_SEED}`, async (t) => {
  let units = 0;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + NETWORKS; seed++) {
    const network = randomNetwork(seed);
    const expected = fieldsOf(network);
    const report = analyze({ graph: toGraph(network), format: 'test', name: '', bytes: 0, sha256: '' });
    for (const layer of report.layers as Layer[]) {
      const output = layer.outputs[0];
      const oracle = expected[Number(output?.name.slice(1))];
      const axis = output?.receptiveFields[0]?.axes[0];
      const length = network[0]?.length ?? 0;
      if (oracle?.visible === 0 && oracle.size === 0 && (!axis || axis.status === 'none')) continue;
      const wanted = { size: oracle?.size ?? length, sizeMin: oracle?.sizeMin ?? length, visible: oracle?.visible };
      // A global field is told for the tensor, not per unit: units that see less (only padding, or another part of a Concat
      // along space) do not show.
      if (oracle?.size === null && Number(axis?.visible) >= oracle.visible) wanted.visible = axis?.visible ?? undefined;
      const found = { size: axis?.size, sizeMin: axis?.sizeMin, visible: axis?.visible };
      if (JSON.stringify(found) !== JSON.stringify(wanted)) {
        t.match(found, wanted, `seed ${seed}, layer ${layer.id} (${layer.op}): ${JSON.stringify(axis)}`);
        return;
      }
      if (axis?.stride !== null && axis?.padding !== null && oracle?.first !== null && axis?.padding !== 0 - (oracle?.first ?? 0)) {
        t.equal(axis?.padding, 0 - (oracle?.first ?? 0), `seed ${seed}, layer ${layer.id}: padding`);
        return;
      }
      units += 1;
    }
  }
  t.ok(units > NETWORKS, `${units} tensors compared`);
});
