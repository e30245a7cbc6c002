import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import t from 'tap';
import { service } from '../service.ts';

const stack = [{ kind: 'stack', layer: 'op:Conv' }];
const ALEXNET = { ref: 'zoo:alexnet' };

function post(app: FastifyInstance, url: string, payload: object) {
  return app.inject({ method: 'POST', url, payload });
}

t.test('both sides, the changes, and a description that is the edited network', async (t) => {
  const app = await service(t);
  const answer = (await post(app, '/v1/what-if', { network: ALEXNET, options: { edits: stack } })).json();
  t.match(answer, {
    network: { name: 'alexnet', edits: 1 },
    edits: [{ kind: 'stack', touched: 2, layers: ['features/0', 'features/3'], refitted: 0 }],
    before: {
      layer: { id: 'avgpool' },
      totals: { params: { trainable: 61100840 } },
      receptiveFields: [{ axes: [{ axis: 'H', size: 195 }, {}] }],
    },
    after: { layer: { id: 'avgpool' }, receptiveFields: [{ axes: [{ axis: 'H', size: 195 }, {}] }] },
    notDescribed: null,
  });
  const changes = new Map(answer.changes.map((change: { name: string }) => [change.name, change]));
  // 11 x 11 in five layers (3 to 64, then 64 to 64) and 5 x 5 in two (64 to 192, then 192 to 192), each with its bias
  const more = 9 * (3 * 64 + 4 * 64 * 64) + 4 * 64 - 121 * 3 * 64 + 9 * (64 * 192 + 192 * 192) + 192 - 25 * 64 * 192;
  t.match(changes.get('params'), { before: 61100840, difference: more, ratio: (61100840 + more) / 61100840 });
  t.match(changes.get('nonlinearities'), { before: 7, after: 12, difference: 5 });
  t.match(changes.get('receptiveField.H'), { before: 195, after: 195, difference: 0, ratio: 1 });
  const [described, edited] = await Promise.all([
    post(app, '/v1/analyze', answer.description),
    post(app, '/v1/analyze', { network: ALEXNET, edits: stack }),
  ]);
  t.same(edited.json().totals, described.json().totals);
  t.match(edited.json().network, { edits: 1 });
  t.equal(edited.json().totals.macs, answer.after.totals.macs);
});

t.test('every door takes edits, however they are sent', async (t) => {
  const app = await service(t);
  const wanted = (await post(app, '/v1/memory', { network: ALEXNET, options: { edits: stack } })).json();
  const text = encodeURIComponent(JSON.stringify(stack));
  t.same((await app.inject(`/v1/networks/zoo:alexnet/memory?edits=${text}`)).json(), wanted);
  t.same((await post(app, `/v1/memory?edits=${text}`, ALEXNET)).json(), wanted);
  const query = `query ($edits: [JSON!]) {
    analyze(network: { ref: "zoo:alexnet" }, options: { edits: $edits }) { network { edits } totals { depth } layers(op: "Conv") { totalCount } }
  }`;
  t.match((await post(app, '/graphql', { query, variables: { edits: stack } })).json().data.analyze, {
    network: { edits: 1 },
    totals: { depth: 13 },
    layers: { totalCount: 10 },
  });
  const file = readFileSync(new URL('../fixtures/vgg16.onnx', import.meta.url)).toString('latin1');
  const part = (headers: string, content: string) => `--b\r\nContent-Disposition: form-data; ${headers}\r\n\r\n${content}\r\n`;
  const edits = '[{ "kind": "separable", "layer": "op:Conv" }]';
  const form = `${part('name="edits"', edits)}${part('name="model"; filename="vgg16.onnx"', file)}--b--\r\n`;
  const headers = { 'content-type': 'multipart/form-data; boundary=b' };
  const sent = await app.inject({ method: 'POST', url: '/v1/what-if', headers, payload: Buffer.from(form, 'latin1') });
  t.match(sent.json(), { edits: [{ kind: 'separable', touched: 13 }] });
});

t.test('an edited network has a name of its own among documents', async (t) => {
  const app = await service(t);
  const tag = async (options: object) => (await post(app, '/v1/memory', { network: ALEXNET, options })).headers.etag;
  const tags = [await tag({}), await tag({ edits: stack }), await tag({ edits: [{ kind: 'fc-to-conv' }] })];
  t.equal(new Set(tags).size, 3);
  t.equal(await tag({ edits: stack }), tags[1]);
});

t.test('edits that are not written well say where and what was meant', async (t) => {
  const app = await service(t);
  const wrong = async (edits: unknown) => {
    const answer = await post(app, '/v1/memory', { network: ALEXNET, options: { edits } });
    t.match(answer.json(), { status: 400, code: 'invalid-option' }, JSON.stringify(edits));
    return answer.json().errors[0];
  };
  t.match(await wrong([{ kind: 'stak', layer: 'x' }]), { detail: /did you mean "stack"\?/, pointer: '/options/edits/0/kind' });
  t.match(await wrong([...stack, { kind: 'stack', layr: 'x' }]), { detail: /did you mean "layer"\?/, pointer: '/options/edits/1/layr' });
  t.match(await wrong([{ kind: 'set', layer: 'x', kernel: [3, 'y'] }]), { pointer: '/options/edits/0/kernel/1' });
  t.match(await wrong([{ kind: 'set', layer: 'x', padding: [[1, -2], 0] }]), { pointer: '/options/edits/0/padding/0' });
  t.match(await wrong([{ kind: 'stack' }]), { detail: /missing required key "layer"/, pointer: '/options/edits/0' });
  t.match(await wrong(['stack']), { detail: /an edit is an object/, pointer: '/options/edits/0' });
  t.match(await wrong({ kind: 'stack' }), { detail: /must be a list/, pointer: '/options/edits' });
  t.match(await wrong(Array(21).fill(stack[0])), { detail: /at most 20 edits/ });
  const text = await app.inject('/v1/networks/zoo:alexnet/memory?edits=stack');
  t.match(text.json(), { status: 400, code: 'invalid-option', errors: [{ parameter: 'edits', detail: /JSON text/ }] });
  t.match((await post(app, '/v1/what-if', ALEXNET)).json(), { status: 400, detail: /add edits/ });
});

t.test('edits that cannot be made say which, where and why', async (t) => {
  const app = await service(t);
  const refused = async (edits: unknown) => (await post(app, '/v1/analyze', { network: ALEXNET, options: { edits } })).json();
  t.match(await refused([...stack, { kind: 'stack', layer: 'features/6' }]), {
    status: 422,
    code: 'edit-not-applicable',
    detail: "edit 1 (stack): Conv 'features/6': its window of 3 x 3 is no larger than 3",
    node: 'features/6',
  });
  t.match(await refused([{ kind: 'stack', layer: 'feature/3' }]), {
    status: 422,
    detail: /there is no layer 'feature\/3'; did you mean "features\/3"\?/,
  });
  const query =
    '{ memory(network: { ref: "zoo:alexnet" }, options: { edits: [{ kind: "stack", layer: "avgpool" }] }) { network { name } } }';
  t.match((await post(app, '/graphql', { query })).json(), {
    data: { memory: null },
    errors: [{ extensions: { code: 'edit-not-applicable', node: 'avgpool' } }],
  });
});

t.test('advice through both doors', async (t) => {
  const app = await service(t);
  const target = { receptiveField: 250, axis: 'W', layer: 'features/12' };
  const asked = { network: ALEXNET, target, budget: { params: 61100840 }, options: { pairs: true } };
  const answer = (await post(app, '/v1/advise', asked)).json();
  t.match(answer, {
    target: { receptiveField: 250, axis: 'W', source: 'image' },
    layer: { id: 'features/12' },
    before: { receptiveField: 195, stride: 32, params: 61100840, reaches: false },
    budget: { params: 61100840, macs: null, peakBytes: null },
    reached: true,
  });
  t.ok(answer.advice.length > 0 && answer.advice.length <= 20);
  const [best] = answer.advice;
  const made = (await post(app, '/v1/what-if', { network: ALEXNET, edits: best.edits, options: { layer: 'features/12' } })).json();
  t.equal(made.after.totals.macs, best.macs);
  t.equal(made.after.receptiveFields[0].axes[1].local.size, best.receptiveField);
  t.match((await post(app, '/v1/advise', ALEXNET)).json(), { status: 400, detail: /advice needs a target/ });
  t.match((await post(app, '/v1/advise', { network: ALEXNET, target: { receptiveField: 0 } })).json(), {
    status: 400,
    errors: [{ pointer: '/target/receptiveField' }],
  });
  t.match((await post(app, '/v1/advise', { network: ALEXNET, target: { receptiveField: 9, axis: 'T' } })).json(), {
    status: 400,
    code: 'unknown-axis',
    detail: /there are H, W/,
  });
  t.match((await post(app, '/v1/advise', { network: ALEXNET, targt: {} })).json(), { status: 400, detail: /did you mean "target"/ });
  t.match((await post(app, '/v1/memory', { network: ALEXNET, target })).json(), { status: 400, code: 'invalid-network' });
});

t.test('advice for objects of some sizes aims at the largest', async (t) => {
  const app = await service(t);
  const network = { ref: 'pattern:two-3x3' };
  const ask = async (target: object) =>
    (await app.inject({ method: 'POST', url: '/v1/advise', payload: { network, options: { target } } })).json();
  const [sizes, field] = [await ask({ objectSizes: [4, 9, 7] }), await ask({ receptiveField: 9 })];
  t.match(sizes.target, { receptiveField: 9 });
  t.strictSame(sizes.advice, field.advice);
  t.ok(sizes.reached);
  t.match(await ask({}), { status: 400, code: 'invalid-option', detail: /objectSizes/ });
  t.match(await ask({ objectSizes: [] }), { status: 400, code: 'invalid-option' });
});
