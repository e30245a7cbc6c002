import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { FastifyInstance, InjectOptions } from 'fastify';
import t from 'tap';
import type { Report } from '../../src/core/report.ts';
import { matmulFile } from '../onnx-bytes.ts';
import { CONV, CONV_MACS, CONV_PARAMS, service } from '../service.ts';

const onnx = matmulFile(8, 4);

function post(app: FastifyInstance, payload: string | Buffer | object, type?: string, url = '/v1/analyze', headers = {}) {
  const request: InjectOptions = {
    method: 'POST',
    url,
    payload,
    headers: { ...(type === undefined ? {} : { 'content-type': type }), ...headers },
  };
  return app.inject(request);
}

function json(app: FastifyInstance, payload: unknown, query = '') {
  return post(app, JSON.stringify(payload), 'application/json', `/v1/analyze${query}`);
}

/** A form of fields and files, in order. */
function form(
  ...parts: (readonly [name: string, value: string] | readonly [name: string, filename: string, value: Buffer | string])[]
): Buffer {
  const pieces = parts.map(([name, first, file]) =>
    Buffer.concat([
      Buffer.from(`--XX\r\nContent-Disposition: form-data; name="${name}"${file === undefined ? '' : `; filename="${first}"`}\r\n`),
      Buffer.from(file === undefined ? '\r\n' : 'Content-Type: application/octet-stream\r\n\r\n'),
      Buffer.from((file ?? first) as string),
      Buffer.from('\r\n'),
    ]),
  );
  return Buffer.concat([...pieces, Buffer.from('--XX--\r\n')]);
}

const FORM = 'multipart/form-data; boundary=XX';

t.test('a model file under every content type', async (t) => {
  const app = await service(t);
  const types = [
    'application/octet-stream',
    'application/onnx',
    'application/x-protobuf',
    'application/x-www-form-urlencoded',
    'application/octet-stream; v=1',
    undefined,
  ];
  for (const type of types) {
    const answer = await post(app, onnx, type);
    t.equal(answer.statusCode, 200, String(type));
    const report = answer.json<Report>();
    t.match(report, { status: 'complete', network: { name: 'matmul', format: 'onnx', bytes: onnx.length, opset: 17 } });
    t.equal(report.totals.macs, 32);
    t.equal(report.totals.params.stored, 32);
  }
  const formed = await post(app, form(['model', 'nets/my net.onnx', onnx], ['batch', '1']), FORM);
  t.equal(formed.statusCode, 200);
  t.match(formed.json(), { totals: { macs: 32 }, network: { name: 'my net' } });
});

t.test('a description in every wrapping', async (t) => {
  const app = await service(t);
  const answers = [
    await json(app, CONV),
    await json(app, { network: CONV }),
    await json(app, { network: CONV, options: {} }),
    await post(app, JSON.stringify(CONV), 'application/json; charset=utf-8'),
    await post(app, JSON.stringify(CONV), 'application/octet-stream'),
    await post(app, JSON.stringify(CONV), 'application/x-www-form-urlencoded'),
    await post(app, JSON.stringify(CONV)),
    await post(app, form(['net', 'net.json', JSON.stringify(CONV)]), FORM),
  ];
  for (const answer of answers) {
    t.equal(answer.statusCode, 200, answer.body.slice(0, 300));
    t.match(answer.json(), {
      status: 'complete',
      network: { format: 'description' },
      totals: { macs: CONV_MACS, params: { trainable: CONV_PARAMS } },
    });
  }
  const encoded = await json(app, { network: { format: 'onnx', base64: onnx.toString('base64') } });
  t.match(encoded.json(), { totals: { macs: 32 }, network: { format: 'onnx' } });
  t.match((await json(app, { network: { ref: 'zoo:resnet50' } })).json(), { network: { name: 'resnet50' }, totals: { macs: 4089184256 } });
  t.equal((await json(app, { network: { ref: 'zoo:none' } })).json().code, 'network-not-found');
});

t.test('bodies that are no network', async (t) => {
  const app = await service(t);
  const cases: readonly (readonly [payload: string | Buffer, type: string | undefined, status: number, code: string])[] = [
    ['', 'application/octet-stream', 400, 'empty-body'],
    ['', 'application/json', 400, 'empty-body'],
    ['', undefined, 400, 'empty-body'],
    ['{}', 'application/json', 400, 'invalid-description'],
    ['{}', undefined, 400, 'invalid-description'],
    ['[]', 'application/json', 400, 'invalid-network'],
    ['null', 'application/json', 400, 'invalid-network'],
    ['{"version":1,', 'application/json', 400, 'invalid-json'],
    ['{"network":{}}', 'application/json', 400, 'invalid-description'],
    ['{"network":[]}', 'application/json', 400, 'invalid-network'],
    ['{"options":{}}', 'application/json', 400, 'invalid-network'],
    ['{"__proto__":{}}', 'application/json', 400, 'invalid-json'],
    [`${'['.repeat(20_000)}${']'.repeat(20_000)}`, 'application/json', 413, 'limit-exceeded'],
    [`{"network":${'['.repeat(20_000)}${']'.repeat(20_000)}}`, 'application/json', 413, 'limit-exceeded'],
    ['PK\x03\x04 and so on and so on', undefined, 415, 'unknown-format'],
    ['hello world, this is text', undefined, 415, 'unknown-format'],
    [onnx.subarray(0, onnx.length - 7), undefined, 400, 'malformed-file'],
    [onnx, 'text/plain', 415, 'unsupported-media-type'],
    [onnx, 'image/png', 415, 'unsupported-media-type'],
    [onnx, 'no type', 415, 'unsupported-media-type'],
  ];
  for (const [payload, type, status, code] of cases) {
    const answer = await post(app, payload, type);
    const what = `${type}: ${payload.toString('latin1').slice(0, 30)}`;
    t.equal(answer.statusCode, status, what);
    t.match(answer.headers['content-type'], 'application/problem+json');
    t.match(answer.json(), { status, code, type: `urn:fovea:error:${code}`, title: String, detail: String }, what);
  }
  t.match((await post(app, onnx, 'image/png')).json().detail, /Content-Type: application\/octet-stream/);
  const packed = await post(app, onnx, 'application/octet-stream', '/v1/analyze', { 'content-encoding': 'gzip' });
  t.match(packed.json(), { code: 'unsupported-media-type', detail: /Content-Encoding: gzip/ });
});

t.test('random bytes never fail the service', async (t) => {
  const app = await service(t);
  for (let seed = 1; seed <= 200; seed++) {
    const bytes = Buffer.from(Array.from({ length: seed }, (_, i) => (Math.imul(seed * 7919 + i, 2654435761) >>> 13) & 255));
    const answer = await post(app, bytes, seed % 2 === 0 ? undefined : 'application/json');
    t.ok(answer.statusCode >= 400 && answer.statusCode < 500, `seed ${seed}: ${answer.statusCode}`);
  }
  for (let length = 1; length < onnx.length; length++) {
    const answer = await post(app, onnx.subarray(0, length));
    t.ok(answer.statusCode < 500, `prefix of ${length}: ${answer.statusCode}`);
  }
});

t.test('forms that are wrong', async (t) => {
  const app = await service(t, { MAX_JSON_BYTES: '1000' });
  const cases: readonly (readonly [payload: Buffer | string, status: number, code: string, type?: string])[] = [
    [form(['batch', '2']), 400, 'invalid-multipart'],
    [form(), 400, 'invalid-multipart'],
    ['', 400, 'invalid-multipart'],
    [form(['a', 'a.onnx', onnx], ['b', 'b.onnx', onnx]), 400, 'invalid-multipart'],
    [form(['model', 'a.onnx', onnx]).subarray(0, 120), 400, 'invalid-multipart'],
    [form(['model', 'a.onnx', '']), 400, 'empty-body'],
    [form(['model', 'a.onnx', onnx], ['btach', '2']), 400, 'invalid-option'],
    [form(['model', 'a.onnx', onnx], ['batch', 'x'.repeat(2000)]), 400, 'invalid-multipart'],
    [form(['model', 'a.onnx', onnx], ['__proto__', '1']), 400, 'invalid-multipart'],
    [form(['model', 'a.onnx', onnx], ...Array.from({ length: 101 }, () => ['input', 'x:1x8'] as const)), 400, 'invalid-multipart'],
    [form(['format', 'description'], ['model', 'a.onnx', onnx]), 400, 'malformed-file'],
    [form(['model', 'a.onnx', onnx], ['format', 'description']), 400, 'invalid-multipart'],
    [form(['model', 'a.onnx', onnx]), 400, 'invalid-multipart', 'multipart/form-data'],
    [form(['model', 'a.onnx', onnx]), 400, 'invalid-multipart', 'multipart/form-data; boundary='],
    [form(['model', 'a.onnx', onnx]), 400, 'invalid-multipart', `multipart/form-data; boundary=${'x'.repeat(300)}`],
  ];
  for (const [payload, status, code, type] of cases) {
    const answer = await post(app, payload, type ?? FORM);
    t.match(answer.json(), { status, code }, payload.toString('latin1').slice(0, 120));
  }
  t.equal((await post(app, form(['model', 'a.onnx', onnx], ['format', 'onnx']), FORM)).statusCode, 200);
});

t.test('options mean the same however they are written', async (t) => {
  const app = await service(t);
  const shapes = async (answer: Promise<{ json<T>(): T }>) => (await answer).json<Report>().inputs.map(({ shape }) => shape);
  t.strictSame(await shapes(post(app, onnx, undefined, '/v1/analyze?input=x:5x8')), [[5, 8]]);
  t.strictSame(await shapes(post(app, form(['input', 'x:5x8'], ['model', 'm', onnx]), FORM)), [[5, 8]]);
  t.strictSame(await shapes(post(app, form(['model', 'm', onnx], ['input', 'x:5x8']), FORM)), [[5, 8]]);
  t.strictSame(await shapes(json(app, { network: CONV, options: { input: { x: [2, 3, 16, 16] } } })), [[2, 3, 16, 16]]);
  t.strictSame(
    await shapes(json(app, { network: CONV, options: { input: { x: [2, 3, 16, 16] } } }, '?input=x:1x3x9x9')),
    [[1, 3, 9, 9]],
    'the query wins',
  );
  const named = { ...CONV, inputs: { x: ['batch', 3, 'H', 'W'] } };
  t.strictSame(await shapes(json(app, named, '?bind=H:20&bind=W:30&batch=4')), [[4, 3, 20, 30]]);
  t.strictSame(await shapes(json(app, { network: named, options: { bind: { H: 20, W: 30 }, batch: 4 } })), [[4, 3, 20, 30]]);

  t.notOk('layers' in (await json(app, CONV, '?layers=none')).json());
  t.notOk('layers' in (await json(app, { network: CONV, options: { layers: 'none' } })).json());
  t.equal((await json(app, CONV, '?group=1')).json().groups.length > 0, true);
  for (const strict of ['strict', 'strict=true', 'strict=1']) {
    const refused = await json(app, named, `?${strict}`);
    t.match(refused.json(), { status: 422, code: 'incomplete' }, strict);
  }
  t.equal((await json(app, named, '?strict=false')).json().status, 'partial');
  t.equal((await post(app, onnx, undefined, '/v1/analyze?format=onnx')).statusCode, 200);
});

t.test('options that are wrong', async (t) => {
  const app = await service(t);
  for (const [query, detail] of [
    ['kernal=3', /there is no option 'kernal'/],
    ['btach=3', /did you mean "batch"/],
    ['batch=0', /must be a positive integer/],
    ['batch=-1', /must be a positive integer/],
    ['batch=two', /must be a positive integer/],
    ['batch=', /must be a positive integer/],
    ['batch=1e3', /must be a positive integer/],
    ['batch=1&batch=2', /may stand once/],
    ['batch=99999999999999999999', /must be a positive integer/],
    ['strict=maybe', /must be true or false/],
    ['layers=some', /'all' or 'none'/],
    ['as=xml', /'json', 'csv'/],
    ['group=0', /from 1 to 1000/],
    ['input=x', /NAME:1x3x640x640/],
    ['input=x:1xx3', /NAME:1x3x640x640/],
    ['input=x:-1', /NAME:1x3x640x640/],
    ['input=:1x3', /NAME:1x3x640x640/],
    ['input=x:1x8&input=x:1x9', /'x' is given twice/],
    ['bind=H:x', /NAME:VALUE/],
    ['bind=H', /NAME:VALUE/],
    ['format=onxx', /did you mean "onnx"/],
    ['__proto__=1', /there is no option/],
  ] as const) {
    const answer = await post(app, onnx, undefined, `/v1/analyze?${query}`);
    t.match(answer.json(), { status: 400, code: 'invalid-option', detail }, query);
    if (!query.startsWith('format')) t.equal(answer.json().errors[0].parameter, query.split('=')[0]);
  }
  for (const [options, pointer] of [
    [{ kernal: 3 }, '/options/kernal'],
    [{ batch: '3' }, '/options/batch'],
    [{ batch: [3] }, '/options/batch'],
    [{ batch: true }, '/options/batch'],
    [{ batch: null }, '/options/batch'],
    [{ batch: 1.5 }, '/options/batch'],
    [{ strict: 'true' }, '/options/strict'],
    [{ input: { x: '1x3' } }, '/options/input/x'],
    [{ input: { x: [1, '3'] } }, '/options/input/x/1'],
    [{ input: { 'a/b': [1, -3] } }, '/options/input/a~1b/1'],
    [{ input: { 'odd\nname': 'text' } }, '/options/input/odd\nname'],
    [{ input: [] }, '/options/input'],
    [{ bind: { H: '3' } }, '/options/bind/H'],
    [[], '/options'],
    ['batch=3', '/options'],
    [null, '/options'],
  ] as const) {
    const answer = await json(app, { network: CONV, options });
    t.match(answer.json(), { status: 400, code: 'invalid-option' }, JSON.stringify(options));
    t.equal(answer.json().errors?.[0].pointer, pointer);
  }
  t.match((await json(app, { network: CONV, optons: {} })).json(), {
    code: 'invalid-network',
    detail: /did you mean "options"/,
    errors: [{ pointer: '/optons' }],
  });
  t.match((await json(app, { network: { ...CONV, layres: [] } })).json(), {
    code: 'invalid-description',
    errors: [{ pointer: /^\/network/ }],
  });
  t.match((await json(app, CONV, '?input=y:1x3x8x8')).json(), { status: 400, code: 'unknown-input' });
});

t.test('the report in its forms', async (t) => {
  const app = await service(t);
  const typeFor = async (accept: string | undefined, query = '') => {
    const answer = await post(app, JSON.stringify(CONV), 'application/json', `/v1/analyze${query}`, accept === undefined ? {} : { accept });
    return answer.statusCode === 200 ? String(answer.headers['content-type']).split(';')[0] : answer.json().code;
  };
  for (const [accept, type] of [
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['text/csv', 'text/csv'],
    ['text/*', 'text/csv'],
    ['application/json;q=0.5, text/csv', 'text/csv'],
    ['text/csv;q=0.5, application/json', 'application/json'],
    ['text/html,application/xhtml+xml,*/*;q=0.8', 'application/json'],
    ['application/json;q=0, */*', 'text/csv'],
    ['image/png', 'not-acceptable'],
    ['text/csv;q=0', 'not-acceptable'],
  ] as const) {
    t.equal(await typeFor(accept), type, String(accept));
  }
  t.equal(await typeFor('application/json', '?as=csv'), 'text/csv');
  t.equal(await typeFor('text/csv', '?as=json'), 'application/json');
  t.equal(String((await json(app, { network: CONV, options: { as: 'csv' } })).headers['content-type']).split(';')[0], 'text/csv');
  t.equal((await json(app, CONV, '?as=csv&layers=none')).json().code, 'invalid-option');
});

t.test('CSV', async (t) => {
  const app = await service(t);
  const csv = await json(app, CONV, '?as=csv');
  t.equal(csv.headers['x-fovea-status'], 'complete');
  const [header = '', row = '', ...rest] = csv.body.split('\r\n');
  t.strictSame(rest, ['']);
  t.equal(
    header,
    'index,id,op,kernel,stride,padding,dilation,groups,shape,params,macs,flops,cost,activationBytes,' +
      'x.H.size,x.H.stride,x.H.padding,x.H.center,x.H.status,x.W.size,x.W.stride,x.W.padding,x.W.center,x.W.status',
  );
  const cells = row.split(',');
  t.strictSame(
    [cells[0], ...cells.slice(2, 11)],
    ['0', 'Conv', '3x3', '1x1', '0x0', '1x1', '1', '1x4x6x6', String(CONV_PARAMS), String(CONV_MACS)],
  );
  t.strictSame(cells.slice(13), [String(4 * 6 * 6 * 4), '3', '1', '0', '1', 'exact', '3', '1', '0', '1', 'exact']);

  const odd = {
    ...CONV,
    inputs: { 'a,"b"': [1, 3, 8, 8] },
    layers: [
      {
        ...CONV.layers[0],
        name: 'line\nbreak',
        padding: [
          [0, 1],
          [0, 1],
        ],
        stride: 2,
      },
    ],
  };
  const quoted = (await json(app, odd, '?as=csv')).body;
  t.match(quoted, ',"a,""b"".H.size",');
  t.match(quoted, '0,"line\nbreak",Conv,3x3,2x2,0x0/1x1,');
});

t.test('ETag and Vary', async (t) => {
  const app = await service(t);
  const etag = async (query = '', headers = {}) => {
    const answer = await post(app, JSON.stringify(CONV), 'application/json', `/v1/analyze${query}`, headers);
    t.equal(answer.headers.vary, 'Accept, Accept-Encoding');
    t.equal(answer.statusCode, 200, 'never 304 on POST');
    return String(answer.headers.etag);
  };
  const plain = await etag();
  t.match(plain, /^"[\w-]{43}"$/);
  t.equal(await etag('', { 'if-none-match': plain }), plain);
  t.equal(await etag('?as=json'), plain);
  const others = [await etag('?as=csv'), await etag('?batch=2'), await etag('?layers=none')];
  t.equal(new Set([plain, ...others]).size, 4);
  t.equal(await etag('?batch=2&layers=none'), await etag('?layers=none&batch=2'));
});

t.test('a network of very many layers', async (t) => {
  const app = await service(t, { MAX_JSON_LAYERS: '10' });
  const long = { version: 1, inputs: { x: [1, 4] }, layers: Array.from({ length: 11 }, () => ({ type: 'ReLU' })) };
  t.match((await json(app, long)).json(), { status: 422, code: 'too-many-layers', detail: /layers=none/ });
  t.equal((await json(app, long, '?layers=none')).statusCode, 200);
  t.equal((await json(app, long, '?as=csv')).body.split('\r\n').length, 13);
});

t.test('one sending of many layers as CSV', async (t) => {
  const app = await service(t, { MAX_JSON_LAYERS: '10' });
  const long = { version: 1, inputs: { x: [1, 4] }, layers: Array.from({ length: 1000 }, () => ({ type: 'ReLU' })) };
  const rows = (await json(app, long, '?as=csv')).body.split('\r\n');
  t.equal(rows.length, 1002);
  t.equal(rows[1000]?.split(',')[0], '999');
});

t.test('every answer fits its schema, and the schema names every field', async (t) => {
  const app = await service(t);
  const { Report, Problem } = ((await app.inject('/openapi.json')).json() as { components: { schemas: Record<string, object> } }).components
    .schemas;
  const lenient = new Ajv2020({ strict: false }).compile(Report as object);
  const strict = new Ajv2020({ strict: false }).compile(closed(Report) as object);
  const problem = new Ajv2020({ strict: false }).compile(closed(Problem) as object);
  const reports = [
    await json(app, CONV, '?group=1'),
    await json(app, { ...CONV, inputs: { x: ['batch', 3, 'H', null] } }),
    await post(app, onnx),
    ...['resnet18', 'unet', 'transformer', 'mobilenet_v2'].map((name) =>
      post(app, readFileSync(new URL(`../fixtures/${name}.onnx`, import.meta.url))),
    ),
  ];
  for (const answer of await Promise.all(reports)) {
    t.equal(answer.statusCode, 200, answer.body.slice(0, 200));
    t.ok(lenient(answer.json()), JSON.stringify(lenient.errors));
    t.ok(strict(answer.json()), JSON.stringify(strict.errors?.slice(0, 3)));
  }
  for (const answer of [await json(app, {}), await json(app, CONV, '?x=1'), await app.inject('/nothing')]) {
    t.ok(problem(answer.json()), JSON.stringify(problem.errors));
  }
});

/** The same schema with fields that it does not name forbidden, except where it says itself what others may be. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return 'properties' in inner && !('additionalProperties' in inner) ? { ...inner, additionalProperties: false } : inner;
}
