import t from 'tap';
import type { Attribute, Constant, Graph, Node } from '../../../src/core/graph.ts';
import * as e from './encode.ts';

interface Case {
  readonly op: string;
  readonly opset: number;
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  readonly attributes?: readonly e.Bytes[];
}

function read({ op, opset, inputs = ['x'], outputs = ['y'], attributes = [] }: Case): Graph {
  const given = ['x', 'b', 'c'].map((name) => e.value(name));
  return e.read(e.model(e.graph({ nodes: [e.node(op, inputs, outputs, { attributes })], inputs: given }), opset)).graph;
}

/** The last node with the constants that it reads in place of their names, and the names of the attributes that are left. */
function lifted(parts: Case): { op: string; inputs: unknown[]; attributes: Record<string, Attribute> } {
  const graph = read(parts);
  const { op, inputs, attributes } = graph.nodes.at(-1) as Node;
  const shown = inputs.map((name) => {
    const constant = graph.constants.get(name);
    return constant ? [constant.dtype, constant.shape, constant.data] : name;
  });
  return { op, inputs: shown, attributes: Object.fromEntries(attributes) };
}

const int64 = (...data: number[]): unknown => ['int64', [data.length], data];
const axes = e.attribute('axes', [1, -1]);

function lifts(name: string, before: Case, want: { op?: string; inputs?: unknown[]; attributes?: Record<string, Attribute> }): void {
  t.test(name, async (t) => {
    t.strictSame(lifted(before), { op: before.op, inputs: ['x'], attributes: {}, ...want });
  });
}

for (const op of ['Squeeze', 'Unsqueeze', 'ReduceSum']) {
  lifts(`${op} 12`, { op, opset: 12, attributes: [axes] }, { inputs: ['x', int64(1, -1)] });
  lifts(`${op} 13`, { op, opset: 13, inputs: ['x', 'b'] }, { inputs: ['x', 'b'] });
}
for (const kind of ['L1', 'L2', 'LogSum', 'LogSumExp', 'Max', 'Mean', 'Min', 'Prod', 'SumSquare']) {
  const op = `Reduce${kind}`;
  lifts(
    `${op} 17`,
    { op, opset: 17, attributes: [axes, e.attribute('keepdims', 0)] },
    { inputs: ['x', int64(1, -1)], attributes: { keepdims: 0 } },
  );
  lifts(`${op} 17 of all axes`, { op, opset: 17 }, {});
  lifts(`${op} 18`, { op, opset: 18, inputs: ['x', 'b'] }, { inputs: ['x', 'b'] });
}

const split = e.attribute('split', [2, 3]);
lifts(
  'Split 12',
  { op: 'Split', opset: 12, outputs: ['y', 'z'], attributes: [split, e.attribute('axis', 1)] },
  { inputs: ['x', int64(2, 3)], attributes: { axis: 1 } },
);
lifts('Split 12, even', { op: 'Split', opset: 12, outputs: ['y', 'z'] }, { attributes: { num_outputs: 2 } });
lifts('Split 13', { op: 'Split', opset: 13, inputs: ['x', 'b'], outputs: ['y', 'z'] }, { inputs: ['x', 'b'] });
lifts('Split 17, even', { op: 'Split', opset: 17, outputs: ['y', 'z', 'w'] }, { attributes: { num_outputs: 3 } });
lifts(
  'Split 18',
  { op: 'Split', opset: 18, outputs: ['y', 'z'], attributes: [e.attribute('num_outputs', 2)] },
  { attributes: { num_outputs: 2 } },
);

lifts(
  'Clip 10',
  { op: 'Clip', opset: 10, attributes: [e.floatAttribute('min', 0), e.floatAttribute('max', 6)] },
  { inputs: ['x', ['float32', [], [0]], ['float32', [], [6]]] },
);
lifts(
  'Clip 10, above only',
  { op: 'Clip', opset: 10, attributes: [e.floatAttribute('max', 6)] },
  { inputs: ['x', '', ['float32', [], [6]]] },
);
lifts('Clip 10, neither', { op: 'Clip', opset: 10 }, {});
lifts('Clip 11', { op: 'Clip', opset: 11, inputs: ['x', '', 'b'] }, { inputs: ['x', '', 'b'] });

lifts(
  'Slice 9',
  {
    op: 'Slice',
    opset: 9,
    attributes: [e.attribute('starts', [0]), e.attribute('ends', e.int(8, 2n ** 63n - 1n), 7), e.attribute('axes', [2])],
  },
  { inputs: ['x', int64(0), int64(2 ** 63), int64(2)] },
);
lifts(
  'Slice 9, first axes',
  { op: 'Slice', opset: 9, attributes: [e.attribute('starts', [0]), e.attribute('ends', [4])] },
  { inputs: ['x', int64(0), int64(4)] },
);
lifts('Slice 10', { op: 'Slice', opset: 10, inputs: ['x', 'b', 'c'] }, { inputs: ['x', 'b', 'c'] });

const pads = [0, 1, 0, 1];
lifts('Pad 1', { op: 'Pad', opset: 1, attributes: [e.attribute('paddings', pads)] }, { inputs: ['x', int64(...pads)] });
lifts(
  'Pad 10',
  { op: 'Pad', opset: 10, attributes: [e.attribute('pads', pads), e.floatAttribute('value', 2), e.attribute('mode', 'edge')] },
  { inputs: ['x', int64(...pads), ['float32', [], [2]]], attributes: { mode: 'edge' } },
);
lifts('Pad 11', { op: 'Pad', opset: 11, inputs: ['x', 'b'] }, { inputs: ['x', 'b'] });

lifts('Dropout 6', { op: 'Dropout', opset: 6, attributes: [e.floatAttribute('ratio', 0.5), e.attribute('is_test', 1)] }, {});
lifts('Dropout 11', { op: 'Dropout', opset: 11, attributes: [e.floatAttribute('ratio', 0.5)] }, {});
lifts('Dropout 12', { op: 'Dropout', opset: 12, inputs: ['x', 'b'] }, { inputs: ['x', 'b'] });

for (const op of ['Softmax', 'LogSoftmax', 'Hardmax']) {
  lifts(`${op} 12`, { op, opset: 12 }, { attributes: { axis: 1, 'fovea.coerce2d': 1 } });
  lifts(`${op} 12 with an axis`, { op, opset: 12, attributes: [e.attribute('axis', 2)] }, { attributes: { axis: 2, 'fovea.coerce2d': 1 } });
  lifts(`${op} 13`, { op, opset: 13 }, {});
}

lifts(
  'TopK 9',
  { op: 'TopK', opset: 9, attributes: [e.attribute('k', 5), e.attribute('axis', 1)] },
  { inputs: ['x', int64(5)], attributes: { axis: 1 } },
);
lifts('TopK 9 without k', { op: 'TopK', opset: 9 }, {});
lifts('TopK 10', { op: 'TopK', opset: 10, inputs: ['x', 'b'] }, { inputs: ['x', 'b'] });

const before11 = { coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' };
const scales = ['float32', [4], [1, 1, 2, 3]];
lifts(
  'Upsample 1',
  {
    op: 'Upsample',
    opset: 1,
    attributes: [e.floatAttribute('height_scale', 2), e.floatAttribute('width_scale', 3), e.attribute('mode', 'bilinear')],
  },
  { op: 'Resize', inputs: ['x', '', scales], attributes: { mode: 'linear', ...before11 } },
);
lifts(
  'Upsample 7',
  { op: 'Upsample', opset: 7, attributes: [e.floatsAttribute('scales', [1, 1, 2, 3]), e.attribute('mode', 'linear')] },
  { op: 'Resize', inputs: ['x', '', scales], attributes: { mode: 'linear', ...before11 } },
);
lifts('Upsample 9', { op: 'Upsample', opset: 9, inputs: ['x', 'b'] }, { op: 'Resize', inputs: ['x', '', 'b'], attributes: before11 });
lifts('Upsample without anything', { op: 'Upsample', opset: 9, inputs: [] }, { op: 'Resize', inputs: ['', '', ''], attributes: before11 });
lifts(
  'Resize 10',
  { op: 'Resize', opset: 10, inputs: ['x', 'b'], attributes: [e.attribute('mode', 'nearest')] },
  { inputs: ['x', '', 'b'], attributes: { mode: 'nearest', ...before11 } },
);
lifts('Resize 11', { op: 'Resize', opset: 11, inputs: ['x', '', 'b'] }, { inputs: ['x', '', 'b'] });

lifts(
  'GridSample 19',
  { op: 'GridSample', opset: 19, inputs: ['x', 'b'], attributes: [e.attribute('mode', 'bicubic')] },
  { inputs: ['x', 'b'], attributes: { mode: 'cubic' } },
);
lifts(
  'GridSample 19 of another mode',
  { op: 'GridSample', opset: 19, attributes: [e.attribute('mode', 'constructor')] },
  { attributes: { mode: 'constructor' } },
);
lifts('GridSample 20', { op: 'GridSample', opset: 20, attributes: [e.attribute('mode', 'linear')] }, { attributes: { mode: 'linear' } });
lifts('DFT 19', { op: 'DFT', opset: 19 }, { inputs: ['x', '', ['int64', [], [1]]] });
lifts(
  'DFT 19 with an axis',
  { op: 'DFT', opset: 19, inputs: ['x', 'b'], attributes: [e.attribute('axis', 2)] },
  { inputs: ['x', 'b', ['int64', [], [2]]] },
);
lifts('DFT 20', { op: 'DFT', opset: 20 }, {});

lifts(
  'Reshape 4',
  { op: 'Reshape', opset: 4, attributes: [e.attribute('shape', [0, -1]), e.attribute('consumed_inputs', [0])] },
  { inputs: ['x', int64(0, -1)] },
);
lifts('Reshape 5', { op: 'Reshape', opset: 5, inputs: ['x', 'b'] }, { inputs: ['x', 'b'] });
lifts('Cast 5', { op: 'Cast', opset: 5, attributes: [e.attribute('to', 'FLOAT16')] }, { attributes: { to: 10 } });
lifts('Cast 5 to double', { op: 'Cast', opset: 5, attributes: [e.attribute('to', 'DOUBLE')] }, { attributes: { to: 11 } });
lifts('Cast 5 to nothing', { op: 'Cast', opset: 5, attributes: [e.attribute('to', 'NOTHING')] }, { attributes: { to: 'NOTHING' } });
lifts('Cast 5 to a number', { op: 'Cast', opset: 5, attributes: [e.attribute('to', 1)] }, { attributes: { to: 1 } });
lifts('Cast 6', { op: 'Cast', opset: 6, attributes: [e.attribute('to', 1)] }, { attributes: { to: 1 } });
lifts('Concat 3', { op: 'Concat', opset: 3 }, { attributes: { axis: 1 } });
lifts('Concat 3 with an axis', { op: 'Concat', opset: 3, attributes: [e.attribute('axis', 0)] }, { attributes: { axis: 0 } });
lifts(
  'Gemm 6',
  { op: 'Gemm', opset: 6, attributes: [e.attribute('broadcast', 1), e.attribute('transB', 1)] },
  { attributes: { transB: 1 } },
);
lifts('Relu 5', { op: 'Relu', opset: 5, attributes: [e.attribute('consumed_inputs', [0])] }, {});
lifts('Scatter 10', { op: 'Scatter', opset: 10 }, { op: 'ScatterElements' });
lifts('GroupNormalization 20', { op: 'GroupNormalization', opset: 20 }, { attributes: { 'fovea.perGroup': 1 } });
lifts('GroupNormalization 21', { op: 'GroupNormalization', opset: 21 }, {});

t.test('BatchNormalization', async (t) => {
  const graph = (opset: number, ...attributes: e.Bytes[]): Graph =>
    read({ op: 'BatchNormalization', opset, outputs: ['y', 'mean', 'var', '', ''], attributes });
  const old = graph(6, e.attribute('is_test', 1), e.attribute('spatial', 1), e.floatAttribute('epsilon', 0.5));
  t.match(old.nodes, [{ outputs: ['y'] }]);
  t.strictSame([...(old.nodes[0]?.attributes ?? [])], [['epsilon', 0.5]]);
  t.strictSame(graph(13).nodes[0]?.outputs, ['y']);
  t.strictSame(graph(14).nodes[0]?.outputs, ['y', 'mean', 'var', '', '']);
  t.strictSame(graph(14).diagnostics, []);
});

t.test('Constant', async (t) => {
  const value = (...attributes: e.Bytes[]): Attribute | undefined => {
    const { attributes: left } = read({ op: 'Constant', opset: 17, inputs: [], attributes }).nodes[0] as Node;
    t.strictSame([...left.keys()], ['value']);
    return left.get('value');
  };
  const constant = (dtype: string, shape: number[], data: number[] | null): unknown => ({ name: '', dtype, shape, data });
  t.strictSame(value(e.tensorAttribute('value', e.tensor('', 7, [], e.packed(7, [3])))), constant('int64', [], [3]));
  t.strictSame(value(e.attribute('value_int', 5)), constant('int64', [], [5]));
  t.strictSame(value(e.attribute('value_ints', [5, 6])), constant('int64', [2], [5, 6]));
  t.strictSame(value(e.attribute('value_ints', e.packed(8, new Array(1025).fill(1)), 7)), constant('int64', [1025], null));
  t.strictSame(value(e.floatAttribute('value_float', 0.5)), constant('float32', [], [0.5]));
  t.strictSame(value(e.floatsAttribute('value_floats', [0.5])), constant('float32', [1], [0.5]));
  t.strictSame(value(e.attribute('value_string', 'a')), constant('string', [], null));
  t.strictSame(value(e.attribute('value_strings', e.text(9, 'a'), 8)), constant('string', [1], null));
  t.strictSame(
    value(e.attribute('sparse_value', e.message(22, e.message(1, e.int(2, 1)), e.packed(3, [9])), 11)),
    constant('float32', [9], null),
  );
  t.equal(read({ op: 'Constant', opset: 17, inputs: [] }).nodes[0]?.attributes.size, 0);
  t.equal(read({ op: 'Constant', opset: 17, inputs: [], attributes: [e.attribute('value_strings', 1)] }).nodes[0]?.attributes.size, 0);
});

for (const op of ['Add', 'Sub', 'Mul', 'Div', 'Pow', 'And', 'Or', 'Xor', 'Equal', 'Greater', 'Less']) {
  lifts(`${op} 6 at the end`, { op, opset: 6, inputs: ['x', 'b'], attributes: [e.attribute('broadcast', 1)] }, { inputs: ['x', 'b'] });
  lifts(`${op} 7`, { op, opset: 7, inputs: ['x', 'b'] }, { inputs: ['x', 'b'] });
}

t.test('broadcasting at an axis', async (t) => {
  for (const [op, axis, attributes] of [
    ['Add', 2, [e.attribute('broadcast', 1), e.attribute('axis', 2)]],
    ['PRelu', 1, []],
  ] as const) {
    const { nodes } = read({ op, opset: 6, inputs: ['x', 'b'], attributes });
    const last = nodes.at(-1) as Node;
    t.equal(last.attributes.size, 0);
    t.equal(last.inputs[0], 'x');
    const producer = (name: string | undefined): Node => nodes.find((node) => node.outputs[0] === name) as Node;
    const reshape = producer(last.inputs[1]);
    t.match(reshape, { op: 'Reshape', inputs: ['b', String] });
    const concat = producer(reshape.inputs[1]);
    t.equal(concat.op, 'Concat');
    t.match(producer(concat.inputs[0]), { op: 'Shape', inputs: ['b'] });
    const ones = producer(concat.inputs[1]);
    t.match([ones.op, ones.attributes.get('value')], ['ConstantOfShape', { dtype: 'int64', data: [1] }]);
    const count = producer(ones.inputs[0]);
    t.equal(count.op, 'Sub');
    const rest = producer(producer(count.inputs[0]).inputs[0]);
    t.match([rest.op, rest.inputs, rest.attributes.get('start')], ['Shape', ['x'], axis]);
    t.equal(producer(producer(count.inputs[1]).inputs[0]), producer(concat.inputs[0]));
    t.equal(new Set(nodes.map((node) => node.id)).size, 9);
  }
});

t.test('names of what a lift adds are free', async (t) => {
  const squeeze = e.node('Squeeze', ['x'], ['y'], { attributes: [axes] });
  const inner = e.graph({ nodes: [e.node('Relu', ['x'], ['fovea_3/a'])] });
  const taken = [
    e.node('Relu', ['x'], ['fovea/axes_1']),
    e.node('If', ['x'], ['fovea'], {
      attributes: [e.graphAttribute('then_branch', inner), e.attribute('graphs', e.bytes(11, e.graph({})), 10)],
    }),
  ];
  const file = e.join(
    e.graph({ nodes: [...taken, squeeze], inputs: [e.value('x')], initializers: [e.tensor('fovea_2/a', 1, [1])] }),
    e.message(15, e.message(1, e.int(2, 1))),
  );
  const { graph } = e.read(e.model(file, 11));
  t.strictSame([...graph.constants.keys()], ['fovea_2/a', '', 'fovea_4/axes_1']);
});

t.test('names are looked for in graphs that turn out to be malformed', async (t) => {
  const squeeze = e.node('Squeeze', ['x'], ['y'], { attributes: [axes] });
  const inner = e.message(15, e.packed(3, [1]));
  const call = e.node('If', ['x'], ['z'], { attributes: [e.graphAttribute('then_branch', inner)] });
  const file = e.model(e.graph({ nodes: [squeeze, call], inputs: [e.value('x')] }), 11);
  t.throws(() => e.read(file), { code: 'malformed-file', message: /no data type 0/ });
});

t.test('a lift within a graph', async (t) => {
  const inner = e.graph({ nodes: [e.node('Squeeze', ['x'], ['z'], { attributes: [axes] })] });
  const graph = read({ op: 'If', opset: 11, attributes: [e.graphAttribute('then_branch', inner)] });
  t.equal(graph.constants.size, 0);
  const body = graph.nodes[0]?.attributes.get('then_branch') as Graph;
  t.match([...body.constants.values()], [{ shape: [2], data: [1, -1] }] as unknown as Constant[]);
});

t.test('operators of other domains are not lifted', async (t) => {
  const node = e.node('Softmax', ['x'], ['y'], { domain: 'other' });
  const { nodes } = e.read(e.model(e.graph({ nodes: [node], inputs: [e.value('x')] }), 11)).graph;
  t.match([nodes[0]?.op, nodes[0]?.attributes.size], ['other.Softmax', 0]);
});

t.test('attributes of a wrong type', async (t) => {
  const fails = (op: string, ...attributes: e.Bytes[]): void => {
    t.throws(() => read({ op, opset: 9, attributes }), { code: 'malformed-node', spot: { node: 'y' } });
  };
  fails('Squeeze', e.attribute('axes', 1));
  fails('Squeeze', e.attribute('axes', e.text(9, 'a'), 8));
  fails('TopK', e.attribute('k', 'many'));
});
