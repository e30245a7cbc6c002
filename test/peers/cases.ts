import type { Attribute, Constant, DType, Graph, Network, Node } from '../../src/core/graph.ts';

/** A small network: sizes of its inputs and weights, and its nodes as [operator, inputs, output, attributes]. */
interface Sketch {
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly weights?: Readonly<Record<string, readonly number[]>>;
  /** Small constants, elements and all. */
  readonly lists?: Readonly<Record<string, readonly number[]>>;
  readonly nodes: readonly (readonly [op: string, inputs: string, output: string, attributes?: Readonly<Record<string, Attribute>>])[];
}

/** A case of the reference table. `exported` is what torch.onnx.export writes for it, where that is another graph. */
interface Case {
  readonly module: Sketch;
  readonly exported?: Sketch;
}

const IMAGE = [1, 16, 16, 16];
const TOKENS = [2, 10, 64];

function conv(
  weight: readonly number[],
  attributes: Readonly<Record<string, Attribute>>,
  { x = IMAGE, op = 'Conv', bias = 0 } = {},
): Sketch {
  const weights = { w: weight, ...(bias > 0 && { b: [bias] }) };
  return { inputs: { x }, weights, nodes: [[op, bias > 0 ? 'x w b' : 'x w', 'y', attributes]] };
}

const padded = (...n: readonly number[]) => ({ pads: [...n, ...n] });
const transposed = { strides: [2, 2], ...padded(1, 1) };
const deconv = (weight: readonly number[], more: object = {}, bias = 0) =>
  conv(weight, { ...transposed, ...more }, { op: 'ConvTranspose', bias });

/** One operator on one input, with weights behind it. */
function single(
  op: string,
  x: readonly number[],
  weights: readonly (readonly number[])[] = [],
  attributes: Sketch['nodes'][0][3] = {},
): Sketch {
  const named = Object.fromEntries(weights.map((shape, i) => [`w${i}`, shape]));
  return { inputs: { x }, weights: named, nodes: [[op, ['x', ...Object.keys(named)].join(' '), 'y', attributes]] };
}

const two = (op: string, a: readonly number[], b: readonly number[], attributes: Sketch['nodes'][0][3] = {}): Sketch => ({
  inputs: { a, b },
  nodes: [[op, 'a b', 'y', attributes]],
});

const gemm = (bias: boolean): Sketch => ({
  inputs: { x: [1, 64] },
  weights: { w: [128, 64], ...(bias && { b: [128] }) },
  nodes: [['Gemm', bias ? 'x w b' : 'x w', 'y', { transB: 1 }]],
});

const batchedLinear: Sketch = {
  inputs: { x: TOKENS },
  weights: { w: [64, 128], b: [128] },
  nodes: [
    ['MatMul', 'x w', 'p'],
    ['Add', 'b p', 'y'],
  ],
};

const projections: Sketch['nodes'] = ['q', 'k', 'v'].flatMap((side): Sketch['nodes'] => [
  ['MatMul', `x w${side}`, `${side}p`],
  ['Add', `b${side} ${side}p`, side],
]);

const multiHead: Sketch = {
  inputs: { x: [1, 32, 64] },
  weights: { wq: [64, 64], wk: [64, 64], wv: [64, 64], wo: [64, 64], bq: [64], bk: [64], bv: [64], bo: [64] },
  nodes: [...projections, ['Attention', 'q k v', 'a', { q_num_heads: 4, kv_num_heads: 4 }], ['MatMul', 'a wo', 'p'], ['Add', 'bo p', 'y']],
};

/** Attention as it is written out: both sides of the first product are scaled. */
const scaledProducts = (q: string, turned: string, v: string): Sketch['nodes'] => [
  ['Mul', `${q} root`, 'qs'],
  ['Mul', `${turned} root`, 'ks'],
  ['MatMul', 'qs ks', 'scores'],
  ['Softmax', 'scores', 'shares', { axis: -1 }],
  ['MatMul', `shares ${v}`, 'y'],
];

const exportedMultiHead: Sketch = {
  inputs: { x: [32, 1, 64] },
  weights: { wi: [64, 192], bi: [192], wo: [64, 64], bo: [64], root: [] },
  lists: { thirds: [32, 4, 16, 3], rows: [32, 64], first: [0], second: [1], third: [2] },
  nodes: [
    ['MatMul', 'x wi', 'p'],
    ['Add', 'bi p', 's'],
    ['Reshape', 's thirds', 'r'],
    ['Gather', 'r first', 'q', { axis: 3 }],
    ['Gather', 'r second', 'k', { axis: 3 }],
    ['Gather', 'r third', 'v', { axis: 3 }],
    ...(['q', 'k', 'v'] as const).map((side): Sketch['nodes'][0] => [
      'Transpose',
      side,
      `${side}t`,
      { perm: side === 'k' ? [3, 1, 2, 0] : [3, 1, 0, 2] },
    ]),
    ...scaledProducts('qt', 'kt', 'vt').with(-1, ['MatMul', 'shares vt', 'a']),
    ['Reshape', 'a rows', 'o'],
    ['Gemm', 'o wo bo', 'y'],
  ],
};

/** Recurrent layers of 64 features to 32 units over 10 steps; a further layer reads 32. */
function recurrent(op: string, gates: number, directions = 1, layers = 1): Sketch {
  const weights: Record<string, readonly number[]> = {};
  const nodes: Sketch['nodes'][number][] = [];
  for (let layer = 0; layer < layers; layer++) {
    weights[`w${layer}`] = [directions, gates * 32, layer === 0 ? 64 : 32];
    weights[`r${layer}`] = [directions, gates * 32, 32];
    weights[`b${layer}`] = [directions, 2 * gates * 32];
    const attributes = {
      hidden_size: 32,
      ...(directions === 2 && { direction: 'bidirectional' }),
      ...(op === 'GRU' && { linear_before_reset: 1 }),
    };
    nodes.push([op, `${layer === 0 ? 'x' : 's'} w${layer} r${layer} b${layer}`, `y${layer}`, attributes]);
    if (layer + 1 < layers) nodes.push(['Squeeze', `y${layer} axes`, 's']);
  }
  return { inputs: { x: [10, 1, 64] }, weights, lists: { axes: [1] }, nodes };
}

const channels = Array<readonly number[]>(4).fill([16]);
const pool = (op: string, k: number, attributes: object = {}) =>
  single(op, IMAGE, [], { kernel_shape: [k, k], strides: [2, 2], ...attributes });

const resize = (mode: string, by: 'scales' | 'sizes'): Sketch => ({
  inputs: { x: IMAGE },
  lists: { scales: [1, 1, 2, 2], sizes: [1, 16, 32, 32] },
  nodes: [['Resize', by === 'scales' ? 'x  scales' : 'x   sizes', 'y', { mode }]],
});

const written = (...nodes: Sketch['nodes']): Sketch => ({ inputs: { x: IMAGE }, weights: { root: [], one: [], half: [] }, nodes });

const embedding: Sketch = { inputs: { ids: [1, 10] }, weights: { table: [100, 16] }, nodes: [['Gather', 'table ids', 'x']] };

const REUSED: Sketch = {
  inputs: { x: [1, 10] },
  weights: { w: [10, 10] },
  nodes: [
    ['Gemm', 'x w', 'a'],
    ['Gemm', 'a w', 'b'],
    ['Gemm', 'b w', 'y'],
  ],
};

/** Every case of the reference table, by its name there. */
export const CASES: Readonly<Record<string, Case>> = {
  'conv2d 3x3 16->32 p1 nobias': { module: conv([32, 16, 3, 3], padded(1, 1)) },
  'conv2d 3x3 16->32 p1 bias': { module: conv([32, 16, 3, 3], padded(1, 1), { bias: 32 }) },
  'conv2d 3x3 16->32 p1 s2 nobias': { module: conv([32, 16, 3, 3], { ...padded(1, 1), strides: [2, 2] }) },
  'conv2d 3x3 d2 p2 nobias': { module: conv([32, 16, 3, 3], { ...padded(2, 2), dilations: [2, 2] }) },
  'conv2d 3x3 groups=4 nobias': { module: conv([32, 4, 3, 3], { ...padded(1, 1), group: 4 }) },
  'conv2d depthwise 3x3 nobias': { module: conv([16, 1, 3, 3], { ...padded(1, 1), group: 16 }) },
  'conv1d k5 16->32 L100 nobias': { module: conv([32, 16, 5], {}, { x: [1, 16, 100] }) },
  'conv3d 3^3 4->8 (8,16,16) p1 nobias': { module: conv([8, 4, 3, 3, 3], padded(1, 1, 1), { x: [1, 4, 8, 16, 16] }) },
  'conv2d batch=4 3x3 nobias': { module: conv([32, 16, 3, 3], padded(1, 1), { x: [4, 16, 16, 16] }) },
  'convT2d 4x4 s2 p1 16->8 nobias': { module: deconv([16, 8, 4, 4]) },
  'convT2d 4x4 s2 p1 16->8 bias': { module: deconv([16, 8, 4, 4], {}, 8) },
  'convT2d depthwise 4x4 s2 p1 nobias': { module: deconv([16, 1, 4, 4], { group: 16 }) },
  'linear 64->128 bias (1,64)': { module: gemm(true) },
  'linear 64->128 nobias (1,64)': { module: gemm(false) },
  'linear 64->128 bias (2,10,64)': { module: batchedLinear },
  'F.linear 64->128 bias (2,10,64)': { module: batchedLinear },
  'matmul (2,4,10,8)x(2,4,8,12)': { module: two('MatMul', [2, 4, 10, 8], [2, 4, 8, 12]) },
  'matmul broadcast (10,8)x(2,4,8,12)': { module: two('MatMul', [10, 8], [2, 4, 8, 12]) },
  'einsum bhid,bhjd->bhij': { module: two('Einsum', [2, 4, 10, 8], [2, 4, 12, 8], { equation: 'bhid,bhjd->bhij' }) },
  'sdpa q=k=v (1,4,32,16)': {
    module: { inputs: { x: [1, 4, 32, 16] }, nodes: [['Attention', 'x x x', 'y']] },
    exported: {
      inputs: { x: [1, 4, 32, 16] },
      weights: { root: [] },
      nodes: [['Transpose', 'x', 't', { perm: [0, 1, 3, 2] }], ...scaledProducts('x', 't', 'x')],
    },
  },
  'MultiheadAttention d64 h4 L32': { module: multiHead, exported: exportedMultiHead },
  'LSTM 64->32 T10': { module: recurrent('LSTM', 4) },
  'GRU 64->32 T10': { module: recurrent('GRU', 3) },
  'LSTM bidir 64->32 T10': { module: recurrent('LSTM', 4, 2) },
  'LSTM 2 layers 64->32 T10': { module: recurrent('LSTM', 4, 1, 2) },
  'BatchNorm2d affine eval': { module: single('BatchNormalization', IMAGE, channels) },
  'BatchNorm2d no affine eval': { module: single('BatchNormalization', IMAGE, channels) },
  'LayerNorm 64 affine (2,10,64)': { module: single('LayerNormalization', TOKENS, [[64], [64]]) },
  'GroupNorm 4,16 affine': {
    module: single('GroupNormalization', IMAGE, [[16], [16]], { num_groups: 4 }),
    exported: {
      inputs: { x: IMAGE },
      weights: { one: [4], zero: [4], w: [16, 1, 1], b: [16, 1, 1] },
      lists: { grouped: [0, 4, -1], image: IMAGE },
      nodes: [
        ['Reshape', 'x grouped', 'g'],
        ['InstanceNormalization', 'g one zero', 'n'],
        ['Reshape', 'n image', 'i'],
        ['Mul', 'i w', 'm'],
        ['Add', 'm b', 'y'],
      ],
    },
  },
  'InstanceNorm2d noaffine': { module: single('InstanceNormalization', IMAGE, [[16], [16]]) },
  ReLU: { module: single('Relu', IMAGE) },
  GELU: { module: written(['Div', 'x root', 'd'], ['Erf', 'd', 'e'], ['Add', 'e one', 'a'], ['Mul', 'x a', 'm'], ['Mul', 'm half', 'y']) },
  SiLU: { module: written(['Sigmoid', 'x', 's'], ['Mul', 'x s', 'y']) },
  Sigmoid: { module: single('Sigmoid', IMAGE) },
  'Softmax dim1': { module: single('Softmax', [4, 1000], [], { axis: 1 }) },
  PReLU: { module: single('PRelu', IMAGE, [[1]]) },
  'MaxPool2d 2': { module: pool('MaxPool', 2) },
  'AvgPool2d 2': { module: pool('AveragePool', 2) },
  'MaxPool2d 3 s2 p1': { module: pool('MaxPool', 3, padded(1, 1)) },
  'AdaptiveAvgPool2d 1': { module: single('GlobalAveragePool', IMAGE) },
  'Upsample nearest x2': { module: resize('nearest', 'scales') },
  'Upsample bilinear x2': { module: resize('linear', 'scales') },
  'F.interpolate bilinear size 32': { module: resize('linear', 'sizes') },
  'add (1,16,16,16)+same': { module: two('Add', IMAGE, IMAGE) },
  'mul same': { module: two('Mul', IMAGE, IMAGE) },
  'Embedding 100x16 L10': { module: embedding },
  'Tied embedding+head L10': {
    module: { ...embedding, nodes: [...embedding.nodes, ['Transpose', 'table', 'head', { perm: [1, 0] }], ['MatMul', 'x head', 'y']] },
  },
  'Reused Linear 10x10 x3': { module: REUSED },
  'grid_sample bilinear 8x8': { module: two('GridSample', IMAGE, [1, 8, 8, 2]) },
};

/** A sketch as a network. */
export function networkOf({ inputs, weights = {}, lists = {}, nodes }: Sketch): Network {
  const constants = new Map<string, Constant>();
  for (const [name, shape] of Object.entries(weights)) constants.set(name, { name, dtype: 'float32', shape, data: null });
  for (const [name, data] of Object.entries(lists)) {
    const dtype = name === 'scales' ? 'float32' : 'int64';
    constants.set(name, { name, dtype, shape: [data.length], data, ...(name === 'scales' && { synthetic: true as const }) });
  }
  const typed = (name: string): DType => (name === 'ids' ? 'int64' : 'float32');
  const graph: Graph = {
    name: '',
    nodes: nodes.map(
      ([op, given, output, attributes = {}], i): Node => ({
        id: `${op}_${i}`,
        name: '',
        scope: '',
        op,
        attributes: new Map(Object.entries(attributes)),
        inputs: given.split(' '),
        outputs: [output],
      }),
    ),
    inputs: Object.entries(inputs).map(([name, shape]) => ({ name, dtype: typed(name), shape })),
    outputs: [{ name: nodes.at(-1)?.[2] ?? '', dtype: null, shape: null }],
    constants,
    diagnostics: [],
  };
  return { graph, format: 'test', name: '', bytes: 0, sha256: '' };
}
