/** Small networks that show one idea each, to be laid side by side. */
import { dilated124, dilated125, dilated222 } from './dilation.ts';
import { downsampling, noDownsampling } from './downsampling.ts';
import { fcAsConvolution, fcHead } from './full-window.ts';
import { noGate, seGate } from './gate.ts';
import { maxPooling, poolAsConvolution, stridedConvolution } from './halving.ts';
import { inceptionNaive, inceptionReduced } from './inception.ts';
import { lateralConnection, noLateralConnection } from './lateral.ts';
import { convBnRelu, foldedConvRelu } from './normalized.ts';
import type { Pattern } from './pattern.ts';
import { fatShallowMlp, thinDeepMlp } from './perceptrons.ts';
import { directConvolution, reducedConvolution } from './reduction.ts';
import { basicBlock, bottleneckBlock } from './residual.ts';
import { depthwiseSeparable, full3x3 } from './separable.ts';
import { one5x5, one7x7, three3x3, two3x3 } from './stacks.ts';
import { earlyStride, field15Stride1, field15Stride2, field15Stride4, lateStride } from './strides.ts';

const PATTERNS: readonly Pattern[] = [
  one5x5,
  two3x3,
  one7x7,
  three3x3,
  fatShallowMlp,
  thinDeepMlp,
  convBnRelu,
  foldedConvRelu,
  directConvolution,
  reducedConvolution,
  inceptionNaive,
  inceptionReduced,
  basicBlock,
  bottleneckBlock,
  full3x3,
  depthwiseSeparable,
  maxPooling,
  stridedConvolution,
  poolAsConvolution,
  noDownsampling,
  downsampling,
  lateStride,
  earlyStride,
  field15Stride1,
  field15Stride2,
  field15Stride4,
  dilated222,
  dilated125,
  dilated124,
  fcHead,
  fcAsConvolution,
  noLateralConnection,
  lateralConnection,
  noGate,
  seGate,
];

/** Every pattern; of those that are compared, the plainer one first. */
export function patterns(): readonly Pattern[] {
  return PATTERNS;
}

/** The pattern of this name; null where there is none. */
export function patternNamed(id: string): Pattern | null {
  return PATTERNS.find((pattern) => pattern.id === id) ?? null;
}
