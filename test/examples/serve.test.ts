import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { listening } from '../service.ts';
import { dashboardOf } from './page.ts';

/** The path as it is written: fetch would resolve its dots. */
async function get(url: string, path: string): Promise<{ status: number | undefined; body: string }> {
  const { hostname, port } = new URL(url);
  const [answer] = await once(request({ hostname, port, path }).end(), 'response');
  return { status: answer.statusCode, body: await text(answer) };
}

t.test('the dashboard serves its files and passes on its questions, and nothing else', async (t) => {
  const token = 'a-token-that-may-read-all';
  const { url: fovea } = await listening(t, { READ_TOKENS: token });
  const page = await dashboardOf(fovea, { FOVEA_TOKEN: token });
  t.teardown(() => page.stop());

  const html = await get(page.url, '/');
  t.equal(html.body, readFileSync(new URL('../../examples/dashboard/index.html', import.meta.url), 'utf8'));
  for (const [, path = ''] of html.body.matchAll(/(?:href|src)="([a-z.]+)"/g)) t.equal((await get(page.url, `/${path}`)).status, 200, path);
  t.match((await get(page.url, '/chart.js')).body, /Chart\.js v4/);

  for (const path of [
    '/serve.ts',
    '/grafana.json',
    '/../serve.ts',
    '/%2e%2e/serve.ts',
    '/..%2f..%2fpackage.json',
    '/metrics',
    '/v1/../metrics',
    '/v1/%2e%2e/metrics',
    '/v1/..%5cmetrics',
    '/v1/networks/../../metrics',
    '/graphql',
  ]) {
    const { status, body } = await get(page.url, path);
    t.equal(status, 404, path);
    t.notMatch(body, /fovea_http|FOVEA_TOKEN/, path);
  }

  const listed = await fetch(`${page.url}/v1/networks`);
  t.equal(listed.status, 200, 'the token is added');
  t.equal((await fetch(`${page.url}/v1/networks`, { headers: { 'if-none-match': String(listed.headers.get('etag')) } })).status, 304);
  t.equal((await fetch(`${page.url}/v1/networks`, { method: 'POST', body: '{}' })).status, 404, 'nothing is kept through it');
  const form = await fetch(`${page.url}/graphql`, { method: 'POST', body: '{"query":"{operators{op}}"}' });
  t.equal(form.status, 415, 'a page of another origin could send this unasked');
  const answer = await fetch(`${page.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query":"{ conventions { id } }"}',
  });
  t.match(await answer.json(), { data: { conventions: [{ id: 'fovea' }] } });
});

t.test('a service that is away is a problem that says so', async (t) => {
  const page = await dashboardOf('http://127.0.0.1:9');
  t.teardown(() => page.stop());
  const answer = await fetch(`${page.url}/v1/networks`);
  t.equal(answer.status, 502);
  t.match(await answer.json(), { status: 502, detail: /does not answer at http:\/\/127\.0\.0\.1:9\b.*FOVEA_URL/ });
});
