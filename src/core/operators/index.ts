import { activations, biasGelu, clip, fastGelu, prelu, swiGlu } from './activation.ts';
import { adaptiveAveragePool, adaptiveMaxPool } from './adaptive-pooling.ts';
import { attention } from './attention.ts';
import { bitwise } from './bitwise.ts';
import { tensorScatter } from './cache.ts';
import { bitCast, cast, castLike } from './cast.ts';
import { causalConvWithState } from './causal-convolution.ts';
import { col2Im } from './columns.ts';
import { concat } from './concat.ts';
import { contribAttentions } from './contrib-attention.ts';
import { carry, join, last, stack } from './control.ts';
import { conv } from './convolution.ts';
import { centerCropPad, crop } from './crop.ts';
import { deformConv } from './deformable.ts';
import { depthToSpace, spaceToDepth } from './depth-to-space.ts';
import { det } from './determinant.ts';
import { einsum } from './einsum.ts';
import { binaries, comparisons, pow, tests, unaries, variadics, where } from './elementwise.ts';
import { fusedConv, fusedGemm, fusedMatMul, matMulNBits, nhwcConv, nhwcMaxPool, transposeMatMul } from './fused.ts';
import { gather, gatherElements, gatherNd } from './gather.ts';
import { constant, constantOfShape, eyeLike, oneHot, range, shape, size } from './generator.ts';
import { globalAveragePool, globalLpPool, globalMaxPool } from './global-pooling.ts';
import { affineGrid, gridSample } from './grid-sample.ts';
import { imageDecoder } from './image.ts';
import { linearAttention } from './linear-attention.ts';
import { negativeLogLikelihoodLoss, softmaxCrossEntropyLoss } from './loss.ts';
import { gemm, matMul } from './matmul.ts';
import { expand, tile, transpose } from './movement.ts';
import {
  batchNormalization,
  groupNormalization,
  instanceNormalization,
  layerNormalization,
  lrn,
  rmsNormalization,
  simplifiedLayerNormalization,
} from './normalization.ts';
import type { Operator } from './operator.ts';
import { cumProd, cumSum, nonZero, topK, trilu } from './order.ts';
import { pad } from './pad.ts';
import { averagePool, lpPool, maxPool } from './pooling.ts';
import { dequantizeLinear, dynamicQuantizeLinear, quantizeLinear } from './quantization.ts';
import { quantizedOperators } from './quantized.ts';
import { randoms } from './random.ts';
import { gru, lstm, rnn } from './recurrent.ts';
import { argMax, argMin, reductions } from './reduction.ts';
import { maxRoiPool, nonMaxSuppression, roiAlign } from './region.ts';
import { removed } from './removed.ts';
import { resize } from './resize.ts';
import { contribRotaryEmbedding, rotaryEmbedding } from './rotary.ts';
import { scatterElements, scatterNd } from './scatter.ts';
import { compress, reverseSequence, unique } from './selection.ts';
import { sequences } from './sequence.ts';
import { embedLayerNormalization, skipLayerNormalization, skipSimplifiedLayerNormalization } from './skip-normalization.ts';
import { slice } from './slice.ts';
import { hardmax, logSoftmax, softmax } from './softmax.ts';
import { dft, melWeightMatrix, stft, tapers } from './spectrum.ts';
import { split } from './split.ts';
import { labelEncoder, stringNormalizer, stringSplit, textElementwise, tfIdfVectorizer } from './text.ts';
import { convTranspose } from './transposed-convolution.ts';
import { maxUnpool } from './unpool.ts';
import { lpNormalization, meanVarianceNormalization } from './vector-normalization.ts';
import { dropout, flatten, identity, reshape, squeeze, unsqueeze } from './view.ts';

/** The registry: one line per operator, or per table of one-line operators. */
const OPERATORS: readonly Operator[] = [
  carry,
  join,
  last,
  stack,
  conv,
  convTranspose,
  gemm,
  matMul,
  einsum,
  deformConv,
  causalConvWithState,
  fusedConv,
  fusedGemm,
  fusedMatMul,
  transposeMatMul,
  matMulNBits,
  nhwcConv,

  lstm,
  gru,
  rnn,

  attention,
  linearAttention,
  ...contribAttentions,
  rotaryEmbedding,
  contribRotaryEmbedding,
  tensorScatter,

  quantizeLinear,
  dequantizeLinear,
  dynamicQuantizeLinear,
  ...quantizedOperators,

  averagePool,
  maxPool,
  lpPool,
  globalAveragePool,
  globalMaxPool,
  globalLpPool,
  adaptiveAveragePool,
  adaptiveMaxPool,
  maxUnpool,
  nhwcMaxPool,

  batchNormalization,
  instanceNormalization,
  groupNormalization,
  layerNormalization,
  rmsNormalization,
  simplifiedLayerNormalization,
  skipLayerNormalization,
  skipSimplifiedLayerNormalization,
  embedLayerNormalization,
  lpNormalization,
  meanVarianceNormalization,
  lrn,
  softmax,
  logSoftmax,
  hardmax,

  ...activations,
  clip,
  prelu,
  biasGelu,
  fastGelu,
  swiGlu,

  ...unaries,
  ...binaries,
  ...variadics,
  ...comparisons,
  ...tests,
  ...bitwise,
  ...textElementwise,
  ...removed,
  pow,
  where,

  ...reductions,
  argMax,
  argMin,
  cumSum,
  cumProd,
  topK,
  nonZero,
  unique,
  det,
  negativeLogLikelihoodLoss,
  softmaxCrossEntropyLoss,

  dft,
  stft,
  ...tapers,
  melWeightMatrix,

  reshape,
  flatten,
  squeeze,
  unsqueeze,
  identity,
  dropout,

  transpose,
  expand,
  tile,
  concat,
  split,
  ...sequences,
  slice,
  pad,
  trilu,
  depthToSpace,
  spaceToDepth,
  resize,
  centerCropPad,
  crop,
  col2Im,
  reverseSequence,
  compress,

  gridSample,
  affineGrid,
  roiAlign,
  maxRoiPool,
  nonMaxSuppression,
  imageDecoder,

  gather,
  gatherElements,
  gatherNd,
  scatterElements,
  scatterNd,

  cast,
  castLike,
  bitCast,
  constant,
  constantOfShape,
  eyeLike,
  oneHot,
  range,
  shape,
  size,
  ...randoms,

  stringSplit,
  stringNormalizer,
  tfIdfVectorizer,
  labelEncoder,
];

const byName = new Map<string, Operator>();
for (const operator of OPERATORS) {
  if (byName.has(operator.op)) throw new Error(`operator ${operator.op} is registered twice`);
  byName.set(operator.op, operator);
}

/** The record of an operator; undefined for one that Fovea does not know. */
export function operatorOf(op: string): Operator | undefined {
  return byName.get(op);
}

/** Every operator that Fovea knows, by name. */
export function operators(): readonly Operator[] {
  return [...OPERATORS].sort((a, b) => (a.op < b.op ? -1 : 1));
}
