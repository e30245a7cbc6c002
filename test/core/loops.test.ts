import t from 'tap';
import { analyze } from '../../src/core/analyze.ts';
import { trainingCostOf } from '../../src/core/cost/training.ts';
import type { Attribute, Constant, DType, Graph, Node } from '../../src/core/graph.ts';
import { memoryOf } from '../../src/core/memory/memory.ts';
import { trainingMemoryOf } from '../../src/core/memory/training.ts';
import { traceGraph } from '../../src/core/trace.ts';

// Up to 64 iterations are laid out one after the other; of more, the body stands in the graph once.

type Row = readonly [op: string, inputs: readonly string[], output: string, attributes?: Record<string, Attribute>];

const nodes = (rows: readonly Row[]): Node[] =>
  rows.map(([op, inputs, outputs, attributes = {}]) => {
    return { id: outputs, name: '', scope: '', op, attributes: new Map(Object.entries(attributes)), inputs, outputs: outputs.split(' ') };
  });

const input = (name: string, shape: readonly number[] | null = null, dtype: DType = 'float32') => ({ name, dtype, shape });
const weight = (name: string, ...shape: number[]): Constant => ({ name, dtype: 'float32', shape, data: null });
const integers = (name: string, shape: readonly number[], ...data: number[]): Constant => ({ name, dtype: 'int64', shape, data });

function graph(rows: readonly Row[], inputs: Graph['inputs'], outputs: readonly string[], constants: readonly Constant[] = []): Graph {
  return {
    name: '',
    nodes: nodes(rows),
    inputs,
    outputs: outputs.map((name) => ({ name, dtype: null, shape: null })),
    constants: new Map(constants.map((constant) => [constant.name, constant])),
    diagnostics: [],
  };
}

const stepped = [input('i', [], 'int64'), input('go', [], 'bool')];
const scale: Constant = { name: '', dtype: 'float32', shape: [4], data: [1, 2, 3, 4] };

/** Two products and a bias on what is carried, which is collected under two shapes; the iteration is a factor. */
const dense = graph(
  [
    ['Constant', [], 'k', { value: scale }],
    ['MatMul', ['h', 'w'], 'm'],
    ['Relu', ['m'], 'r'],
    ['MatMul', ['r', 'v'], 'q'],
    ['Add', ['q', 'k'], 's'],
    ['Tanh', ['s'], 'next'],
    ['Cast', ['i'], 'f', { to: 1 }],
    ['Mul', ['next', 'f'], 'z'],
    ['Unsqueeze', ['z', 'axes'], 'u'],
  ],
  [...stepped, input('h')],
  ['go', 'next', 'u'],
  [weight('w', 4, 8), weight('v', 8, 4)],
);

const outer = [weight('b', 4), weight('o', 4, 3), integers('axes', [1], 0), { ...weight('zeros', 2, 4), data: [0, 0, 0, 0, 0, 0, 0, 0] }];
const count = (trips: number | null) => ({
  inputs: trips === null ? [input('n', [], 'int64')] : [],
  constants: trips === null ? outer : [...outer, integers('n', [], trips)],
});

const looped = (body: Graph, trips: number | null, initial = 'a') => {
  const { inputs, constants } = count(trips);
  const rows: Row[] = [
    ['Add', ['x', 'b'], 'a'],
    ['Loop', ['n', '', initial], 'last all', { body }],
    ['MatMul', ['last', 'o'], 'y'],
    ['Add', ['y', 'y'], 'twice'],
  ];
  return graph(rows, [input('x', [2, 4]), ...inputs], ['twice', 'all'], constants);
};

/** A loop in the body of another one: what the inner one gives is collected and carried on. */
const nested = (trips: number | null, within: number) => {
  const inner: Row = ['Loop', ['n_inner', '', 'c'], 'end rows', { body: dense }];
  const body = graph([inner, ['Relu', ['end'], 'on']], [...stepped, input('c')], ['go', 'on', 'rows'], [integers('n_inner', [], within)]);
  return looped(body, trips);
};

/** A recurrent layer as a Scan: what it reads are the rows of the input. */
const scanned = (trips: number) => {
  const body = graph(
    [
      ['MatMul', ['row', 'w'], 'm'],
      ['MatMul', ['h', 'r'], 'n'],
      ['Add', ['m', 'n'], 's'],
      ['Tanh', ['s'], 'next'],
    ],
    [input('h'), input('row')],
    ['next', 'next'],
    [weight('w', 4, 4), weight('r', 4, 4)],
  );
  const rows: Row[] = [
    ['Add', ['x', 'b'], 'a'],
    ['Mul', ['first', 'b'], 'start'],
    ['Scan', ['start', 'a'], 'last all', { body, num_scan_inputs: 1 }],
    ['MatMul', ['last', 'o'], 'y'],
  ];
  return graph(rows, [input('x', [trips, 2, 4]), input('first', [2, 4])], ['y', 'all'], outer);
};

/** Everything that grows with the iterations. */
function figures(network: Graph): Record<string, number> {
  const { totals, layers = [] } = analyze({ graph: network, format: '', name: '', bytes: 0, sha256: '' }, {});
  const trace = traceGraph(network, {});
  const [memory, training, cost] = [memoryOf(trace), trainingMemoryOf(trace), trainingCostOf(trace, { layers: false })];
  return {
    macs: Number(totals.macs),
    flops: Number(totals.flops),
    cost: Number(totals.cost.value),
    stored: Number(totals.params.stored),
    elements: Number(totals.activations.elements),
    bytes: Number(totals.activations.bytes),
    ofLayers: layers.reduce((sum, { activationBytes }) => sum + Number(activationBytes), 0),
    peak: Number(totals.memory.peakBytes),
    peakOfView: Number(memory.peak.bytes),
    depth: totals.depth,
    nonlinearities: totals.nonlinearities,
    fvcore: Number(memory.activations.fvcore),
    ofView: Number(memory.activations.bytes),
    saved: Number(training.saved.bytes),
    workingSet: Number(training.workingSetBytes),
    backward: Number(cost.backward.flops),
    lowerBounds: totals.lowerBounds.length + training.lowerBounds.length + cost.lowerBounds.length + memory.lowerBounds.length,
  };
}

/** What a figure is one iteration on, if it grows by the same with each. */
function continued(at: (trips: number) => Graph): Record<string, number> {
  const [before, now] = [figures(at(63)), figures(at(64))];
  return Object.fromEntries(Object.entries(now).map(([name, value]) => [name, 2 * value - (before[name] as number)]));
}

t.test('a loop counts for each iteration, laid out or not', async (t) => {
  for (const [name, at] of Object.entries<(trips: number) => Graph>({
    dense: (trips) => looped(dense, trips),
    'a carried constant': (trips) => looped(dense, trips, 'zeros'),
    'a loop that is laid out in one that is not': (trips) => nested(trips, 3),
    'a Scan': scanned,
  })) {
    const [expected, found] = [continued(at), figures(at(65))];
    // The slices of a Scan end with its last iteration, not with the last slice.
    const longer = name === 'a Scan' ? { peak: 32, peakOfView: 32 } : {};
    for (const [figure, more] of Object.entries(longer)) expected[figure] = (expected[figure] as number) + more;
    t.same(found, expected, name);
    t.equal(expected.lowerBounds, 0, `${name} is complete`);
    if (expected.depth) t.ok(expected.depth >= 65, name);
  }
});

t.test('loops in loops count for each iteration of both', async (t) => {
  // Of the products in the body two stand one behind the other, and one behind the loops.
  t.match(figures(nested(70, 80)), { macs: 70 * 80 * 128 + 24, depth: 2 * 70 * 80 + 1, nonlinearities: 70 * (2 * 80 + 1) });
  // An inner loop that begins anew has no longer paths than one of them.
  const inner: Row = ['Loop', ['n_inner', '', 'x'], 'end rows', { body: dense }];
  const anew = graph([inner, ['Add', ['end', 'c'], 'on']], [...stepped, input('c')], ['go', 'on', 'rows'], [integers('n_inner', [], 80)]);
  t.match(figures(looped(anew, 70)), { macs: 70 * 80 * 128 + 24, depth: 2 * 80 + 1 });
});

t.test('a loop of an unknown number of iterations gives lower bounds, each by name', async (t) => {
  const network = looped(dense, null);
  const { totals, status } = analyze({ graph: network, format: '', name: '', bytes: 0, sha256: '' }, {});
  t.equal(status, 'partial');
  t.match(totals, { macs: 128 + 24, nonlinearities: 2, depth: 3 });
  const all = ['macs', 'flops', 'operations', 'validMacs', 'validFlops', 'cost', 'activations', 'memory.peakBytes', 'depth'];
  t.same(totals.lowerBounds, [...all, 'nonlinearities']);
  t.ok(memoryOf(traceGraph(network, {})).lowerBounds.includes('activations'));
  // Without contractions and activation functions their numbers are known.
  const plain = graph([['Add', ['h', 'h'], 'next']], [...stepped, input('h')], ['go', 'next', 'next']);
  const known = analyze({ graph: looped(plain, null), format: '', name: '', bytes: 0, sha256: '' }, {}).totals;
  t.match(known, { depth: 1, nonlinearities: 0 });
  for (const name of ['depth', 'nonlinearities']) t.notOk(known.lowerBounds.includes(name), name);
});

t.test('numbers of iterations beyond every path that is followed', async (t) => {
  const { totals } = analyze({ graph: looped(dense, 2 ** 40), format: '', name: '', bytes: 0, sha256: '' }, { layers: false });
  t.equal(totals.macs, 2 ** 40 * 128 + 24);
  t.same(totals.lowerBounds, ['depth', 'nonlinearities']);
  t.equal(totals.nonlinearities, 2 ** 31 - 1);
  t.ok(totals.depth > 1000);
});

t.test('what a loop carries needs a gradient where its body learns, also through several iterations', async (t) => {
  // c takes what b was, b what a was, and a learns: the third iteration hands a gradient to c.
  const body = graph(
    [
      ['MatMul', ['x', 'w'], 'learnt'],
      ['Identity', ['a'], 'was_a'],
      ['Exp', ['b'], 'was_b'],
      ['MatMul', ['c', 'x'], 'product'],
    ],
    [...stepped, input('a'), input('b'), input('c')],
    ['go', 'learnt', 'was_a', 'was_b', 'product'],
    [weight('w', 4, 4)],
  );
  const at = (trips: number) =>
    graph(
      [['Loop', ['n', '', 'x', 'x', 'x'], 'a_end b_end c_end all', { body }]],
      [input('x', [4, 4])],
      ['all'],
      [integers('n', [], trips)],
    );
  const { backward } = trainingCostOf(traceGraph(at(65), {}), { layers: false });
  // The weight's gradient, and that of c: of the first iterations too, which need none yet.
  t.equal(backward.macs, 65 * 2 * 64);
  const laidOut = trainingCostOf(traceGraph(at(64), {}), { layers: false }).backward;
  t.equal(laidOut.macs, 64 * 64 + (64 - 3) * 64);
});

t.test('weights that a body makes by Constant are stored, and receptive fields through the iterations are not known', async (t) => {
  const reported = (network: Graph) => analyze({ graph: network, format: '', name: '', bytes: 0, sha256: '' }, {});
  t.equal(reported(looped(dense, 100)).totals.params.stored, 4 + 12 + 8 + 4 * 8 + 8 * 4 + 4);
  const fields = reported(scanned(100)).layers?.find(({ id }) => id === 'y')?.outputs[0]?.receptiveFields ?? [];
  const axes = fields.flatMap(({ axes }) => axes);
  t.ok(axes.length > 0 && axes.every(({ status }) => status === 'unknown'));
});
