import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import t from 'tap';
import type { Report } from '../../src/core/report.ts';
import { attribute, graph, model, node, value } from '../formats/onnx/encode.ts';
import { CONV, listening, service, until } from '../service.ts';

const ONE = { POOL_THREADS: '1' };
/** Everything goes to the pool. */
const POOLED = { ...ONE, INLINE_BYTES: '0' };
const resnet = readFileSync(new URL('../fixtures/resnet50.onnx', import.meta.url));
const example = readFileSync(new URL('../../examples/unet.json', import.meta.url));

/** Small to send and long to analyze. */
const long = (layers: number) => ({ ...CONV, layers: [...CONV.layers, { type: 'ReLU', repeat: layers }] });

function analyze(app: FastifyInstance, payload: Buffer | object, type = 'application/octet-stream', query = '') {
  return app.inject({ method: 'POST', url: `/v1/analyze${query}`, headers: { 'content-type': type }, payload });
}

const json = (app: FastifyInstance, payload: object, query = '?layers=none') => analyze(app, payload, 'application/json', query);

function form(file: Buffer, field: string, fieldValue: string): Buffer {
  return Buffer.concat([
    Buffer.from('--XX\r\nContent-Disposition: form-data; name="m"; filename="net.onnx"\r\n\r\n'),
    file,
    Buffer.from(`\r\n--XX\r\nContent-Disposition: form-data; name="${field}"\r\n\r\n${fieldValue}\r\n--XX--\r\n`),
  ]);
}

const FORM = 'multipart/form-data; boundary=XX';

/** What a client sees of an answer, without what is of the moment. */
function seen({ statusCode, headers, body }: LightMyRequestResponse): object {
  const { date: _date, 'x-request-id': _id, ...rest } = headers;
  return { statusCode, headers: rest, body: body.replace(/urn:fovea:request:[0-9a-f-]+/, '') };
}

t.test('answers are the same from the pool and at once', async (t) => {
  const here = await service(t, { INLINE_BYTES: '100000000', INLINE_NODES: '100000' });
  const pool = await service(t, POOLED);
  const broken = model(
    graph({
      nodes: [node('Conv', ['x', 'x'], ['y'], { name: 'bad', attributes: [attribute('pads', [1])] })],
      inputs: [value('x', 1, [1, 2, 3, 3])],
      outputs: [value('y')],
    }),
  );
  const sends: Record<string, (app: FastifyInstance) => Promise<LightMyRequestResponse>> = {
    json: (app) => analyze(app, resnet),
    csv: (app) => analyze(app, resnet, undefined, '?as=csv'),
    totals: (app) => analyze(app, resnet, undefined, '?layers=none&group=2&batch=4'),
    'a form whose options come last': (app) => analyze(app, form(resnet, 'batch', '3'), FORM),
    'a form that is wrong after its file': (app) => analyze(app, form(resnet, 'bach', '3'), FORM),
    'a description as a file': (app) => analyze(app, example),
    'a description as JSON': (app) => json(app, JSON.parse(example.toString()), ''),
    'a file in JSON': (app) => json(app, { network: { base64: resnet.toString('base64') }, options: { layers: 'none' } }),
    'a cut file': (app) => analyze(app, resnet.subarray(0, 20_000)),
    'a damaged node': (app) => analyze(app, Buffer.from(broken)),
    'a name that is wrong': (app) => json(app, { network: { ...CONV, layers: [{ type: 'Conv3e' }] } }),
    'an option that is wrong': (app) => analyze(app, resnet, undefined, '?input=nothing:1x2'),
    'what is no network': (app) => analyze(app, Buffer.from('hello, hello, hello, hello')),
    'an empty body': (app) => analyze(app, Buffer.alloc(0)),
    'layers beside CSV': (app) => analyze(app, resnet, undefined, '?as=csv&layers=none'),
    'a ref': (app) => json(app, { ref: 'zoo:nothing' }),
    GraphQL: (app) =>
      app.inject({
        method: 'POST',
        url: '/graphql',
        payload: {
          query: `query ($d: JSON!, $n: Int) {
            a: analyze(network: { description: $d }) {
              status totals { macs } ...F
              top: layers(first: $n, orderBy: "-macs") { totalCount nodes { id macs } pageInfo { endCursor } }
              ... on Report { last: layers(first: 1, orderBy: "-index") { nodes { id } } } }
            b: analyze(network: { description: {} }) { status }
            d: analyze(network: { description: $d }) { layers(orderBy: "beauty") { totalCount } }
            c: analyze(network: { description: $d }, options: { batch: 2 }) { totals { flops } } }
            fragment F on Report { convs: layers(first: 2, op: "Conv") { nodes { id outputs { shape } } } }`,
          variables: { d: JSON.parse(example.toString()), n: 3 },
        },
      }),
  };
  for (const [what, send] of Object.entries(sends)) t.strictSame(seen(await send(pool)), seen(await send(here)), what);
  const asked = (await sends.GraphQL?.(pool))?.json();
  t.match(asked, {
    data: { a: { status: 'complete', top: { nodes: { length: 3 } }, convs: { nodes: { length: 2 } } }, b: null, d: null },
    errors: { length: 2 },
  });
});

t.test('many nodes in a small document go to the pool', async (t) => {
  const app = await service(t, { ...ONE, MAX_NODES: '5000' });
  const answer = await json(app, long(3000));
  t.match(answer.json(), { status: 'complete', coverage: { layers: 3001 } });
  t.match((await json(app, long(6000))).json(), { status: 413, code: 'limit-exceeded' });
});

t.test('more than there is room for', async (t) => {
  const app = await service(t, { ...POOLED, POOL_QUEUE: '1' });
  const answers = await Promise.all([1, 2, 3].map((i) => json(app, long(5000 + i))));
  const refused = answers.filter(({ statusCode }) => statusCode !== 200);
  t.equal(refused.length, 1);
  t.match(refused[0]?.json(), { status: 503, code: 'overloaded' });
  t.match(refused[0]?.headers['retry-after'], /^\d+$/);
  t.equal((await json(app, CONV)).statusCode, 200);

  // A place is free again a moment after its answer.
  await until(() => app.analyst.load.running === 0);
  // An injected request starts when it is waited for. These take long enough for what follows to meet them under way.
  const busy = [1, 2].map(async (i) => await json(app, long(40_000 + i)));
  await until(() => app.analyst.state === 'full');
  t.match((await app.inject('/readyz')).json(), { status: 503, code: 'overloaded' });
  t.equal((await app.inject('/healthz')).statusCode, 200, 'alive all the same');
  const { errors } = (
    await app.inject({
      method: 'POST',
      url: '/graphql',
      payload: { query: 'query ($d: JSON!) { analyze(network: { description: $d }) { status } }', variables: { d: CONV } },
    })
  ).json<{ errors: { extensions: { code: string } }[] }>();
  t.equal(errors[0]?.extensions.code, 'overloaded');
  for (const answer of await Promise.all(busy)) t.equal(answer.json<Report>().status, 'complete');
  await until(async () => (await app.inject('/readyz')).statusCode === 200);
});

t.test('a thread out of memory', async (t) => {
  const app = await service(t, { ...POOLED, POOL_MEMORY_MB: '48' });
  t.match((await json(app, long(150_000))).json(), { status: 413, code: 'analysis-too-large' });
  t.match((await json(app, CONV)).json(), { status: 'complete' }, 'the next one is analyzed');
});

t.test('a deadline', async (t) => {
  const app = await service(t, { ...POOLED, ANALYSIS_DEADLINE_MS: '1500' });
  const conv = { type: 'Conv2d', out_channels: 4, kernel_size: 3, padding: 1, repeat: 190_000 };
  t.match((await json(app, { ...CONV, layers: [conv] })).json(), { status: 422, code: 'deadline-exceeded' });
  // The time that a new thread takes to start counts, which on a busy machine can be all there is.
  let batch = 0;
  await until(async () => (await json(app, CONV, `?batch=${++batch}`)).statusCode === 200);
});

t.test('an answer that would be too long', async (t) => {
  const app = await service(t, { ...POOLED, MAX_ANSWER_BYTES: '10000' });
  t.match((await analyze(app, resnet)).json(), { status: 413, code: 'analysis-too-large' });
  t.equal((await analyze(app, resnet, undefined, '?layers=none')).statusCode, 200);
});

t.test('a client that goes away frees the thread', async (t) => {
  const { app, port, received } = await listening(t, POOLED);
  await app.analyst.warm();
  const slow = JSON.stringify(long(190_000));
  const head = 'POST /v1/analyze HTTP/1.1\r\nHost: x\r\n';
  const sent = `${head}Content-Length: ${resnet.length}\r\n\r\n${resnet.toString('latin1', 0, 30_000)}`;
  for (const [what, request, batch, there] of [
    [
      'while its network is analyzed',
      `${head}Content-Type: application/json\r\nContent-Length: ${slow.length}\r\n\r\n${slow}`,
      1,
      () => app.analyst.load.running > 0,
    ],
    ['while it sends', sent, 2, () => received() >= slow.length + sent.length],
  ] as const) {
    const socket = connect(port, '127.0.0.1');
    socket.write(request, 'latin1');
    await until(there);
    socket.destroy();
    t.equal((await json(app, CONV, `?batch=${batch}`)).statusCode, 200, what);
    await until(() => app.analyst.load.running === 0);
  }
  const { body } = await app.inject('/metrics');
  t.match(body, /^fovea_analysis_seconds_count\{format="unknown"\} 1$/m, 'the slow one was not analyzed to its end');
  t.match(body, /^fovea_analysis_seconds_count\{format="description"\} 3$/m, 'what warmed the thread and what was asked afterwards was');
});

t.test('clients that send slowly keep no thread', async (t) => {
  const { app, port, received } = await listening(t, POOLED);
  await app.analyst.warm();
  const sockets = [1, 2, 3].map(() => {
    const socket = connect(port, '127.0.0.1');
    socket.write(`POST /v1/analyze?layers=none HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${resnet.length}\r\n\r\n`);
    socket.write(resnet.subarray(0, 30_000));
    return socket;
  });
  await until(() => received() > sockets.length * 30_000);
  t.equal(app.analyst.load.running, 0);
  t.equal((await json(app, CONV)).statusCode, 200, 'others do not wait for them');
  for (const socket of sockets) {
    socket.write(resnet.subarray(30_000));
    t.match(await text(socket), /^HTTP\/1\.1 200 /, 'and they are answered in the end');
  }
  t.equal(app.analyst.load.spoolBytes, 0, 'nothing is left of their files');
});

/** How often a network was analyzed. */
async function analyses(app: FastifyInstance): Promise<number> {
  const { body } = await app.inject('/metrics');
  return [...body.matchAll(/^fovea_analysis_seconds_count\S* (\d+)$/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
}

t.test('what was asked before, or is asked at the same time, is analyzed once', async (t) => {
  for (const env of [ONE, POOLED]) {
    const app = await service(t, env);
    const sends = {
      'a description': () => json(app, CONV, ''),
      'a file': () => analyze(app, resnet),
      'a form': () => analyze(app, form(resnet, 'batch', '3'), FORM),
      'a ref': () => app.inject('/v1/networks/zoo:alexnet/memory'),
      'a network that is wrong': () => json(app, { ...CONV, layers: [{ type: 'Conv3e' }] }),
      GraphQL: () =>
        app.inject({
          method: 'POST',
          url: '/graphql',
          payload: { query: 'query ($d: JSON!) { analyze(network: { description: $d }) { status } }', variables: { d: CONV } },
        }),
    };
    for (const [what, send] of Object.entries(sends)) {
      const before = await analyses(app);
      const [first, ...others] = await Promise.all([1, 2, 3, 4].map(() => send()));
      t.equal((await analyses(app)) - before, 1, `${what}: four at a time`);
      others.push(await send());
      for (const other of others) t.strictSame(seen(other), seen(first as LightMyRequestResponse), what);
      t.equal((await analyses(app)) - before, 1, `${what}: and one later`);
    }
    const before = await analyses(app);
    for (const query of ['?batch=2', '?batch=3', '?as=md', '?layers=none']) await json(app, CONV, query);
    await json(app, { ...CONV, name: 'another' });
    t.equal((await analyses(app)) - before, 5, 'what differs is analyzed each for itself');
  }
});

t.test('what a client has already is known before it is analyzed', async (t) => {
  const url = '/v1/networks/zoo:resnet50/report?layers=none';
  const { headers } = await (await service(t)).inject(url);
  const app = await service(t);
  const ask = (tag: string, to = url) => app.inject({ url: to, headers: { 'if-none-match': tag } });
  t.match(await ask(`"other", ${headers.etag}`), { statusCode: 304, body: '', headers: { etag: headers.etag } });
  t.match(await ask(`W/${headers.etag}`), { statusCode: 304 });
  t.equal(await analyses(app), 0);
  t.equal((await ask(String(headers.etag), `${url}&batch=2`)).statusCode, 200);
  t.equal((await ask('*')).statusCode, 304);
  t.equal((await ask('*', '/v1/networks/zoo:nothing/report')).statusCode, 404);
  t.equal(await analyses(app), 3);
});

t.test('the service ends during an analysis', async (t) => {
  const { app, url } = await listening(t, { ...POOLED, SHUTDOWN_GRACE_MS: '500' });
  await app.analyst.warm();
  const headers = { 'content-type': 'application/json' };
  const answer = fetch(`${url}/v1/analyze?layers=none`, { method: 'POST', headers, body: JSON.stringify(long(190_000)) });
  await until(() => app.analyst.load.running > 0);
  await app.close();
  t.match(await (await answer).json(), { status: 503, code: 'shutting-down' });
});

t.test('ready only when a thread is', async (t) => {
  const app = await service(t, ONE);
  const warm = app.analyst.warm();
  const early = await app.inject('/readyz');
  t.match(early.json(), { status: 503, code: 'starting' });
  t.match(early.headers['retry-after'], /^\d+$/);
  await warm;
  t.equal((await app.inject('/readyz')).statusCode, 200);
});
