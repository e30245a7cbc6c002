import type { Attribute, Constant, DType, Graph } from '../../../src/core/graph.ts';
import { graphOf } from '../graphs.ts';

/** An operator as test/fixtures/measure_saved.py measures it: tensors by slot, in their order. */
export interface SavedCase {
  readonly graph: Graph;
  /** Whether its weights are trained. */
  readonly frozen: readonly string[];
  /** Whether the counter of PyTorch sees its products, and those of its groups as what they are. */
  readonly counted: boolean;
}

type Slot = 'x' | 'w' | 'i' | 'n';
type Tensors = readonly (readonly [slot: Slot, shape: readonly number[], data?: readonly number[]] | null)[];

interface Parts {
  readonly attributes?: Record<string, Attribute>;
  readonly frozen?: true;
  readonly counted?: false;
}

/** `x` is data that needs a gradient, `n` and `i` are data that needs none (float32, int64), `w` a weight, with data an argument. */
function savedCase(op: string, tensors: Tensors, { attributes, frozen, counted }: Parts): SavedCase {
  const present = tensors.flatMap((tensor, k) => (tensor ? [{ slot: tensor[0], shape: tensor[1], data: tensor[2], k }] : []));
  const given = present.filter(({ slot }) => slot !== 'w');
  const constants: Constant[] = present.flatMap(({ slot, shape, data, k }): Constant[] => {
    // Single numbers are not trained.
    const bias = { name: `bias${k}`, dtype: 'float32' as const, shape: shape.slice(shape.at(-1) === 1 ? -2 : -1), data: null };
    if (slot === 'x') return [bias];
    return slot === 'w' ? [{ name: `w${k}`, dtype: data ? 'int64' : 'float32', shape, data: data ?? null }] : [];
  });
  const name = { x: 'a', w: 'w', i: 'in', n: 'in' } as const;
  const graph = graphOf({
    inputs: given.map(({ slot, shape, k }) => ({ name: `in${k}`, dtype: (slot === 'i' ? 'int64' : 'float32') as DType, shape })),
    constants,
    nodes: [
      ...given.filter(({ slot }) => slot === 'x').map(({ k }) => ['Add', [`in${k}`, `bias${k}`], `a${k}`] as const),
      [op, tensors.map((tensor, k) => (tensor ? `${name[tensor[0]]}${k}` : '')), 'y', attributes ?? {}] as const,
    ],
  });
  return { graph, frozen: frozen ? ['w'] : [], counted: counted ?? true };
}

const image = [2, 6, 4, 4];
const rows = [3, 8];
const X = ['x', image] as const;
const pointwise = [
  'Relu',
  'LeakyRelu',
  'ThresholdedRelu',
  'Elu',
  'Selu',
  'Celu',
  'Sigmoid',
  'HardSigmoid',
  'HardSwish',
  'Swish',
  'Tanh',
].concat(
  ['Softplus', 'Softsign', 'Mish', 'Gelu', 'Erf', 'Clip', 'Abs', 'Neg', 'Reciprocal', 'Sqrt', 'Exp', 'Log', 'Sin', 'Cos', 'Tan', 'Asin'],
  ['Acos', 'Atan', 'Sinh', 'Cosh', 'Asinh', 'Acosh', 'Atanh'],
);
const reductions = ['Sum', 'Mean', 'Max', 'L1', 'L2', 'LogSum', 'LogSumExp', 'SumSquare'].map((name) => `Reduce${name}`);
const spatial = { attributes: { keepdims: 0 } };
const pool = { attributes: { kernel_shape: [2, 2], strides: [2, 2] } };
const along = { attributes: { axis: 1 } };
const places = ['i', [3, 2]] as const;
const scattered = [['x', rows], places, ['x', [3, 2]]] as const;
const padded = { pads: [1, 1, 1, 1] };
const kernel = [
  ['w', [5, 6, 3, 3]],
  ['w', [5]],
] as const;
const tokens = ['x', [2, 6, 8]] as const;

/** T 6, N 3, 5 features, 7 units. */
function recurrent(op: 'LSTM' | 'GRU' | 'RNN', directions: 1 | 2, given = false, before = false): SavedCase {
  const gates = { LSTM: 4, GRU: 3, RNN: 1 }[op];
  const state = ['x', [directions, 3, 7]] as const;
  const attributes = {
    hidden_size: 7,
    direction: directions === 2 ? 'bidirectional' : 'forward',
    ...(op === 'GRU' && { linear_before_reset: before ? 0 : 1 }),
  };
  const weights = [
    ['w', [directions, 7 * gates, 5]],
    ['w', [directions, 7 * gates, 7]],
    ['w', [directions, 14 * gates]],
  ] as const;
  return savedCase(op, [['x', [6, 3, 5]], ...weights, null, ...(given ? [state, ...(op === 'LSTM' ? [state] : [])] : [])], { attributes });
}

const one = (op: string, ...tensors: Tensors) => savedCase(op, tensors.length > 0 ? tensors : [X], {});
const having = (op: string, parts: Parts, ...tensors: Tensors) => savedCase(op, tensors.length > 0 ? tensors : [X], parts);

/** By the names that the script gives them. */
export const savedCases: Readonly<Record<string, SavedCase>> = {
  ...Object.fromEntries(pointwise.map((op) => [op, one(op)])),
  'Gelu tanh': having('Gelu', { attributes: { approximate: 'tanh' } }),
  Pow: one('Pow', X, ['w', [], [3]]),
  Softmax: having('Softmax', along),
  LogSoftmax: having('LogSoftmax', along),
  ...Object.fromEntries(reductions.map((op) => [op, having(op, spatial, X, ['w', [2], [2, 3]])])),
  ReduceProd: having('ReduceProd', spatial, X, ['w', [1], [3]]),
  CumSum: one('CumSum', X, ['w', [], [1]]),
  CumProd: one('CumProd', X, ['w', [], [1]]),
  LRN: having('LRN', { attributes: { size: 5 } }),
  LpPool: having('LpPool', pool),
  GlobalLpPool: one('GlobalLpPool'),
  MaxPool: having('MaxPool', pool),
  AveragePool: having('AveragePool', pool),
  Resize: having('Resize', { attributes: { mode: 'linear' } }, X, null, null, ['w', [4], [2, 6, 8, 8]]),
  LpNormalization: having('LpNormalization', along),
  'LpNormalization p1': having('LpNormalization', { attributes: { axis: 1, p: 1 } }),
  RMSNormalization: one('RMSNormalization', X, ['w', [4]]),
  Det: one('Det'),
  MeanVarianceNormalization: one('MeanVarianceNormalization'),
  PRelu: one('PRelu', X, ['w', [6, 1, 1]]),
  SwiGLU: one('SwiGLU', ['x', rows], ['x', rows]),
  Max: one('Max', ['x', rows], ['x', rows]),
  'Pow of data': one('Pow', ['x', rows], ['n', rows]),
  MaxUnpool: having('MaxUnpool', pool, ['x', [2, 6, 2, 2]], ['i', [2, 6, 2, 2]]),
  Col2Im: having('Col2Im', { attributes: { strides: [2, 2] } }, ['x', [2, 24, 4]], ['w', [2], [4, 4]], ['w', [2], [2, 2]]),
  ScatterElements: having('ScatterElements', along, ...scattered),
  'ScatterElements add': having('ScatterElements', { attributes: { axis: 1, reduction: 'add' } }, ...scattered),
  'ScatterElements max': having('ScatterElements', { attributes: { axis: 1, reduction: 'max' } }, ...scattered),
  DFT: one('DFT', ['x', [3, 8, 1]]),
  'DFT complex': one('DFT', ['x', [3, 8, 2]]),
  STFT: one('STFT', ['x', [2, 32]], ['w', [], [4]], null, ['w', [], [8]]),
  RotaryEmbedding: one('RotaryEmbedding', ['x', [2, 3, 5, 8]], ['n', [2, 5, 4]], ['n', [2, 5, 4]]),
  'RotaryEmbedding of places': having(
    'RotaryEmbedding',
    { frozen: true },
    ['x', [2, 3, 5, 8]],
    ['w', [9, 4]],
    ['w', [9, 4]],
    ['i', [2, 5]],
  ),
  NegativeLogLikelihoodLoss: one('NegativeLogLikelihoodLoss', ['x', [4, 7]], ['i', [4]]),
  'NegativeLogLikelihoodLoss 2d': having(
    'NegativeLogLikelihoodLoss',
    { attributes: { reduction: 'none' } },
    ['x', [2, 7, 3, 3]],
    ['i', [2, 3, 3]],
  ),
  SoftmaxCrossEntropyLoss: one('SoftmaxCrossEntropyLoss', ['x', [4, 7]], ['i', [4]]),
  AffineGrid: having('AffineGrid', { counted: false }, ['x', [2, 2, 3]], ['w', [4], [2, 3, 4, 5]]),
  GridSample: one('GridSample', ['x', [2, 3, 4, 4]], ['x', [2, 5, 5, 2]]),
  'com.microsoft.BiasGelu': one('com.microsoft.BiasGelu', ['x', [3, 5, 8]], ['w', [8]]),
  'com.microsoft.FastGelu': one('com.microsoft.FastGelu', ['x', [3, 5, 8]]),
  'com.microsoft.SkipLayerNormalization': one(
    'com.microsoft.SkipLayerNormalization',
    ['x', [3, 5, 8]],
    ['x', [3, 5, 8]],
    ['w', [8]],
    ['w', [8]],
  ),
  'com.microsoft.EmbedLayerNormalization': one(
    'com.microsoft.EmbedLayerNormalization',
    ['i', [3, 6]],
    null,
    ['w', [11, 8]],
    ['w', [6, 8]],
    null,
    ['w', [8]],
    ['w', [8]],
  ),
  'com.microsoft.FusedConv Relu': having('com.microsoft.FusedConv', { attributes: { ...padded, activation: 'Relu' } }, X, ...kernel),
  'com.microsoft.FusedConv LeakyRelu': having(
    'com.microsoft.FusedConv',
    { attributes: { ...padded, activation: 'LeakyRelu' } },
    X,
    ...kernel,
  ),
  'com.microsoft.FusedGemm Tanh': having(
    'com.microsoft.FusedGemm',
    { attributes: { activation: 'Tanh', transB: 1 } },
    ['x', rows],
    ['w', [5, 8]],
    ['w', [5]],
  ),
  'com.microsoft.FusedMatMul': having('com.microsoft.FusedMatMul', { attributes: { alpha: 0.5 } }, ['x', [2, 3, 8]], ['x', [2, 8, 5]]),
  'com.microsoft.MatMulNBits': having(
    'com.microsoft.MatMulNBits',
    { attributes: { N: 8, K: 32, bits: 4, block_size: 32 }, frozen: true },
    ['x', [3, 32]],
    ['w', [8, 1, 16]],
    ['w', [8]],
  ),
  'com.microsoft.MultiHeadAttention': having(
    'com.microsoft.MultiHeadAttention',
    { attributes: { num_heads: 2 }, counted: false },
    tokens,
    tokens,
    tokens,
  ),
  'com.microsoft.Attention': having(
    'com.microsoft.Attention',
    { attributes: { num_heads: 2 }, counted: false },
    tokens,
    ['w', [8, 24]],
    ['w', [24]],
  ),
  CausalConvWithState: having('CausalConvWithState', { counted: false }, ['x', [2, 6, 9]], ['w', [6, 1, 4]], ['w', [6]]),
  'CausalConvWithState silu': having(
    'CausalConvWithState',
    { attributes: { activation: 'silu' }, counted: false },
    ['x', [2, 6, 9]],
    ['w', [6, 1, 4]],
    ['w', [6]],
    ['x', [2, 6, 3]],
  ),
  'GRU reset before': recurrent('GRU', 1, false, true),
  ...Object.fromEntries(
    (['LSTM', 'GRU', 'RNN'] as const).flatMap((op) => [
      [op, recurrent(op, 1)],
      [`${op} bidirectional`, recurrent(op, 2)],
      [`${op} from a state`, recurrent(op, 1, true)],
    ]),
  ),
};
