import t from 'tap';
import { type TrainingCostOptions, trainingCostOf } from '../../../src/core/cost/training.ts';
import type { Graph } from '../../../src/core/graph.ts';
import type { AnalyzeOptions } from '../../../src/core/options.ts';
import { traceGraph } from '../../../src/core/trace.ts';
import { described, graphOf } from '../graphs.ts';
import { measured } from '../training-networks.ts';

function training(graph: Graph, options: TrainingCostOptions & AnalyzeOptions = {}) {
  const view = trainingCostOf(traceGraph(graph, options), options);
  return { ...view, layers: view.layers ?? [] };
}

for (const { name, graph, batch, flops, unseen = 0, overcounted, frozen = [] } of measured) {
  t.test(`${name} computes what PyTorch counts`, async (t) => {
    const [forward, step] = flops;
    const view = training(graph, { batch, frozen });
    t.equal(view.status, 'complete');
    t.equal(2 * Number(view.forward.macs), forward + unseen);
    if (overcounted) t.ok(2 * Number(view.step.macs) < step);
    else t.equal(2 * Number(view.step.macs), step + 3 * unseen);
  });
}

const conv = (more: Record<string, unknown> = {}) => ({
  type: 'Conv2d',
  out_channels: 16,
  kernel_size: 3,
  padding: 1,
  bias: false,
  ...more,
});
const image = { x: [1, 16, 16, 16] };
const backward = (graph: Graph, options: TrainingCostOptions = {}) =>
  training(graph, options).layers.map((layer) => Number(layer.backward?.macs));

t.test('a depthwise convolution keeps its groups in the backward pass', async (t) => {
  const view = training(described({ inputs: image, layers: [conv(), conv({ groups: 16 })] }));
  t.match(view.layers[1], { forward: { macs: 36_864, flops: 73_728 }, backward: { macs: 73_728, flops: 147_456 } });
});

t.test('the first trained layer needs no gradient of its input', async (t) => {
  const graph = described({ inputs: image, layers: [conv({ name: 'a' }), conv({ name: 'b' }), conv({ name: 'c' })] });
  const macs = 16 * 16 * 16 * 16 * 9;
  t.same(backward(graph), [macs, 2 * macs, 2 * macs]);
  t.same(backward(graph, { frozen: ['a.'] }), [0, macs, 2 * macs]);
  t.same(backward(graph, { frozen: ['b.'] }), [macs, macs, 2 * macs], 'a plain weight needs none either');
  t.same(backward(graph, { frozen: [''] }), [0, 0, 0]);
});

t.test('layers can be left out', async (t) => {
  const trace = traceGraph(described({ inputs: image, layers: [conv()] }), {});
  const { layers, ...rest } = trainingCostOf(trace);
  t.equal(layers?.length, 1);
  t.same(trainingCostOf(trace, { layers: false }), rest);
});

t.test('what is no contraction takes as much backward as forward', async (t) => {
  const view = training(described({ inputs: image, layers: [conv(), { type: 'BatchNorm2d' }, { type: 'ReLU' }] }));
  for (const { forward, backward } of view.layers.slice(1)) t.same(backward, forward);
  t.equal(view.step.flops, Number(view.forward.flops) + Number(view.backward.flops));
});

t.test('a product of data has two gradients, one of data and itself is twice the same', async (t) => {
  const matMul = (inputs: readonly string[]) =>
    graphOf({
      inputs: [{ name: 'x', dtype: 'float32', shape: [4, 4] }],
      constants: [{ name: 'w', dtype: 'float32', shape: [4, 4], data: null }],
      nodes: [
        ['MatMul', ['x', 'w'], 'a'],
        ['MatMul', inputs, 'y'],
      ],
    });
  t.same(backward(matMul(['a', 'a'])), [64, 128]);
  t.same(backward(matMul(['a', 'x'])), [64, 64]);
  t.same(backward(matMul(['x', 'a'])), [64, 64]);
  t.same(backward(matMul(['x', 'x'])), [64, 0]);
});

t.test('what is computed a second time is a share of the forward pass', async (t) => {
  const graph = described({ inputs: image, layers: [conv()] });
  const [none, third] = [training(graph), training(graph, { recompute: 1 / 3 })];
  t.equal(third.step.macs, Number(none.step.macs) + Math.ceil((589_824 * 333_333) / 1_000_000));
  t.equal(training(graph, { recompute: 1 }).step.macs, 3 * 589_824);
  for (const recompute of [-0.1, 1.1, Number.NaN]) t.throws(() => training(graph, { recompute }), { code: 'invalid-option' });
});

t.test('what is unknown makes lower bounds', async (t) => {
  const sizes = training(described({ inputs: { x: [1, 16, 'H', 16] }, layers: [conv()] }));
  t.match(sizes, { status: 'partial', lowerBounds: ['forward', 'backward', 'step'], layers: [{ forward: null, backward: null }] });
  const recurrent = (attributes: Record<string, number>) =>
    training(
      graphOf({
        inputs: [{ name: 'x', dtype: 'float32', shape: [5, 1, 8] }],
        constants: [
          { name: 'w', dtype: 'float32', shape: [1, 16, 8], data: null },
          { name: 'r', dtype: 'float32', shape: [1, 16, 4], data: null },
        ],
        nodes: [['LSTM', ['x', 'w', 'r'], 'y', { hidden_size: 4, ...attributes }]],
      }),
    );
  const macs = 5 * 16 * 12;
  const clipped = recurrent({ clip: 3 });
  t.match(clipped, { status: 'partial', lowerBounds: ['backward', 'step'], layers: [{ forward: { macs }, backward: null }] });
  // Both weights, and the state of all steps but the first; the input needs no gradient.
  t.match(recurrent({}), { status: 'complete', layers: [{ forward: { macs }, backward: { macs: macs + 4 * 16 * 4 } }] });
});
