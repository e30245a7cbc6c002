import t from 'tap';
import { trainingCostOf } from '../../../src/core/cost/training.ts';
import type { Graph } from '../../../src/core/graph.ts';
import { type TrainingMemoryOptions, trainingMemoryOf } from '../../../src/core/memory/training.ts';
import type { AnalyzeOptions } from '../../../src/core/options.ts';
import { traceGraph } from '../../../src/core/trace.ts';
import { described, fixtureGraph, graphOf } from '../graphs.ts';
import { measured } from '../training-networks.ts';

const training = (graph: Graph, options: TrainingMemoryOptions & AnalyzeOptions = {}) =>
  trainingMemoryOf(traceGraph(graph, options), options);

const MAP = 4 * 8 * 8 * 4;
const image = { x: [1, 4, 8, 8] };
const conv = { type: 'Conv2d', out_channels: 4, kernel_size: 3, padding: 1, bias: false };

for (const { name, graph, batch, saved, dropped = 0, frozen = [] } of measured) {
  t.test(`${name} keeps what PyTorch keeps`, async (t) => {
    const view = training(graph, { batch, frozen });
    t.equal(view.status, 'complete');
    t.equal(view.saved.bytes, saved - dropped);
  });
}

/** Bytes that one layer keeps between two convolutions, beside its input, which the first one makes, and the second one's input. */
function kept(layer: Record<string, unknown>): number {
  const graph = described({ inputs: image, layers: [conv, layer, { ...conv, out_channels: 1 }] });
  const { saved } = training(graph);
  // What comes out of the layer is kept by the second convolution, the network's input by the first.
  const out = traceGraph(graph, {}).calls[1]?.outputs[0]?.shape as readonly number[];
  return Number(saved.bytes) - MAP - 4 * out.reduce((a, b) => a * b, 1);
}

t.test('what each kind of layer keeps', async (t) => {
  for (const type of ['ReLU', 'Sigmoid', 'Tanh']) t.equal(kept({ type }), 0, `${type}: its output, which is kept anyway`);
  for (const type of ['GELU', 'onnx.Swish', 'Hardswish', 'ReLU6', 'LeakyReLU', 'ELU']) t.equal(kept({ type }), MAP, `${type}: its input`);
  t.equal(kept({ type: 'BatchNorm2d' }), MAP + 2 * 4 * 4, 'input, mean and deviation of each channel');
  t.equal(kept({ type: 'GroupNorm', num_groups: 2 }), MAP + 2 * 4 * 2, 'the same of each group');
  t.equal(kept({ type: 'InstanceNorm2d', affine: true }), MAP + 2 * 4 * 4);
  t.equal(kept({ type: 'MaxPool2d', kernel_size: 2 }), MAP + (8 * MAP) / 4 / 4, 'input and positions');
  t.equal(kept({ type: 'AvgPool2d', kernel_size: 2 }), MAP);
  t.equal(kept({ type: 'AdaptiveAvgPool2d', output_size: 1 }), 0);
  t.equal(kept({ type: 'Softmax', dim: 1 }), 0);
  t.equal(kept({ type: 'Upsample', scale_factor: 2, mode: 'bilinear' }), 0);
  t.equal(kept({ type: 'ZeroPad2d', padding: 1 }), 0);
  t.equal(kept({ type: 'Dropout' }), MAP / 4, 'a mask of a byte for each element');
});

t.test('a product keeps what the gradients of its factors need', async (t) => {
  const product = (a: string, b: string, frozen: readonly string[] = []) => {
    const layers = [
      { name: 'a', ...conv },
      { name: 'b', from: 'x', ...conv },
      { type: 'onnx.Mul', from: [a, b], name: 'y' },
    ];
    return training(described({ inputs: image, layers, outputs: ['a', 'b', 'y'] }), { frozen }).saved.tensors.map(({ name }) => name);
  };
  t.same(product('a', 'b'), ['x', 'a', 'b']);
  t.same(product('a', 'x'), ['x'], 'the input needs no gradient, so that a is not needed');
  t.same(product('a', 'b', ['a.']), ['x', 'a'], 'only b learns, and needs a');
  t.same(product('a', 'b', ['']), [], 'nothing is trained');
});

t.test('what is frozen must be there: a pattern or a slip of the pen would freeze nothing', async (t) => {
  const graph = described({ inputs: image, layers: [{ type: 'Conv2d', name: 'stem', out_channels: 4, kernel_size: 3 }] });
  const fault = { code: 'invalid-option', message: 'no name of a weight begins with "stem*"; they are called like "stem.weight"' };
  const trace = traceGraph(graph, {});
  for (const view of [trainingMemoryOf, trainingCostOf]) t.throws(() => view(trace, { frozen: ['stem.bias', 'stem*'] }), fault);
  t.match(training(graph, { frozen: ['stem.'] }), { trained: 0, gradientBytes: 0 });
});

t.test('parts and their sum', async (t) => {
  const graph = described({ inputs: image, layers: [conv, { type: 'BatchNorm2d' }, { type: 'ReLU' }] });
  const weights = 4 * (4 * 4 * 9 + 4 * 4);
  const trained = 4 * 4 * 9 + 2 * 4;
  const adam = training(graph);
  t.match(adam, {
    status: 'complete',
    lowerBounds: [],
    assumed: { optimizer: 'adam', precision: 'own', frozen: [], weights: null, activations: null },
    trained,
    weightBytes: weights,
    gradientBytes: 4 * trained,
    masterWeightBytes: 0,
    optimizerBytes: 8 * trained,
    // The input, what goes into the normalisation, and what comes out of the activation.
    saved: { bytes: 3 * MAP + 32, besideBytes: 32, count: 3, unknown: [] },
    workingSetBytes: 2 * MAP,
    totalBytes: weights + 12 * trained + 3 * MAP + 32 + 2 * MAP,
  });
  t.equal(adam.totalBytes, adam.knownBytes);
  t.match(adam.saved.tensors[0], { name: 'x', dtype: 'float32', shape: [1, 4, 8, 8], bytes: MAP, neededBy: ['conv2d_0'] });
  t.ok(adam.assumed.leavesOut.length > 0);
  t.equal(training(graph, { optimizer: 'sgd' }).optimizerBytes, 0);
  t.equal(training(graph, { optimizer: 'momentum' }).optimizerBytes, 4 * trained);
});

t.test('mixed precision with Adam takes 16 bytes for each weight', async (t) => {
  const graph = fixtureGraph('vgg16');
  const { trained, weightBytes, gradientBytes, masterWeightBytes, optimizerBytes, saved } = training(graph, { precision: 'mixed' });
  t.equal(trained, 138_357_544);
  t.same(
    [weightBytes, gradientBytes, masterWeightBytes, optimizerBytes],
    [2, 2, 4, 8].map((bytes) => bytes * 138_357_544),
  );
  const own = training(graph).saved;
  t.equal(
    Number(saved.bytes) - Number(saved.besideBytes),
    (Number(own.bytes) - Number(own.besideBytes)) / 2,
    'activations are half as large',
  );
  t.equal(saved.besideBytes, own.besideBytes, 'positions are not');
});

t.test('what tensors are taken to be decides what training needs', async (t) => {
  const graph = fixtureGraph('resnet18');
  const weights = 11_689_512;
  const statistics = 9_600;
  const parts = (options: TrainingMemoryOptions) => {
    const { weightBytes, gradientBytes, masterWeightBytes, optimizerBytes } = training(graph, options);
    // Batch norms without their statistics, which keep float32.
    return [Number(weightBytes) - 4 * statistics, gradientBytes, masterWeightBytes, optimizerBytes].map((bytes) => Number(bytes) / weights);
  };
  for (const [options, expected] of [
    [{}, [4, 4, 0, 8]],
    [{ weights: 'float16' }, [2, 2, 0, 4]],
    [{ weights: 'float64', optimizer: 'momentum' }, [8, 8, 0, 8]],
    [{ weights: 'int8' }, [1, 4, 4, 8]],
    [{ weights: 'int4', optimizer: 'sgd' }, [0.5, 4, 4, 0]],
    [{ precision: 'mixed' }, [2, 2, 4, 8]],
    [{ precision: 'mixed', weights: 'float8e4m3fn' }, [1, 1, 4, 8]],
    [{ precision: 'mixed', weights: 'int8' }, [1, 2, 4, 8]],
    [{ activations: 'int8' }, [4, 4, 0, 8]],
  ] as const) {
    t.same(parts(options), expected, JSON.stringify(options));
  }
  const kept = (options: TrainingMemoryOptions) => {
    const { saved, workingSetBytes } = training(graph, options);
    return [Number(saved.bytes) - Number(saved.besideBytes), Number(workingSetBytes)] as const;
  };
  const [saved, working] = kept({});
  t.same(kept({ weights: 'float16' }), [saved, working]);
  t.same(kept({ activations: 'float16' }), [saved / 2, working / 2]);
  t.same(kept({ activations: 'int8' }), [saved / 4, working], 'gradients are no integers');
  t.same(kept({ precision: 'mixed', activations: 'float32' }), [saved, working]);
  const { assumed } = training(graph, { weights: 'int8', activations: 'float16' });
  t.match(assumed, {
    weights: 'int8',
    activations: 'float16',
    types: [/master copy in the type of the file/, /master copy/, /activations/],
  });
  t.throws(() => training(graph, { weights: 'bool' }), { code: 'invalid-option' });
});

t.test('running statistics keep their type in mixed precision, and are not trained', async (t) => {
  const graph = described({ inputs: image, layers: [conv, { type: 'BatchNorm2d' }] });
  const trained = 4 * 4 * 9 + 2 * 4;
  t.match(training(graph, { precision: 'mixed' }), { trained, weightBytes: 2 * trained + 4 * 8, gradientBytes: 2 * trained });
});

t.test('the working set is that of the layer that needs most', async (t) => {
  const graph = described({
    inputs: image,
    layers: [conv, { ...conv, out_channels: 1 }, { type: 'Flatten' }, { type: 'Linear', out_features: 2 }],
  });
  // The network's input needs no gradient: the second convolution has more.
  t.equal(training(graph).workingSetBytes, MAP + MAP / 4);
});

t.test('a single number is no weight that is trained', async (t) => {
  const graph = graphOf({
    inputs: [{ name: 'x', dtype: 'float32', shape: [1, 8] }],
    constants: [{ name: 'scale', dtype: 'float32', shape: [1], data: [2] }],
    nodes: [['Mul', ['x', 'scale'], 'y']],
  });
  t.match(training(graph), { trained: 0, saved: { bytes: 0 } });
});

t.test('a layer in a loop keeps its tensors each time', async (t) => {
  const trace = traceGraph(described({ inputs: image, layers: [conv, { type: 'BatchNorm2d' }] }), {});
  const calls = trace.calls.map((call) => ({ ...call, repeats: 3 }));
  const { saved } = trainingMemoryOf({ ...trace, calls });
  // The input is there once, what goes into the normalisation three times.
  t.match(saved, { bytes: MAP + 3 * (MAP + 32), besideBytes: 3 * 32 });
  const unknown = trainingMemoryOf({ ...trace, calls: calls.map((call) => ({ ...call, repeats: null })) });
  t.match(unknown, { status: 'partial', lowerBounds: ['saved'], saved: { bytes: 2 * MAP + 32 } });
});

t.test('activations grow with the batch, weights do not', async (t) => {
  const graph = fixtureGraph('resnet18');
  const [one, four] = [training(graph), training(graph, { batch: 4 })];
  const tensors = ({ saved }: typeof one) => Number(saved.bytes) - Number(saved.besideBytes);
  t.equal(tensors(four), 4 * tensors(one));
  t.equal(four.optimizerBytes, one.optimizerBytes);
});

t.test('an operator that does not say what it keeps makes a lower bound', async (t) => {
  const graph = graphOf({
    inputs: [{ name: 'x', dtype: 'float32', shape: [1, 8] }],
    constants: [{ name: 'w', dtype: 'float32', shape: [8, 8], data: null }],
    nodes: [
      ['MatMul', ['x', 'w'], 'a'],
      ['Unique', ['a'], 'b'],
      ['NotAnOperator', ['b'], 'y'],
    ],
  });
  const view = training(graph);
  t.match(view, {
    status: 'partial',
    totalBytes: null,
    saved: {
      unknown: [
        { op: 'Unique', count: 1, reason: /PyTorch has no gradient/ },
        { op: 'NotAnOperator', count: 1, reason: /does not know/ },
      ],
    },
  });
  t.ok(view.lowerBounds.includes('saved'));
  t.equal(view.knownBytes, 256 * 4 + Number(view.saved.bytes) + Number(view.workingSetBytes));
});

t.test('unknown sizes make lower bounds', async (t) => {
  const view = training(described({ inputs: { x: [1, 4, 'H', 8] }, layers: [conv, { type: 'ReLU' }] }));
  t.match(view, { status: 'partial', lowerBounds: ['saved', 'workingSet'], totalBytes: null });
  t.equal(view.saved.tensors[0]?.bytes, null);
});

t.test('a tensor that two layers keep counts once, under what owns its memory', async (t) => {
  const layers = [
    { name: 'a', ...conv },
    { type: 'Flatten', name: 'f' },
    { type: 'Linear', out_features: 2, name: 'l1' },
    { type: 'Linear', out_features: 3, from: 'f', name: 'l2' },
    { type: 'Concat', from: ['l1', 'l2'], dim: 1 },
  ];
  const { saved } = training(described({ inputs: image, layers }));
  t.same(
    saved.tensors.map(({ name, neededBy }) => [name, neededBy]),
    [
      ['x', ['a']],
      ['a', ['l1', 'l2']],
    ],
  );
});

t.test('a rounding in front of which weights are trained has no gradient, and says so', async (t) => {
  const graph = graphOf({
    inputs: [{ name: 'x', dtype: 'float32', shape: [1, 8] }],
    constants: [
      { name: 'w', dtype: 'float32', shape: [8, 8], data: null },
      { name: 'scale', dtype: 'float32', shape: [], data: [0.1] },
      { name: 'v', dtype: 'float32', shape: [8, 8], data: null },
    ],
    nodes: [
      ['MatMul', ['x', 'w'], 'a'],
      ['QuantizeLinear', ['a', 'scale'], 'q'],
      ['DequantizeLinear', ['q', 'scale'], 'd'],
      ['MatMul', ['d', 'v'], 'y'],
    ],
  });
  const rounded = [{ op: 'QuantizeLinear', count: 1, reason: 'rounding to quantised numbers has no gradient' }];
  t.match(training(graph), { status: 'partial', lowerBounds: ['saved'], saved: { unknown: rounded } });
  const cost = trainingCostOf(traceGraph(graph, {}));
  t.same(
    cost.layers?.map(({ backward }) => backward?.macs ?? null),
    [64, null, 0, 64],
  );
  // Where nothing in front of it is trained there is nothing to say.
  t.match(training(graph, { frozen: ['w'] }), { status: 'complete', saved: { unknown: [] } });
});

t.test('numbers within an operator have the type of the activations, statistics keep theirs', async (t) => {
  const graph = graphOf({
    inputs: [{ name: 'x', dtype: 'float32', shape: [5, 2, 8] }],
    constants: [
      { name: 'w', dtype: 'float32', shape: [1, 16, 8], data: null },
      { name: 'r', dtype: 'float32', shape: [1, 16, 4], data: null },
      { name: 'scale', dtype: 'float32', shape: [4], data: null },
    ],
    nodes: [
      ['LSTM', ['x', 'w', 'r'], 'h', { hidden_size: 4 }],
      ['RMSNormalization', ['h', 'scale'], 'y'],
    ],
  });
  const [own, half] = [training(graph), training(graph, { activations: 'float16' })];
  const within = 7 * 5 * 2 * 4;
  t.equal(own.saved.besideBytes, 4 * within + 4 * 10);
  t.equal(half.saved.besideBytes, 2 * within + 4 * 10);
});
