import type { Layer } from '../../core/report.ts';
import type { Trace } from '../../core/trace.ts';

/** How far the field has grown behind so many layers with weights. */
export interface Growth {
  /** Layers with weights on the longest path. */
  readonly depth: number;
  /** Largest field of a unit, without gates and statistics; null where no unit at this depth has a place along the input. */
  readonly size: number | null;
}

/** Most depths that are told, and the last; of a deeper network every second one, or third, and so on. */
const MAX_POINTS = 1000;

/** The receptive field in a source against depth, in the order of depth: poolings count towards the layer before them. */
export function growthOf(trace: Trace, layers: readonly Layer[], source: string | undefined): Growth[] {
  const depths = new Map<string, number>();
  const sizes = new Map<number, number | null>();
  for (const layer of layers) {
    const before = layer.inputs.reduce((most, name) => Math.max(most, depths.get(name) ?? 0), 0);
    const depth = before + (hasWeights(trace, layer) ? 1 : 0);
    for (const { name } of layer.outputs) depths.set(name, depth);
    const size = largestField(layer, source);
    const known = sizes.get(depth) ?? null;
    sizes.set(depth, size === null ? known : Math.max(size, known ?? 0));
  }
  const growth = [...sizes].sort(([a], [b]) => a - b).map(([depth, size]) => ({ depth, size }));
  const every = Math.ceil(growth.length / MAX_POINTS);
  return growth.filter((_, i) => i % every === 0 || i === growth.length - 1);
}

/** Whether a layer contracts its input with weights, as `totals.depth` counts them. */
export function hasWeights(trace: Trace, { macs, inputs }: Pick<Layer, 'macs' | 'inputs'>): boolean {
  return macs !== null && Number(macs) > 0 && inputs.some((name) => trace.tensors.get(name)?.constant);
}

function largestField({ outputs }: Layer, source: string | undefined): number | null {
  const axes = outputs[0]?.receptiveFields.find((field) => field.source === source)?.axes ?? [];
  const sizes = axes.flatMap(({ local }) => (local.status === 'exact' && local.size !== null ? [local.size] : []));
  return sizes.length === 0 ? null : Math.max(...sizes);
}
