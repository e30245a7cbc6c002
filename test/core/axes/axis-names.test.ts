import t from 'tap';
import { analyze } from '../../../src/core/analyze.ts';
import type { Attribute, Constant, Dim, Graph } from '../../../src/core/graph.ts';
import { traceGraph } from '../../../src/core/trace.ts';
import { graphOf } from '../graphs.ts';

type Nodes = Parameters<typeof graphOf>[0]['nodes'];
type Inputs = Record<string, readonly Dim[]>;

const weight = (name: string, ...shape: number[]): Constant => ({ name, dtype: 'float32', shape, data: null });
const list = (name: string, ...data: number[]): Constant => ({ name, dtype: 'int64', shape: [data.length], data });
const perm = (...axes: number[]): Record<string, Attribute> => ({ perm: axes });
const pads = (n: number, axes: number): Record<string, Attribute> => ({ pads: Array<number>(2 * axes).fill(n) });

function graph(inputs: Inputs, nodes: Nodes, constants: readonly Constant[] = [], dtype: 'float32' | 'int64' = 'float32'): Graph {
  return graphOf({ inputs: Object.entries(inputs).map(([name, shape]) => ({ name, dtype, shape })), nodes, constants });
}

/** The names of the axes of tensors, as one word each. */
function named(of: Graph, ...tensors: readonly string[]): string[] {
  const { axes } = traceGraph(of, {});
  return tensors.map((tensor) => axes.of(tensor).join(''));
}

t.test('sequences of N x C x T, of N x T x C and of T x N x C', async (t) => {
  const chain = graph(
    { x: [1, 8, 50] },
    [
      ['Conv', ['x', 'w'], 'a', pads(1, 1)],
      ['Relu', ['a'], 'b'],
      ['Transpose', ['b'], 'c', perm(0, 2, 1)],
      ['MatMul', ['c', 'm'], 'd'],
      ['Transpose', ['d'], 'e', perm(1, 0, 2)],
      ['Sigmoid', ['e'], 'f'],
    ],
    [weight('w', 6, 8, 3), weight('m', 6, 4)],
  );
  t.same(named(chain, 'x', 'a', 'b', 'c', 'd', 'e', 'f'), ['NCT', 'NCT', 'NCT', 'NTC', 'NTC', 'TNC', 'TNC']);
  const report = analyze({ graph: chain, format: '', name: '', bytes: 0, sha256: '' });
  t.same(report.outputs[0]?.axes, ['T', 'N', 'C'], 'and so says the report');
});

t.test('recurrent layers of both layouts', async (t) => {
  const weights = (gates: number) => [weight('w', 1, gates * 5, 8), weight('r', 1, gates * 5, 5), weight('v', 5, 3)];
  const lstm = graph(
    { x: [50, 2, 8] },
    [
      ['Relu', ['x'], 'a'],
      ['LSTM', ['a', 'w', 'r'], 'y'],
      ['Squeeze', ['y', 'one'], 's'],
      ['MatMul', ['s', 'v'], 'z'],
    ],
    [...weights(4), list('one', 1)],
  );
  t.same(named(lstm, 'x', 'a', 'y', 's', 'z'), ['TNC', 'TNC', 'TCNC', 'TNC', 'TNC']);
  const gru = graph({ x: [2, 50, 8] }, [['GRU', ['x', 'w', 'r'], 'y', { layout: 1 }]], weights(3));
  t.same(named(gru, 'x', 'y'), ['NTC', 'NTCC']);
});

t.test('text over images: what was a column is a step', async (t) => {
  const crnn = graph(
    { x: [1, 1, 32, 100] },
    [
      ['Conv', ['x', 'w'], 'a', pads(1, 2)],
      ['Reshape', ['a', 'columns'], 'b'],
      ['Transpose', ['b'], 'c', perm(2, 0, 1)],
      ['LSTM', ['c', 'i', 'r'], 'd'],
      ['Squeeze', ['d', 'one'], 'e'],
    ],
    [weight('w', 4, 1, 3, 3), list('columns', 1, 128, 100), weight('i', 1, 20, 128), weight('r', 1, 20, 5), list('one', 1)],
  );
  t.same(named(crnn, 'a', 'b', 'c', 'e'), ['NCHW', 'NCW', 'WNC', 'TNC']);
});

t.test('channels last: by a Transpose, and where only a norm or a dense layer says so', async (t) => {
  const block = graph(
    { x: [1, 16, 16, 3] },
    [
      ['Transpose', ['x'], 'a', perm(0, 3, 1, 2)],
      ['Conv', ['a', 'w'], 'b', pads(3, 2)],
      ['Transpose', ['b'], 'c', perm(0, 2, 3, 1)],
      ['LayerNormalization', ['c', 'g'], 'd'],
      ['MatMul', ['d', 'm'], 'e'],
      ['Relu', ['e'], 'f'],
      ['Transpose', ['f'], 'y', perm(0, 3, 1, 2)],
    ],
    [weight('w', 4, 3, 7, 7), weight('g', 4), weight('m', 4, 8)],
  );
  t.same(named(block, 'x', 'a', 'c', 'd', 'e', 'f', 'y'), ['NHWC', 'NCHW', 'NHWC', 'NHWC', 'NHWC', 'NHWC', 'NCHW']);
  t.same(named(graph({ x: [1, 16, 16, 3] }, [['LayerNormalization', ['x', 'g'], 'y']], [weight('g', 3)]), 'x', 'y'), ['NHWC', 'NHWC']);
  t.same(named(graph({ x: [1, 16, 16, 3] }, [['MatMul', ['x', 'm'], 'y']], [weight('m', 3, 8)]), 'x', 'y'), ['NHWC', 'NHWC']);
});

t.test('tokens, heads and scores of a transformer', async (t) => {
  const vit = graph(
    { x: [1, 3, 32, 32] },
    [
      ['Conv', ['x', 'w'], 'patches', { strides: [8, 8] }],
      ['Reshape', ['patches', 'flat'], 'flattened'],
      ['Transpose', ['flattened'], 'tokens', perm(0, 2, 1)],
      ['MatMul', ['tokens', 'm'], 'q'],
      ['Reshape', ['q', 'split'], 'split_q'],
      ['Transpose', ['split_q'], 'heads', perm(0, 2, 1, 3)],
      ['Transpose', ['split_q'], 'keys', perm(0, 2, 3, 1)],
      ['MatMul', ['heads', 'keys'], 'scores'],
      ['MatMul', ['scores', 'heads'], 'attended'],
      ['Transpose', ['attended'], 'turned', perm(0, 2, 1, 3)],
      ['Reshape', ['turned', 'join'], 'joined'],
      ['Add', ['tokens', 'joined'], 'sum'],
      ['ReduceMean', ['sum', 'one'], 'mean', { keepdims: 0 }],
    ],
    [
      weight('w', 12, 3, 8, 8),
      list('flat', 1, 12, 16),
      weight('m', 12, 12),
      list('split', 1, 16, 2, 6),
      list('join', 1, 16, 12),
      list('one', 1),
    ],
  );
  t.same(named(vit, 'flattened', 'tokens', 'q', 'split_q', 'heads', 'keys'), ['NCT', 'NTC', 'NTC', 'NTCC', 'NCTC', 'NCCT']);
  t.same(named(vit, 'scores', 'attended', 'joined', 'sum', 'mean'), ['NC23', 'NCTC', 'NTC', 'NTC', 'NC'], 'a pair of tokens has no name');
  const words = graph({ ids: [1, 20] }, [['Gather', ['table', 'ids'], 'y']], [weight('table', 1000, 16)], 'int64');
  t.same(named(words, 'ids', 'y'), ['NT', 'NTC']);
  const mixer = graph(
    { x: [1, 20, 16] },
    [
      ['LayerNormalization', ['x', 'g'], 'a'],
      ['Transpose', ['a'], 'b', perm(0, 2, 1)],
      ['MatMul', ['b', 'm'], 'c'],
      ['Transpose', ['c'], 'd', perm(0, 2, 1)],
    ],
    [weight('g', 16), weight('m', 20, 24)],
  );
  t.same(named(mixer, 'x', 'b', 'c', 'd'), ['NTC', 'NCT', 'NCT', 'NTC'], 'a dense layer along the tokens leaves tokens');
});

t.test('windows: parts of axes have no name, and no batch among them', async (t) => {
  const windows = (batch: number, last: Nodes) =>
    graph(
      { x: [batch, 3, 32, 32] },
      [
        ['Conv', ['x', 'w'], 'a', { strides: [4, 4] }],
        ['Transpose', ['a'], 'b', perm(0, 2, 3, 1)],
        ['Reshape', ['b', 'apart'], 'c'],
        ['Transpose', ['c'], 'd', perm(0, 1, 3, 2, 4, 5)],
        ['Reshape', ['d', 'rows'], 'e'],
        ['MatMul', ['e', 'm'], 'f'],
        ['Reshape', ['f', 'back'], 'g'],
        ['Transpose', ['g'], 'h', perm(0, 1, 3, 2, 4, 5)],
        ['Reshape', ['h', 'whole'], 'i'],
        ...last,
      ],
      [
        weight('w', 6, 3, 4, 4),
        list('apart', batch, 2, 4, 2, 4, 6),
        list('rows', batch * 4, 16, 6),
        weight('m', 6, 6),
        list('back', batch, 2, 2, 4, 4, 6),
        list('whole', batch, 8, 8, 6),
      ],
    );
  for (const batch of [1, 3]) {
    const alone = windows(batch, []);
    t.same(named(alone, 'b', 'c', 'e', 'f', 'g', 'i'), ['NHWC', 'N1234C', '01C', '01C', 'N1234C', 'N12C'], `batch ${batch}`);
    t.same(named(windows(batch, [['Add', ['b', 'i'], 'y']]), 'y'), ['NHWC']);
  }
});

t.test('frames as a batch, channels as positions and positions as channels', async (t) => {
  const frames = graph(
    { x: [2, 8, 3, 16, 16] },
    [
      ['Reshape', ['x', 'flat'], 'a'],
      ['Conv', ['a', 'w'], 'b', pads(1, 2)],
      ['Reshape', ['b', 'apart'], 'c'],
    ],
    [list('flat', 16, 3, 16, 16), weight('w', 4, 3, 3, 3), list('apart', 2, 8, 4, 16, 16)],
  );
  t.same(named(frames, 'x', 'c'), ['NTCHW', 'NTCHW']);
  const shuffle = graph(
    { x: [1, 4, 16, 16] },
    [
      ['Conv', ['x', 'w'], 'a', pads(1, 2)],
      ['Reshape', ['a', 'apart'], 'b'],
      ['Transpose', ['b'], 'c', perm(0, 1, 4, 2, 5, 3)],
      ['Reshape', ['c', 'wide'], 'd'],
    ],
    [weight('w', 4, 4, 3, 3), list('apart', 1, 1, 2, 2, 16, 16), list('wide', 1, 1, 32, 32)],
  );
  t.same(named(shuffle, 'd'), ['NCHW']);
  const spectrum = graph(
    { x: [1, 1, 400] },
    [
      ['Conv', ['x', 'w'], 'a', { strides: [10] }],
      ['Abs', ['a'], 'b'],
      ['Unsqueeze', ['b', 'one'], 'c'],
      ['Conv', ['c', 'v'], 'd', pads(1, 2)],
    ],
    [weight('w', 64, 1, 20), list('one', 1), weight('v', 8, 1, 3, 3)],
  );
  t.same(
    named(spectrum, 'a', 'b', 'c', 'd'),
    ['NHT', 'NHT', 'NCHT', 'NCHW'],
    'frequencies are followed as soon as a window slides along them',
  );
  const groups = graph(
    { x: [1, 4, 8, 8] },
    [
      ['Relu', ['x'], 'a'],
      ['Reshape', ['a', 'packed'], 'b'],
      ['InstanceNormalization', ['b', 's', 's'], 'c'],
      ['Reshape', ['c', 'apart'], 'd'],
      ['Conv', ['d', 'w'], 'e', pads(1, 2)],
    ],
    [list('packed', 1, 2, 128), weight('s', 2), list('apart', 1, 4, 8, 8), weight('w', 4, 4, 3, 3)],
  );
  t.same(named(groups, 'x', 'a', 'd'), ['NCHW', 'NCHW', 'NCHW'], 'groups of channels and their positions in one row');
});

t.test('what nothing names has the usual layout of its rank, or its index', async (t) => {
  const relu = (...shape: Dim[]) => named(graph({ x: shape }, [['Relu', ['x'], 'y']]), 'y');
  t.same(relu(4), ['0']);
  t.same(relu(1, 10), ['NC']);
  t.same(relu(1, 20, 8), ['NTC']);
  t.same(relu(1, 3, 8, 8), ['NCHW']);
  t.same(relu(1, 3, 4, 8, 8), ['NCDHW']);
  t.same(relu(1, 2, 3, 4, 5, 6), ['N12345']);
  t.same(named(graph({ x: [1, null, null] }, [['com.example.Odd', ['x'], 'y']]), 'x', 'y', 'z'), ['NTC', '', '']);
});

t.test('as many nodes as there are, and as many readers', async (t) => {
  const deep = Array.from({ length: 20_000 }, (_, i): Nodes[number] => ['Relu', [i === 0 ? 'x' : `v${i - 1}`], `v${i}`]);
  t.same(named(graph({ x: [1, 8, 50] }, deep), 'x', 'v10000', 'v19999'), ['NTC', 'NTC', 'NTC']);
  const wide = Array.from({ length: 20_000 }, (_, i): Nodes[number] => ['Relu', ['x'], `v${i}`]);
  const all = { ...graph({ x: [1, 8, 50] }, wide), outputs: wide.map(([, , name]) => ({ name, dtype: null, shape: null })) };
  t.equal(new Set(named(all, ...wide.map(([, , name]) => name))).size, 1);
});
