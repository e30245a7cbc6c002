import fc from 'fast-check';
import t from 'tap';
import type { Attribute, Constant, DType, Graph, Node } from '../../../src/core/graph.ts';
import { readDescription, writeDescription } from '../../../src/formats/description/index.ts';
import { graphOf } from '../../core/graphs.ts';
import { essence, report, rewritten } from '../../roundtrip/round-trip.ts';
import { type Json, LIMITS, network } from './lower.ts';

const image = { name: 'x', dtype: 'float32' as const, shape: [1, 4, 8, 8] };
const weight = (name: string, ...shape: number[]): Constant => ({ name, dtype: 'float32', shape, data: null });
const values = (name: string, dtype: DType, data: number[], shape = [data.length]): Constant => ({ name, dtype, shape, data });

/** What is written of a description. */
const again = (document: Json) => writeDescription(readDescription(document, LIMITS)) as Json;

/** Descriptions that are written exactly as they are. */
const FIXED: Readonly<Record<string, Json>> = {
  'arguments that say something': network(
    [1, 4, 16, 16],
    {
      name: 'a',
      type: 'Conv2d',
      out_channels: 8,
      kernel_size: [3, 1],
      stride: 2,
      padding: [
        [0, 1],
        [0, 0],
      ],
      groups: 4,
      bias: false,
    },
    { name: 'b', type: 'BatchNorm2d', eps: 0.001 },
    { name: 'c', type: 'LeakyReLU', negative_slope: 0.2 },
    { name: 'd', type: 'MaxPool2d', kernel_size: 3, stride: 2, padding: 1 },
    { name: 'e', type: 'ConvTranspose2d', out_channels: 3, kernel_size: 2, stride: 2, output_padding: 1 },
    { name: 'f', type: 'Conv2d', out_channels: 3, kernel_size: 3, padding: 'same_upper' },
    { name: 'g', type: 'AdaptiveAvgPool2d', output_size: [2, 1] },
    { name: 'h', type: 'Flatten' },
    { name: 'i', type: 'Linear', out_features: 5 },
    { name: 'j', type: 'Softmax', dim: 1 },
  ),
  'sources, sizes with names, types and outputs': {
    version: 1,
    name: 'two',
    inputs: {
      left: ['batch', 3, 'H', null],
      right: { shape: ['batch', 3, 'H', null], dtype: 'float16' },
      rest: { shape: null, dtype: 'int64' },
    },
    layers: [
      { name: 'a', type: 'ReLU', from: 'left' },
      { name: 'b', type: 'Sigmoid' },
      { name: 'c', type: 'Concat', from: ['a', 'b', 'left'] },
      { name: 'd', type: 'Split', split_size_or_sections: [4, 5] },
      { name: 'e', type: 'Identity', from: 'd.1' },
    ],
    outputs: ['e', 'd.0', 'right'],
  },
  'layers that share all their weights': network(
    [1, 8],
    { name: 'a', type: 'Linear', out_features: 8 },
    { name: 'b', type: 'Linear', out_features: 8, weights: 'a' },
    { name: 'c', type: 'Linear', out_features: 8, bias: false, weights: 'a' },
  ),
  'layers of several nodes': network(
    [1, 6, 8],
    { name: 'a', type: 'Linear', out_features: 8 },
    { name: 'b', type: 'SiLU' },
    { name: 'c', type: 'MultiheadAttention', num_heads: 2 },
    { name: 'd', type: 'MultiheadAttention', from: ['c', 'b', 'b'], num_heads: 4, bias: false },
    { name: 'e', type: 'ScaledDotProductAttention', from: ['d', 'd', 'c'] },
    { name: 'f', type: 'GLU', dim: 1 },
    { name: 'g', type: 'Conv1d', out_channels: 6, kernel_size: 3, padding: 1, padding_mode: 'reflect' },
    { name: 'h', type: 'ChannelShuffle', groups: 3 },
    { name: 'i', type: 'Unflatten', dim: 1, unflattened_size: [2, 3] },
    { name: 'j', type: 'Flatten', end_dim: 2 },
  ),
  'operators as ONNX has them': network(
    [2, 3],
    {
      name: 'a',
      type: 'onnx.com.microsoft.Foo',
      attributes: { i: 1, s: 'x', l: [1, 2], e: [], big: '9223372036854775807' },
      num_outputs: 2,
    },
    { name: 'b', type: 'onnx.Bar', from: ['a.1', null, { dtype: 'bool', shape: [2], data: [true, false] }], outputs: ['', 'out'] },
    { name: 'c', type: 'onnx.RandomNormal', attributes: { shape: [2, 3] }, from: [] },
    { name: 'd', type: 'onnx.Where', from: [{ dtype: 'int64', shape: [1], data: ['9223372036854775807'] }, 'c', 'out'] },
  ),
  'numbers, arguments and weights': network(
    [2, 3],
    { name: 'a', type: 'Multiply', from: ['x', { dtype: 'float32', shape: [], data: [0.5] }] },
    { name: 'b', type: 'Add', from: ['a', { dtype: 'float32', shape: [3] }] },
    { name: 'c', type: 'Add', from: ['b', { dtype: 'float32', shape: [1], data: [2], parameter: true }] },
    { name: 'd', type: 'onnx.Foo', from: ['c', { dtype: 'float32', shape: [2], data: [1, 'NaN'], parameter: false }] },
  ),
  'constants that several layers read': {
    version: 1,
    inputs: { x: [2, 3] },
    constants: {
      half: { dtype: 'float32', shape: [], data: [0.5] },
      table: { dtype: 'float32', shape: [3] },
      unread: { dtype: 'float32', shape: [7] },
    },
    layers: [
      { name: 'a', type: 'Multiply', from: ['x', 'half'] },
      { name: 'b', type: 'Add', from: ['a', 'table'] },
      { name: 'c', type: 'Multiply', from: ['b', 'half'] },
      { name: 'd', type: 'Add', from: ['c', 'table'] },
    ],
  },
};

for (const [what, document] of Object.entries(FIXED)) {
  t.test(`${what} are written as they were`, async (t) => t.same(again(document), document));
}

t.test('blocks, copies and defaults are written out', async (t) => {
  const document = {
    ...network([1, 4, 8, 8], { type: 'block', block: 'b', name: 's', repeat: 2 }, { type: 'ReLU6', inplace: true }),
    blocks: { b: { layers: [{ name: 'conv', type: 'Conv2d', out_channels: 4, kernel_size: 1, stride: [1, 1], in_channels: 4 }] } },
  };
  const conv = { type: 'Conv2d', out_channels: 4, kernel_size: 1 };
  t.same(again(document).layers, [
    { name: 's/0/conv', ...conv },
    { name: 's/1/conv', ...conv },
    { name: 'relu6_1', type: 'ReLU6' },
  ]);
});

t.test('what ONNX says in other words', async (t) => {
  const bound = (name: string, data: number): Constant => ({ ...values(name, 'float32', [data], []), synthetic: true });
  const graph = graphOf({
    inputs: [image],
    constants: [
      weight('w', 6, 4, 3, 3),
      weight('b', 6),
      bound('min', 0),
      bound('max', 6),
      values('axes', 'int64', [-1, -2]),
      weight('v', 3, 6),
      weight('u', 3),
    ],
    nodes: [
      // auto_pad VALID is no padding, the kernel is that of the weight, 0.2 is kept in single precision.
      ['Conv', ['x', 'w', 'b'], 'conv', { auto_pad: 'VALID', kernel_shape: [3, 3], strides: [1, 1] }],
      ['Clip', ['conv', 'min', 'max'], 'clip'],
      ['LeakyRelu', ['clip'], 'leaky', { alpha: Math.fround(0.2) }],
      ['ReduceMean', ['leaky', 'axes'], 'mean', { keepdims: 0 }],
      ['Gemm', ['mean', 'v', 'u'], 'fc', { transB: 1, alpha: 1 }],
    ],
  });
  t.same(writeDescription(graph).layers, [
    { name: 'conv', type: 'Conv2d', out_channels: 6, kernel_size: 3, padding: 'valid' },
    { name: 'clip', type: 'ReLU6' },
    { name: 'leaky', type: 'LeakyReLU', negative_slope: 0.2 },
    { name: 'mean', type: 'Mean', dim: [3, 2] },
    { name: 'fc', type: 'Linear', out_features: 3 },
  ]);
  t.same(essence(report(rewritten(graph, LIMITS).graph)), essence(report(graph)));
});

t.test('what only looks like a layer is left as ONNX has it', async (t) => {
  const node = (constants: Constant[], op: string, reads: string[], attributes: Record<string, Attribute> = {}) => {
    const graph = graphOf({ inputs: [image], constants, nodes: [[op, reads, 'y', attributes]] });
    t.same(essence(report(rewritten(graph, LIMITS).graph)), essence(report(graph)), op);
    return (writeDescription(graph).layers as readonly Json[])[0];
  };
  const six = (name: string, data: number) => values(name, 'float32', [data], []);
  t.match(node([six('a', 0), six('b', 6)], 'Clip', ['x', 'a', 'b']), { type: 'onnx.Clip' }, 'bounds that count as parameters');
  t.match(node([{ ...weight('w', 6, 4, 1, 1), dtype: 'float16' }], 'Conv', ['x', 'w']), { type: 'onnx.Conv' }, 'weights of another type');
  t.match(node([weight('w', 8, 8)], 'MatMul', ['x', 'w']), { type: 'Linear' });
  t.match(node([weight('w', 8, 8), six('a', 1)], 'Gemm', ['w', 'w', 'a']), { type: 'onnx.Gemm' });
  t.match(
    node([], 'MaxPool', ['x'], { kernel_shape: [2, 2], storage_order: 1 }),
    { type: 'onnx.MaxPool' },
    'an attribute that PyTorch lacks',
  );
  t.match(node([], 'Elu', ['x'], { alpha: 0.5, gamma: 2 }), { type: 'onnx.Elu' }, 'an attribute that nobody knows');
});

t.test('tensors that layers share in a way of their own are constants', async (t) => {
  const graph = graphOf({
    inputs: [{ name: 'ids', dtype: 'int64', shape: [2, 5] }],
    constants: [weight('table', 7, 4)],
    nodes: [
      ['Gather', ['table', 'ids'], 'embedding'],
      ['Transpose', ['table'], 'turned', { perm: [1, 0] }],
      ['MatMul', ['embedding', 'turned'], 'head'],
    ],
  });
  t.match(writeDescription(graph), {
    constants: { table: { dtype: 'float32', shape: [7, 4] } },
    layers: [
      { type: 'onnx.Gather', from: ['table', 'ids'] },
      { type: 'Permute', from: 'table' },
      { type: 'MatMul', from: ['embedding', 'turned'] },
    ],
  });
  const { params } = report(rewritten(graph, LIMITS).graph).totals;
  t.match(params, { stored: 28, trainable: 28 });
});

t.test('one bias of two convolutions is one tensor', async (t) => {
  const graph = graphOf({
    inputs: [image],
    constants: [weight('v', 4, 4, 1, 1), weight('w', 4, 4, 1, 1), weight('b', 4)],
    nodes: [
      ['Conv', ['x', 'v', 'b'], 'one'],
      ['Conv', ['one', 'w', 'b'], 'two'],
    ],
  });
  t.match(writeDescription(graph), { constants: { b: { shape: [4] } }, layers: [{ type: 'onnx.Conv' }, { type: 'onnx.Conv' }] });
  t.match(report(rewritten(graph, LIMITS).graph).totals.params, { stored: 36 });
});

t.test('elements of weights are written only where they decide something', async (t) => {
  const graph = graphOf({
    inputs: [image],
    constants: [values('bias', 'float32', [1, 2, 3, 4, 5, 6, 7, 8]), values('scales', 'float32', [1, 1, 2, 2])],
    nodes: [
      ['Add', ['x', 'bias'], 'sum'],
      ['Resize', ['sum', '', 'scales'], 'up', { mode: 'nearest' }],
    ],
  });
  const [sum, up] = writeDescription(graph).layers as readonly { from: readonly Json[] }[];
  t.same(sum?.from, ['x', { dtype: 'float32', shape: [8] }]);
  t.match(up?.from, ['sum', null, { data: [1, 1, 2, 2] }]);
});

t.test('a float of a Constant node is a scalar before and after', async (t) => {
  const half: Constant = { name: '', dtype: 'float32', shape: [], data: [0.5] };
  const graph = graphOf({
    inputs: [image],
    nodes: [
      ['Constant', [], 'half', { value: half }],
      ['Mul', ['x', 'half'], 'y'],
    ],
  });
  t.match(report(graph).totals.params, { stored: 0, scalars: 1 });
  t.match(report(rewritten(graph, LIMITS).graph).totals.params, { stored: 0, scalars: 1 });
});

t.test('names of outputs are kept beside those of their layers', async (t) => {
  const graph = graphOf({ inputs: [image], nodes: [['Relu', ['x'], 'y']] });
  const named: Graph = {
    ...graph,
    nodes: graph.nodes.map((node): Node => ({ ...node, id: '/act/Relu', name: '/act/Relu', scope: 'act' })),
  };
  t.same(writeDescription(named).layers, [{ name: '/act/Relu', type: 'ReLU', outputs: ['y'] }]);
  t.match(rewritten(named, LIMITS).graph, { nodes: [{ id: '/act/Relu', scope: 'act', outputs: ['y'] }], outputs: [{ name: 'y' }] });
});

t.test('what a description cannot hold', async (t) => {
  const one = graphOf({ inputs: [image], nodes: [['Relu', ['x'], 'y']] });
  const [relu] = one.nodes as readonly [Node];
  const withNode = (node: Partial<Node>): Graph => ({ ...one, nodes: [{ ...relu, ...node }] });
  const attribute = (value: Attribute) => withNode({ op: 'Foo', attributes: new Map([['a', value]]) });
  const refused = (graph: Graph, message: RegExp, spot: object = { node: 'y' }) =>
    t.throws(() => writeDescription(graph), { code: 'not-describable', message, spot }, String(message));
  refused(
    withNode({ op: 'If', attributes: new Map([['then_branch', one]]) }),
    /'y': it holds a graph of its own, in the attribute 'then_branch'/,
  );
  refused(attribute([one]), /a graph of its own/);
  refused(attribute(Number.POSITIVE_INFINITY), /the attribute 'a' is Infinity/);
  refused(attribute([1, Number.NaN]), /the attribute 'a' is NaN/);
  refused(attribute('9223372036854775807'), /the text '9223372036854775807' would be read as a number/);
  refused(withNode({ op: 'prim::Foo' }), /no layer can be called 'onnx.prim::Foo'/);
  refused({ ...withNode({ op: 'Foo', outputs: [''] }), outputs: [{ ...image }] }, /nothing that it gives out has a name/);
  refused({ ...one, inputs: [{ name: 'x', dtype: null, shape: null }] }, /the input 'x' is no tensor of a known element type/, {});
  refused({ ...one, nodes: [], outputs: [image] }, /has no layers/, {});
  refused({ ...one, outputs: [] }, /gives nothing out/, {});
  refused({ ...one, outputs: [...one.outputs, ...one.outputs] }, /something out twice/, {});
  t.throws(() => writeDescription(withNode({ op: 'Concat' })), { code: 'malformed-node' });
});

const HOSTILE = [
  '__proto__',
  'constructor',
  '',
  'x'.repeat(10_000),
  'x'.repeat(10_001),
  '0',
  '1',
  'a',
  'a.weight',
  'a.from.1',
  'a.0',
  '/',
  '\u0000',
  '\ud800',
  '$a',
  'a/b',
  'input',
];

t.test('names that cannot be used', async (t) => {
  const graph: Graph = {
    ...graphOf({
      inputs: ['b', '0', '__proto__'].map((name) => ({ ...image, name })),
      constants: [weight('a.weight', 4, 4, 1, 1), values('a.from.1', 'int64', [1])],
      nodes: [
        ['Conv', ['__proto__', 'a.weight'], 'a'],
        ['Conv', ['a', 'a.weight'], 'x'.repeat(10_000)],
        ['Foo', ['0', 'a.from.1'], 'a.bias'],
        ['Add', ['b', 'x'.repeat(10_000)], 'constructor', { __proto__x: 1 }],
      ],
    }),
    name: 'n'.repeat(10_000),
  };
  const { text, graph: read } = rewritten(graph, LIMITS);
  t.same(
    read.inputs.map(({ name }) => name),
    ['b', 'input_0', '__proto__'],
    'a key that is a number would come first',
  );
  t.same(
    read.nodes.map(({ id }) => id.length),
    [1, 1024, 6, 11],
  );
  t.equal(rewritten(read, LIMITS).text, text);
  const layers = (graph: Graph) => report(graph).layers?.map(({ op, params, macs }) => ({ op, params, macs }));
  t.same(layers(read), layers(graph));
});

t.test('any names give the same network', async (t) => {
  const name = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary', maxLength: 4 }));
  fc.assert(
    fc.property(fc.uniqueArray(name, { minLength: 9, maxLength: 9 }), fc.string({ maxLength: 3 }), (names, size) => {
      const [x, y, w, one, two, three, half, parts, rest] = names.map((found, k) => found || `empty ${k}`) as [string, ...string[]] &
        string[];
      const split: Node = {
        id: names[8] as string,
        name: '',
        scope: '',
        op: 'Split',
        attributes: new Map([
          ['axis', 1],
          ['num_outputs', 2],
        ]),
        inputs: [three as string],
        outputs: [parts as string, rest as string],
      };
      const shape = [1, 4, 8, size || null];
      const graph = graphOf({
        inputs: [
          { ...image, name: x, shape },
          { ...image, name: y as string, shape },
        ],
        constants: [weight(w as string, 4, 4, 1, 1), values(half as string, 'float32', [0.5], [])],
        nodes: [
          ['Conv', [x, w as string], one as string],
          ['Conv', [y as string, w as string], two as string],
          ['Add', [one as string, half as string], 'inner'],
          ['Mul', [two as string, 'inner'], three as string],
        ],
      });
      if (new Set([x, y, w, one, two, three, half, parts, rest, 'inner']).size < 10) return;
      const whole: Graph = {
        ...graph,
        nodes: [...graph.nodes, split],
        outputs: [rest, one].map((name) => ({ ...image, name: name as string })),
      };
      const { text, graph: read } = rewritten(whole, LIMITS);
      const seen = (graph: Graph) => {
        const { totals, layers = [] } = report(graph);
        return {
          params: totals.params,
          macs: totals.macs,
          layers: layers.map(({ op, outputs }) => [op, outputs.map(({ shape }) => shape)]),
        };
      };
      t.equal(JSON.stringify(seen(read)), JSON.stringify(seen(whole)));
      t.equal(rewritten(read, LIMITS).text, text);
    }),
    { numRuns: 300 },
  );
});
