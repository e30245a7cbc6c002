import t from 'tap';
import type { Graph, Node } from '../../../src/core/graph.ts';
import type { Limits } from '../../../src/formats/format.ts';
import * as e from './encode.ts';

const call = (name: string, inputs: string[], outputs: string[], parts: e.NodeParts = {}): e.Bytes =>
  e.node(name, inputs, outputs, { domain: 'own', ...parts });

function read(nodes: readonly e.Bytes[], functions: readonly e.Bytes[], opset = 17, limits: Partial<Limits> = {}): Graph {
  const outputs = [e.value('y')];
  return e.read(e.join(...functions, e.model(e.graph({ nodes, inputs: [e.value('x')], outputs }), opset)), limits).graph;
}

/** Nodes in short: `id: Op(inputs) -> outputs`. */
const shown = (graph: Graph): string[] => graph.nodes.map(({ id, op, inputs, outputs }) => `${id}: ${op}(${inputs}) -> ${outputs}`);

const twoSteps = e.localFunction('twoSteps', {
  inputs: ['a'],
  outputs: ['c'],
  nodes: [e.node('Relu', ['a'], ['b'], { name: 'first' }), e.node('Abs', ['b'], ['c'])],
});

t.test('a call is replaced by the nodes of its function', async (t) => {
  const graph = read([call('twoSteps', ['x'], ['t'], { name: '/net/f' }), call('twoSteps', ['t'], ['y'])], [twoSteps]);
  t.strictSame(shown(graph), [
    '/net/f/first: Relu(x) -> /net/f/b',
    '/net/f/c: Abs(/net/f/b) -> t',
    'y/first: Relu(t) -> y/b',
    'y/c: Abs(y/b) -> y',
  ]);
  t.strictSame(
    graph.nodes.map(({ scope }) => scope),
    ['net/f', 'net/f', 'y', 'y'],
  );
  t.strictSame(graph.diagnostics, []);
});

t.test('names of values within a function are free', async (t) => {
  const taken = e.node('Neg', ['x'], ['f/b']);
  const graph = read(
    [taken, call('twoSteps', ['f/b'], ['u'], { name: 'f' }), call('twoSteps', ['u'], ['y'], { name: 'fovea' })],
    [twoSteps],
  );
  t.strictSame(shown(graph).slice(1), [
    'f/first: Relu(f/b) -> f/b_2',
    'f/c: Abs(f/b_2) -> u',
    'fovea/first: Relu(u) -> call/fovea/b',
    'fovea/c: Abs(call/fovea/b) -> y',
  ]);
});

t.test('functions are told apart by domain, name and overload', async (t) => {
  const one = (op: string, parts: Partial<e.FunctionParts>): e.Bytes =>
    e.localFunction('f', { inputs: ['a'], outputs: ['b'], nodes: [e.node(op, ['a'], ['b'])], ...parts });
  const functions = [one('Relu', {}), one('Abs', { overload: 'v2' }), one('Neg', { domain: 'other' }), one('Exp', { domain: 'ai.onnx' })];
  const nodes = [
    call('f', ['x'], ['a']),
    call('f', ['a'], ['b'], { overload: 'v2' }),
    call('f', ['b'], ['c'], { domain: 'other' }),
    call('f', ['c'], ['d'], { domain: '' }),
    call('f', ['d'], ['y'], { overload: 'v3' }),
  ];
  const ops = (graph: Graph): string[] => graph.nodes.map(({ op }) => op);
  t.strictSame(ops(read(nodes, functions)), ['Relu', 'Abs', 'Neg', 'Exp', 'own.f']);
  t.throws(() => read(nodes, [...functions, one('Relu', {})]), { code: 'malformed-file', message: /two functions 'f'/ });
});

t.test('inputs and outputs that a call leaves out', async (t) => {
  const f = e.localFunction('f', {
    inputs: ['a', 'low', 'high'],
    outputs: ['b', 'c'],
    nodes: [e.node('Clip', ['a', 'low', 'high'], ['b']), e.node('Abs', ['b'], ['c'])],
  });
  t.strictSame(shown(read([call('f', ['x', '', 'x'], ['', 'y'], { name: 'n' })], [f])), ['n/b: Clip(x,,x) -> n/b', 'n/c: Abs(n/b) -> y']);
  t.strictSame(shown(read([call('f', ['x'], ['y'], { name: 'n' })], [f])), ['n/b: Clip(x,,) -> y', 'n/c: Abs(y) -> n/c']);
  for (const bad of [call('f', ['x', '', '', 'x'], ['y']), call('f', ['x'], ['y', 'u', 'v'])]) {
    t.throws(() => read([bad], [f]), { code: 'malformed-node', spot: { node: 'y' } });
  }
});

t.test('a function that passes an input through, or gives a value out twice', async (t) => {
  const f = e.localFunction('f', { inputs: ['a'], outputs: ['a', 'b', 'b', 'a'], nodes: [e.node('Abs', ['a'], ['b'])] });
  const graph = read([call('f', ['x'], ['y', 'u', 'v', ''], { name: 'n' })], [f]);
  t.strictSame(shown(graph), ['n/b: Abs(x) -> u', 'n/a: Identity(x) -> y', 'n/b_2: Identity(u) -> v']);
});

t.test('attributes refer to those of the call, or have defaults', async (t) => {
  const f = e.localFunction('f', {
    inputs: ['a'],
    outputs: ['b'],
    defaults: [e.attribute('axis', 3)],
    nodes: [
      e.node('Softmax', ['a'], ['b'], {
        attributes: [e.reference('axis', 'axis', 2), e.reference('other', 'way', 2), e.attribute('k', 5)],
      }),
    ],
  });
  const attributes = (...given: e.Bytes[]): unknown[] => [
    ...(read([call('f', ['x'], ['y'], { attributes: given })], [f]).nodes[0] as Node).attributes,
  ];
  t.strictSame(attributes(), [
    ['axis', 3],
    ['k', 5],
  ]);
  t.strictSame(attributes(e.attribute('axis', 1), e.attribute('way', 2), e.attribute('unused', 9)), [
    ['axis', 1],
    ['other', 2],
    ['k', 5],
  ]);
  t.throws(() => read([e.node('Softmax', ['x'], ['y'], { attributes: [e.reference('axis', 'axis', 2)] })], []), {
    code: 'malformed-file',
    message: /attribute 'axis' of node 'y' stands for one of a function's call/,
  });
});

t.test('graphs within functions see its names, and are given attributes', async (t) => {
  const branch = e.graph({
    nodes: [e.node('Softmax', ['t'], ['u'], { attributes: [e.reference('axis', 'axis', 2)] }), e.node('Mul', ['u', 'w'], ['r'])],
    initializers: [e.tensor('w', 1, [1])],
    outputs: [e.value('r')],
    values: [e.value('u', 1, [2])],
  });
  const sparse = e.join(e.message(15, e.message(1, e.int(2, 1), e.text(8, 's'))), e.message(15, e.packed(3, [1])));
  const other = e.join(e.graph({ inputs: [e.value('i')], outputs: [e.value('i')] }), sparse);
  const f = e.localFunction('f', {
    inputs: ['a'],
    outputs: ['b'],
    nodes: [
      e.node('Relu', ['a'], ['t']),
      e.node('If', ['a'], ['b'], {
        attributes: [e.graphAttribute('then_branch', branch), e.attribute('all', e.bytes(11, e.graph({})), 10)],
      }),
      e.node('Own', ['a'], [''], { attributes: [e.reference('body', 'body', 5)] }),
    ],
  });
  t.throws(() => read([call('f', ['x'], ['y'], { name: 'n', attributes: [e.graphAttribute('body', other)] })], [f]), {
    code: 'malformed-file',
    message: /there is no data type 0/,
  });
  const body = e.graph({ nodes: [e.node('Abs', ['x'], ['z'])], outputs: [e.value('z')] });
  const graph = read([call('f', ['x'], ['y'], { name: 'n', attributes: [e.graphAttribute('body', body), e.attribute('axis', 7)] })], [f]);
  const then = graph.nodes[1]?.attributes.get('then_branch') as Graph;
  t.strictSame(shown(then), ['n/u: Softmax(n/t) -> n/u', 'n/r: Mul(n/u,n/w) -> n/r']);
  t.equal(then.nodes[0]?.attributes.get('axis'), 7);
  t.strictSame([...then.constants.keys()], ['n/w']);
  t.strictSame(
    then.outputs.map(({ name }) => name),
    ['n/r'],
  );
  t.strictSame(shown(graph.nodes[2]?.attributes.get('body') as Graph), ['z: Abs(x) -> z']);
});

t.test('sparse tensors in graphs within functions', async (t) => {
  const branch = e.join(e.message(15, e.message(1, e.int(2, 1), e.text(8, 's')), e.packed(3, [4])), e.graph({ outputs: [e.value('s')] }));
  const f = e.localFunction('f', {
    inputs: ['a'],
    outputs: ['b'],
    nodes: [e.node('If', ['a'], ['b'], { attributes: [e.graphAttribute('then_branch', branch)] })],
  });
  const then = read([call('f', ['x'], ['y'], { name: 'n' })], [f]).nodes[0]?.attributes.get('then_branch') as Graph;
  t.strictSame([...then.constants.keys()], ['n/s']);
  const unnamed = e.localFunction('f', {
    inputs: ['a'],
    outputs: ['b'],
    nodes: [e.node('If', ['a'], ['b'], { attributes: [e.graphAttribute('then_branch', e.message(15, e.packed(3, [4])))] })],
  });
  t.throws(() => read([call('f', ['x'], ['y'], { name: 'n' })], [unnamed]), { code: 'malformed-file' });
});

t.test('a function has an operator set of its own', async (t) => {
  const nodes = [e.node('Squeeze', ['a'], ['b'], { attributes: [e.attribute('axes', [0])] })];
  const squeeze = (opset: number | undefined): Graph => {
    const f = e.localFunction('f', { inputs: ['a'], outputs: ['b'], nodes, ...(opset !== undefined && { opset }) });
    return read([call('f', ['x'], ['u']), call('f', ['u'], ['y'])], [f], 17);
  };
  t.strictSame(squeeze(11).nodes[0]?.inputs, ['x', 'fovea/axes_1']);
  t.strictSame(squeeze(undefined).nodes[0]?.inputs, ['x']);
  t.match(squeeze(99).diagnostics, [{ code: 'new-opset', message: /function 'f' is of operator set 99/ }]);
});

t.test('functions call functions, but never themselves', async (t) => {
  const outer = (inner: string): e.Bytes =>
    e.localFunction('outer', { inputs: ['a'], outputs: ['b'], nodes: [call(inner, ['a'], ['b'], { name: 'i' })] });
  t.strictSame(shown(read([call('outer', ['x'], ['y'], { name: 'o' })], [outer('twoSteps'), twoSteps])), [
    'o/i/first: Relu(x) -> o/i/b',
    'o/i/c: Abs(o/i/b) -> y',
  ]);
  const back = e.localFunction('back', { inputs: ['a'], outputs: ['b'], nodes: [call('outer', ['a'], ['b'], { name: 'j' })] });
  t.throws(() => read([call('outer', ['x'], ['y'], { name: 'o' })], [outer('back'), back]), {
    code: 'recursive-function',
    message: /'o\/i\/j' calls function 'outer'/,
    spot: { node: 'o/i/j' },
  });
  const branch = e.graph({ nodes: [call('deep', ['a'], ['r'])], outputs: [e.value('r')] });
  const deep = e.localFunction('deep', {
    inputs: ['a'],
    outputs: ['b'],
    nodes: [e.node('If', ['a'], ['b'], { attributes: [e.graphAttribute('then_branch', branch)] })],
  });
  t.throws(() => read([call('deep', ['x'], ['y'])], [deep]), { code: 'recursive-function' });
});

t.test('what functions blow up is bounded', async (t) => {
  // Each calls the next one ten times.
  const levels = 20;
  const functions = Array.from({ length: levels }, (_, k) => {
    const nodes = Array.from({ length: 10 }, (_, i) => call(`f${k + 1}`, ['a'], [i === 0 ? 'b' : `b${i}`]));
    return e.localFunction(`f${k}`, { inputs: ['a'], outputs: ['b'], nodes });
  });
  const start = performance.now();
  t.throws(() => read([call('f0', ['x'], ['y'])], functions), { code: 'limit-exceeded' });
  t.throws(() => read([call('f0', ['x'], ['y'])], functions, 17, { nodes: 1000 }), { code: 'limit-exceeded', message: /1000 nodes/ });
  t.ok(performance.now() - start < 5000);
  const deep = Array.from({ length: 40 }, (_, k) =>
    e.localFunction(`f${k}`, { inputs: ['a'], outputs: ['b'], nodes: [call(`f${k + 1}`, ['a'], ['b'])] }),
  );
  t.throws(() => read([call('f0', ['x'], ['y'])], deep), { code: 'limit-exceeded', message: /32 deep/ });
});

t.test('a graph that is given on and on is bounded', async (t) => {
  // Each puts what it is given into both branches of an If, and hands that on.
  const functions = Array.from({ length: 14 }, (_, k) => {
    const branch = e.graph({
      nodes: [call(`f${k + 1}`, ['a'], ['r'], { attributes: [e.reference('body', 'body', 5)] })],
      outputs: [e.value('r')],
    });
    const attributes = [e.graphAttribute('then_branch', branch), e.graphAttribute('else_branch', branch)];
    return e.localFunction(`f${k}`, { inputs: ['a'], outputs: ['b'], nodes: [e.node('If', ['a'], ['b'], { attributes })] });
  });
  const last = e.localFunction('f14', {
    inputs: ['a'],
    outputs: ['b'],
    nodes: [e.node('Loop', ['a'], ['b'], { attributes: [e.reference('body', 'body', 5)] })],
  });
  const body = e.graph({ nodes: Array.from({ length: 500 }, (_, k) => e.node('Abs', ['x'], [`v${k}`])) });
  const start = performance.now();
  t.throws(() => read([call('f0', ['x'], ['y'], { attributes: [e.graphAttribute('body', body)] })], [...functions, last]), {
    code: 'limit-exceeded',
  });
  t.ok(performance.now() - start < 5000);
});
