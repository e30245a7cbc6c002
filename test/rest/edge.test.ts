import { setTimeout as sleep } from 'node:timers/promises';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import t from 'tap';
import { buildApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { CONV, service } from '../service.ts';

const RESNET = '/v1/networks/zoo:resnet18/report';

t.test('headers that tell browsers what they may do', async (t) => {
  const app = await service(t);
  for (const url of ['/', '/healthz', '/v1/networks', RESNET, `${RESNET}?as=md`, '/docs/', '/nowhere']) {
    const { headers } = await app.inject(url);
    t.equal(headers['x-content-type-options'], 'nosniff', url);
    t.match(headers['content-security-policy'], url === '/docs/' ? /^default-src 'self'/ : /^default-src 'none'/, url);
    t.notOk('strict-transport-security' in headers, 'left to the proxy that has TLS');
    t.notOk('access-control-allow-origin' in headers, 'no page of another origin unless one is named');
  }
  const { headers } = await app.inject('/v1/networks/zoo:alexnet/receptive-field?as=svg');
  t.equal(headers['content-security-policy'], "default-src 'none'; style-src 'unsafe-inline'");
  t.equal(headers['cross-origin-resource-policy'], 'cross-origin', 'figures may stand in pages');
});

t.test('pages of other origins', async (t) => {
  const app = await service(t, { CORS_ORIGINS: 'https://a.example, http://localhost:8080', READ_TOKENS: 'a-token-that-may-read' });
  const from = (origin: string, method: 'GET' | 'OPTIONS', url = '/v1/networks') =>
    app.inject({ method, url, headers: { origin, ...(method === 'OPTIONS' && { 'access-control-request-method': 'POST' }) } });
  const asked = await from('https://a.example', 'OPTIONS', '/v1/analyze');
  t.equal(asked.statusCode, 204, 'a preflight has no token');
  t.equal(asked.headers['access-control-allow-origin'], 'https://a.example');
  t.match(asked.headers['access-control-allow-headers'], 'authorization');
  const answered = await from('http://localhost:8080', 'GET');
  t.equal(answered.headers['access-control-allow-origin'], 'http://localhost:8080');
  for (const name of ['etag', 'link', 'location']) t.match(answered.headers['access-control-expose-headers'], name);
  for (const method of ['GET', 'OPTIONS'] as const)
    t.notOk('access-control-allow-origin' in (await from('https://evil.example', method)).headers);
  for (const odd of ['a.example', '*, https://a.example', 'https://a.example,*'])
    t.throws(() => readConfig({ CORS_ORIGINS: odd }), /CORS_ORIGINS/, odd);

  const open = await service(t, { CORS_ORIGINS: '*' });
  const headers = { origin: 'https://any.example' };
  t.equal((await open.inject({ url: RESNET, headers })).headers['access-control-allow-origin'], '*');
  const named = await service(t, { CORS_ORIGINS: 'https://a.example' });
  t.equal((await named.inject({ url: RESNET, headers })).headers.vary, 'Origin, Accept, Accept-Encoding');
  const missing = await named.inject({ url: '/nowhere', headers });
  t.equal(missing.statusCode, 404, 'the route of preflights is none of its own');
  t.equal((await named.inject({ url: '/v1/analyze', headers })).headers.allow, 'POST');
});

t.test('compression', async (t) => {
  const app = await service(t);
  const plain = await app.inject(RESNET);
  t.notOk('content-encoding' in plain.headers);
  const { etag } = plain.headers;
  t.match(etag, /^"/);
  for (const [encoding, open] of [
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ] as const) {
    const packed = await app.inject({ url: RESNET, headers: { 'accept-encoding': encoding } });
    t.equal(packed.headers['content-encoding'], encoding);
    t.equal(packed.headers.vary, 'Accept, Accept-Encoding');
    t.equal(packed.headers.etag, `W/${etag}`, 'other bytes, so no strong tag');
    t.equal(open(packed.rawPayload).toString(), plain.body);
    t.ok(packed.rawPayload.length < plain.rawPayload.length / 3);
    const again = await app.inject({ url: RESNET, headers: { 'accept-encoding': encoding, 'if-none-match': String(packed.headers.etag) } });
    t.equal(again.statusCode, 304);
  }
  const tiny = await app.inject({ url: '/healthz', headers: { 'accept-encoding': 'gzip, br' } });
  t.notOk('content-encoding' in tiny.headers, 'not worth it');
  const off = await service(t, { COMPRESS: 'false' });
  t.notOk('content-encoding' in (await off.inject({ url: RESNET, headers: { 'accept-encoding': 'gzip' } })).headers);
});

t.test('too many requests from one address', async (t) => {
  const app = await service(t, { RATE_LIMIT: '3', TRUST_PROXY: '1', READ_TOKENS: 'a-token-that-may-read' });
  const ask = (url: string, from: string) => app.inject({ url, headers: { 'x-forwarded-for': from } });
  for (const url of ['/v1/networks', '/nowhere', '/%zz-is-not-counted', '/v1/operators']) await ask(url, '10.0.0.1');
  const refused = await ask('/nowhere', '10.0.0.1');
  t.equal(refused.statusCode, 429, 'those that found nothing, or had no token, count');
  t.match(refused.headers['content-type'], 'application/problem+json');
  t.match(refused.headers['retry-after'], /^\d+$/);
  t.equal(refused.json().code, 'rate-limited');
  t.equal((await ask('/healthz', '10.0.0.1')).statusCode, 200, 'probes are answered');
  t.equal((await ask('/v1/networks', '10.0.0.2')).statusCode, 401, 'another address has requests of its own');
});

t.test('whose word on addresses is taken', async (t) => {
  const addressOf = async (env: Record<string, string>) => {
    const app = await buildApp(readConfig({ LOG_LEVEL: 'silent', ...env }));
    t.teardown(() => app.close());
    app.get('/ip', async (request) => request.ip);
    return (await app.inject({ url: '/ip', headers: { 'x-forwarded-for': '10.9.9.9, 10.8.8.8' } })).body;
  };
  t.equal(await addressOf({}), '127.0.0.1');
  t.equal(await addressOf({ TRUST_PROXY: 'false' }), '127.0.0.1');
  t.equal(await addressOf({ TRUST_PROXY: 'true' }), '10.9.9.9');
  t.equal(await addressOf({ TRUST_PROXY: '1' }), '10.8.8.8');
  t.equal(await addressOf({ TRUST_PROXY: 'loopback, 10.8.0.0/16' }), '10.9.9.9');
  t.equal(await addressOf({ TRUST_PROXY: '192.168.0.1' }), '127.0.0.1');
  for (const odd of ['my proxy', 'dead', '1.2.3', '10.0.0.0/33', '::/129', '10.0.0.0/', '/8', 'loopback,,'])
    t.throws(() => readConfig({ TRUST_PROXY: odd }), /TRUST_PROXY/, odd);
  t.strictSame(readConfig({ TRUST_PROXY: '::1, fd00::/8' }).edge.trustProxy, ['::1', 'fd00::/8']);
});

t.test('more to do than there is memory for', async (t) => {
  const app = await service(t, { MAX_RSS_MB: '1' });
  for (let tries = 0; !app.isUnderPressure() && tries < 400; tries++) await sleep(10);
  const refused = await app.inject({ method: 'POST', url: '/v1/analyze', payload: CONV });
  t.equal(refused.statusCode, 503);
  t.equal(refused.json().code, 'overloaded');
  t.match(refused.headers['retry-after'], /^\d+$/);
  t.equal((await app.inject('/healthz')).statusCode, 200, 'alive all the same');
  t.equal((await app.inject('/metrics')).statusCode, 200);
  t.equal((await app.inject('/readyz')).statusCode, 503);
  t.equal(readConfig({}, 1000).pressure.rssBytes, 900, "from the container's limit");
  t.equal(readConfig({ MAX_RSS_MB: '1' }, 1000).pressure.rssBytes, 2 ** 20);
});

t.test('no secrets in the log', async (t) => {
  const lines: string[] = [];
  const app = await buildApp(readConfig({ LOG_LEVEL: 'trace' }), { write: (line) => lines.push(line) });
  t.teardown(() => app.close());
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', (_request, body, done) => body.resume().on('end', () => done(null)));
  app.post('/fail', async (request) => {
    throw Object.assign(new Error('it failed'), { headers: request.headers, request: { headers: request.headers } });
  });
  const secrets = ['in-the-token', 'in-the-cookie', 'in-the-query', 'in-the-body', 'in-the-document'];
  for (const url of ['/fail?key=in-the-query', '/v1/analyze', '/v1/analyze?key=in-the-query', '/nowhere?in-the-query', '/graphql']) {
    await app.inject({
      method: 'POST',
      url,
      headers: { authorization: 'Bearer in-the-token', cookie: 'session=in-the-cookie', 'content-type': 'application/json' },
      payload: JSON.stringify({ version: 1, inputs: { x: [1] }, layers: [{ type: 'in-the-body' }], query: '{ in-the-file }' }).replace(
        '}',
        '}',
      ),
    });
  }
  const log = lines.join('');
  t.match(log, '"path":"/v1/analyze"');
  t.match(log, 'it failed');
  for (const secret of secrets) t.notMatch(log, secret, secret);
});
