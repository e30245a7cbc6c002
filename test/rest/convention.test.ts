import t from 'tap';
import { CONV, CONV_MACS, service } from '../service.ts';

t.test('a report by a convention, over both transports', async (t) => {
  const app = await service(t);
  const rest = await app.inject({ method: 'POST', url: '/v1/analyze?convention=torchinfo', payload: CONV });
  const expected = {
    convention: { id: 'torchinfo', unit: 'MAC', notCounted: [] },
    totals: { cost: { value: CONV_MACS + 144, unit: 'MAC' } },
  };
  t.match(rest.json(), expected);
  const query = `query ($d: JSON) { analyze(network: { description: $d }, options: { convention: "torchinfo" }) {
    convention { id unit notCounted { op count } } totals { macs cost { value unit } } } }`;
  const graphql = await app.inject({ method: 'POST', url: '/graphql', payload: { query, variables: { d: CONV } } });
  t.match(graphql.json().data.analyze, { ...expected, totals: { ...expected.totals, macs: CONV_MACS } });
});

t.test('a convention that there is not', async (t) => {
  const app = await service(t);
  const rest = await app.inject({ method: 'POST', url: '/v1/analyze?convention=flops', payload: CONV });
  t.equal(rest.statusCode, 400);
  t.match(rest.json(), { code: 'unknown-convention', detail: /fvcore/ });
});

t.test('causal attention, exactly', async (t) => {
  const app = await service(t);
  const causal = {
    version: 1,
    inputs: { x: [1, 2, 8, 4] },
    layers: [{ type: 'onnx.Attention', attributes: { is_causal: 1 }, from: ['x', 'x', 'x'] }],
  };
  const macs = async (query: string) => {
    const answer = await app.inject({ method: 'POST', url: `/v1/analyze${query}`, payload: causal });
    const { totals, diagnostics, code } = answer.json();
    return code ?? [totals.macs, diagnostics.map((diagnostic: { code: string }) => diagnostic.code).join()];
  };
  t.strictSame(await macs(''), [2 * 64 * 8, '']);
  t.strictSame(await macs('?causal=exact'), [2 * 36 * 8, 'exact-attention']);
  t.equal(await macs('?causal=half'), 'invalid-option');
  const query = 'query ($d: JSON) { analyze(network: { description: $d }, options: { causal: "half" }) { status } }';
  const graphql = await app.inject({ method: 'POST', url: '/graphql', payload: { query, variables: { d: causal } } });
  t.equal(graphql.json().errors[0].extensions.code, 'invalid-option');
});

t.test('what cannot be priced is told beside figures that are compared', async (t) => {
  const app = await service(t);
  const open = { ...CONV, inputs: { x: [1, 3, 'H', 8] } };
  for (const query of ['conventions=fvcore,thop', 'figure=4.1e9:MAC']) {
    const ask = async (more: string) => (await app.inject({ method: 'POST', url: `/v1/compare?${query}${more}`, payload: open })).json();
    t.match(await ask(''), {
      status: 'partial',
      unknown: [{ op: 'Conv', count: 1, layers: ['conv2d_0'], why: 'a size that decides its cost is not known' }],
    });
    t.match(await ask('&bind=H:8'), { status: 'complete', unknown: [] });
    t.match(await ask('&strict'), { status: 422, code: 'incomplete' });
  }
});

t.test('causal=exact holds in every view that takes it', async (t) => {
  const app = await service(t);
  const scores = {
    version: 1,
    inputs: { x: [1, 2, 8, 16] },
    layers: [{ type: 'onnx.Attention', attributes: { is_causal: 1 }, from: ['x', 'x', 'x'] }],
  };
  const ask = async (view: string) => (await app.inject({ method: 'POST', url: `/v1/${view}`, payload: scores })).json();
  for (const [causal, pairs] of [
    ['full', 64],
    ['exact', 36],
  ] as const) {
    const macs = 2 * pairs * 32;
    const { totals } = await ask(`analyze?causal=${causal}`);
    t.equal(totals.macs, macs);
    t.equal((await ask(`sweep?sweep=batch:1..1&causal=${causal}`)).points[0].totals.macs, macs);
    t.equal((await ask(`compare?conventions=fovea,torch&causal=${causal}`)).reconciliation.a.total, totals.flops);
    t.match((await ask(`compare?figure=${macs}:MAC&causal=${causal}`)).explanations[0], { value: macs, reproduces: true });
  }
});

t.test('types by their short names', async (t) => {
  const app = await service(t);
  const rest = async (query: string) => (await app.inject({ method: 'POST', url: `/v1/${query}`, payload: CONV })).json();
  for (const [short, long] of [
    ['fp64', 'float64'],
    ['fp32', 'float32'],
    ['fp16', 'float16'],
    ['bf16', 'bfloat16'],
  ] as const) {
    const memory = await rest(`memory?weights=int8&activations=${short}`);
    t.match(memory.assumed, { weights: 'int8', activations: long });
    t.strictSame(memory, await rest(`memory?weights=int8&activations=${long}`));
    t.strictSame(await rest(`roofline?weights=${short}`), await rest(`roofline?weights=${long}`));
    const query = `query ($d: JSON) { memory(network: { description: $d }, weights: "${short}") { assumed { weights } } }`;
    const graphql = await app.inject({ method: 'POST', url: '/graphql', payload: { query, variables: { d: CONV } } });
    t.strictSame(graphql.json().data.memory, { assumed: { weights: long } });
  }
  t.match(await rest('memory?weights=fp17'), {
    code: 'invalid-option',
    detail: /option weights cannot be 'fp17'.*did you mean "fp[0-9]{2}"/,
  });
});
