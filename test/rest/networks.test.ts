import t from 'tap';
import { service } from '../service.ts';

t.test('the built-in networks', async (t) => {
  const app = await service(t);
  const { networks: all, patterns } = (await app.inject('/v1/networks')).json();
  const two = patterns.find(({ ref }: { ref: string }) => ref === 'pattern:two-3x3');
  t.match(two, { title: /3x3/, against: ['pattern:one-5x5'] });
  for (const { ref, against } of patterns) {
    for (const one of [ref, ...against]) t.equal((await app.inject(`/v1/networks/${one}`)).statusCode, 200, one);
  }
  const resnet = all.find(({ ref }: { ref: string }) => ref === 'zoo:resnet');
  t.match(resnet, { title: /ResNet/, year: 2015, paper: { arxiv: /\d/ }, parameters: { depth: { default: 50 } } });
  t.ok(resnet.names.includes('zoo:resnet18'));
  const one = (await app.inject('/v1/networks/zoo:resnet18')).json();
  t.match(one, {
    ref: 'zoo:resnet18',
    name: 'resnet18',
    description: { version: 1 },
    views: { report: '/v1/networks/zoo%3Aresnet18/report' },
  });
  const again = await app.inject({ method: 'POST', url: '/v1/analyze?layers=none', payload: one.description });
  const report = await app.inject('/v1/networks/zoo:resnet18/report?layers=none');
  t.strictSame(report.json(), again.json(), 'the description is the network');
  t.equal((await app.inject(one.views.report)).statusCode, 200, 'the links lead somewhere');
});

t.test('views of a network by its name', async (t) => {
  const app = await service(t);
  const get = async (path: string) => (await app.inject(`/v1/networks/${path}`)).json();
  t.match((await get('zoo:resnet,depth=50,variant=v1/report?layers=none')).totals, { macs: 3857973248 });
  const field = await get('zoo:vgg16/receptive-field');
  t.match(field.fields[0].axes[0].field, { size: 212, stride: 32 });
  t.match(await get('zoo:vgg16/roofline?device=h100-sxm&layers=none'), { device: { id: 'h100-sxm' } });
  t.match(await get('zoo:vgg61/report'), { status: 404, code: 'network-not-found', detail: /did you mean "(zoo:)?vgg1[16]"/ });
  t.match(await get('zoo:vgg61'), { status: 404, code: 'network-not-found' });
  t.match(await get('zoo:resnet,depth=51/report'), { status: 400, code: 'invalid-ref' });
  t.match(await get('zoo:resnet18/report?format=onnx'), { status: 400, code: 'invalid-option' });
  t.match(await get('zoo:resnet18/repor'), { status: 404, code: 'not-found' });
  const deleted = await app.inject({ method: 'DELETE', url: '/v1/networks/zoo:resnet18' });
  t.match(deleted, { statusCode: 405, headers: { allow: /GET/ } });
});

t.test('what a client has already is not sent again', async (t) => {
  const app = await service(t);
  const url = '/v1/networks/zoo:alexnet/report?layers=none';
  const first = await app.inject(url);
  const etag = String(first.headers.etag);
  for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const again = await app.inject({ url, headers: { 'if-none-match': tag } });
    t.match(again, { statusCode: 304, body: '', headers: { etag, vary: 'Accept, Accept-Encoding' } }, tag);
  }
  t.equal((await app.inject({ url, headers: { 'if-none-match': '"other"' } })).statusCode, 200);
  t.equal((await app.inject({ url: `${url}&batch=2`, headers: { 'if-none-match': etag } })).statusCode, 200, 'options are part of it');
  const posted = await app.inject({
    method: 'POST',
    url: '/v1/analyze',
    payload: { network: { ref: 'zoo:alexnet' } },
    headers: { 'if-none-match': '*' },
  });
  t.equal(posted.statusCode, 200, 'a POST is answered');
});
