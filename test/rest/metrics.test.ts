import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import type { FastifyInstance } from 'fastify';
import t from 'tap';
import { CONV, listening, service } from '../service.ts';

/** The samples of a page of metrics, by name and labels as they are written. */
function samples(page: string): Map<string, number> {
  const lines = page.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
}

const scrape = async (app: FastifyInstance) => samples((await app.inject('/metrics')).body);

t.test('what Prometheus is told', async (t) => {
  const app = await service(t);
  const page = await app.inject('/metrics');
  t.match(page.headers['content-type'], 'text/plain; version=0.0.4');
  for (const name of ['process_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds']) t.ok(samples(page.body).has(name), name);

  const analyze = (payload: object) => app.inject({ method: 'POST', url: '/v1/analyze?layers=none', payload });
  await analyze(CONV);
  await analyze({ ...CONV, layers: [{ type: 'Nothing' }] });
  for (const path of ['/v1/zebra', '/v1/giraffe']) await app.inject(path);
  app.observe.stored('get', 0.02);
  const after = await scrape(app);
  t.equal(after.get('fovea_http_requests_total{method="POST",route="/v1/analyze",status="200"}'), 1);
  t.equal(after.get('fovea_http_requests_total{method="POST",route="/v1/analyze",status="400"}'), 1);
  t.equal(after.get('fovea_http_requests_total{method="GET",route="none",status="404"}'), 2, 'paths that are not there are no labels');
  t.equal(after.get('fovea_http_request_duration_seconds_count{route="/v1/analyze"}'), 2);
  t.equal(after.get('fovea_store_seconds_bucket{le="0.03",operation="get"}'), 1);
  t.notMatch([...after.keys()].join(), /zebra|giraffe/);
});

t.test('numbers that parts of the service add', async (t) => {
  const app = await service(t);
  let waiting = 3;
  app.gauges({ test_waiting: { help: 'Those who wait.', read: () => waiting } });
  t.equal((await scrape(app)).get('fovea_test_waiting'), 3);
  waiting = 4;
  t.equal((await scrape(app)).get('fovea_test_waiting'), 4);
});

t.test('no metrics, and metrics on a port of their own', async (t) => {
  t.equal((await (await service(t, { METRICS: 'false' })).inject('/metrics')).statusCode, 404);
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  taken.close();
  await once(taken, 'close');
  const { url, app } = await listening(t, { METRICS_PORT: String(port) });
  t.equal((await fetch(`${url}/metrics`)).status, 404);
  const page = await fetch(`http://127.0.0.1:${port}/metrics`);
  t.match(await page.text(), 'fovea_http_requests_total{method="GET",route="none",status="404"} 1');
  t.equal((await fetch(`http://127.0.0.1:${port}/v1/networks`)).status, 404, 'and nothing else');
  await app.close();
  await t.rejects(fetch(`http://127.0.0.1:${port}/metrics`), 'it ends with the service');
});
