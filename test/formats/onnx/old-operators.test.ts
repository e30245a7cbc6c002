import t from 'tap';
import { analyze } from '../../../src/core/analyze.ts';
import type { Graph } from '../../../src/core/graph.ts';
import type { Report } from '../../../src/core/report.ts';
import * as e from './encode.ts';

// Operators whose lift takes several nodes: what counts is what the whole comes to.

const X = [2, 3, 8, 6];

function read(opset: number, op: string, attributes: readonly e.Bytes[] = [], initializers: readonly e.Bytes[] = []): Graph {
  const names = initializers.map((_, k) => `w${k}`);
  const nodes = [e.node('Abs', ['input'], ['x']), e.node(op, ['x', ...names], ['y'], { name: 'old', attributes })];
  return e.read(e.model(e.graph({ nodes, initializers, inputs: [e.value('input', 1, X)], outputs: [e.value('y')] }), opset)).graph;
}

function report(graph: Graph): Report {
  return analyze({ graph, format: '', name: '', bytes: 0, sha256: '' });
}

/** Operators in order without those of lifts that are about shapes, and the shape of the output. */
function outcome(graph: Graph): { ops: string[]; shape: unknown; status: string } {
  const { layers, outputs, status } = report(graph);
  return { ops: (layers ?? []).slice(1).map(({ op }) => op), shape: outputs[0]?.shape, status };
}

const ints = (name: string, dims: number[], ...values: number[]): e.Bytes => e.tensor(name, 7, dims, e.bytes(9, e.int64(...values)));
const floats = (name: string, dims: number[], ...values: number[]): e.Bytes => e.tensor(name, 1, dims, e.bytes(9, e.float32(...values)));

t.test('Tile 1', async (t) => {
  for (const dims of [[], [1]]) {
    const graph = read(5, 'Tile', [], [ints('w0', dims, 4), ints('w1', dims, 2)]);
    t.match(outcome(graph), { ops: ['Tile'], shape: [2, 3, 32, 6], status: 'complete' });
    t.match(outcome(read(1, 'Tile', [], [floats('w0', dims, 4), floats('w1', dims, 2)])).shape, [2, 3, 32, 6]);
  }
  t.match(outcome(read(6, 'Tile', [], [ints('w0', [4], 1, 2, 1, 1)])).shape, [2, 6, 8, 6]);
  t.match(read(5, 'Tile').nodes.at(-1)?.inputs[0], 'x');
});

t.test('BatchNormalization 1 to 8 of single elements', async (t) => {
  const dims = [3, 8, 6];
  const statistics = ['w0', 'w1', 'w2', 'w3'].map((name) => e.tensor(name, 1, dims));
  const spatial = e.attribute('spatial', 0);
  const graph = read(8, 'BatchNormalization', [spatial, e.floatAttribute('epsilon', 0.5)], statistics);
  t.match(outcome(graph), { ops: ['Flatten', 'BatchNormalization', 'Reshape'], shape: X, status: 'complete' });
  const { totals, layers } = report(graph);
  t.match(totals.params, { stored: 4 * 144, buffers: 2 * 144, trainable: 2 * 144 });
  t.equal(layers?.[2]?.attributes.epsilon, 0.5);
  t.strictSame(
    layers?.at(-1)?.outputs[0]?.receptiveFields[0]?.axes.map(({ status, size }) => [status, size]),
    [
      ['exact', 1],
      ['exact', 1],
    ],
  );
});

t.test('BatchNormalization of nothing', async (t) => {
  const node = e.node('BatchNormalization', [], ['y'], { attributes: [e.attribute('spatial', 0)] });
  t.equal(e.read(e.model(e.graph({ nodes: [node] }), 8)).graph.nodes.at(-1)?.op, 'Reshape');
});

t.test('BatchNormalization with `spatial` 0, but a scale per channel', async (t) => {
  const statistics = ['w0', 'w1', 'w2', 'w3'].map((name) => e.tensor(name, 1, [3]));
  const graph = read(8, 'BatchNormalization', [e.attribute('spatial', 0)], statistics);
  t.match(outcome(graph), { ops: ['BatchNormalization'], shape: X });
  t.match(graph.diagnostics, [{ code: 'old-operator', node: 'old' }]);
});

t.test('operators that there are no more', async (t) => {
  const scale = e.floatAttribute('scale', 0.5);
  const alphaBeta = [e.floatAttribute('alpha', 2), e.floatAttribute('beta', 3)];
  for (const [op, attributes, ops] of [
    ['Affine', alphaBeta, ['Mul', 'Add']],
    ['Affine', [], ['Mul', 'Add']],
    ['ImageScaler', [scale, e.floatsAttribute('bias', [1, 2, 3])], ['Mul', 'Add']],
    ['ImageScaler', [], ['Mul', 'Identity']],
    ['Scale', [scale], ['Mul']],
    ['Scale', [], ['Mul']],
  ] as const) {
    const graph = read(1, op, attributes);
    t.match(outcome(graph), { ops, shape: X, status: 'complete' }, op);
    t.equal(graph.nodes.at(-1)?.id, 'old');
    t.equal(graph.nodes.at(-1)?.attributes.size, 0);
    t.equal(report(graph).totals.params.stored, 0);
    t.doesNotThrow(() => e.read(e.model(e.graph({ nodes: [e.node(op, [], ['y'], { attributes })] }), 1)));
  }
});

t.test('Crop', async (t) => {
  const border = e.attribute('border', [1, 2, 3, 0]);
  t.strictSame(outcome(read(1, 'Crop', [border])), { ops: ['Slice'], shape: [2, 3, 6, 2], status: 'complete' });
  t.strictSame(outcome(read(1, 'Crop', [border, e.attribute('scale', [4, 5])])).shape, [2, 3, 4, 5]);
  t.strictSame(outcome(read(1, 'Crop')).shape, X);
  t.doesNotThrow(() => e.read(e.model(e.graph({ nodes: [e.node('Crop', [], ['y'])] }), 1)));
});

t.test('DynamicSlice', async (t) => {
  const bounds = [ints('w0', [1], 1), ints('w1', [1], 3), ints('w2', [1], 2)];
  t.strictSame(outcome(read(1, 'DynamicSlice', [], bounds)), { ops: ['Slice'], shape: [2, 3, 2, 6], status: 'complete' });
});

t.test('MeanVarianceNormalization 1', async (t) => {
  const last = (...attributes: e.Bytes[]) => read(8, 'MeanVarianceNormalization', attributes).nodes.at(-1);
  t.match(last(), { op: 'MeanVarianceNormalization', attributes: new Map([['axes', [2, 3]]]) });
  t.match(last(e.attribute('across_channels', 1), e.attribute('normalize_variance', 1))?.attributes.get('axes'), [1, 2, 3]);
  const centred = read(8, 'MeanVarianceNormalization', [e.attribute('normalize_variance', 0)]);
  t.match(outcome(centred), { ops: ['ReduceMean', 'Sub'], shape: X, status: 'complete' });
  t.doesNotThrow(() => {
    const node = e.node('MeanVarianceNormalization', [], ['y'], { attributes: [e.attribute('normalize_variance', 0)] });
    e.read(e.model(e.graph({ nodes: [node] }), 8));
  });
  t.equal(read(9, 'MeanVarianceNormalization').nodes.at(-1)?.attributes.size, 0);
});

t.test('Scan 8', async (t) => {
  const body = e.graph({ nodes: [e.node('Add', ['s', 'i'], ['t'])], inputs: [e.value('s'), e.value('i')], outputs: [e.value('t')] });
  const attributes = [e.graphAttribute('body', body), e.attribute('num_scan_inputs', 1), e.attribute('directions', [1])];
  const scan = e.node('Scan', ['', 'state', 'x'], ['last', 'all'], { attributes, name: 'scan' });
  const { graph } = e.read(e.model(e.graph({ nodes: [scan], inputs: [e.value('state'), e.value('x')] }), 8));
  const outer = graph.nodes[0];
  t.match(outer, { op: 'Scan', inputs: ['state', 'x'], outputs: ['last', 'all'] });
  t.equal(outer?.attributes.get('num_scan_inputs'), 2);
  t.notOk(outer?.attributes.has('directions'));
  const within = outer?.attributes.get('body') as Graph;
  t.strictSame([within.inputs.length, within.outputs.length], [2, 2]);
  const inner = within.nodes[0];
  t.strictSame(
    inner?.inputs,
    within.inputs.map(({ name }) => name),
  );
  t.equal(inner?.attributes.get('num_scan_inputs'), 1);
  t.strictSame(inner?.attributes.get('scan_input_directions'), [1]);
  t.match(inner?.attributes.get('body'), { nodes: [{ op: 'Add' }] });
});

t.test('attributes that have gone or had another default', async (t) => {
  const attributes = (opset: number, op: string, ...given: e.Bytes[]) => [...(read(opset, op, given).nodes.at(-1)?.attributes ?? [])];
  for (const op of ['LSTM', 'GRU', 'RNN']) {
    t.strictSame(attributes(6, op, e.attribute('output_sequence', 1), e.attribute('hidden_size', 4)), [['hidden_size', 4]]);
  }
  t.strictSame(attributes(15, 'RoiAlign'), [['coordinate_transformation_mode', 'output_half_pixel']]);
  t.strictSame(attributes(16, 'RoiAlign'), []);
});
