import type { Inference } from '../inference/infer.ts';
import { size } from '../operators/call.ts';
import type { AxisMap, Relation } from '../operators/operator.ts';
import { linksOf } from './follow.ts';
import { isLayout } from './placement.ts';
import { bestIn, type Followed, type Front, isWhole } from './routes.ts';
import { sizeOf } from './span.ts';

/** How the field of a layer along one axis compares with the input of the network. */
export type AxisVerdict = 'productive' | 'critical' | 'unproductive' | 'global';

/** One layer along one axis of the source. */
export interface AxisProductivity {
  /** Name of the source axis. */
  readonly axis: string;
  /** See `Productivity`; null where a size that decides is unknown. */
  readonly verdict: AxisVerdict | null;
  /** Positions of the source along the axis; null where unknown. */
  readonly extent: number | null;
  /** Smallest field behind the layer over all paths; null where it is global or not determinable. */
  readonly minSize: number | null;
  /** Smallest field before the layer, over all paths to all its inputs; null where it is global or not determinable. */
  readonly minSizeBefore: number | null;
  /** Positions of the layer's input along the axis; null where unknown, or where the input does not move along it. */
  readonly resolution: number | null;
  /** Positions of the layer's input that its window spans; null where the layer has no window along the axis. */
  readonly kernel: number | null;
}

/** What `judge` sees of a layer along one axis, beside its answer. */
export interface Judged extends AxisProductivity {
  /** Positions of the source that the window spans, counted in whole strides; null where there is no window or no stride. */
  readonly reach: number | null;
}

/** The smallest paths to the inputs and to the outputs of a call; null where the call does not see the axis. */
export function judge(
  call: Inference,
  { name, extent }: { readonly name: string; readonly extent: number | null },
  inputs: readonly (Front | undefined)[],
  outputs: readonly (Front | undefined)[],
): Judged | null {
  const own = smallest(outputs);
  if (!own) return null;
  const before = smallest(inputs);
  const window = windowOn(call, inputs);
  const [minSize, minSizeBefore] = [numberOf(own), before ? numberOf(before) : null];
  const { resolution, kernel, reach } = window;
  const sized = { axis: name, extent, minSize, minSizeBefore, resolution, kernel, reach };
  return { ...sized, verdict: isWhole(own.path) ? 'global' : verdictOn(sized, window.left) };
}

function smallest(fronts: readonly (Front | undefined)[]): Followed | undefined {
  return bestIn(
    fronts.flatMap((front) => front ?? []),
    'smallest',
  );
}

function numberOf({ path }: Followed): number | null {
  return path.virtual.kind === 'opaque' || isWhole(path) ? null : sizeOf(path.virtual);
}

/** `left` is the number of positions behind the layer; null where unknown. */
function verdictOn(
  { extent, minSize, minSizeBefore, resolution, kernel }: Omit<Judged, 'verdict'>,
  left: number | null,
): AxisVerdict | null {
  if (extent === null || minSize === null || minSizeBefore === null) return null;
  if (minSizeBefore >= extent && minSize > extent) return 'unproductive';
  if (kernel !== null && kernel > 1 && resolution !== null && resolution <= kernel) {
    return resolution === kernel && left === 1 ? 'global' : 'unproductive';
  }
  return minSize > extent ? 'critical' : 'productive';
}

interface WindowOn {
  readonly resolution: number | null;
  readonly left: number | null;
  readonly kernel: number | null;
  readonly reach: number | null;
}

const NO_WINDOW: WindowOn = { resolution: null, left: null, kernel: null, reach: null };

/** The window that slides over the first input that moves along the axis. */
function windowOn(call: Inference, inputs: readonly (Front | undefined)[]): WindowOn {
  for (const [i, front] of inputs.entries()) {
    const path = front && bestIn(front, 'smallest')?.path;
    if (!path || path.at === null || isLayout(path.at)) continue;
    const relation: Relation = call.operator?.field(call, i, 0) ?? 'dataDependent';
    const target = linksOf(relation).findIndex((link) => link?.input === path.at);
    const kernel = tapsOf(linksOf(relation)[target]?.map);
    const resolution = size(call.inputs[i]?.shape?.[path.at]);
    const stride = path.virtual.kind === 'periodic' ? path.virtual.shift / path.virtual.lo.length : null;
    const reach = kernel === null || stride === null ? null : Math.ceil(kernel * stride);
    return { resolution, left: size(call.outputs[0]?.shape?.[target]), kernel, reach };
  }
  return NO_WINDOW;
}

/** Positions from the first tap to the last; null for what is no window. */
function tapsOf(map: AxisMap | undefined): number | null {
  if (map?.kind === 'each') return 1;
  if (map?.kind !== 'periodic') return null;
  return map.lo.reduce((most, lo, phase) => Math.max(most, (map.hi[phase] as number) - lo + 1), 0);
}

/** Whether the layer slides a window of more than one tap that only computes with what it reads (a pool). */
export function pools(call: Inference, judged: readonly Judged[]): boolean {
  return call.operator !== undefined && call.operator.moves !== true && judged.some(({ kernel }) => kernel !== null && kernel > 1);
}
