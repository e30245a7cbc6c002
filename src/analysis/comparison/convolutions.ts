import { plus, times } from '../../core/count.ts';
import type { Layer } from '../../core/report.ts';
import type { Trace } from '../../core/trace.ts';
import { hasWeights } from './growth.ts';

/**
 * Weights of all convolutions between one channel that is read and one that is given: 18 for two 3x3. Null unless all of
 * them have the same channels, and none has groups: then no channel pair stands for all.
 */
export function weightsPerPair(trace: Trace, layers: readonly Layer[]): number | null {
  const kernels: number[] = [];
  const channels = new Set<string>();
  for (const { op, inputs, attributes } of layers) {
    if (op === 'ConvTranspose') return null;
    if (op !== 'Conv') continue;
    const [out, read, ...kernel] = trace.tensors.get(inputs[1] ?? '')?.shape ?? [];
    if (attributes.group !== 1 || !kernel.every((size) => typeof size === 'number')) return null;
    channels.add(`${out} ${read}`);
    kernels.push(Number(times(...kernel)));
  }
  return channels.size === 1 ? Number(plus(...kernels)) : null;
}

/** How the layers with weights follow each other. */
export interface Linearity {
  /** How many there are. */
  readonly layers: number;
  /** Whether they stand in a row with nothing non-linear between: then they are one linear map (with biases, an affine one). */
  readonly oneMap: boolean;
}

const CONTRACTIONS: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul']);

/** Operators that are affine in their data, whatever stands beside it; all others are taken for non-linear. */
const AFFINE: ReadonlySet<string> = new Set([
  ...['Add', 'Sub', 'Sum', 'Mean', 'Neg', 'Identity', 'Dropout', 'BatchNormalization', 'AveragePool', 'GlobalAveragePool', 'ReduceMean'],
  ...['ReduceSum', 'Concat', 'Split', 'Slice', 'Pad', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Transpose', 'Expand', 'Resize'],
  ...['DepthToSpace', 'SpaceToDepth'],
]);

/** Whether an activation stands between layers with weights: without one they are a single linear map. */
export function linearityOf(trace: Trace, layers: readonly Layer[]): Linearity {
  /** Of each value that comes from a layer with weights, whether it does so through something non-linear. */
  const bent = new Map<string, boolean>();
  let count = 0;
  let inRow = 0;
  for (const layer of layers) {
    const before = layer.inputs.flatMap((name) => bent.get(name) ?? []);
    const kind = kindOf(trace, layer);
    if (kind === 'weights') {
      count += 1;
      if (before.length > 0 && !before.includes(true)) inRow += 1;
    } else if (before.length === 0) continue;
    for (const { name } of layer.outputs) bent.set(name, kind === 'bends' || before.includes(true));
  }
  return { layers: count, oneMap: count > 0 && inRow === count - 1 };
}

function kindOf(trace: Trace, layer: Layer): 'weights' | 'affine' | 'bends' {
  const { op, inputs } = layer;
  if (CONTRACTIONS.has(op) && hasWeights(trace, layer)) return 'weights';
  if ((op === 'Mul' || op === 'Div') && trace.tensors.get(inputs[1] ?? '')?.constant) return 'affine';
  return AFFINE.has(op) ? 'affine' : 'bends';
}
