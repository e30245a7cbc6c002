import { activations, clip, prelu } from './activation.ts';
import { adaptiveAveragePool, adaptiveMaxPool } from './adaptive-pooling.ts';
import { cast, castLike } from './cast.ts';
import { concat } from './concat.ts';
import { carry, join, stack } from './control.ts';
import { conv } from './convolution.ts';
import { depthToSpace, spaceToDepth } from './depth-to-space.ts';
import { einsum } from './einsum.ts';
import { binaries, comparisons, pow, tests, unaries, variadics, where } from './elementwise.ts';
import { gather, gatherElements, gatherNd } from './gather.ts';
import { constant, constantOfShape, eyeLike, oneHot, range, shape, size } from './generator.ts';
import { globalAveragePool, globalLpPool, globalMaxPool } from './global-pooling.ts';
import { gemm, matMul } from './matmul.ts';
import { expand, tile, transpose } from './movement.ts';
import {
  batchNormalization,
  groupNormalization,
  instanceNormalization,
  layerNormalization,
  lrn,
  rmsNormalization,
} from './normalization.ts';
import type { Operator } from './operator.ts';
import { cumSum, nonZero, topK, trilu } from './order.ts';
import { pad } from './pad.ts';
import { averagePool, lpPool, maxPool } from './pooling.ts';
import { argMax, argMin, reductions } from './reduction.ts';
import { resize } from './resize.ts';
import { scatterElements, scatterNd } from './scatter.ts';
import { slice } from './slice.ts';
import { hardmax, logSoftmax, softmax } from './softmax.ts';
import { split } from './split.ts';
import { convTranspose } from './transposed-convolution.ts';
import { dropout, flatten, identity, reshape, squeeze, unsqueeze } from './view.ts';

/** The registry: one line per operator, or per table of one-line operators. */
const OPERATORS: readonly Operator[] = [
  carry,
  join,
  stack,
  conv,
  convTranspose,
  gemm,
  matMul,
  einsum,

  averagePool,
  maxPool,
  lpPool,
  globalAveragePool,
  globalMaxPool,
  globalLpPool,
  adaptiveAveragePool,
  adaptiveMaxPool,

  batchNormalization,
  instanceNormalization,
  groupNormalization,
  layerNormalization,
  rmsNormalization,
  lrn,
  softmax,
  logSoftmax,
  hardmax,

  ...activations,
  clip,
  prelu,

  ...unaries,
  ...binaries,
  ...variadics,
  ...comparisons,
  ...tests,
  pow,
  where,

  ...reductions,
  argMax,
  argMin,
  cumSum,
  topK,
  nonZero,

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
  slice,
  pad,
  trilu,
  depthToSpace,
  spaceToDepth,
  resize,

  gather,
  gatherElements,
  gatherNd,
  scatterElements,
  scatterNd,

  cast,
  castLike,
  constant,
  constantOfShape,
  eyeLike,
  oneHot,
  range,
  shape,
  size,
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
