import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { buildApp } from '../src/app.ts';
import { KNOBS, readConfig } from '../src/config.ts';
import { VERSION } from '../src/core/version.ts';
import { CONV, listening, service, until } from './service.ts';

t.test('configuration', async (t) => {
  const config = readConfig({});
  t.equal(config.host, '127.0.0.1');
  t.equal(config.port, 3000);
  t.equal(config.limits.modelBytes, 2 ** 31);
  t.ok(
    Object.isFrozen(config) && Object.isFrozen(config.limits) && Object.isFrozen(config.limits.reader) && Object.isFrozen(config.timeouts),
  );
  t.equal(readConfig({ PORT: '0', HOST: '' }).port, 0);
  t.throws(
    () => readConfig({ PORT: 'eighty', LOG_LEVEL: 'loud', MAX_NODES: '-1' }),
    /PORT='eighty': .*\n.*LOG_LEVEL='loud': .*\n?.*MAX_NODES|LOG_LEVEL='loud'/,
  );
  t.throws(() => readConfig({ PORT: '65536' }), /from 0 to 65535/);
  t.throws(() => readConfig({ DATABASE_URL: 'mysql://me:secret@host/db' }), /^(?!.*secret).*DATABASE_URL: must be sqlite:/s);
  t.equal(readConfig({}).store.url, 'sqlite:data/fovea.sqlite');
  for (const url of ['postgres://me:a#secret@host/db', 'postgres://me:secret@host:99999/db'])
    t.throws(() => readConfig({ DATABASE_URL: url }), { message: /^(?!.*secret).*DATABASE_URL: must be postgres:/s });
  for (const url of ['postgres:///db?host=/run/postgresql', 'postgres://me:pw@/db', 'postgresql://me@%2Frun%2Fpostgresql/db'])
    t.equal(readConfig({ DATABASE_URL: url }).store.url, url);
  t.throws(() => readConfig({ PORT: '4000', METRICS_PORT: '4000' }), /METRICS_PORT='4000': must be another port/);
  t.throws(() => readConfig({ HEADERS_TIMEOUT_MS: '700000' }), /HEADERS_TIMEOUT_MS='700000': must be at most REQUEST_TIMEOUT_MS/);
  for (const [name, { doc }] of Object.entries(KNOBS)) t.match(doc, /^[A-Z].*\.$/, `${name} is explained`);
});

t.test('versions agree', async (t) => {
  t.equal(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version, VERSION);
});

t.test('the plain pages', async (t) => {
  const app = await service(t);
  const home = await app.inject('/');
  t.match(home.headers['content-type'], 'text/html');
  t.match(home.body, /curl --data-binary @model\.onnx/);
  t.notMatch(home.body, /(src|href)="(https?:)?\/\//, 'nothing from elsewhere');
  t.notMatch((await app.inject({ url: '/', headers: { host: '"><script>' } })).body, '<script>');
  const proxied = await service(t, { TRUST_PROXY: 'true' });
  const forwarded = { 'x-forwarded-proto': '"><script>', 'x-forwarded-host': '"><script>' };
  t.notMatch((await proxied.inject({ url: '/', headers: forwarded })).body, '<script>');
  t.match((await proxied.inject({ url: '/', headers: { 'x-forwarded-proto': 'https', host: 'a.example' } })).body, 'https://a.example/v1');
  t.strictSame((await app.inject('/healthz')).json(), { status: 'ok' });
  t.strictSame((await app.inject('/readyz')).json(), { status: 'ok', store: 'ok' });
  t.equal((await app.inject({ method: 'HEAD', url: '/healthz' })).statusCode, 200);
  const { operators } = (await app.inject('/v1/operators')).json();
  t.match(
    operators.find(({ op }: { op: string }) => op === 'Relu'),
    { op: 'Relu', nonlinear: true },
  );
  const { formats } = (await app.inject('/v1/formats')).json();
  t.match(
    formats.find(({ id }: { id: string }) => id === 'onnx'),
    { title: 'ONNX', extensions: ['.onnx'] },
  );
});

t.test('the service is not ready while it closes, and still answers', async (t) => {
  const { app, port, received } = await listening(t);
  const ask = (path: string) => {
    const socket = connect(port, '127.0.0.1');
    const begin = `GET ${path} HTTP/1.1\r\nHost`;
    socket.write(begin);
    return { length: begin.length, finish: () => socket.write(': x\r\n\r\n'), answer: text(socket) };
  };
  const begun = ['/readyz', '/healthz'].map(ask);
  await until(() => received() === begun.reduce((sum, { length }) => sum + length, 0));
  const closed = app.close();
  await until(() => !app.server.listening);
  for (const { finish } of begun) finish();
  const [ready, health] = await Promise.all(begun.map(({ answer }) => answer));
  t.match(ready, /^HTTP\/1\.1 503 [\s\S]*connection: close[\s\S]*shutting-down/);
  t.match(health, /^HTTP\/1\.1 200 [\s\S]*connection: close/);
  await closed;
});

t.test('the documentation works offline', async (t) => {
  const app = await service(t);
  const page = await app.inject('/docs/');
  t.equal(page.statusCode, 200);
  const assets = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => new URL(match[1] ?? '', 'http://here/docs/'));
  t.ok(assets.length >= 5);
  for (const asset of assets) {
    t.equal(asset.host, 'here', `${asset.pathname} is served from here`);
    t.equal((await app.inject(asset.pathname)).statusCode, 200);
  }
  const settings = (await app.inject('/docs/static/swagger-initializer.js')).body;
  t.match(settings, '"validatorUrl":null', 'no badge from a validator elsewhere');
  t.match(page.headers['content-security-policy'], /default-src 'self'/);
  t.notMatch(page.headers['content-security-policy'], /https?:/);
});

t.test('what is not there', async (t) => {
  const app = await service(t);
  const missing = await app.inject('/v1/nothing?x=1');
  t.equal(missing.statusCode, 404);
  t.match(missing.headers['content-type'], 'application/problem+json');
  t.match(missing.json(), { type: 'urn:fovea:error:not-found', status: 404, code: 'not-found', title: String, detail: String });
  t.equal(missing.json().instance, `urn:fovea:request:${missing.headers['x-request-id']}`);
  t.equal(
    (await app.inject({ method: 'POST', url: '/v1/nothing', payload: '{', headers: { 'content-type': 'application/json' } })).statusCode,
    404,
  );

  for (const [method, url, allow] of [
    ['GET', '/v1/analyze', 'POST'],
    ['PUT', '/v1/analyze', 'POST'],
    ['OPTIONS', '/graphql', 'POST'],
    ['GET', '/graphql', 'POST'],
    ['POST', '/healthz', 'GET, HEAD'],
    ['DELETE', '/', 'GET, HEAD'],
    ['POST', '/docs/static/swagger-ui.css', 'GET, HEAD'],
    ['QUERY', '/healthz', 'GET, HEAD'],
    ['QUERY', '/v1/analyze', 'POST'],
  ] as const) {
    const refused = await app.inject({ method, url });
    t.equal(refused.statusCode, 405, `${method} ${url}`);
    t.equal(refused.headers.allow, allow);
    t.equal(refused.json().code, 'method-not-allowed');
  }

  const typed = { 'content-type': 'text/xml' };
  t.equal(
    (await app.inject({ method: 'POST', url: '/v1/nothing', payload: '<x/>', headers: typed })).statusCode,
    404,
    'whatever its body is',
  );
  t.equal((await app.inject({ method: 'PUT', url: '/v1/analyze', payload: '<x/>', headers: typed })).statusCode, 405);
  for (const file of ['nothing.css', '%00', '..%5c..%5cpackage.json', '%2e%2e/package.json'])
    t.equal((await app.inject(`/docs/static/${file}`)).statusCode, 404, file);

  const bad = await app.inject('/%zz');
  t.equal(bad.statusCode, 400);
  t.match(bad.headers['content-type'], 'application/problem+json');
  t.equal(bad.json().code, 'invalid-url');
  t.equal(bad.headers['x-content-type-options'], 'nosniff');
  t.equal(bad.json().instance, `urn:fovea:request:${bad.headers['x-request-id']}`);
});

t.test('request ids', async (t) => {
  const app = await service(t);
  const idOf = async (given?: string) =>
    (await app.inject({ url: '/healthz', headers: given === undefined ? {} : { 'x-request-id': given } })).headers['x-request-id'];
  t.equal(await idOf('trace-1:a/b'), 'trace-1:a/b');
  t.match(await idOf(), /^[0-9a-f-]{36}$/);
  t.match(await idOf('no\u00e9 good'), /^[0-9a-f-]{36}$/);
  t.match(await idOf('x'.repeat(500)), /^[0-9a-f-]{36}$/);
});

t.test('failures say nothing of themselves, but to the log', async (t) => {
  const lines: string[] = [];
  const app = await buildApp(readConfig({}), { write: (line) => lines.push(line) });
  t.teardown(() => app.close());
  app.get('/fail', async () => {
    throw Object.assign(new Error('the secret is 42'), { statusCode: 418 });
  });
  const failed = await app.inject({ url: '/fail', headers: { authorization: 'Bearer hidden' } });
  t.equal(failed.statusCode, 500);
  t.match(failed.json(), { code: 'internal', status: 500 });
  t.notMatch(failed.body, 'secret');
  t.match(lines.join(''), /the secret is 42/);
  t.match(lines.join(''), failed.headers['x-request-id']);
  t.notMatch(lines.join(''), /hidden/);
  lines.length = 0;
  await app.inject('/healthz');
  t.strictSame(lines, [], 'probes are not logged');
});

t.test('bytes that are not HTTP', async (t) => {
  const { port } = await listening(t);
  for (const [garbage, status, code] of [
    ['\x16\x03\x01 not http at all\r\n\r\n', 400, 'invalid-request'],
    [`GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`, 431, 'headers-too-large'],
  ] as const) {
    const socket = connect(port, '127.0.0.1');
    socket.write(garbage);
    const answer = await text(socket);
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    t.match(head, `HTTP/1.1 ${status} `);
    t.match(head, 'application/problem+json');
    t.equal(JSON.parse(body).code, code);
  }
});

t.test('a client that never finishes its headers is let go', async (t) => {
  const { port } = await listening(t, { HEADERS_TIMEOUT_MS: '200', REQUEST_TIMEOUT_MS: '400', IDLE_TIMEOUT_MS: '1000' });
  const socket = connect(port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n');
  const started = Date.now();
  await Promise.race([text(socket), sleep(20_000, undefined, { ref: false })]);
  t.ok(Date.now() - started < 10_000);
  socket.destroy();
});

t.test('a client that sends its headers drop by drop is told that its time is over', async (t) => {
  const { port } = await listening(t, { HEADERS_TIMEOUT_MS: '200' });
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n');
  const drops = setInterval(() => socket.write('X: y\r\n'), 50);
  t.teardown(async () => clearInterval(drops));
  t.match(await Promise.race([text(socket), sleep(10_000, '', { ref: false })]), /^HTTP\/1\.1 408 [\s\S]*request-timeout/);
});

async function started(env: Record<string, string>) {
  const child = spawn(process.execPath, [new URL('../src/server.ts', import.meta.url).pathname], {
    env: { ...process.env, DATABASE_URL: 'sqlite::memory:', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exit = once(child, 'exit') as Promise<[number | null, string | null]>;
  let log = '';
  child.stderr.on('data', (chunk) => {
    log += chunk;
  });
  const port = new Promise<number>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      log += chunk;
      const found = /127\.0\.0\.1:(\d+)/.exec(log)?.[1];
      if (found !== undefined) resolve(Number(found));
    });
    exit.then(() => reject(new Error(log)));
  });
  port.catch(() => {});
  return { child, exit, port, log: () => log };
}

t.test('the process answers what is under way when it is told to stop', async (t) => {
  const { child, exit, port, log } = await started({ PORT: '0', SHUTDOWN_GRACE_MS: '60000' });
  const socket = connect(await port, '127.0.0.1');
  const body = JSON.stringify(CONV);
  socket.write(
    `POST /v1/analyze HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 20)}`,
  );
  await until(() => log().includes('incoming request'));
  const told = Date.now();
  child.kill('SIGTERM');
  await until(() => log().includes('SIGTERM, shutting down'));
  socket.write(body.slice(20));
  const answer = await text(socket);
  t.match(answer, /^HTTP\/1\.1 200 /);
  t.match(answer, /connection: close/i);
  t.match(answer, '"status":"complete"');
  t.strictSame(await exit, [0, null]);
  t.ok(Date.now() - told < 30_000, 'long before the grace is over');
});

t.test('clients that never finish what they send do not keep the process from ending well', async (t) => {
  const { child, exit, port, log } = await started({ PORT: '0', SHUTDOWN_GRACE_MS: '1000' });
  const at = await port;
  for (const begun of ['GET /healthz HTTP/1.1\r\nHost', 'POST /v1/analyze HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"version"']) {
    const socket = connect(at, '127.0.0.1').on('error', () => {});
    await new Promise((resolve) => socket.write(begun, resolve));
  }
  await sleep(200);
  child.kill('SIGTERM');
  t.strictSame(await exit, [0, null]);
  t.match(log(), 'cut off');
});

/** Asks without a pause, each time on a connection of its own, until nobody takes connections any more. */
async function askOn(port: number, name: string, payload: (i: number) => string, seen: Map<string, string>): Promise<void> {
  for (let i = 0; ; i++) {
    const id = `${name}-${i}`;
    const body = payload(i);
    const socket = connect(port, '127.0.0.1');
    socket.write(
      `POST /v1/analyze?layers=none HTTP/1.1\r\nHost: x\r\nX-Request-Id: ${id}\r\nConnection: close\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    const answer = await text(socket).catch((error: NodeJS.ErrnoException) => error);
    if (typeof answer !== 'string') {
      if (answer.code === 'ECONNREFUSED') return;
      seen.set(id, String(answer.code));
    } else seen.set(id, /^HTTP\/1\.1 200 [\s\S]*\}$/.test(answer) ? 'answered' : answer.slice(0, 300));
  }
}

t.test('under load every request that was accepted is answered, and the process ends', async (t) => {
  const { child, exit, port, log } = await started({ PORT: '0', SHUTDOWN_DELAY_MS: '1000', SHUTDOWN_GRACE_MS: '30000', POOL_QUEUE: '100' });
  const at = await port;
  const seen = new Map<string, string>();
  const named = (i: number, repeat: number) =>
    JSON.stringify({ ...CONV, name: `n${i}`, layers: [...CONV.layers, { type: 'ReLU', repeat }] });
  const clients = [
    ...[1, 2, 3].map((n) => askOn(at, `small${n}`, (i) => named(i, n), seen)),
    ...[1, 2].map((n) => askOn(at, `large${n}`, (i) => named(i, 3000 + n), seen)),
  ];
  await until(() => seen.size >= 30);
  child.kill('SIGTERM');
  // Where no connection is taken any more before it is not ready, this throws.
  await until(async () => (await fetch(`http://127.0.0.1:${at}/readyz`)).status === 503);
  await Promise.all(clients);
  t.strictSame(await exit, [0, null]);
  const accepted = [...log().matchAll(/"reqId":"((?:small|large)\d-\d+)".*"incoming request"/g)].map((match) => match[1] ?? '');
  t.ok(accepted.length >= 30);
  t.strictSame(
    accepted.map((id) => [id, seen.get(id)]).filter(([, answer]) => answer !== 'answered'),
    [],
  );
});

t.test('a process that cannot start says why', async (t) => {
  const { exit, log } = await started({ PORT: 'eighty' });
  t.strictSame(await exit, [1, null]);
  t.match(log(), "PORT='eighty': must be an integer from 0 to 65535");
});

t.test('a process whose port is taken says so', async (t) => {
  const { port } = await listening(t, { HEADERS_TIMEOUT_MS: '400000' });
  for (const env of [{ PORT: String(port) }, { PORT: '0', METRICS_PORT: String(port) }]) {
    const { exit, log } = await started(env);
    t.strictSame(await exit, [1, null]);
    t.match(log(), /EADDRINUSE/);
  }
});

t.test('a process whose spool takes no files says so, and does without', async (t) => {
  const { child, exit, port, log } = await started({ PORT: '0', POOL_WARM: 'false', SPOOL_DIR: '/nowhere' });
  const analyze = (body: string) => fetch(`http://127.0.0.1:${at}/v1/analyze`, { method: 'POST', body: Buffer.from(body) });
  const at = await port;
  t.match(log(), /SPOOL_DIR/);
  t.equal((await analyze(JSON.stringify(CONV))).status, 200);
  const refused = await analyze(JSON.stringify(CONV).padEnd(2 ** 19));
  t.strictSame([refused.status, ((await refused.json()) as { code: string }).code], [503, 'spool-unavailable']);
  child.kill('SIGTERM');
  t.strictSame(await exit, [0, null]);
});
