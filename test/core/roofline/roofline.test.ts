import t from 'tap';
import type { DType, Graph } from '../../../src/core/graph.ts';
import type { AnalyzeOptions } from '../../../src/core/options.ts';
import { rooflineOf } from '../../../src/core/roofline/roofline.ts';
import type { RooflineOptions } from '../../../src/core/roofline/view.ts';
import { traceGraph } from '../../../src/core/trace.ts';
import { described, fixtureGraph, graphOf } from '../graphs.ts';

function roofline(graph: Graph, options: RooflineOptions & AnalyzeOptions = {}) {
  const view = rooflineOf(traceGraph(graph, options), options);
  return { ...view, layers: view.layers ?? [] };
}

const image = { x: [1, 16, 16, 16] };
const conv = (more: Record<string, unknown> = {}) => ({
  type: 'Conv2d',
  out_channels: 32,
  kernel_size: 3,
  padding: 1,
  bias: false,
  ...more,
});

/** Computes 100 operations of float32 a second and moves 10 bytes: its ridge is 10. */
const SLOW = { name: 'slow', bandwidth: 10, rates: { float32: 100 } };

t.test('intensities to the unit: operations over inputs, weights and outputs', async (t) => {
  const first = (graph: Graph) => roofline(graph).layers[0];
  const dense = first(described({ inputs: image, layers: [conv()] }));
  t.match(dense, { flops: 2_359_296, bytes: { inputs: 16_384, weights: 18_432, outputs: 32_768, total: 67_584 } });
  t.equal(dense?.intensity?.toFixed(2), '34.91');
  const depthwise = first(described({ inputs: image, layers: [conv({ out_channels: 16, groups: 16 })] }));
  t.match(depthwise, { flops: 73_728, bytes: { total: 33_344 } });
  t.equal(depthwise?.intensity?.toFixed(3), '2.211');
  const linear = first(described({ inputs: { x: [1, 64] }, layers: [{ type: 'Linear', out_features: 128, bias: false }] }));
  t.match(linear, { flops: 16_384, bytes: { total: 33_536 } });
  t.equal(linear?.intensity, 16_384 / 33_536);
});

t.test('layers can be left out', async (t) => {
  const trace = traceGraph(described({ inputs: image, layers: [conv()] }), {});
  const { layers, ...rest } = rooflineOf(trace, { device: 't4' });
  t.equal(layers?.length, 1);
  t.same(rooflineOf(trace, { device: 't4', layers: false }), rest);
});

t.test('without a device there are no times', async (t) => {
  const view = roofline(described({ inputs: image, layers: [conv()] }));
  t.match(view, { status: 'complete', lowerBounds: [], device: null, totals: { onDevice: null }, layers: [{ onDevice: null }] });
});

t.test('bound, share and time of a layer by hand', async (t) => {
  const { layers, totals, device } = roofline(described({ inputs: image, layers: [conv(), { type: 'ReLU' }] }), { device: SLOW });
  t.match(device, { id: null, kind: 'own', verified: false, source: null });
  t.same(layers[0]?.onDevice, {
    arithmetic: 'float32',
    ridge: 10,
    bound: 'compute',
    attainable: 1,
    seconds: { best: 23_592.96, upper: 23_592.96 / 0.4 },
  });
  // 8192 comparisons against 65536 bytes.
  t.same(layers[1]?.onDevice, {
    arithmetic: 'float32',
    ridge: 10,
    bound: 'memory',
    attainable: 81.92 / 6553.6,
    seconds: { best: 6553.6, upper: 6553.6 / 0.6 },
  });
  // Fused, the activation moves nothing, and computes after the convolution.
  t.match(totals, { flops: 2_367_488, bytes: 67_584 + 65_536, fusedBytes: 67_584, kernels: 1 });
  t.equal(totals.onDevice?.bound, 'compute');
  t.ok(Math.abs((totals.onDevice?.seconds?.best ?? 0) - 23_674.88) < 1e-6);
  t.ok(Math.abs((totals.onDevice?.seconds?.upper ?? 0) - (23_592.96 / 0.4 + 6553.6 / 0.6)) < 1e-6);
});

t.test('the stated efficiency makes the upper end', async (t) => {
  const graph = described({ inputs: image, layers: [conv()] });
  const { layers, assumed } = roofline(graph, { device: SLOW, efficiency: { compute: 0.5 } });
  t.same(assumed.efficiency, { compute: 0.5, bandwidth: 0.6 });
  t.same(layers[0]?.onDevice?.seconds, { best: 23_592.96, upper: 47_185.92 });
  for (const share of [0, -1, 5e-324, 0.9e-6, 1.1, Number.NaN]) {
    const fault = { code: 'invalid-option', message: /from 0.000001 to 1/ };
    t.throws(() => roofline(graph, { efficiency: { compute: share } }), fault);
    t.throws(() => roofline(graph, { efficiency: { bandwidth: share } }), fault);
  }
});

t.test('rates by the type of arithmetic', async (t) => {
  const graph = described({ inputs: image, layers: [conv()] });
  const arithmetic = (rates: Record<string, number>, more: RooflineOptions = {}) =>
    roofline(graph, { device: { name: 'd', bandwidth: 10, rates }, ...more }).layers[0]?.onDevice?.arithmetic;
  const half = { weights: 'float16', activations: 'float16' } as const;
  t.equal(arithmetic({ float32: 1, float16: 2 }, half), 'float16');
  t.equal(arithmetic({ float32: 1 }, half), 'float32', 'a type without a rate of its own runs in the next wider one');
  t.equal(arithmetic({ float16: 2 }), undefined, 'a narrower one does not hold the numbers');
  for (const one of [{ activations: 'float16' }, { weights: 'float16' }] as const)
    t.equal(arithmetic({ float32: 1, float16: 2 }, one), 'float32', 'of two types the wider one');
  t.equal(arithmetic({ float32: 1, tf32: 2 }), 'float32');
  t.equal(arithmetic({ float32: 1, tf32: 2 }, { tf32: true }), 'tf32');
  t.equal(arithmetic({ float32: 1, float16: 2, int8: 4 }, { weights: 'int8', activations: 'float16' }), 'float16', 'weights are unpacked');
  t.equal(arithmetic({ float32: 1, int8: 4 }, { weights: 'int8', activations: 'int8' }), 'int8');
  t.equal(arithmetic({ float32: 1, int8: 4 }, { weights: 'int4', activations: 'int8' }), 'int8');
  t.equal(arithmetic({ float32: 1, float8: 4 }, { weights: 'float8e4m3fn', activations: 'float8e5m2' }), 'float8');
});

t.test('integer arithmetic runs at the rate of integers', async (t) => {
  const int8 = (name: string, ...shape: number[]) => ({ name, dtype: 'int8' as DType, shape, data: null });
  const graph = graphOf({
    inputs: [{ name: 'x', dtype: 'uint8', shape: [1, 8, 4, 4] }],
    constants: [int8('w', 8, 8, 1, 1)],
    nodes: [['ConvInteger', ['x', 'w'], 'y']],
  });
  const { layers } = roofline(graph, { device: { name: 'd', bandwidth: 1, rates: { float32: 1, int8: 4 } } });
  // The sums are int32: four bytes each.
  t.match(layers[0], { integer: true, bytes: { inputs: 128, weights: 64, outputs: 512 }, onDevice: { arithmetic: 'int8' } });
});

t.test('without a rate the time is a lower bound', async (t) => {
  const view = roofline(described({ inputs: image, layers: [conv()] }), { device: { ...SLOW, rates: { int8: 1 } } });
  t.match(view, { status: 'partial', lowerBounds: ['seconds'], layers: [{ onDevice: null, intensity: 2_359_296 / 67_584 }] });
  // What moves takes its time at any rate; how much more, nobody knows.
  t.same(view.totals.onDevice, { seconds: { best: 6758.4, upper: null }, bound: null, memoryBound: null, attainable: null });
});

t.test('a time is a range with its ends in order, or has no upper end', async (t) => {
  const partial = roofline(fixtureGraph('resnet50'), { device: 'apple-m1', weights: 'float64' });
  t.ok((partial.totals.onDevice?.seconds?.best ?? 0) > 0);
  t.equal(partial.totals.onDevice?.seconds?.upper, null);
  for (const { onDevice } of partial.layers) if (onDevice) t.ok(onDevice.seconds.best <= (onDevice.seconds.upper ?? 0));
});

t.test('how often a layer runs must be known for an upper end', async (t) => {
  const trace = traceGraph(described({ inputs: image, layers: [conv()] }), {});
  const view = rooflineOf({ ...trace, calls: trace.calls.map((call) => ({ ...call, repeats: null })) }, { device: SLOW });
  t.match(view, { status: 'partial', layers: [{ onDevice: { seconds: { best: 23_592.96, upper: null } } }] });
  t.same(view.totals.onDevice?.seconds, { best: 23_592.96, upper: null });
});

t.test('times at the least rates and shares are numbers', async (t) => {
  // 2^1019 numbers: their bytes are near the end of what a double holds.
  for (const shape of [Array.from({ length: 20 }, () => 2 ** 51).with(0, 2 ** 50), [2 ** 50, 2 ** 50, 2 ** 50, 2 ** 50, 2 ** 50]]) {
    const graph = graphOf({
      inputs: [{ name: 'x', dtype: 'float32', shape }],
      nodes: [
        ['Relu', ['x'], 'y'],
        ['Softmax', ['y'], 'z'],
      ],
    });
    const view = roofline(graph, {
      device: { name: 'least', bandwidth: 1, rates: { float32: 1 } },
      efficiency: { compute: 1e-6, bandwidth: 1e-6 },
    });
    const figures: number[] = [];
    JSON.stringify(view, (_, value) => {
      if (typeof value === 'number') figures.push(value);
      return value;
    });
    t.ok(figures.length > 10 && figures.every(Number.isFinite), `${shape.length} axes`);
  }
});

t.test('what is unknown is null and makes lower bounds', async (t) => {
  const graph = described({ inputs: { x: [1, 3, 'H', 8] }, layers: [conv()] });
  const view = roofline(graph, { device: SLOW });
  t.match(view, { status: 'partial', lowerBounds: ['flops', 'bytes', 'seconds'] });
  t.match(view.layers[0], { flops: null, bytes: null, intensity: null, onDevice: null });
  const more = described({
    inputs: { x: [1, 3, 'H', 8], y: [1, 3, 8, 8] },
    layers: [
      { ...conv(), from: 'x' },
      { ...conv(), from: 'y' },
    ],
  });
  const { totals } = roofline(more, {});
  t.ok(Number(totals.flops) > 0 && Number(totals.bytes) > 0);
  t.match(totals, { intensity: null, fusedIntensity: null }, 'a ratio of two lower bounds bounds nothing');
});

t.test('sizes beyond what a double holds give no infinity', async (t) => {
  const n = 2 ** 52;
  const graph = graphOf({
    inputs: [{ name: 'x', dtype: 'float32', shape: Array.from({ length: 40 }, () => n) }],
    nodes: [['Relu', ['x'], 'y']],
  });
  const view = roofline(graph, { device: SLOW });
  t.match(view.layers[0], { intensity: null, onDevice: null });
  t.equal(view.layers[0]?.flops, String(BigInt(n) ** 40n));
  t.same(view.totals.onDevice, { seconds: null, bound: null, memoryBound: null, attainable: null });
  t.match(view.lowerBounds, ['seconds']);
});

t.test('one row of a large table is read, not the table', async (t) => {
  const graph = graphOf({
    inputs: [{ name: 'ids', dtype: 'int64', shape: [1, 10] }],
    constants: [{ name: 'table', dtype: 'float32', shape: [50_000, 64], data: null }],
    nodes: [['Gather', ['table', 'ids'], 'y']],
  });
  t.match(roofline(graph).layers[0]?.bytes, { inputs: 80, weights: 10 * 64 * 4, outputs: 10 * 64 * 4 });
  // Half bytes in the table, whole numbers in the result.
  t.match(roofline(graph, { weights: 'int4' }).layers[0]?.bytes, { weights: 10 * 32, outputs: 2560 });
});

t.test('grouped queries share keys and values: only the heads that are there are read', async (t) => {
  const heads = (n: number) => [1, n, 8, 16];
  const graph = graphOf({
    inputs: [
      { name: 'q', dtype: 'float32', shape: heads(8) },
      { name: 'k', dtype: 'float32', shape: heads(2) },
      { name: 'v', dtype: 'float32', shape: heads(2) },
    ],
    nodes: [['Attention', ['q', 'k', 'v'], 'y']],
  });
  // No scores are written either.
  t.match(roofline(graph).layers[0]?.bytes, { inputs: 4 * (8 + 2 + 2) * 8 * 16, weights: 0, outputs: 4 * 8 * 8 * 16 });
});

t.test('every weight of a network moves once', async (t) => {
  for (const [name, weights] of [
    ['resnet50', 25_610_152],
    ['vgg16', 138_357_544],
    ['mobilenet_v2', 3_538_984],
  ] as const) {
    const { layers, totals } = roofline(fixtureGraph(name), { device: 't4' });
    t.equal(
      layers.reduce((sum, { bytes }) => sum + Number(bytes?.weights), 0),
      4 * weights,
      name,
    );
    t.ok(Number(totals.fusedBytes) < Number(totals.bytes));
    const { best, upper } = totals.onDevice?.seconds ?? { best: 0, upper: 0 };
    t.ok(0 < best && best < (upper ?? 0));
  }
});

t.test('the batch amortises the weights', async (t) => {
  const intensity = (batch: number) => roofline(fixtureGraph('resnet18'), { batch }).totals.intensity ?? 0;
  t.ok(intensity(8) > intensity(1));
});

t.test('quantised weights move as they are stored, with their scales', async (t) => {
  const graph = (more: Parameters<typeof graphOf>[0]['nodes'] = []) =>
    graphOf({
      inputs: [{ name: 'x', dtype: 'float32', shape: [2, 5, 8] }],
      constants: [
        { name: 'w', dtype: 'int4', shape: [8, 6], data: null },
        { name: 's', dtype: 'float32', shape: [6], data: null },
        { name: 'z', dtype: 'int4', shape: [6], data: null },
      ],
      nodes: [['DequantizeLinear', ['w', 's', 'z'], 'd', { axis: 1 }], ...more, ['MatMul', ['x', more[0]?.[2] ?? 'd'], 'y']],
    });
  const first = (options: RooflineOptions, of = graph()) => roofline(of, options).layers[0];
  const weights = 24 + 6 * 4 + 3;
  t.match(first({}), { bytes: { inputs: 320, weights, outputs: 240, total: 560 + weights } });
  t.match(first({ weights: 'float16' }), { bytes: { weights: 24 + 6 * 2 + 3 } }, 'only floats can be taken as another type');
  t.match(first({}, graph([['Identity', ['d'], 'moved']])), { bytes: { weights } }, 'behind what only moves them');
  t.match(
    first({}, graph([['Concat', ['d', 'd'], 'both', { axis: 1 }]])),
    { bytes: { weights: 8 * 12 * 4 } },
    'several are made into another tensor',
  );
  t.match(first({ device: SLOW }), { onDevice: { arithmetic: 'float32' } }, 'and are computed with as floats');
});
