import t from 'tap';
import { buildApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { CONV, service, type Test } from '../service.ts';

const READ = 'a-token-that-may-read';
const WRITE = 'a-token-that-may-write==';
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** The service with a route that keeps something, and one that decides for itself. */
async function guarded(t: Test, env: Record<string, string>) {
  const lines: string[] = [];
  const app = await buildApp(readConfig({ DATABASE_URL: 'sqlite::memory:', ...env }), { write: (line) => lines.push(line) });
  t.teardown(() => app.close());
  app.post('/keep', { config: { access: 'write' } }, async () => ({ kept: true }));
  app.get('/may', async (request) => ({ may: request.mayWrite }));
  const ask = (method: 'GET' | 'POST', url: string, headers: Record<string, string> = {}) => app.inject({ method, url, headers });
  return { app, ask, log: () => lines.join('') };
}

t.test('without tokens anyone may do anything, and the log says so', async (t) => {
  const { ask, log } = await guarded(t, {});
  t.equal((await ask('POST', '/keep')).statusCode, 200);
  t.strictSame((await ask('GET', '/may', bearer('whatever-it-is-you-have'))).json(), { may: true });
  t.match(log(), /anyone who reaches this service may use all of it/);
});

t.test('tokens of either scope', async (t) => {
  const { app, ask, log } = await guarded(t, { READ_TOKENS: `${READ}, another-one-that-may-read`, WRITE_TOKENS: WRITE });
  const analyze = (headers: Record<string, string>) => app.inject({ method: 'POST', url: '/v1/analyze', payload: CONV, headers });
  for (const [headers, status, challenge] of [
    [{}, 401, 'Bearer realm="fovea"'],
    [bearer('a-token-that-may-reax'), 401, 'Bearer realm="fovea", error="invalid_token"'],
    [bearer(''), 401, 'Bearer realm="fovea", error="invalid_token"'],
    [{ authorization: `Basic ${READ}` }, 401, 'Bearer realm="fovea", error="invalid_token"'],
    [{ authorization: `Bearer ${READ} ${WRITE}` }, 401, 'Bearer realm="fovea", error="invalid_token"'],
    [bearer(READ), 200],
    [bearer('another-one-that-may-read'), 200],
    [{ authorization: `bearer ${WRITE}` }, 200],
  ] as const) {
    const answer = await analyze(headers);
    t.equal(answer.statusCode, status, JSON.stringify(headers));
    t.equal(answer.headers['www-authenticate'], challenge);
    if (status === 401) {
      t.match(answer.headers['content-type'], 'application/problem+json');
      t.equal(answer.json().code, 'unauthorized');
    }
  }
  t.equal((await ask('POST', '/keep')).statusCode, 401);
  const refused = await ask('POST', '/keep', bearer(READ));
  t.equal(refused.statusCode, 403);
  t.match(refused.headers['www-authenticate'], 'error="insufficient_scope", scope="write"');
  t.equal(refused.json().code, 'forbidden');
  t.equal((await ask('POST', '/keep', bearer(WRITE))).statusCode, 200);
  for (const [method, url] of [
    ['POST', '/v1/networks'],
    ['DELETE', '/v1/networks/name:x'],
  ] as const) {
    const status = async (headers: Record<string, string>) =>
      (await app.inject({ method, url, headers, ...(method === 'POST' && { payload: CONV }) })).statusCode;
    t.strictSame([await status({}), await status(bearer(READ))], [401, 403], `${method} ${url} is for those who may write`);
    t.equal(await status(bearer(WRITE)), method === 'POST' ? 201 : 404);
  }
  t.strictSame((await ask('GET', '/may', bearer(READ))).json(), { may: false });
  t.strictSame((await ask('GET', '/may', bearer(WRITE))).json(), { may: true });

  for (const url of ['/healthz', '/readyz', '/', '/docs/', '/openapi.json'])
    t.equal((await ask('GET', url)).statusCode, 200, `${url} is open`);
  for (const url of ['/v1/networks', '/metrics', '/nowhere', '/v1/analyze'])
    t.equal((await ask('GET', url)).statusCode, 401, `${url} is not`);
  t.equal((await ask('POST', '/graphql')).statusCode, 401);
  t.notMatch(log(), /a-token-that|another-one/, 'no token in the log');
});

t.test('tokens for writing alone leave reading to all', async (t) => {
  const { ask } = await guarded(t, { WRITE_TOKENS: WRITE });
  t.equal((await ask('GET', '/v1/networks')).statusCode, 200);
  t.equal((await ask('POST', '/keep')).statusCode, 401);
  t.strictSame((await ask('GET', '/may')).json(), { may: false });
  t.equal((await ask('GET', '/v1/networks', bearer('a-token-nobody-knows'))).statusCode, 401, 'a token that is wrong is told so');
});

t.test('a token that is refused at start is not shown', async (t) => {
  t.throws(() => readConfig({ READ_TOKENS: 'short' }), { message: /READ_TOKENS: must be tokens of at least 16/ });
  t.throws(() => readConfig({ READ_TOKENS: 'hunter2' }), { message: /^(?!.*hunter2)/s });
  t.equal((await service(t, { READ_TOKENS: READ })).hasRequestDecorator('mayWrite'), true);
});
