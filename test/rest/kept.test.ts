import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import t from 'tap';
import { CONV, CONV_MACS, CONV_PARAMS, service } from '../service.ts';

const ONNX = readFileSync(new URL('../fixtures/resnet18.onnx', import.meta.url));

const WIDER = { ...CONV, layers: [{ type: 'Conv2d', out_channels: 8, kernel_size: 5 }] };

/** What is sent to be kept, as JSON. */
async function keep(app: FastifyInstance, payload: object, url = '/v1/networks') {
  return app.inject({ method: 'POST', url, payload });
}

function form(fields: Record<string, string>, file: Buffer): { payload: Buffer; headers: Record<string, string> } {
  const part = (head: string) => `--b\r\nContent-Disposition: form-data; ${head}\r\n\r\n`;
  const texts = Object.entries(fields).map(([name, value]) => `${part(`name="${name}"`)}${value}\r\n`);
  const payload = Buffer.concat([
    Buffer.from(`${texts.slice(0, 1).join('')}${part('name="model"; filename="dir/r18.onnx"')}`),
    file,
    Buffer.from(`\r\n${texts.slice(1).join('')}--b--\r\n`),
  ]);
  return { payload, headers: { 'content-type': 'multipart/form-data; boundary=b' } };
}

t.test('every kind of body is kept, once', async (t) => {
  const app = await service(t);
  const raw = await app.inject({ method: 'POST', url: '/v1/networks?name=r18&tags=a,b&tags=c&note=an%20export', payload: ONNX });
  t.equal(raw.statusCode, 201);
  const { ref, ...kept } = raw.json();
  t.equal(raw.headers.location, `/v1/networks/${ref}`);
  t.match(kept, {
    network: { name: 'main_graph', format: 'onnx', bytes: ONNX.length, sha256: ref.slice('sha256:'.length) },
    totals: { status: 'complete', macs: 1814073344, params: 11689512, receptiveField: 435, engine: String },
    tags: ['a', 'b', 'c'],
    note: 'an export',
    versions: ['name:r18@1'],
    version: 'name:r18@1',
  });
  const analyzed = (await app.inject({ method: 'POST', url: '/v1/analyze?layers=none', payload: ONNX })).json();
  t.strictSame(kept.network, analyzed.network);

  const again = await app.inject({ method: 'POST', url: '/v1/networks', ...form({ name: 'alias', tags: 'x,y' }, ONNX) });
  t.equal(again.statusCode, 200, 'the same bytes are known');
  t.match(again.json(), { ref, tags: ['x', 'y'], note: 'an export', version: 'name:alias@1', versions: ['name:alias@1', 'name:r18@1'] });

  const described = await keep(app, { network: CONV, name: 'conv', tags: ['t'], note: '' });
  t.match(described.json(), { totals: { macs: CONV_MACS, params: CONV_PARAMS, receptiveField: 3 }, version: 'name:conv@1', note: '' });
  t.equal((await keep(app, CONV)).statusCode, 200, 'a description alone is the same content');
  t.equal((await keep(app, CONV)).json().version, null);
  const base64 = await keep(app, { network: { base64: ONNX.toString('base64') } });
  t.match([base64.statusCode, base64.json().ref], [200, ref]);
  t.equal(
    (await keep(app, { network: { ref: 'name:conv' }, name: 'release' })).json().version,
    'name:release@1',
    'a kept one under another name',
  );
  t.equal(
    (await keep(app, { network: { ref: 'zoo:resnet18' }, name: 'r18' })).json().version,
    'name:r18@2',
    'a built-in one as the next of a name',
  );
});

t.test('what is not kept', async (t) => {
  const app = await service(t);
  const wrong: readonly [payload: object | Buffer, url: string, status: number, code: string, where?: object][] = [
    [{ network: CONV, nam: 'x' }, '', 400, 'invalid-network', { pointer: '/nam' }],
    [{ network: CONV, name: 3 }, '', 400, 'invalid-option', { pointer: '/name' }],
    [{ network: CONV, name: 'a@1' }, '', 400, 'invalid-option', { pointer: '/name' }],
    [{ network: CONV, tags: 'x' }, '', 400, 'invalid-option', { pointer: '/tags' }],
    [{ network: CONV, tags: ['a b'] }, '', 400, 'invalid-option', { pointer: '/tags' }],
    [{ network: CONV, tags: Array.from({ length: 33 }, (_, i) => `t${i}`) }, '', 400, 'invalid-option', { pointer: '/tags' }],
    [{ network: CONV, note: 'n'.repeat(4001) }, '', 400, 'invalid-option', { pointer: '/note' }],
    [{ network: CONV, note: '\0' }, '', 400, 'invalid-option', { pointer: '/note' }],
    [{ network: CONV, options: { batch: 2 } }, '', 400, 'invalid-option', { pointer: '/options/batch' }],
    [ONNX, '?name=%20x', 400, 'invalid-option', { parameter: 'name' }],
    [ONNX, '?name=x&name=y', 400, 'invalid-option', { parameter: 'name' }],
    [ONNX, '?tag=x', 400, 'invalid-option', { parameter: 'tag' }],
    [Buffer.from('not a model'), '', 415, 'unknown-format'],
    [{ network: { ref: 'name:nobody' } }, '', 404, 'network-not-found', { pointer: '/network/ref' }],
    [{ network: { ref: 'sha256:12' } }, '', 400, 'invalid-ref', { pointer: '/network/ref' }],
  ];
  for (const [payload, url, status, code, where] of wrong) {
    const answer = await app.inject({ method: 'POST', url: `/v1/networks${url}`, payload });
    t.match([answer.statusCode, answer.json().code], [status, code], answer.body);
    if (where) t.match(answer.json().errors, [where], answer.body);
  }
  t.strictSame((await app.inject('/v1/networks?first=9')).json(), { kept: [], next: null });
});

t.test('refs to what is kept work wherever refs do', async (t) => {
  for (const env of [{}, { INLINE_BYTES: '0', INLINE_NODES: '0', POOL_THREADS: '1' }]) {
    const app = await service(t, env);
    const { ref } = (await keep(app, { network: CONV, name: 'team/net 1' })).json();
    await keep(app, { network: WIDER, name: 'team/net 1' });
    const macs = async (path: string) => (await app.inject(`/v1/networks/${path}/report?batch=2`)).json().totals?.macs;
    t.equal(await macs(ref), 2 * CONV_MACS);
    t.equal(await macs('name:team%2Fnet%201@1'), 2 * CONV_MACS);
    t.equal(await macs(encodeURIComponent('name:team/net 1')), 2 * 8 * 4 * 4 * 3 * 5 * 5);
    const compared = await app.inject({ method: 'POST', url: '/v1/compare', payload: { networks: [{ ref }, { ref: 'name:team/net 1' }] } });
    t.strictSame(
      compared.json().networks.map((one: { receptiveField: { size: number }[] }) => one.receptiveField[0]?.size),
      [3, 5],
    );
    const advised = await app.inject({ method: 'POST', url: '/v1/advise', payload: { network: { ref }, target: { receptiveField: 5 } } });
    t.equal(advised.statusCode, 200, advised.body);
    const query = 'query ($ref: String!) { analyze(network: { ref: $ref }) { network { sha256 } totals { macs } } }';
    const graphql = await app.inject({ method: 'POST', url: '/graphql', payload: { query, variables: { ref: 'name:team/net 1@1' } } });
    t.match(graphql.json(), { data: { analyze: { network: { sha256: ref.slice(7) }, totals: { macs: CONV_MACS } } } });
    const description = await app.inject(`/v1/networks/${ref}/description`);
    t.match(description.json(), { description: { layers: [{ type: 'Conv2d', out_channels: 4 }] } });
    for (const odd of ['name:nobody', `sha256:${'0'.repeat(64)}`, 'name:team%2Fnet%201@3']) {
      t.equal((await app.inject(`/v1/networks/${odd}/report`)).json().code, 'network-not-found');
    }
  }
});

t.test('one of them, its history, and documents that are known already', async (t) => {
  const app = await service(t);
  await keep(app, { network: CONV, name: 'n' });
  await keep(app, { network: WIDER, name: 'n' });
  const one = await app.inject('/v1/networks/name:n@1');
  t.match(one.json(), { network: { format: 'description' }, versions: ['name:n@1'], views: { report: /\/sha256%3A|name%3An/ } });
  t.equal((await app.inject(one.json().views.roofline)).statusCode, 200);
  for (const url of [
    '/v1/networks/name:n',
    '/v1/networks/name:n/report',
    '/v1/networks?first=2',
    '/v1/networks/name:n/history',
    '/v1/networks',
  ]) {
    const first = await app.inject(url);
    const headers = { 'if-none-match': String(first.headers.etag) };
    t.equal((await app.inject({ url, headers })).statusCode, 304, url);
    await keep(app, { network: url.includes('report') ? WIDER : CONV, name: 'n' });
    const later = await app.inject({ url, headers });
    t.equal(later.statusCode, url.includes('report') ? 304 : 200, `${url} after a keep`);
    await keep(app, { network: WIDER, name: 'n' });
  }
  const all = (await app.inject('/v1/networks/name:n/history')).json();
  t.equal(all.next, null);
  t.strictSame(
    all.versions.map(({ ref, kept }: { ref: string; kept: { totals: { receptiveField: number } } }) => [ref, kept.totals.receptiveField]),
    all.versions.map((_: unknown, i: number) => [`name:n@${all.versions.length - i}`, i % 2 ? 3 : 5]),
  );
  const page = await app.inject('/v1/networks/name:n/history?first=2');
  t.equal(page.json().versions.length, 2);
  const [, next = ''] = /^<([^>]*)>; rel="next"$/.exec(String(page.headers.link)) ?? [];
  t.equal((await app.inject(next)).json().versions[0].number, all.versions.length - 2);
  const csv = await app.inject('/v1/networks/name:n/history?as=csv');
  t.equal(csv.body.trim().split('\r\n').length, 1 + all.versions.length);
  t.match(csv.headers['content-type'], 'text/csv');
  for (const [path, status, code] of [
    ['name:nobody/history', 404, 'network-not-found'],
    ['name:n@1/history', 400, 'invalid-ref'],
    [`sha256:${'0'.repeat(64)}/history`, 400, 'invalid-ref'],
    ['name:n/history?after=x', 400, 'invalid-option'],
    ['name:n/history?tag=x', 400, 'invalid-option'],
    ['what/history', 400, 'invalid-ref'],
  ] as const) {
    const answer = await app.inject(`/v1/networks/${path}`);
    t.strictSame([answer.statusCode, answer.json().code], [status, code], path);
  }
});

t.test('lists', async (t) => {
  const app = await service(t);
  for (let i = 1; i <= 5; i++) {
    const network = { ...CONV, layers: [{ type: 'Conv2d', out_channels: i, kernel_size: 3 + (i % 3) }] };
    await keep(app, { network, name: `net/${i}`, tags: i % 2 ? ['odd', 'all'] : ['all'] });
  }
  await app.inject({ method: 'POST', url: '/v1/networks?name=r18', payload: ONNX });
  const names = async (query: string) => {
    const answer = await app.inject(`/v1/networks?${query}`);
    return answer.json().kept?.map((one: { versions: string[] }) => one.versions[0]?.replace(/name:|@1/g, '')) ?? answer.json().code;
  };
  t.strictSame(await names('orderBy=params'), ['net/1', 'net/3', 'net/2', 'net/4', 'net/5', 'r18'].sort(byParams));
  t.strictSame(await names('tag=odd&tag=all&orderBy=keptAt'), ['net/1', 'net/3', 'net/5']);
  t.strictSame(await names('name=net/*&receptiveField=4..&orderBy=-params'), ['net/5', 'net/4', 'net/2', 'net/1']);
  t.strictSame(await names('format=onnx'), ['r18']);
  t.strictSame(await names('macs=1e9..&params=..2e7'), ['r18']);
  t.strictSame(await names('receptiveField=435'), ['r18']);
  t.strictSame(await names('keptAt=..2020-01-01'), []);
  t.equal((await names(`keptAt=2020-01-01T00:00:00Z..`)).length, 6);

  const seen: string[] = [];
  for (let url = '/v1/networks?orderBy=-macs&first=2&tag=all'; url !== ''; ) {
    const page = await app.inject(url);
    t.ok(page.json().kept.length <= 2);
    seen.push(...page.json().kept.map((one: { ref: string }) => one.ref));
    url = /^<(.*)>; rel="next"$/.exec(String(page.headers.link ?? ''))?.[1] ?? '';
    t.equal(url === '', page.json().next === null);
  }
  t.equal(new Set(seen).size, 5);
  const csv = await app.inject({ url: '/v1/networks?orderBy=-macs', headers: { accept: 'text/csv' } });
  const [header = '', first = ''] = csv.body.split('\r\n');
  t.match(header, /^ref,name,format,bytes,keptAt,status,nodes,layers,params,macs,/);
  t.match(first.split(','), { 0: /^sha256:/, 2: 'onnx', 9: '1814073344' });
  for (const [query, parameter] of [
    ['tag=x&'.repeat(33), 'tag'],
    ['orderBy=mac', 'orderBy'],
    ['first=0', 'first'],
    ['first=1001', 'first'],
    ['macs=1..2..3', 'macs'],
    ['macs=..', 'macs'],
    ['macs=-1', 'macs'],
    ['keptAt=yesterday', 'keptAt'],
    ['macs=1&macs=2', 'macs'],
    ['tags=x', 'tags'],
  ] as const) {
    const answer = await app.inject(`/v1/networks?${query}`);
    t.match(answer.json(), { status: 400, code: 'invalid-option', errors: [{ parameter }] }, query);
  }
  t.match((await app.inject('/v1/networks?after=x')).json(), { status: 400, code: 'invalid-option' });
  t.equal((await app.inject('/v1/networks?as=svg')).json().code, 'invalid-option');
  t.match(
    (await app.inject('/v1/networks')).json(),
    { networks: [{ ref: 'zoo:alexnet' }], kept: { length: 6 } },
    'built-in ones beside them',
  );
});

/** Parameters of the networks of the list, which are k*k*3*i + i. */
function byParams(a: string, b: string): number {
  const params = (name: string) => {
    const i = Number(name.split('/')[1]);
    return name === 'r18' ? 1e9 : i * (3 * (3 + (i % 3)) ** 2 + 1);
  };
  return params(a) - params(b);
}

t.test('what is forgotten', async (t) => {
  const app = await service(t);
  const { ref } = (await keep(app, { network: CONV, name: 'n' })).json();
  await keep(app, { network: WIDER, name: 'n' });
  const status = async (url: string, method: 'GET' | 'DELETE' = 'GET') =>
    (await app.inject({ method, url: `/v1/networks/${url}` })).statusCode;
  t.equal(await status('name:n@2', 'DELETE'), 204);
  t.equal(await status('name:n@2', 'DELETE'), 404);
  t.equal((await app.inject('/v1/networks/name:n')).json().ref, ref);
  t.equal(await status('name:n', 'DELETE'), 204);
  t.equal(await status('name:n'), 404);
  t.equal(await status(ref), 200, 'the network stays under its digest');
  t.equal(await status(ref, 'DELETE'), 204);
  t.equal(await status(`${ref}/report`), 404);
  const builtIn = await app.inject({ method: 'DELETE', url: '/v1/networks/zoo:resnet18' });
  t.match([builtIn.statusCode, builtIn.headers.allow, builtIn.json().code], [405, 'GET, HEAD', 'method-not-allowed']);
  t.equal(await status('zoo:nothing', 'DELETE'), 404);
  t.equal(await status('x', 'DELETE'), 400);
  const put = await app.inject({ method: 'PUT', url: '/v1/networks' });
  t.match([put.statusCode, put.headers.allow], [405, 'GET, HEAD, POST']);
});

t.test('a store that is not there', async (t) => {
  const taken = join(t.testdir(), 'file');
  writeFileSync(taken, 'in the way of a folder');
  mkdirSync(join(t.testdirName, 'folder'));
  writeFileSync(join(t.testdirName, 'text.sqlite'), 'this is no database, and long enough for SQLite to see it');
  for (const url of [
    `sqlite:${taken}/data.sqlite`,
    `sqlite:${t.testdirName}/folder`,
    `sqlite:${t.testdirName}/text.sqlite`,
    'postgres://127.0.0.1:1/x',
  ]) {
    const lines: string[] = [];
    const app = await service(t, { DATABASE_URL: url, DATABASE_TIMEOUT_MS: '500' }, { write: (line) => lines.push(line) });
    for (const failing of [keep(app, CONV), app.inject('/v1/networks?first=1'), app.inject('/v1/networks/name:x/report')]) {
      const answer = await failing;
      t.match([answer.statusCode, answer.json().code], [503, 'store-unavailable'], url);
      t.ok(answer.headers['retry-after']);
      t.notMatch(answer.body, /127\.0\.0\.1:1|sqlite/);
    }
    t.equal(lines.filter((line) => line.includes('cannot be used')).length, 1, 'said once');
    t.strictSame((await app.inject('/readyz')).json(), { status: 'ok', store: 'unavailable' });
    t.match((await app.inject('/v1/networks')).json(), { networks: [{ ref: 'zoo:alexnet' }], kept: null, next: null });
    t.equal((await app.inject({ method: 'POST', url: '/v1/analyze', payload: CONV })).statusCode, 200);
    t.equal((await app.inject('/v1/networks/zoo:resnet18/report?layers=none')).statusCode, 200);
  }
  const off = await service(t, { DATABASE_URL: 'none' });
  t.match((await keep(off, CONV)).json(), { status: 501, code: 'store-off' });
  t.equal((await off.inject('/v1/networks/name:x')).statusCode, 404);
  t.strictSame((await off.inject('/readyz')).json(), { status: 'ok', store: 'none' });
  t.strictSame((await off.inject('/v1/networks')).json().kept, []);
});
