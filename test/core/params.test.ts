import t from 'tap';
import type { Attribute, Constant, Graph, Node } from '../../src/core/graph.ts';
import { constantTensor, inferNode } from '../../src/core/inference/infer.ts';
import type { Tensor } from '../../src/core/operators/operator.ts';
import { countParams, isTrained, type Params } from '../../src/core/params.ts';

interface Parts {
  readonly constants?: readonly Constant[];
  readonly nodes: readonly (readonly [op: string, inputs: string[], output: string, attributes?: Record<string, Attribute>])[];
}

const float = (name: string, ...shape: number[]): Constant => ({ name, dtype: 'float32', shape, data: null });

/** Parameters of a graph with the data input x: [1, 4]. */
function params({ constants = [], nodes }: Parts): Params {
  const graph: Graph = {
    name: '',
    nodes: nodes.map(([op, inputs, output, attributes = {}], i): Node => {
      return { id: `n${i}`, name: '', scope: '', op, attributes: new Map(Object.entries(attributes)), inputs, outputs: [output] };
    }),
    inputs: [{ name: 'x', dtype: 'float32', shape: [1, 4] }],
    outputs: [],
    constants: new Map(constants.map((constant) => [constant.name, constant])),
    diagnostics: [],
  };
  const tensors = new Map<string, Tensor>([['x', { dtype: 'float32', shape: [1, 4], value: null, constant: false }]]);
  for (const constant of constants) tensors.set(constant.name, constantTensor(constant));
  return countParams(
    graph.constants,
    graph.nodes.map((node) => inferNode(node, tensors)),
  );
}

t.test('initializers count once, at the first layer that reads them', async (t) => {
  const { total, byCall } = params({
    constants: [float('w', 4, 4), float('unused', 3), { name: 'axes', dtype: 'int64', shape: [1], data: [0] }],
    nodes: [
      ['MatMul', ['x', 'w'], 'a'],
      ['MatMul', ['a', 'w'], 'b'],
    ],
  });
  t.match(total, { stored: 19, trainable: 19, logical: 19, buffers: 0, scalars: 0, bytes: 76 });
  t.same([...byCall], [[0, { stored: 16, trainable: 16, buffers: 0 }]]);
});

t.test('running statistics are buffers', async (t) => {
  const constants = ['scale', 'bias', 'mean', 'var'].map((name) => float(name, 4));
  const { total, byCall } = params({ constants, nodes: [['BatchNormalization', ['x', 'scale', 'bias', 'mean', 'var'], 'y']] });
  t.match(total, { stored: 16, trainable: 8, buffers: 8 });
  t.match(byCall.get(0), { stored: 16, trainable: 8, buffers: 8 });
});

t.test('tensors of Constant and ConstantOfShape nodes count where they reach a layer unchanged', async (t) => {
  const shape: Constant = { name: 'shape', dtype: 'int64', shape: [2], data: [4, 4] };
  const { total } = params({
    constants: [shape],
    nodes: [
      ['Constant', [], 'c', { value: float('', 4, 4) }],
      ['Transpose', ['c'], 'ct'],
      ['ConstantOfShape', ['shape'], 'g'],
      ['Constant', [], 'idle', { value: float('', 100) }],
      ['MatMul', ['x', 'ct'], 'a'],
      ['MatMul', ['a', 'g'], 'b'],
    ],
  });
  t.match(total, { stored: 32, trainable: 32, scalars: 0, bytes: 128 });
});

t.test('masks that are computed are no weights, and one-element constants are scalars', async (t) => {
  const one: Constant = { name: '', dtype: 'float32', shape: [], data: [2] };
  const { total } = params({
    nodes: [
      ['Constant', [], 'zeros', { value: float('', 4) }],
      ['Constant', [], 'two', { value: one }],
      ['Sub', ['zeros', 'two'], 'mask'],
      ['Add', ['x', 'mask'], 'a'],
      ['Mul', ['a', 'two'], 'b'],
      ['Mul', ['b', 'two'], 'c'],
    ],
  });
  t.match(total, { stored: 0, trainable: 0, scalars: 1 });
});

t.test('a weight that is computed from stored tensors counts as those', async (t) => {
  const { total, byCall } = params({
    constants: [float('v', 4, 4), float('g', 4, 1)],
    nodes: [
      ['Mul', ['v', 'g'], 'w'],
      ['MatMul', ['x', 'w'], 'y'],
    ],
  });
  t.match(total, { stored: 20, trainable: 20 });
  t.match(byCall.get(1), { stored: 20 });
});

t.test('an Identity alias is a logical tensor of its own', async (t) => {
  const { total } = params({
    constants: [float('w', 4, 4)],
    nodes: [
      ['Identity', ['w'], 'alias'],
      ['MatMul', ['x', 'w'], 'a'],
      ['MatMul', ['a', 'alias'], 'b'],
    ],
  });
  t.match(total, { stored: 16, trainable: 16, logical: 32 });
});

t.test('statistics that alias a weight are no weights', async (t) => {
  const { total } = params({
    constants: [float('ones', 4), float('zeros', 4)],
    nodes: [
      ['Identity', ['ones'], 'var'],
      ['Identity', ['zeros'], 'mean'],
      ['BatchNormalization', ['x', 'ones', 'zeros', 'mean', 'var'], 'y'],
    ],
  });
  t.match(total, { stored: 8, trainable: 8, logical: 8, buffers: 0 });
});

t.test('what a front end made of arguments is no parameter; 4-bit weights pack', async (t) => {
  const { total } = params({
    constants: [
      { name: 'min', dtype: 'float32', shape: [], data: [0], synthetic: true },
      { name: 'q', dtype: 'int4', shape: [3], data: null },
    ],
    nodes: [
      ['Clip', ['x', 'min'], 'a'],
      ['com.example.Dequantize', ['a', 'q'], 'b'],
    ],
  });
  t.match(total, { stored: 3, scalars: 0, bytes: 2 });
});

const integers = (name: string, dtype: Constant['dtype'], ...shape: number[]): Constant => ({ name, dtype, shape, data: null });

t.test('scales and zero points are stored, not trained; int32 biases are weights', async (t) => {
  const constants = [
    float('xs', 1),
    integers('xz', 'uint8', 1),
    integers('w', 'int8', 4, 4),
    float('ws', 4),
    integers('wz', 'int8', 4),
    integers('b', 'int32', 4),
    float('bs', 4),
    integers('bz', 'int32', 4),
  ];
  const { total, byCall, tensors } = params({
    constants,
    nodes: [
      ['QuantizeLinear', ['x', 'xs', 'xz'], 'q'],
      ['DequantizeLinear', ['q', 'xs', 'xz'], 'dq'],
      ['DequantizeLinear', ['w', 'ws', 'wz'], 'dw'],
      ['DequantizeLinear', ['b', 'bs', 'bz'], 'db', { axis: 0 }],
      ['Gemm', ['dq', 'dw', 'db'], 'y'],
    ],
  });
  t.match(total, { stored: 38, trainable: 20, logical: 20, buffers: 0, bytes: 1 * 4 + 1 + 16 + 16 + 4 + 16 + 16 + 16 });
  t.same(byCall.get(0), { stored: 2, trainable: 0, buffers: 0 });
  t.same(byCall.get(4), { stored: 36, trainable: 20, buffers: 0 });
  t.same(
    [...tensors].filter(([, tensor]) => isTrained(tensor)).map(([name]) => name),
    ['w', 'b'],
  );
});

t.test('operators on quantised tensors name their scales by slot', async (t) => {
  const scale = (name: string) => [float(`${name}s`, 1), integers(`${name}z`, 'uint8', 1)];
  const to: Constant = { name: 'to', dtype: 'int64', shape: [3], data: [1, 4, 1] };
  const conv = params({
    constants: [to, ...scale('x'), integers('w', 'int8', 4, 4, 1), ...scale('w'), ...scale('y'), integers('b', 'int32', 4)],
    nodes: [
      ['QuantizeLinear', ['x', 'xs', 'xz'], 'q'],
      ['Reshape', ['q', 'to'], 'r'],
      ['QLinearConv', ['r', 'xs', 'xz', 'w', 'ws', 'wz', 'ys', 'yz', 'b'], 'y'],
    ],
  });
  t.match(conv.total, { stored: 26, trainable: 20 });
  const concat = params({
    constants: [...scale('y'), integers('c', 'uint8', 1, 3), ...scale('c'), ...scale('x')],
    nodes: [['com.microsoft.QLinearConcat', ['ys', 'yz', 'x', 'xs', 'xz', 'c', 'cs', 'cz'], 'y', { axis: 1 }]],
  });
  t.match(concat.total, { stored: 9, trainable: 3 });
  const product = params({
    constants: [integers('w', 'int8', 4, 2), integers('xz', 'uint8', 1), integers('wz', 'int8', 1)],
    nodes: [['MatMulInteger', ['x', 'w', 'xz', 'wz'], 'y']],
  });
  t.match(product.total, { stored: 10, trainable: 8 });
  const packed = params({
    constants: [integers('w', 'uint8', 2, 1, 8), float('ws', 2), integers('wz', 'uint8', 2), float('b', 2)],
    nodes: [['com.microsoft.MatMulNBits', ['x', 'w', 'ws', 'wz', '', 'b'], 'y', { K: 4, N: 2, bits: 4, block_size: 16 }]],
  });
  t.match(packed.total, { stored: 22, trainable: 18 });
});

t.test('a scale that is also a weight is trained; scales may be computed', async (t) => {
  const { total } = params({
    constants: [float('s', 4), float('a', 4), float('b', 1), integers('w', 'int8', 4, 4)],
    nodes: [
      ['Mul', ['a', 'b'], 'ab'],
      ['DequantizeLinear', ['w', 'ab'], 'dw'],
      ['MatMul', ['x', 'dw'], 'y'],
      ['QuantizeLinear', ['y', 's'], 'q'],
      ['Add', ['y', 's'], 'z'],
    ],
  });
  t.match(total, { stored: 25, trainable: 20 });
});

t.test('a long chain of constant nodes takes linear time', async (t) => {
  const nodes = Array.from({ length: 20_000 }, (_, i): Parts['nodes'][number] => [
    'Add',
    [`c${i}`, i > 0 ? `c${i - 1}` : 'c0'],
    `c${i + 1}`,
  ]);
  const { total } = params({ constants: [float('c0', 4)], nodes: [...nodes, ['Add', ['x', 'c20000'], 'y']] });
  t.match(total, { stored: 4 });
});

t.test('what says how something is done is no parameter', async (t) => {
  const named = (name: string, data: readonly number[], shape: readonly number[] = [data.length]): Constant => {
    return { name, dtype: 'float32', shape, data };
  };
  const constants = [
    named('roi', []),
    named('scales', [1, 2]),
    named('low', [0], []),
    named('high', [6], []),
    named('value', [1], []),
    { name: 'pads', dtype: 'int64' as const, shape: [4], data: [0, 0, 1, 1] },
    named('ratio', [0.5], []),
    float('w', 8, 2),
    named('both', [1, 2]),
  ];
  const { total, tensors, byCall } = params({
    constants,
    nodes: [
      ['Resize', ['x', 'roi', 'scales'], 'a'],
      ['Clip', ['a', 'low', 'high'], 'b'],
      ['MatMul', ['b', 'w'], 'c'],
      ['Dropout', ['c', 'ratio'], 'd'],
      ['Pad', ['d', 'pads', 'value'], 'e'],
      ['Constant', [], 'made', { value: named('', [1, 2]) }],
      ['Resize', ['e', '', 'made'], 'f'],
      // Read as data too, it is a parameter.
      ['Resize', ['f', '', 'both'], 'g'],
      ['Mul', ['d', 'both'], 'h'],
    ],
  });
  t.same([...tensors.keys()], ['w', 'both']);
  t.match(total, { stored: 18, trainable: 18, logical: 18, scalars: 4, bytes: 4 * 18 });
  t.same([...byCall.keys()], [2, 7]);
});
