import type { Draft, Workshop } from '../draft.ts';
import { broadcast, channelSlopes, gemm } from './broadcast.ts';
import { castTo, constant } from './constant.ts';
import { axesToInput, clip, dft, dropout, forget, pad, reshape, slice, splitEvenly, splitToInput, tile, topK } from './inputs.ts';
import { coerce2d, oneOutput, perGroup, spatial } from './normalization.ts';
import { affine, crop, imageScaler, meanVariance, rename, scale } from './removed.ts';
import { gridSample, resize10, roiAlign, upsample } from './resize.ts';
import { batchedScan } from './scan.ts';

/** Brings a node of the operator sets before `before` into the form of that one. */
export interface Lift {
  readonly before: number;
  lift(node: Draft, workshop: Workshop): void;
}

const ALWAYS = Number.POSITIVE_INFINITY;

const BINARY = ['Add', 'Sub', 'Mul', 'Div', 'Pow', 'And', 'Or', 'Xor', 'Equal', 'Greater', 'Less'];
const REDUCE = ['L1', 'L2', 'LogSum', 'LogSumExp', 'Max', 'Mean', 'Min', 'Prod', 'SumSquare'].map((kind) => `Reduce${kind}`);

function each(ops: readonly string[], ...lifts: readonly Lift[]): [string, readonly Lift[]][] {
  return ops.map((op) => [op, lifts]);
}

/** By operator, the oldest first. */
export const LIFTS: ReadonlyMap<string, readonly Lift[]> = new Map([
  ...each(BINARY, { before: 7, lift: broadcast }),
  ...each(REDUCE, { before: 18, lift: axesToInput }),
  ...each(['ReduceSum', 'Squeeze', 'Unsqueeze'], { before: 13, lift: axesToInput }),
  ...each(['Softmax', 'LogSoftmax', 'Hardmax'], { before: 13, lift: coerce2d }),
  ...each(['BatchNormalization'], { before: 9, lift: spatial }, { before: 14, lift: oneOutput }),
  ...each(['Cast'], { before: 6, lift: castTo }),
  ...each(['Affine'], { before: ALWAYS, lift: affine }),
  ...each(['Clip'], { before: 11, lift: clip }),
  ...each(['Concat'], { before: 4, lift: concatAxis }),
  ...each(['Constant'], { before: ALWAYS, lift: constant }),
  ...each(['Crop'], { before: ALWAYS, lift: crop }),
  ...each(['DFT'], { before: 20, lift: dft }),
  ...each(['Dropout'], { before: 12, lift: dropout }),
  ...each(['DynamicSlice'], { before: ALWAYS, lift: rename('Slice') }),
  ...each(['Gemm'], { before: 7, lift: gemm }),
  ...each(['GridSample'], { before: 20, lift: gridSample }),
  ...each(['GroupNormalization'], { before: 21, lift: perGroup }),
  ...each(['ImageScaler'], { before: ALWAYS, lift: imageScaler }),
  ...each(['LSTM', 'GRU', 'RNN'], { before: 7, lift: forget('output_sequence') }),
  ...each(['MeanVarianceNormalization'], { before: 9, lift: meanVariance }),
  ...each(['PRelu'], { before: 7, lift: channelSlopes }),
  ...each(['Pad'], { before: 11, lift: pad }),
  ...each(['Reshape'], { before: 5, lift: reshape }),
  ...each(['Resize'], { before: 11, lift: resize10 }),
  ...each(['RoiAlign'], { before: 16, lift: roiAlign }),
  ...each(['Scale'], { before: ALWAYS, lift: scale }),
  ...each(['Scan'], { before: 9, lift: batchedScan }),
  ...each(['Scatter'], { before: ALWAYS, lift: rename('ScatterElements') }),
  ...each(['Slice'], { before: 10, lift: slice }),
  ...each(['Split'], { before: 13, lift: splitToInput }, { before: 18, lift: splitEvenly }),
  ...each(['Tile'], { before: 6, lift: tile }),
  ...each(['TopK'], { before: 10, lift: topK }),
  ...each(['Upsample'], { before: ALWAYS, lift: upsample }),
]);

const NONE: readonly Lift[] = [];
/** Before 6 every operator could say which inputs it overwrote. */
const FIRST: readonly Lift[] = [{ before: 6, lift: forget('consumed_inputs') }];

/** Concat before 4 had a default axis. */
function concatAxis(node: Draft): void {
  if (!node.attributes.has('axis')) node.attributes.set('axis', 1);
}

/** The lifts that nodes of an operator need in operator set `opset`. */
export function liftsOf(op: string, opset: number): readonly Lift[] {
  const lifts = LIFTS.get(op)?.filter(({ before }) => opset < before) ?? NONE;
  return opset < 6 ? [...FIRST, ...lifts] : lifts;
}
