import t from 'tap';
import { analyze } from '../../../src/core/analyze.ts';
import { readDescription } from '../../../src/formats/description/index.ts';
import { type Json, LIMITS, lowered, network } from './lower.ts';

const nodes = (document: Json) => lowered(document).nodes;
const relu = { type: 'ReLU' };

t.test('the graph of a description', async (t) => {
  const document = {
    version: 1,
    name: 'small',
    description: 'For the test.',
    $schema: 'network.schema.json',
    inputs: { x: { shape: ['batch', 2], dtype: 'float16' }, unused: { shape: null }, other: [null] },
    constants: { table: { dtype: 'float32', shape: [2, 3] } },
    layers: [{ name: 'fc', type: 'MatMul', from: ['x', 'table'] }],
  };
  t.same(readDescription(document, LIMITS), {
    name: 'small',
    nodes: [{ id: 'fc', name: 'fc', scope: '', op: 'MatMul', attributes: new Map(), inputs: ['x', 'table'], outputs: ['fc'] }],
    inputs: [
      { name: 'x', dtype: 'float16', shape: ['batch', 2] },
      { name: 'unused', dtype: 'float32', shape: null },
      { name: 'other', dtype: 'float32', shape: [null] },
    ],
    outputs: [{ name: 'fc', dtype: 'float16', shape: ['batch', 3] }],
    constants: new Map([['table', { name: 'table', dtype: 'float32', shape: [2, 3], data: null }]]),
    diagnostics: [],
  });
});

t.test('layers without a name are called by type and index, past the names that are taken', async (t) => {
  const layers = [relu, { ...relu, name: 'relu_2' }, relu, { type: 'onnx.ai.onnx.Relu' }];
  t.same(nodes(network([1], ...layers)), [
    'relu_0 = Relu(x) -> (1)',
    'relu_2 = Relu(relu_0) -> (1)',
    'relu_2_ = Relu(relu_2) -> (1)',
    'relu_3 = ai.onnx.Relu(relu_2_) -> ?',
  ]);
});

t.test('outputs are the last layer, or those that are named', async (t) => {
  const outputs = (document: Json) => readDescription(document, LIMITS).outputs.map((output) => output.name);
  const split = { type: 'Chunk', name: 's', chunks: 2 };
  t.same(outputs(network([1, 4], split)), ['s.0', 's.1']);
  t.same(outputs({ ...network([1, 4], split, { ...relu, from: 's.1' }), outputs: ['relu_1', 's.0', 'x'] }), ['relu_1', 's.0', 'x']);
});

t.test('an operator whose outputs have names is called by them, whatever its own', async (t) => {
  const document = network(
    [1],
    { type: 'onnx.A', name: 'x', outputs: ['a', '', 'b'] },
    { type: 'onnx.B', name: 'a', from: ['a', 'b'], outputs: ['c'] },
    { type: 'onnx.C', repeat: 1, outputs: ['d'] },
  );
  t.same(nodes(document), ['x = A(x) -> a ?,  ?, b ?', 'a = B(a, b) -> c ?', 'c_2/0 = C(c) -> d ?']);
  t.same(nodes(network([1], { type: 'onnx.A', name: 's', num_outputs: 2 }, { ...relu, from: 's.1', name: 'r' })), [
    's = A(x) -> s.0 ?, s.1 ?',
    'r = Relu(s.1) -> ?',
  ]);
});

t.test('repeat puts copies in a row', async (t) => {
  t.same(nodes(network([1], { ...relu, name: 'r', repeat: 2 }, { type: 'Add', name: 'sum', from: ['r', 'r/0'] })), [
    'r/0 = Relu(x) -> (1)',
    'r/1 = Relu(r/0) -> (1)',
    'sum = Add(r/1, r/0) -> (1)',
  ]);
});

t.test('blocks are put in place with their parameters, nested and repeated', async (t) => {
  const document = {
    ...network(
      [1, 2],
      { type: 'block', block: 'pair', name: 'p', with: { act: 'Tanh' } },
      { type: 'Add', name: 'sum', from: ['p', 'p/inner/0/fc'] },
    ),
    blocks: {
      pair: {
        parameters: { act: 'ReLU', size: 3, last: 1 },
        layers: [
          { type: '$act', name: 'first' },
          { type: 'Permute', dims: [0, '$last'] },
          { type: 'block', block: 'inner', name: 'inner', with: { n: '$size', activation: '$act', m: 5 }, repeat: 2 },
        ],
      },
      inner: {
        description: 'Its last layer is read by nobody.',
        parameters: { n: null, m: null, activation: null },
        layers: [{ type: 'Linear', name: 'fc', out_features: '$n', bias: false }, { type: '$activation' }],
        output: 'fc',
      },
    },
  };
  t.same(nodes(document), [
    'p/first = Tanh(x) -> (1 2)',
    'p/permute_1 = Transpose(p/first) perm=[0,1] -> (1 2)',
    'p/inner/0/fc = Gemm(p/permute_1, p/inner/0/fc.weight) transB=1 -> (1 3)',
    'p/inner/0/activation_1 = Tanh(p/inner/0/fc) -> (1 3)',
    'p/inner/1/fc = Gemm(p/inner/0/fc, p/inner/1/fc.weight) transB=1 -> (1 3)',
    'p/inner/1/activation_1 = Tanh(p/inner/1/fc) -> (1 3)',
    'sum = Add(p/inner/1/fc, p/inner/0/fc) -> (1 3)',
  ]);
});

t.test('a parameter may stand inside lists and attributes', async (t) => {
  const table = { dtype: 'int64', shape: [1], data: [0] };
  const document = {
    ...network([1, 2, 4], { type: 'block', block: 'b', name: 'p', with: { axis: 1, size: 2, table } }),
    blocks: {
      b: {
        parameters: { axis: null, size: null, table: null },
        layers: [
          { type: 'Conv1d', name: 'c', out_channels: 2, kernel_size: 1, padding: [['$axis', '$axis']], bias: false },
          { type: 'Permute', name: 't', dims: [0, '$axis', 2] },
          { type: 'onnx.Gather', name: 'g', attributes: { axis: '$axis', list: ['$axis', 2] }, from: ['t', '$table'] },
          { type: 'MaxPool1d', name: 'm', kernel_size: ['$size'] },
          { type: 'onnx.A', name: 'a', attributes: { weights: { dtype: 'int8', shape: ['$size', 3] } } },
        ],
      },
    },
  };
  t.same(lowered(document), {
    nodes: [
      'p/c = Conv(x, p/c.weight) kernel_shape=[1] strides=[1] dilations=[1] pads=[1,1] group=1 -> (1 2 6)',
      'p/t = Transpose(p/c) perm=[0,1,2] -> (1 2 6)',
      'p/g = Gather(p/t, p/g.from.1) axis=1 list=[1,2] -> (1 1 6)',
      'p/m = MaxPool(p/g) kernel_shape=[2] strides=[2] dilations=[1] pads=[0,0] ceil_mode=0 -> (1 1 3)',
      'p/a = A(p/m) weights=< int8 (2 3)> -> ?',
    ],
    constants: ['p/c.weight (2 2 1)', 'p/g.from.1 int64 (1) [0]'],
  });
});

t.test('an argument that is undefined is left out', async (t) => {
  t.same(lowered(network([1, 1, 4], { type: 'MaxPool1d', name: 'p', kernel_size: 2, stride: undefined, padding: undefined })).nodes, [
    'p = MaxPool(x) kernel_shape=[2] strides=[2] dilations=[1] pads=[0,0] ceil_mode=0 -> (1 1 2)',
  ]);
});

t.test('outputs of any layer may have names of their own', async (t) => {
  const document = {
    ...network(
      [1, 4],
      { type: 'Chunk', name: 's', chunks: 2, outputs: ['a', 'b'] },
      { ...relu, name: 'x', from: 'b', outputs: ['y'] },
      { type: 'Linear', out_features: 3, name: 'fc', outputs: ['z'] },
      { type: 'block', block: 'k', name: 'k' },
    ),
    blocks: {
      k: {
        layers: [
          { ...relu, name: 'r', outputs: ['o'] },
          { type: 'Add', name: 's', from: ['o', 'input'] },
        ],
      },
    },
  };
  t.same(nodes(document), [
    's = Split(x) axis=1 num_outputs=2 -> a (1 2), b (1 2)',
    'x = Relu(b) -> y (1 2)',
    'fc = Gemm(y, fc.weight, fc.bias) transB=1 -> z (1 3)',
    'k/r = Relu(z) -> k/o (1 3)',
    'k/s = Add(k/o, z) -> (1 3)',
  ]);
});

t.test('a number that is written out counts as a scalar, a list of them or a weight as parameters', async (t) => {
  const params = (tensor: Json) => {
    const graph = readDescription(network([2, 3], { type: 'Add', from: ['x', tensor] }), LIMITS);
    const { stored, scalars } = analyze({ graph, format: '', name: '', bytes: 0, sha256: '' }).totals.params;
    return [stored, scalars];
  };
  const float = { dtype: 'float32' };
  t.same(params({ ...float, shape: [], data: [2] }), [0, 1]);
  t.same(params({ ...float, shape: [1] }), [1, 0]);
  t.same(params({ ...float, shape: [1], data: [2], parameter: true }), [1, 0]);
  t.same(params({ ...float, shape: [1], data: [2], parameter: false }), [0, 0]);
  t.same(params({ ...float, shape: [3], data: [1, 2, 3] }), [3, 0]);
  t.same(params({ ...float, shape: [3], data: [1, 2, 3], parameter: false }), [0, 0]);
  t.same(params({ dtype: 'int64', shape: [], data: [2] }), [0, 0]);
});

t.test('weights are of the type of what the layer reads', async (t) => {
  const types = (dtype: string) => {
    const document = { inputs: { x: { shape: [1, 4, 8], dtype } }, layers: [{ type: 'Conv1d', out_channels: 2, kernel_size: 1 }] };
    return [...readDescription(document, LIMITS).constants.values()].map((constant) => constant.dtype);
  };
  t.same(types('float16'), ['float16', 'float16']);
  t.same(types('float32'), ['float32', 'float32']);
  t.same(types('uint8'), ['float32', 'float32']);
});

t.test('a node is in the scope of its block instances, and of what its name says', async (t) => {
  const document = {
    ...network([1], { type: 'block', block: 'a', name: 's' }, { ...relu, name: 'r', repeat: 1 }, { ...relu, name: '/u/v' }),
    blocks: { a: { layers: [{ type: 'block', block: 'b', name: 't', repeat: 1 }] }, b: { layers: [relu] } },
  };
  const { nodes } = readDescription(document, LIMITS);
  t.same(
    nodes.map(({ id, scope }) => [id, scope]),
    [
      ['s/t/0/relu_0', 's/t/0'],
      ['r/0', 'r'],
      ['/u/v', 'u'],
    ],
  );
});

t.test('a block may read and give several values', async (t) => {
  const document = {
    ...network(
      [1],
      { type: 'block', block: 'swap', name: 's', from: ['x', { dtype: 'float32', shape: [1] }] },
      { type: 'Subtract', name: 'd', from: ['s.0', 's.1'] },
    ),
    blocks: { swap: { layers: [{ ...relu, from: 'input.0' }], output: ['input.1', 'relu_0'] } },
  };
  t.same(nodes(document), ['s/relu_0 = Relu(x) -> (1)', 'd = Sub(s.from.1, s/relu_0) -> (1)']);
});

t.test('layers share parameters', async (t) => {
  const fc = { type: 'Linear', out_features: 2 };
  const shared = network([1, 2], { ...fc, name: 'a' }, { ...fc, name: 'b', weights: 'a', repeat: 2 }, { ...fc, name: 'c', weights: 'b' });
  t.throws(() => lowered(shared), { message: 'there is no earlier layer "b" with parameters' });
  t.same(lowered(network([1, 2], ...(shared.layers as object[]).slice(0, 2), { ...fc, name: 'c', weights: 'b/1' })), {
    nodes: [
      'a = Gemm(x, a.weight, a.bias) transB=1 -> (1 2)',
      'b/0 = Gemm(a, a.weight, a.bias) transB=1 -> (1 2)',
      'b/1 = Gemm(b/0, a.weight, a.bias) transB=1 -> (1 2)',
      'c = Gemm(b/1, a.weight, a.bias) transB=1 -> (1 2)',
    ],
    constants: ['a.weight (2 2)', 'a.bias (2)'],
  });
});

t.test('the vectors of an embedding serve as the weight of the last layer', async (t) => {
  const embedding = { type: 'Embedding', name: 'e', num_embeddings: 10, embedding_dim: 4, padding_idx: 0 };
  const head = { type: 'Linear', name: 'head', out_features: 10, bias: false, weights: 'e' };
  t.same(lowered({ inputs: { x: { shape: [1, 6], dtype: 'int64' } }, layers: [embedding, head] }), {
    nodes: [
      'e = Gather(e.weight, x) axis=0 -> (1 6 4)',
      'head.transpose = Transpose(e.weight) perm=[1,0] -> (4 10)',
      'head = MatMul(e, head.transpose) -> (1 6 10)',
    ],
    constants: ['e.weight (10 4)'],
  });
});

t.test('blocks share parameters, layer by layer and copy by copy', async (t) => {
  const tower = { type: 'block', block: 'tower' };
  const document = {
    inputs: { x: [1, 2], y: [1, 2] },
    blocks: { tower: { layers: [{ type: 'Linear', name: 'fc', out_features: 2, bias: false }] } },
    layers: [
      { ...tower, name: 'a', from: 'x', repeat: 2 },
      { ...tower, name: 'b', from: 'y', repeat: 2, weights: 'a' },
      { ...tower, name: 'c', from: 'y', weights: 'a/1' },
    ],
  };
  t.same(lowered(document), {
    nodes: [
      'a/0/fc = Gemm(x, a/0/fc.weight) transB=1 -> (1 2)',
      'a/1/fc = Gemm(a/0/fc, a/1/fc.weight) transB=1 -> (1 2)',
      'b/0/fc = Gemm(y, a/0/fc.weight) transB=1 -> (1 2)',
      'b/1/fc = Gemm(b/0/fc, a/1/fc.weight) transB=1 -> (1 2)',
      'c/fc = Gemm(y, a/1/fc.weight) transB=1 -> (1 2)',
    ],
    constants: ['a/0/fc.weight (2 2)', 'a/1/fc.weight (2 2)'],
  });
});

t.test('attention over other keys and values uses the parts of one projection', async (t) => {
  const document = (bias: boolean, from: readonly string[]) => ({
    inputs: { q: [1, 5, 8], kv: [1, 7, 8] },
    layers: [{ type: 'MultiheadAttention', name: 'a', from, num_heads: 2, bias }],
  });
  t.same(nodes(document(true, ['q', 'kv', 'kv'])).slice(0, 8), [
    'a.in_proj_weights = Split(a.in_proj_weight) axis=-1 num_outputs=3 -> a.in_proj_weights.0 (8 8), a.in_proj_weights.1 (8 8), a.in_proj_weights.2 (8 8)',
    'a.in_proj_biases = Split(a.in_proj_bias) axis=0 num_outputs=3 -> a.in_proj_biases.0 (8), a.in_proj_biases.1 (8), a.in_proj_biases.2 (8)',
    'a.q_proj.matmul = MatMul(q, a.in_proj_weights.0) -> (1 5 8)',
    'a.q_proj = Add(a.q_proj.matmul, a.in_proj_biases.0) -> (1 5 8)',
    'a.k_proj.matmul = MatMul(kv, a.in_proj_weights.1) -> (1 7 8)',
    'a.k_proj = Add(a.k_proj.matmul, a.in_proj_biases.1) -> (1 7 8)',
    'a.v_proj.matmul = MatMul(kv, a.in_proj_weights.2) -> (1 7 8)',
    'a.v_proj = Add(a.v_proj.matmul, a.in_proj_biases.2) -> (1 7 8)',
  ]);
  t.same(nodes(document(false, ['q', 'kv', 'kv'])).at(-1), 'a = MatMul(a.joined, a.out_proj.weight) -> (1 5 8)');
  t.same(nodes(document(true, ['q', 'q', 'q'])).length, nodes(network([1, 5, 8], { type: 'MultiheadAttention', num_heads: 2 })).length);
});

t.test('scaled dot product attention', async (t) => {
  const document = (more: Json) => ({
    inputs: { q: [1, 5, 4], k: [1, 7, 4], v: [1, 7, 3] },
    layers: [{ type: 'ScaledDotProductAttention', name: 'a', from: ['q', 'k', 'v'], ...more }],
  });
  t.same(lowered(document({})), {
    nodes: [
      'a.key_transpose = Transpose(k) perm=[0,2,1] -> (1 4 7)',
      'a.scaled_query = Mul(q, a.scale) -> (1 5 4)',
      'a.scores = MatMul(a.scaled_query, a.key_transpose) -> (1 5 7)',
      'a.softmax = Softmax(a.scores) axis=-1 -> (1 5 7)',
      'a = MatMul(a.softmax, v) -> (1 5 3)',
    ],
    constants: ['a.scale () [0.5]'],
  });
  t.same(lowered(document({ scale: 2 })).constants, ['a.scale () [2]']);
});
