import fc from 'fast-check';
import t from 'tap';
import { fovea } from '../../../src/core/cost/conventions/fovea.ts';
import { factsOf } from '../../../src/core/facts.ts';
import type { Graph, Node } from '../../../src/core/graph.ts';
import { rooflineOf } from '../../../src/core/roofline/roofline.ts';
import { traceGraph } from '../../../src/core/trace.ts';
import { described, fixtureGraph, graphOf } from '../graphs.ts';

function look(graph: Graph) {
  const view = rooflineOf(traceGraph(graph, {}));
  return { ...view, layers: view.layers ?? [] };
}
const kernels = (graph: Graph) => look(graph).layers.map(({ kernel }) => kernel);

const conv = { type: 'Conv2d', out_channels: 4, kernel_size: 3, padding: 1, bias: false };
/** Bytes of a feature map of four channels, and of the weights of a convolution between two. */
const [MAP, WEIGHTS] = [1 * 4 * 8 * 8 * 4, 4 * 4 * 9 * 4];

t.test('a chain runs in the kernel of its producer', async (t) => {
  const graph = described({ inputs: { x: [1, 4, 8, 8] }, layers: [conv, { type: 'BatchNorm2d' }, { type: 'ReLU' }, conv] });
  t.same(kernels(graph), [0, 0, 0, 3]);
  t.equal(look(graph).totals.fusedBytes, 2 * (MAP + WEIGHTS + MAP) + 4 * 16);
});

t.test('a sum runs in the later of its producers, and what came before is read', async (t) => {
  const graph = described({
    inputs: { x: [1, 4, 8, 8] },
    layers: [
      { name: 'a', ...conv },
      { type: 'ReLU', name: 'r' },
      { name: 'b', ...conv },
      { type: 'Add', from: ['b', 'r'] },
      { type: 'ReLU' },
    ],
  });
  t.same(kernels(graph), [0, 0, 2, 2, 2]);
  // The second kernel reads r once: for the convolution and for the sum.
  t.equal(look(graph).totals.fusedBytes, 2 * (MAP + WEIGHTS + MAP));
});

t.test('what another kernel reads, and what the network gives out, is written', async (t) => {
  const layers = [
    { name: 'a', ...conv },
    { type: 'ReLU', name: 'r' },
    { name: 'b', from: ['a'], ...conv },
  ];
  const graph = described({ inputs: { x: [1, 4, 8, 8] }, layers, outputs: ['r', 'b'] });
  t.same(kernels(graph), [0, 0, 2]);
  t.equal(look(graph).totals.fusedBytes, MAP + WEIGHTS + 2 * MAP + (MAP + WEIGHTS + MAP));

  const inside = [
    { name: 'a', ...conv },
    { name: 'flat', type: 'Flatten' },
    { type: 'ReLU', name: 'r', from: ['a'] },
  ];
  const bytes = (outputs: readonly string[]) => look(described({ inputs: { x: [1, 4, 8, 8] }, layers: inside, outputs })).totals.fusedBytes;
  t.equal(bytes(['r']), MAP + WEIGHTS + MAP);
  t.equal(bytes(['a', 'r']), MAP + WEIGHTS + 2 * MAP, 'what the kernel itself reads too');
  t.equal(bytes(['flat', 'r']), MAP + WEIGHTS + 2 * MAP, 'what a view of it is given out');
});

t.test('what nobody reads is written all the same', async (t) => {
  const graph = graphOf({
    inputs: [{ name: 'x', dtype: 'float32', shape: [1, 4, 8, 8] }],
    nodes: [
      ['MaxPool', ['x'], 'p', { kernel_shape: [2, 2], strides: [2, 2] }],
      ['Relu', ['p'], 'y'],
    ],
  });
  const pool = { ...(graph.nodes[0] as Node), outputs: ['p', 'positions'] };
  const { totals } = look({ ...graph, nodes: [pool, ...graph.nodes.slice(1)] });
  t.match(totals, { kernels: 1, fusedBytes: MAP + MAP / 4 + (MAP / 4 / 4) * 8 });
});

t.test('what goes to another place is its own kernel', async (t) => {
  const graph = graphOf({
    inputs: [{ name: 'x', dtype: 'float32', shape: [4, 4] }],
    nodes: [
      ['Relu', ['x'], 'a'],
      ['Transpose', ['a'], 'b', { perm: [1, 0] }],
      ['Relu', ['b'], 'y'],
    ],
  });
  t.same(kernels(graph), [0, 1, 1]);
});

t.test('a kernel never waits for one that waits for it', async (t) => {
  // The activation feeds a convolution whose result it is then multiplied with: that product cannot run with the activation.
  const graph = described({
    inputs: { x: [1, 4, 8, 8] },
    layers: [
      { name: 'a', ...conv },
      { name: 'b', ...conv },
      { name: 'c', type: 'Sigmoid', from: ['a'] },
      { name: 'y', type: 'onnx.Mul', from: ['b', 'c'] },
    ],
  });
  // The sigmoid runs with a, which comes before b: the product runs with b.
  t.same(kernels(graph), [0, 1, 0, 1]);
});

t.test('views pass through, and softmax does not fuse', async (t) => {
  const graph = graphOf({
    inputs: [{ name: 'x', dtype: 'float32', shape: [2, 6] }],
    constants: [{ name: 'shape', dtype: 'int64', shape: [2], data: [3, 4] }],
    nodes: [
      ['Softmax', ['x'], 'a'],
      ['Reshape', ['a', 'shape'], 'b'],
      ['Relu', ['b'], 'c'],
      ['Softmax', ['c'], 'y'],
    ],
  });
  t.same(kernels(graph), [0, null, 0, 3]);
  const { totals, layers } = look(graph);
  t.same(layers[1]?.bytes, { inputs: 0, weights: 0, outputs: 0, total: 0 });
  t.equal(totals.fusedBytes, 4 * 48);
});

t.test('a normalisation fuses, a factor that is broadcast does not draw the product to it', async (t) => {
  const graph = described({
    inputs: { x: [1, 4, 8, 8] },
    layers: [
      { name: 'a', ...conv },
      { type: 'GroupNorm', name: 'n', num_groups: 2 },
      { name: 'pool', type: 'AdaptiveAvgPool2d', output_size: 1 },
      { name: 'gate', ...conv, kernel_size: 1, padding: 0 },
      { name: 'y', type: 'onnx.Mul', from: ['n', 'gate'] },
    ],
  });
  t.same(kernels(graph), [0, 0, 2, 3, 4]);
});

const layer = fc.constantFrom(
  conv,
  { type: 'ReLU' },
  { type: 'BatchNorm2d' },
  { type: 'Sigmoid' },
  { type: 'Add' },
  { type: 'onnx.Mul' },
  { type: 'GroupNorm', num_groups: 2 },
);

t.test('kernels of random graphs run one after another, hold every layer once and never move more', async () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(layer, fc.nat(), fc.nat()), { minLength: 1, maxLength: 15 }), (rows) => {
      const layers = rows.map(([one, a, b], i) => {
        const from = [a, b].map((n) => (n % (i + 1) === 0 ? 'x' : `l${(n % (i + 1)) - 1}`));
        return { name: `l${i}`, ...one, from: one.type === 'Add' || one.type === 'onnx.Mul' ? from : from.slice(0, 1) };
      });
      const graph = described({ inputs: { x: [1, 4, 8, 8] }, layers });
      const view = look(graph);
      const { facts } = factsOf(traceGraph(graph, {}), fovea);
      const made = new Set(['x']);
      for (const head of new Set(view.layers.map(({ kernel }) => kernel))) {
        const members = facts.filter((_, at) => view.layers[at]?.kernel === head);
        const own = new Set(members.flatMap(({ call }) => call.node.outputs));
        const reads = members.flatMap(({ call }) => call.node.inputs.filter((_, i) => call.inputs[i]?.constant === false));
        if (reads.some((name) => !own.has(name) && !made.has(name))) return false;
        for (const name of own) made.add(name);
      }
      return made.size === facts.length + 1 && Number(view.totals.fusedBytes) <= Number(view.totals.bytes);
    }),
    { numRuns: 500 },
  );
});

t.test('ResNet-50 runs as its convolutions, pools and classifier', async (t) => {
  const { totals, layers } = look(fixtureGraph('resnet50'));
  const heads = new Set(layers.filter(({ kernel, index }) => kernel === index).map(({ op }) => op));
  t.same([...heads].sort(), ['Conv', 'Gemm', 'GlobalAveragePool', 'MaxPool']);
  t.equal(totals.kernels, 53 + 3);
});
