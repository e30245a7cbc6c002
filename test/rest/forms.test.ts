import t from 'tap';
import { graph, model, node, value } from '../formats/onnx/encode.ts';
import { CONV, CONV_MACS, service } from '../service.ts';

const HOSTILE = { ...CONV, name: 'a | b\n# <script>', layers: [{ ...CONV.layers[0], name: 'x|y`*' }] };

t.test('a report as Markdown', async (t) => {
  const app = await service(t);
  const answer = await app.inject({ method: 'POST', url: '/v1/analyze?as=md', payload: HOSTILE });
  t.equal(answer.statusCode, 200);
  t.equal(answer.headers['content-type'], 'text/markdown; charset=utf-8; variant=GFM');
  const lines = answer.body.trimEnd().split('\n');
  t.equal(lines[0], '## a \\| b # \\<script\\>', 'a name stays on its line and is no markup');
  const layer = lines.at(-1) ?? '';
  t.match(layer, `| 0 | x\\|y\\\`\\* | Conv | 3x3 | 1x1 | 1x4x6x6 | 112 | ${(CONV_MACS / 1000).toFixed(3).replace('.', ',')} |`);
  t.match(layer, '| H 3, W 3 |');
  const short = await app.inject({ method: 'POST', url: '/v1/analyze?layers=none', payload: CONV, headers: { accept: 'text/markdown' } });
  t.notMatch(short.body, '| Conv |');
  t.match(short.body, '| trainable parameters | 112 |');
});

t.test('a report as an attachment of Netron', async (t) => {
  const app = await service(t);
  const answer = await app.inject({ method: 'POST', url: '/v1/analyze?as=netron', payload: CONV });
  const { signature, metrics } = answer.json();
  t.equal(signature, 'netron:attachment');
  const figure = (kind: string, name: string) => metrics.find((m: Record<string, unknown>) => m.kind === kind && m.name === name);
  t.match(figure('model', 'macs'), { target: '', value: CONV_MACS, type: 'attribute' });
  t.match(figure('node', 'receptive field x.H'), { target: 'conv2d_0', value: 3 });
  const names = metrics.map(({ kind, target, name }: Record<string, string>) => `${kind} ${target} ${name}`);
  t.equal(new Set(names).size, names.length, 'Netron keeps the last of two figures of one name');
  const relu = model(graph({ nodes: [node('Relu', ['x'], ['y'])], inputs: [value('x', 1, [1, 4])], outputs: [value('y')] }));
  const nameless = await app.inject({ method: 'POST', url: '/v1/analyze?as=netron', payload: Buffer.from(relu) });
  const targets = nameless.json().metrics.filter((m: Record<string, unknown>) => m.kind === 'value');
  t.ok(targets.length > 0, 'a node without a name is found by what it writes');
});

t.test('what is not known is marked in every form', async (t) => {
  const app = await service(t);
  const scoped = {
    ...CONV,
    inputs: { x: [1, 3, 8, 8], y: [1, 3, 'H', 8] },
    layers: [
      { ...CONV.layers[0], name: 'known', from: 'x' },
      { ...CONV.layers[0], name: 'open', from: 'y' },
    ],
    outputs: ['known', 'open'],
  };
  const ask = async (view: string) => (await app.inject({ method: 'POST', url: `/v1/${view}`, payload: scoped })).body;
  const metrics: { readonly target: string; readonly name: string; readonly value: unknown }[] = JSON.parse(
    await ask('analyze?as=netron&convention=fvcore'),
  ).metrics;
  const shown = (target: string) =>
    Object.fromEntries(metrics.filter((one) => one.target === target).map(({ name, value }) => [name, value]));
  t.match(shown('known'), { macs: CONV_MACS, 'fvcore MAC': CONV_MACS, 'activation bytes': 4 * 6 * 6 * 4 });
  t.match(shown('open'), { macs: 'unknown', flops: 'unknown', 'fvcore MAC': 'unknown', 'activation bytes': 'unknown' });
  t.match(shown(''), { macs: `at least ${CONV_MACS}`, 'fvcore MAC': `at least ${CONV_MACS}`, 'peak bytes': /^at least / });

  const layers = (await ask('analyze?as=md&convention=fvcore&group=1')).split('\n');
  const [count] = [CONV_MACS.toLocaleString('en')];
  t.match(
    layers.find((line) => line.includes('| known |')),
    `| ${count} |`,
  );
  t.match(
    layers.find((line) => line.includes('| open |')),
    '| ? | ? | ? |',
  );
  t.ok(layers.some((line) => line.includes('| fvcore MAC |')));
  t.ok(layers.some((line) => line.includes(`| ≥ ${count} |`)));
  t.ok(layers.includes(`| MACs | ≥ ${count} |`), 'totals too');

  t.match(await ask('memory?as=svg'), 'All values are lower bounds');
  const [header, row] = (await ask('sweep?as=csv&sweep=W:8..8')).split('\r\n').map((line) => line.split(','));
  t.equal(row?.[header?.indexOf('lowerBounds') ?? -1], 'macs flops cost activationElements activationBytes peakBytes');
  const sweep = await ask('sweep?as=csv&sweep=H:7..9&bind=H:8');
  t.ok(
    sweep
      .split('\r\n')
      .slice(1, 4)
      .every((line) => line.endsWith(',')),
    'nothing is missing at a size that is known',
  );
  t.match(await ask('sweep?as=svg&sweep=W:8..10'), 'All values are lower bounds');
});

t.test('a form that a view does not have', async (t) => {
  const app = await service(t);
  const answer = await app.inject({ method: 'POST', url: '/v1/analyze?as=svg', payload: CONV });
  t.match(answer.json(), { status: 400, code: 'invalid-option', detail: "this answer has no form 'svg'; there is json, csv, md, netron" });
  const body = await app.inject({ method: 'POST', url: '/v1/analyze', payload: { network: CONV, options: { as: 'svg' } } });
  t.match(body.json(), { status: 400, code: 'invalid-option' });
  const other = await app.inject({ method: 'POST', url: '/v1/analyze?unit=3,4', payload: CONV });
  t.match(other.json(), { status: 400, code: 'invalid-option', detail: /option 'unit' has no meaning here/ });
});
