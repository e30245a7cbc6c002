import type { Attribute, DType } from '../../src/core/graph.ts';
import type { Tensor } from '../../src/core/operators/operator.ts';

/** Inputs and attributes of a call. */
export type Sample = readonly [inputs: readonly (Tensor | undefined)[], attributes?: Readonly<Record<string, Attribute>>];

export function data(...shape: number[]): Tensor {
  return { dtype: 'float32', shape, value: null, constant: false };
}

/** A tensor whose elements are known, or are known to be of another type. */
export function typed(dtype: DType, shape: readonly number[], value: readonly number[] | null = null): Tensor {
  return { dtype, shape, value, constant: value !== null };
}

const IMAGE = data(1, 4, 4, 4);
const MATRIX = data(4, 4);
const VECTOR = data(4);
const BYTES = typed('uint8', [1, 4, 4, 4]);
const BYTE_MATRIX = typed('uint8', [4, 4]);
const IDS = typed('int64', [1, 5]);
const ZERO = typed('uint8', [], [0]);
const SCALE = data();
const list = (...values: number[]): Tensor => typed('int64', [values.length], values);
const scalar = (value: number): Tensor => typed('int64', [], [value]);

/** Calls of operators whose inputs fit each other, or whose attributes are, in a way that trying does not find. */
export const FURTHER: Readonly<Record<string, readonly Sample[]>> = {
  AffineGrid: [[[data(1, 2, 3), list(1, 3, 4, 4)]], [[data(1, 2, 3), typed('int64', [4])]]],
  BatchNormalization: [[[IMAGE, VECTOR, VECTOR, VECTOR, VECTOR]]],
  CausalConvWithState: [[[data(1, 4, 8), data(4, 1, 3)]]],
  Col2Im: [[[data(1, 16, 9), list(4, 4), list(2, 2)]]],
  ConvTranspose: [[[IMAGE, data(4, 4, 3, 3)]]],
  GRU: [[[data(5, 1, 4), data(1, 12, 4), data(1, 12, 4)], { hidden_size: 4 }]],
  GridSample: [[[IMAGE, data(1, 3, 3, 2)]]],
  LSTM: [[[data(5, 1, 4), data(1, 16, 4), data(1, 16, 4)], { hidden_size: 4 }]],
  LinearAttention: [[[data(1, 5, 8), data(1, 5, 8), data(1, 5, 8)], { q_num_heads: 2, kv_num_heads: 2, update_rule: 'linear' }]],
  MaxRoiPool: [[[IMAGE, data(3, 5)], { pooled_shape: [2, 2] }]],
  NonMaxSuppression: [[[data(1, 6, 4), data(1, 2, 6), scalar(3)]]],
  OneHot: [[[typed('int64', [4]), scalar(3), data(2)]]],
  QLinearConv: [[[BYTES, SCALE, ZERO, typed('uint8', [4, 4, 3, 3]), SCALE, ZERO, SCALE, ZERO]]],
  QLinearMatMul: [[[BYTE_MATRIX, SCALE, ZERO, BYTE_MATRIX, SCALE, ZERO, SCALE, ZERO]]],
  RNN: [[[data(5, 1, 4), data(1, 4, 4), data(1, 4, 4)], { hidden_size: 4 }]],
  RandomNormal: [[[], { shape: [2, 3] }]],
  RandomUniform: [[[], { shape: [2, 3] }]],
  Range: [[[scalar(0), scalar(5), scalar(1)]]],
  Resize: [[[IMAGE, undefined, typed('float32', [4], [1, 1, 2, 2])]]],
  RoiAlign: [[[IMAGE, data(3, 4), typed('int64', [3])]]],
  Slice: [[[IMAGE, list(1), list(3), list(2)]]],
  StringSplit: [[[typed('string', [4])]]],
  TfIdfVectorizer: [[[typed('int64', [1, 8])], { ngram_indexes: [0, 1, 2] }]],
  Where: [[[typed('bool', [1, 4, 4, 4]), IMAGE, IMAGE]]],
  'com.microsoft.Attention': [[[data(1, 5, 8), data(8, 24), data(24)], { num_heads: 2 }]],
  'com.microsoft.EmbedLayerNormalization': [[[IDS, undefined, data(10, 4), data(5, 4), undefined, VECTOR, VECTOR]]],
  'com.microsoft.MatMulNBits': [[[MATRIX, typed('uint8', [4, 1, 2]), VECTOR], { N: 4, K: 4 }]],
  'com.microsoft.QGemm': [[[BYTE_MATRIX, SCALE, ZERO, BYTE_MATRIX, SCALE, ZERO]]],
  'com.microsoft.QLinearAdd': [[[BYTES, SCALE, ZERO, BYTES, SCALE, ZERO, SCALE, ZERO]]],
  'com.microsoft.QLinearConcat': [[[SCALE, ZERO, BYTES, SCALE, ZERO, BYTES, SCALE, ZERO], { axis: 1 }]],
  'com.microsoft.QLinearMul': [[[BYTES, SCALE, ZERO, BYTES, SCALE, ZERO, SCALE, ZERO]]],
  'fovea.Stack': [[[IMAGE], { axis: 0, trips: 3 }], [[IMAGE]]],
};
