import t from 'tap';
import type { Constant, Graph, TensorType } from '../../../src/core/graph.ts';
import * as e from './encode.ts';

const read = (parts: e.GraphParts, opset?: number): Graph => e.read(e.model(e.graph(parts), opset)).graph;
const chain = (...nodes: e.Bytes[]): Graph => read({ nodes, inputs: [e.value('x')] });

t.test('a graph', async (t) => {
  const file = e.join(
    e.text(2, 'maker'),
    e.text(3, '1.2'),
    e.model(
      e.graph({
        nodes: [e.node('Conv', ['x', 'w', ''], ['y'], { name: '/stem/conv/Conv', attributes: [e.attribute('group', 1)] })],
        initializers: [e.tensor('w', 1, [8, 3, 3, 3])],
        inputs: [e.value('x', 1, [1, 3, 'H', null]), e.value('w', 1, [8, 3, 3, 3])],
        outputs: [e.value('y', 10, [1, 8])],
      }),
    ),
  );
  t.strictSame(e.read(file), {
    graph: {
      name: '',
      nodes: [
        {
          id: '/stem/conv/Conv',
          name: '/stem/conv/Conv',
          scope: 'stem/conv',
          op: 'Conv',
          attributes: new Map([['group', 1]]),
          inputs: ['x', 'w', ''],
          outputs: ['y'],
        },
      ],
      inputs: [{ name: 'x', dtype: 'float32', shape: [1, 3, 'H', null] }],
      outputs: [{ name: 'y', dtype: 'float16', shape: [1, 8] }],
      constants: new Map([['w', { name: 'w', dtype: 'float32', shape: [8, 3, 3, 3], data: null }]]),
      diagnostics: [],
    },
    producer: 'maker 1.2',
    opset: 17,
  });
});

t.test('ids', async (t) => {
  const ids = chain(
    e.node('A', [], ['a'], { name: 'n' }),
    e.node('A', [], ['b'], { name: 'n' }),
    e.node('A', [], ['n_3']),
    e.node('A', [], ['c'], { name: 'n' }),
    e.node('A', [], ['', 'd']),
    e.node('A', ['x'], []),
    e.node('A', [], [], { name: 'n_2' }),
    e.node('A', [], [], { name: '__proto__' }),
  ).nodes.map((node) => node.id);
  t.strictSame(ids, ['n', 'n_2', 'n_3', 'n_4', 'd', 'A_5', 'n_2_2', '__proto__']);
});

t.test('scopes', async (t) => {
  const scope = (name: string): string | undefined => chain(e.node('A', [], [], { name })).nodes[0]?.scope;
  t.equal(scope('/layer1/layer1.0/conv1/Conv'), 'layer1/layer1.0/conv1');
  t.equal(scope('model/conv/Conv2D'), 'model/conv');
  t.equal(scope('/Conv'), '');
  t.equal(scope('/'), '');
  t.equal(scope('Conv_0'), '');
  t.equal(scope(''), '');
});

t.test('domains', async (t) => {
  const ops = chain(
    e.node('Relu', [], [], { domain: 'ai.onnx' }),
    e.node('Relu', [], [], { domain: '' }),
    e.node('Gelu', [], [], { domain: 'com.microsoft' }),
    e.node('Scaler', [], [], { domain: 'ai.onnx.ml' }),
  ).nodes.map((node) => node.op);
  t.strictSame(ops, ['Relu', 'Relu', 'com.microsoft.Gelu', 'ai.onnx.ml.Scaler']);
  t.throws(() => chain(e.node('', [], ['y'])), { code: 'malformed-file', message: "node 'y' names no operator" });
});

t.test('types of values', async (t) => {
  const dims = (...list: (number | bigint | string | null)[]): unknown => read({ inputs: [e.value('x', 1, list)] }).inputs[0]?.shape;
  t.strictSame(dims(), []);
  t.strictSame(dims(0, -1, 'N', '', null, 2n ** 53n - 1n), [0, null, 'N', null, null, 2 ** 53 - 1]);
  for (const bad of [-2, 2n ** 53n, -(2n ** 63n)]) t.throws(() => dims(bad), { code: 'malformed-file', message: /value 'x'/ });
  const type = (type: e.Bytes): unknown => read({ inputs: [e.join(e.text(1, 'x'), e.bytes(2, type))] }).inputs[0];
  t.strictSame(read({ inputs: [e.value('x', 99)] }).inputs, [{ name: 'x', dtype: null, shape: null }]);
  t.strictSame(read({ inputs: [e.text(1, 'x')] }).inputs, [{ name: 'x', dtype: null, shape: null }]);
  const tensor = e.message(1, e.int(1, 7));
  const sequence = e.message(4, e.message(1, tensor));
  t.strictSame(type(sequence), { name: 'x', dtype: null, shape: null });
  t.strictSame(type(e.join(tensor, sequence)), { name: 'x', dtype: null, shape: null }, 'the last kind wins');
  t.strictSame(type(e.join(sequence, tensor)), { name: 'x', dtype: 'int64', shape: null });
  const both = e.message(
    1,
    e.int(1, 1),
    e.message(2, e.message(1, e.int(1, 3), e.text(2, 'N')), e.message(1, e.text(2, 'N'), e.int(1, 3))),
  );
  t.strictSame(type(both), { name: 'x', dtype: 'float32', shape: ['N', 3] }, 'the last kind of dim wins');
});

t.test('attributes', async (t) => {
  const tensor = e.tensor('v', 7, [2], e.packed(7, [3, 4]));
  const inner = e.graph({ nodes: [e.node('Relu', [], ['z'])] });
  const { nodes, diagnostics } = chain(
    e.node('Op', [], ['y'], {
      attributes: [
        e.floatAttribute('float', 0.5),
        e.attribute('int', -3),
        e.attribute('string', 'SAME_UPPER'),
        e.tensorAttribute('tensor', tensor),
        e.graphAttribute('graph', inner),
        e.floatsAttribute('floats', [1, 0.25]),
        e.attribute('ints', [1, -1]),
        e.attribute('strings', e.join(e.text(9, 'a'), e.text(9, '')), 8),
        e.attribute('graphs', e.join(e.bytes(11, inner), e.bytes(11, inner)), 10),
        e.attribute('sparse', e.message(22, e.message(1, e.int(2, 1)), e.packed(3, [10, 10])), 11),
        e.attribute('__proto__', 1),
        e.attribute('twice', 1),
        e.attribute('twice', 2),
      ],
    }),
  );
  const graph = {
    name: '',
    nodes: [{ id: 'z', name: '', scope: '', op: 'Relu', attributes: new Map(), inputs: [], outputs: ['z'] }],
    inputs: [],
    outputs: [],
    constants: new Map(),
    diagnostics: [],
  };
  t.strictSame(
    [...(nodes[0]?.attributes ?? [])],
    [
      ['float', 0.5],
      ['int', -3],
      ['string', 'SAME_UPPER'],
      ['tensor', { name: 'v', dtype: 'int64', shape: [2], data: [3, 4] }],
      ['graph', graph],
      ['floats', [1, 0.25]],
      ['ints', [1, -1]],
      ['strings', ['a', '']],
      ['graphs', [graph, graph]],
      ['sparse', { name: '', dtype: 'float32', shape: [10, 10], data: null }],
      ['__proto__', 1],
      ['twice', 2],
    ],
  );
  t.strictSame(diagnostics, []);
});

t.test('attributes that leave out their value, or their type', async (t) => {
  const value = (attribute: e.Bytes): unknown =>
    chain(e.node('Op', [], ['y'], { attributes: [e.join(e.text(1, 'a'), attribute)] })).nodes[0]?.attributes.get('a');
  for (const [type, want] of [
    [1, 0],
    [2, 0],
    [3, ''],
    [6, []],
    [7, []],
    [8, []],
    [10, []],
  ] as const)
    t.strictSame(value(e.int(20, type)), want, `type ${type}`);
  for (const type of [4, 5, 11])
    t.throws(() => value(e.int(20, type)), { code: 'malformed-file', spot: { node: 'y' }, message: /attribute 'a' of node 'y'/ });
  for (const [field, want] of [
    [e.float(2, 0.5), 0.5],
    [e.int(3, 7), 7],
    [e.text(4, 's'), 's'],
    [e.bytes(7, e.float32(2)), [2]],
    [e.packed(8, [2]), [2]],
    [e.text(9, 's'), ['s']],
  ] as const)
    t.strictSame(value(field), want);
  t.match(value(e.bytes(5, e.tensor('', 1, [2]))), { shape: [2] });
  t.match(value(e.bytes(6, e.graph({}))), { nodes: [] });
  t.match(value(e.bytes(11, e.graph({}))), [{ nodes: [] }]);
  t.match(value(e.message(22, e.message(1, e.int(2, 1)))), { dtype: 'float32' });
});

t.test('attributes that are not read', async (t) => {
  const unread = [
    e.attribute('tensors', e.bytes(10, e.tensor('', 1, [])), 9),
    e.attribute('type', e.bytes(14, Buffer.alloc(0)), 13),
    e.attribute('new', Buffer.alloc(0), 99),
    e.attribute('nothing', Buffer.alloc(0)),
    e.attribute('long', 'x'.repeat(70_000)),
    e.attribute('longs', e.text(9, 'x'.repeat(70_000)), 8),
  ];
  const { nodes, diagnostics } = chain(e.node('Op', [], ['y'], { attributes: unread }));
  t.equal(nodes[0]?.attributes.size, 0);
  t.equal(diagnostics.length, unread.length);
  t.match(diagnostics[0], { code: 'attribute-not-read', severity: 'warning', node: 'y', message: /'tensors' of node 'y'/ });
  const many = chain(...Array.from({ length: 150 }, (_, i) => e.node('Op', [], [`y${i}`], { attributes: unread })));
  t.equal(many.diagnostics.length, 100, 'they are not repeated for ever');
  const short = e.model(e.graph({ nodes: [e.node('Op', [], ['y'], { attributes: [e.attribute('a', 'SAME_UPPER')] })] }));
  t.match(e.read(short, { nameBytes: 4 }).graph.diagnostics, [{ code: 'attribute-not-read' }]);
  const bad = e.tensorAttribute('value', e.tensor('', 1, [-1]));
  t.throws(() => chain(e.node('Constant', [], ['y'], { attributes: [bad] })), { message: /attribute 'value' of node 'y': a dim/ });
  const sparse = e.attribute('s', e.message(22, e.packed(3, [1])), 11);
  t.throws(() => chain(e.node('Op', [], ['y'], { attributes: [sparse] })), {
    code: 'malformed-file',
    message: /attribute 's' of node 'y': there is no data type 0/,
  });
});

t.test('sparse initializers are constants', async (t) => {
  const sparse = e.message(15, e.message(1, e.text(8, 'w'), e.int(2, 1), e.int(1, 3)), e.packed(3, [100, 50]));
  const { graph } = e.read(e.model(e.join(e.graph({ nodes: [e.node('Relu', ['w'], ['y'])] }), sparse)));
  t.strictSame(graph.constants.get('w'), { name: 'w', dtype: 'float32', shape: [100, 50], data: null });
  t.throws(() => e.read(e.model(e.message(15, e.packed(3, [100])))), { code: 'malformed-file', message: /tensor ''/ });
});

t.test('order', async (t) => {
  const order = (...nodes: e.Bytes[]): string[] => chain(...nodes).nodes.map((node) => node.id);
  const [a, b, c, d] = [
    e.node('A', ['x'], ['a']),
    e.node('B', ['a', ''], ['b']),
    e.node('C', ['a'], ['c']),
    e.node('D', ['b', 'c'], ['d']),
  ] as const;
  t.strictSame(order(a, b, c, d), ['a', 'b', 'c', 'd']);
  t.strictSame(order(a, c, b, d), ['a', 'c', 'b', 'd'], 'the order of the file is kept');
  t.strictSame(order(d, c, b, a), ['a', 'b', 'c', 'd']);
  t.strictSame(order(c, d, a, b), ['a', 'c', 'b', 'd']);
  const long = Array.from({ length: 20_000 }, (_, i) => e.node('A', [i === 0 ? 'x' : `v${i - 1}`], [`v${i}`])).reverse();
  t.equal(order(...long).at(-1), 'v19999', 'deep graphs do not overflow the stack');
});

t.test('cycles', async (t) => {
  const fails = (spot: string, ...nodes: e.Bytes[]): void =>
    void t.throws(() => chain(...nodes), { code: 'cyclic-graph', spot: { node: spot } });
  fails('a', e.node('A', ['a'], ['a']));
  fails('b', e.node('A', ['b'], ['a']), e.node('B', ['a'], ['b']));
  fails(
    'a',
    e.node('If', ['x'], ['a'], { attributes: [e.graphAttribute('then_branch', e.graph({ nodes: [e.node('Relu', ['a'], ['z'])] }))] }),
  );
});

t.test('values that are produced twice', async (t) => {
  const x = e.value('x');
  const w = e.tensor('w', 1, [1]);
  t.throws(() => chain(e.node('A', [], ['a']), e.node('B', [], ['a'])), { code: 'duplicate-value', spot: { node: 'a_2' }, message: /'a'/ });
  t.throws(() => chain(e.node('A', [], ['x'])), { code: 'duplicate-value' });
  t.throws(() => read({ inputs: [x, x] }), { code: 'duplicate-value', message: /'x'/ });
  t.throws(() => read({ initializers: [w, w] }), { code: 'duplicate-value', message: /'w'/ });
  t.throws(() => read({ initializers: [w], nodes: [e.node('A', [], ['w'])] }), { code: 'duplicate-value' });
  t.doesNotThrow(() => read({ nodes: [e.node('A', [], ['', '']), e.node('A', [], ['', ''])] }), 'outputs that are left out have no name');
});

t.test('values that nothing produces', async (t) => {
  t.throws(() => chain(e.node('A', ['x', 'nowhere'], ['a'], { name: 'n' })), {
    code: 'missing-value',
    spot: { node: 'n' },
    message: "node 'n' reads 'nowhere', which nothing produces",
  });
  t.throws(() => read({ outputs: [e.value('nowhere')] }), { code: 'missing-value', message: /gives out 'nowhere'/ });
  t.doesNotThrow(() => read({ inputs: [e.value('x')], initializers: [e.tensor('w', 1, [1])], outputs: [e.value('x'), e.value('w')] }));
});

t.test('graphs within graphs', async (t) => {
  const branch = (...inputs: string[]): e.Bytes =>
    e.graph({
      nodes: [e.node('Add', inputs, ['sum'], { name: 'inner' })],
      initializers: [e.tensor('w', 1, [2])],
      outputs: [e.value('sum')],
    });
  const call = (cond: string, body: e.Bytes): e.Bytes =>
    e.node('If', [cond], ['y'], { name: 'if', attributes: [e.graphAttribute('then_branch', body)] });
  const { nodes } = chain(e.node('A', ['x'], ['a']), call('x', branch('a', 'w')));
  t.match(nodes[1]?.attributes.get('then_branch'), {
    nodes: [{ id: 'inner', inputs: ['a', 'w'] }],
    constants: new Map([['w', { shape: [2] } as unknown as Constant]]),
    outputs: [{ name: 'sum' }],
    inputs: [],
    diagnostics: [],
  });
  t.strictSame(
    chain(call('x', branch('a', 'w')), e.node('A', ['x'], ['a'])).nodes.map((n) => n.id),
    ['a', 'if'],
    'what is captured comes first',
  );
  t.throws(() => chain(call('x', branch('nowhere', 'w'))), { code: 'missing-value', spot: { node: 'if' }, message: /'nowhere'/ });
  const deep = e.graph({ nodes: [call('c', branch('a', 'w'))], inputs: [e.value('c')] });
  t.strictSame(
    chain(call('x', deep), e.node('A', ['x'], ['a'])).nodes.map((n) => n.id),
    ['a', 'if'],
  );
  t.throws(() => chain(call('x', deep)), { code: 'missing-value', message: /'a'/ });
  t.doesNotThrow(() => chain(call('x', e.graph({ outputs: [e.value('x')] }))), 'a branch may give out what it captures');
  t.throws(() => chain(call('x', e.graph({ outputs: [e.value('nowhere')] }))), { code: 'missing-value', spot: { node: 'if' } });
  t.throws(() => chain(call('x', e.graph({ nodes: [e.node('A', ['b'], ['c']), e.node('A', ['c'], ['b'])] }))), { code: 'cyclic-graph' });
});

t.test('operator sets', async (t) => {
  const opsetsOf = (...parts: e.Bytes[]): { opset: number | undefined; codes: string[] } => {
    const { graph, opset } = e.read(e.join(e.bytes(7, e.graph({})), ...parts));
    return { opset, codes: graph.diagnostics.map((d) => d.code) };
  };
  const set = (version: number, domain = ''): e.Bytes => e.message(8, e.text(1, domain), e.int(2, version));
  t.strictSame(opsetsOf(e.int(1, 8), set(17)), { opset: 17, codes: [] });
  t.strictSame(opsetsOf(e.int(1, 8), set(2, 'com.microsoft'), set(18, 'ai.onnx'), set(1, 'ai.onnx.ml')), { opset: 18, codes: [] });
  t.strictSame(opsetsOf(e.int(1, 13), set(28)), { opset: 28, codes: [] });
  t.strictSame(opsetsOf(e.int(1, 14), set(29)), { opset: 29, codes: ['new-opset'] });
  t.strictSame(opsetsOf(e.int(1, 3), set(7)), { opset: 7, codes: [] });
  t.strictSame(opsetsOf(e.int(1, 3), set(6)), { opset: 6, codes: [] });
  t.strictSame(opsetsOf(e.int(1, 2)), { opset: 1, codes: [] });
  t.strictSame(opsetsOf(e.int(1, 3)), { opset: undefined, codes: ['no-opset'] });
  t.strictSame(opsetsOf(e.int(1, 3), set(2, 'ai.onnx.ml')), { opset: undefined, codes: [] });
  const node = e.message(7, e.bytes(1, e.node('Relu', [], ['y'])));
  t.strictSame(opsetsOf(e.int(1, 3), set(2, 'ai.onnx.ml'), node), { opset: undefined, codes: ['no-opset'] });
});

t.test('what a file says of values in between', async (t) => {
  const nodes = [e.node('Relu', ['x'], ['y'])];
  const odd = e.join(e.text(1, 'list'), e.message(2, e.message(4)));
  const values = [
    e.value('y', 10, [1, 'N', null, -1, -(2n ** 63n)]),
    e.value('rankless'),
    odd,
    e.value('scalar', 7, []),
    e.text(1, 'typeless'),
  ];
  const types = (parts: e.GraphParts) => read(parts).declared;
  t.strictSame(
    types({ nodes, values, inputs: [e.value('x')] }),
    new Map<string, TensorType>([
      ['y', { dtype: 'float16', shape: [1, 'N', null, null, null] }],
      ['scalar', { dtype: 'int64', shape: [] }],
    ]),
  );
  t.equal(types({ nodes, inputs: [e.value('x')] }), undefined);
});
