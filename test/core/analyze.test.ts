import t from 'tap';
import { readConfig } from '../../src/config.ts';
import { analyze } from '../../src/core/analyze.ts';
import { Fault } from '../../src/core/fault.ts';
import type { Graph, Network } from '../../src/core/graph.ts';
import type { AnalyzeOptions } from '../../src/core/options.ts';
import { readDescription } from '../../src/formats/description/index.ts';

type Json = Record<string, unknown>;

function network(document: Json): Network {
  const graph: Graph = readDescription({ version: 1, ...document }, readConfig({}).limits.reader);
  return { graph, format: 'description', name: 'test', bytes: 1, sha256: 'abc', producer: 'hand', opset: 1 };
}

const conv = (channels: number, more: Json = {}): Json => ({ type: 'Conv2d', out_channels: channels, kernel_size: 3, padding: 1, ...more });

const report = (document: Json, options: AnalyzeOptions = {}) => analyze(network(document), options);

t.test('a small network, whole', async (t) => {
  const { layers, ...rest } = report({ inputs: { x: [1, 3, 8, 8] }, layers: [conv(4), { type: 'ReLU' }] });
  t.same(rest, {
    network: { name: 'test', format: 'description', sha256: 'abc', bytes: 1, producer: 'hand', opset: 1 },
    engine: { name: 'fovea', version: '0.1.0' },
    convention: { id: 'fovea', version: '1', unit: 'FLOP', notCounted: [] },
    inputs: [{ name: 'x', dtype: 'float32', shape: [1, 3, 8, 8], axes: ['N', 'C', 'H', 'W'] }],
    outputs: [{ name: 'relu_1', dtype: 'float32', shape: [1, 4, 8, 8], axes: ['N', 'C', 'H', 'W'] }],
    assumptions: [],
    status: 'complete',
    coverage: { nodes: 2, layers: 2, folded: 0, unsupported: [] },
    diagnostics: [],
    totals: {
      params: { stored: 112, trainable: 112, logical: 112, buffers: 0, scalars: 0, bytes: 448 },
      macs: 6912,
      flops: 2 * 6912 + 256 + 256,
      operations: { mac: 6912, mul: 0, add: 256, div: 0, cmp: 256, exp: 0, load: 0 },
      // Along an axis, 6 places have 3 taps on the image, the first and the last 2: 22 of 24.
      validMacs: 4 * 3 * 22 * 22,
      validFlops: 2 * 4 * 3 * 22 * 22 + 256 + 256,
      cost: { value: 2 * 6912 + 256 + 256, unit: 'FLOP' },
      activations: { elements: 512, bytes: 2048 },
      memory: { weightBytes: 448, peakBytes: 2048, peakLayer: 'relu_1' },
      depth: 1,
      nonlinearities: 1,
      stride: { H: 1, W: 1 },
      lowerBounds: [],
    },
  });
  const [first] = layers ?? [];
  t.match(first, {
    index: 0,
    id: 'conv2d_0',
    op: 'Conv',
    attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1], group: 1 },
    inputs: ['x', 'conv2d_0.weight', 'conv2d_0.bias'],
    params: { stored: 112, trainable: 112, buffers: 0 },
    macs: 6912,
    flops: 14080,
    cost: { value: 14080, unit: 'FLOP' },
    integer: false,
    activationBytes: 1024,
  });
  t.same(first?.outputs[0]?.receptiveFields[0]?.axes[0], {
    axis: 'H',
    outputAxis: 2,
    status: 'exact',
    size: 3,
    sizeMin: 3,
    visible: 3,
    stride: 1,
    strideRatio: [1, 1],
    padding: 1,
    center: 0,
    local: { status: 'exact', size: 3, sizeMin: 3, visible: 3, stride: 1, strideRatio: [1, 1], padding: 1, center: 0 },
  });
});

t.test('an unknown batch is taken as 1 and said so; `batch` replaces it', async (t) => {
  const document = { inputs: { x: ['n', 3, 8, 8] }, layers: [conv(4)] };
  const one = report(document);
  t.match(one.assumptions, [{ name: 'n', value: 1 }]);
  t.equal(one.totals.macs, 6912);
  const eight = report(document, { batch: 8 });
  t.same(eight.assumptions, []);
  t.equal(eight.totals.macs, 8 * 6912);
  t.equal(report({ ...document, inputs: { x: [2, 3, 8, 8] } }, { batch: 8 }).totals.macs, 8 * 6912, 'also in place of a fixed one');
  t.equal(report(document, { bind: new Map([['n', 3]]) }).totals.macs, 3 * 6912);
});

t.test('a name that also stands on another axis is no batch', async (t) => {
  const document = { inputs: { x: ['n', 3, 'n', 8] }, layers: [conv(4)] };
  t.same(report(document).inputs[0]?.shape, [null, 3, null, 8]);
});

t.test('what does not need the unknown sizes is still told', async (t) => {
  const partial = report({ inputs: { x: [1, 3, 'H', 'W'] }, layers: [conv(4, { stride: 2 }), { type: 'BatchNorm2d' }] });
  t.equal(partial.status, 'partial');
  t.same(partial.outputs[0]?.shape, [1, 4, null, null]);
  t.match(partial.totals, {
    macs: 0,
    params: { trainable: 120, buffers: 8 },
    lowerBounds: ['macs', 'flops', 'operations', 'validMacs', 'validFlops', 'cost', 'activations', 'memory.peakBytes'],
  });
  t.match(partial.layers?.[0], { macs: null, flops: null, operations: null, cost: { value: null }, activationBytes: null });
  t.match(partial.layers?.[0]?.outputs[0]?.receptiveFields[0]?.axes[0], { status: 'exact', size: 3, stride: 2, padding: 1, visible: null });
  t.match(partial.diagnostics, [{ code: 'unbound-size', message: /bind=H:\.\.\. or bind=W:\.\.\. or input=x:1x3x\?x\?/ }]);
  const whole = report(
    { inputs: { x: [1, 3, 'H', 'W'] }, layers: [conv(4)] },
    {
      bind: new Map([
        ['H', 8],
        ['W', 8],
      ]),
    },
  );
  t.equal(whole.totals.macs, 6912);
  const given = report({ inputs: { x: [1, 3, 'H', 'W'] }, layers: [conv(4)] }, { inputs: new Map([['x', [1, 3, 8, 8]]]) });
  t.equal(given.totals.macs, 6912);
});

t.test('options that do not fit the network', async (t) => {
  const document = { inputs: { x: [1, 3, 'H', 8] }, layers: [conv(4)] };
  t.throws(() => report(document, { inputs: new Map([['y', [1]]]) }), { code: 'unknown-input', message: /'x'/ });
  t.throws(() => report(document, { inputs: new Map([['x', [1]]]) }), { code: 'shape-mismatch' });
  t.throws(() => report(document, { bind: new Map([['Q', 1]]) }), { code: 'unknown-dim', message: /'H'/ });
  t.throws(() => report({ ...document, inputs: { x: [1, 3, 8, 8] } }, { bind: new Map([['Q', 1]]) }), { message: /none/ });
});

t.test('strict refuses a partial report and says what is missing', async (t) => {
  const document = {
    inputs: { x: [1, 3, 'H', 8] },
    layers: [conv(4), { type: 'onnx.com.example.Mystery', name: 'm' }],
  };
  t.throws(() => report(document, { strict: true }), { code: 'incomplete', message: /com\.example\.Mystery \(1\).*bind=H/ });
  const { coverage, totals, status } = report(document);
  t.equal(status, 'partial');
  t.same(coverage.unsupported, [{ op: 'com.example.Mystery', count: 1, nodes: ['m'] }]);
  t.ok(totals.lowerBounds.includes('depth'));
  const complete = { inputs: { x: [1, 3, 8, 8] }, layers: [conv(4)] };
  t.equal(report(complete, { strict: true }).status, 'complete');
});

t.test('an operator that is not known is unknown, never zero', async (t) => {
  const { layers } = report({ inputs: { x: [1, 3, 8, 8] }, layers: [{ type: 'onnx.com.example.Mystery', name: 'm' }] });
  t.match(layers, [{ op: 'com.example.Mystery', macs: null, flops: null, activationBytes: null }]);
  t.match(layers?.[0]?.outputs[0], { shape: null, receptiveFields: [{ axes: [{ status: 'unknown', size: null, cause: /Mystery/ }, {}] }] });
});

t.test('compute counts per call, parameters per tensor', async (t) => {
  const layers = [
    { type: 'Linear', name: 'a', out_features: 10, bias: false },
    ...[1, 2].map(() => ({ type: 'Linear', out_features: 10, bias: false, weights: 'a' })),
  ];
  const { totals, layers: told } = report({ inputs: { x: [1, 10] }, layers });
  t.equal(totals.macs, 300);
  t.match(totals.params, { stored: 100, trainable: 100, logical: 100 });
  t.same(
    told?.map(({ params }) => params.stored),
    [100, 0, 0],
  );
  t.equal(totals.depth, 3);
});

t.test('totals by scope', async (t) => {
  const document = {
    inputs: { x: [1, 3, 8, 8] },
    blocks: { unit: { layers: [conv(3), { type: 'ReLU' }] } },
    layers: [
      { type: 'block', block: 'unit', name: 'first' },
      { type: 'block', block: 'unit', name: 'second' },
    ],
  };
  const { groups, layers } = report(document, { group: 1, layers: false });
  t.equal(layers, undefined);
  t.match(groups, [
    { scope: 'first', layers: 2, macs: 5184, params: { trainable: 84 }, flops: 2 * 5184 + 384, activationBytes: 1536 },
    { scope: 'second', layers: 2, macs: 5184, lowerBounds: [] },
  ]);
});

t.test('totals by scope say where something is missing, and add up to the totals', async (t) => {
  const document = {
    inputs: { x: [1, 3, 8, 8], y: [1, 3, 'H', 8] },
    blocks: { unit: { layers: [conv(3), { type: 'ReLU' }] } },
    layers: [
      { type: 'block', block: 'unit', name: 'first', from: 'x' },
      { type: 'block', block: 'unit', name: 'second', from: 'y' },
    ],
    outputs: ['first', 'second'],
  };
  for (const [convention, first] of [
    ['torchvision', { value: 5184, unit: 'MAC' }],
    ['torch', { value: 2 * 5184, unit: 'FLOP' }],
  ] as const) {
    const { groups = [], totals } = report(document, { group: 1, convention });
    t.match(groups, [
      { scope: 'first', macs: 5184, cost: first, lowerBounds: [] },
      { scope: 'second', macs: 0, cost: { value: 0 }, lowerBounds: ['macs', 'flops', 'cost', 'activationBytes'] },
    ]);
    const sum = (of: (group: (typeof groups)[number]) => number | string | null) => groups.reduce((all, one) => all + Number(of(one)), 0);
    t.equal(
      sum((group) => group.flops),
      totals.flops,
    );
    t.equal(
      sum((group) => group.cost.value),
      totals.cost.value,
    );
    t.equal(
      sum((group) => group.activationBytes),
      totals.activations.bytes,
    );
  }
});

t.test('counts beyond 2^53 are decimal strings', async (t) => {
  const { totals } = report({ inputs: { x: [2 ** 40, 2 ** 20] }, layers: [{ type: 'Linear', out_features: 8, bias: false }] });
  t.equal(totals.macs, String(2n ** 63n));
  t.equal(totals.flops, String(2n ** 64n));
});

t.test('several inputs have a receptive field each', async (t) => {
  const { layers } = report({
    inputs: { a: [1, 3, 8, 8], b: [1, 3, 8, 8] },
    layers: [
      { ...conv(3), from: 'a' },
      { type: 'Add', from: ['conv2d_0', 'b'] },
    ],
  });
  const fields = layers?.at(-1)?.outputs[0]?.receptiveFields ?? [];
  t.same(
    fields.map(({ source, axes }) => [source, axes[0]?.size]),
    [
      ['a', 3],
      ['b', 1],
    ],
  );
});

t.test('a misaligned merge is a number, not an error', async (t) => {
  const { diagnostics } = report({
    inputs: { x: [1, 3, 9, 9] },
    layers: [
      { ...conv(3, { stride: 2 }), name: 'a', from: 'x' },
      { type: 'AvgPool2d', kernel_size: 2, stride: 2, ceil_mode: true, name: 'b', from: 'x' },
      { type: 'Add', from: ['a', 'b'], name: 'sum' },
    ],
  });
  t.match(diagnostics, [{ code: 'misaligned-merge', severity: 'info', node: 'sum', message: /0\.5 input pixels/ }]);
});

t.test('the same network and options give the same bytes', async (t) => {
  const document = { inputs: { x: ['n', 3, 8, 8] }, layers: [conv(4), { type: 'ReLU' }] };
  t.equal(JSON.stringify(report(document)), JSON.stringify(report(document)));
});

t.test('faults carry their code and spot', async (t) => {
  t.match(new Fault('x', 'y', { node: 'z' }), { code: 'x', message: 'y', spot: { node: 'z' } });
});

t.test('outputs that nobody asked for take no memory', async (t) => {
  const weights = (name: string, shape: number[]) => ({ name, dtype: 'float32', shape, data: null }) as const;
  const graph: Graph = {
    name: 'lstm',
    nodes: [
      {
        id: 'lstm',
        name: 'lstm',
        scope: '',
        op: 'LSTM',
        attributes: new Map([['hidden_size', 8]]),
        inputs: ['x', 'w', 'r'],
        outputs: ['', 'y', ''],
      },
    ],
    inputs: [{ name: 'x', dtype: 'float32', shape: [5, 1, 4] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: null }],
    constants: new Map([weights('w', [1, 32, 4]), weights('r', [1, 32, 8])].map((constant) => [constant.name, constant])),
    diagnostics: [],
  };
  const { totals } = analyze({ graph, format: 'test', name: '', bytes: 0, sha256: '' });
  t.match(totals, { activations: { elements: 8, bytes: 32 }, memory: { peakBytes: 4 * 20 + 32 } });
});

t.test('the peak is a lower bound where the size of an input is unknown', async (t) => {
  const { totals } = report({
    inputs: { x: [1, 3, 8, 8], y: [1, 'T', 4] },
    layers: [
      { name: 'shape', type: 'onnx.Shape', from: 'y' },
      { ...conv(4), from: 'x' },
    ],
  });
  t.ok(totals.lowerBounds.includes('memory.peakBytes'));
  t.notOk(totals.lowerBounds.includes('macs'));
});
