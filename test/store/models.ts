import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Test } from 'tap';
import { decodeGraph, encodeGraph } from '../../src/store/codec/graph-bytes.ts';
import { LIMITS, modelsIn, nameOf, readModel, withModels } from '../conformance/models.ts';
import { service } from '../service.ts';

const TIMEOUT_MS = 300_000;

/** Models as exporters write them, and ONNX's own of every operator: what is kept of each is what was sent. */
export function modelSuite(tap: Pick<Test, 'test'>, reference: string): void {
  tap.test('the report of a kept model is that of the model', { timeout: TIMEOUT_MS }, async (t) => {
    const app = await service(t, { MAX_JSON_LAYERS: '1000000' });
    const models = modelsIn(join(reference, 'models'));
    t.ok(models.length > 20, `${models.length} models`);
    for (const file of models) {
      const payload = readFileSync(file);
      const sent = await app.inject({ method: 'POST', url: '/v1/analyze', payload });
      const kept = await app.inject({ method: 'POST', url: '/v1/networks', query: { name: nameOf(file) }, payload });
      t.equal(kept.statusCode, 201, kept.body.slice(0, 200));
      const report = await app.inject(`/v1/networks/name:${nameOf(file)}/report`);
      t.ok(isDeepStrictEqual(report.json(), sent.json()), nameOf(file));
      t.equal(kept.json().totals.macs, sent.json().totals.macs);
    }
  });

  const [archive] = readdirSync(reference).filter((name) => /^onnx-backend.*\.tar\.gz$/.test(name));
  if (archive === undefined || !existsSync(join(reference, archive))) return;
  tap.test('the graph of every conformance model', { timeout: TIMEOUT_MS }, async (t) => {
    withModels(join(reference, archive), (folder) => {
      const files = modelsIn(folder);
      const lost = files.filter((file) => {
        const { graph } = readModel(file);
        return !isDeepStrictEqual(decodeGraph(encodeGraph(graph), LIMITS), graph);
      });
      t.strictSame(lost, [], `${files.length} graphs`);
      t.ok(files.length > 1000);
    });
  });
}
