import { fovea } from '../cost/conventions/fovea.ts';
import { ratioOf } from '../edits/changes.ts';
import type { Edit } from '../edits/index.ts';
import { measured } from '../edits/measured.ts';
import { Fault } from '../fault.ts';
import { fieldOf, sourceNamed } from '../receptive-field/fields.ts';
import { summarize } from '../receptive-field/summary.ts';
import type { CountJson } from '../report.ts';
import type { Trace } from '../trace.ts';
import type { Aimed } from './candidates.ts';

/** Most of each that a network may take; what is left out is free. */
export interface Budget {
  readonly macs?: number | null | undefined;
  readonly peakBytes?: number | null | undefined;
  readonly params?: number | null | undefined;
}

/** What advice looks at. */
export interface Measure {
  /** Extent of the field of the target along the axis, without global statistics and gates; null where it is not known. */
  readonly receptiveField: number | null;
  /** Distance between the fields of neighbouring units; null where there is no one distance. */
  readonly stride: number | null;
  readonly macs: CountJson;
  readonly params: CountJson;
  readonly peakBytes: CountJson;
}

/** Edits that were tried. */
export interface Trial extends Measure {
  readonly edits: readonly Edit[];
  readonly reaches: boolean;
  readonly withinBudget: boolean;
  /** In proportion to the network as it is; null where that has none. */
  readonly relative: { readonly macs: number | null; readonly params: number | null; readonly peakBytes: number | null };
  /** The mean of these, by which trials are ranked. */
  readonly cost: number;
}

/** Measures a traced graph. */
export function measureAt(trace: Trace, aimed: Aimed): Measure {
  const { params, macs, memory } = measured(trace, fovea);
  const { size, stride } = fieldAt(trace, aimed);
  return { receptiveField: size, stride, macs, params: params.trainable, peakBytes: memory.peakBytes };
}

function fieldAt(trace: Trace, { tensor, source }: Aimed): { size: number | null; stride: number | null } {
  const at = trace.calls.findIndex(({ node }) => node.outputs.includes(tensor));
  const whole = sourceNamed(trace, source.name);
  const axes = whole?.axes.filter(({ axis }) => axis === source.axes[0]?.axis);
  const field = whole && axes && fieldOf(trace, { ...whole, axes }, { name: tensor, at }, true);
  const [found] = field ? (summarize([field], trace.tensors.get(tensor)?.shape ?? null)[0]?.axes ?? []) : [];
  return { size: found?.local.size ?? null, stride: found?.local.stride ?? null };
}

/** Whether a network takes no more than it may. */
export function isWithin(measure: Measure, budget: Budget): boolean {
  return (['macs', 'peakBytes', 'params'] as const).every((name) => {
    const most = budget[name];
    return most === undefined || most === null || Number(measure[name]) <= most;
  });
}

interface Conditions {
  readonly now: Measure;
  readonly aimed: Aimed;
  readonly budget: Budget;
  readonly edit: (edits: readonly Edit[]) => Trace;
}

/** Makes edits and measures what comes of them; null where they cannot be made. */
export function tryEdits(edits: readonly Edit[], { now, aimed, budget, edit }: Conditions): Trial | null {
  const trace = edited(edits, edit);
  if (trace === null) return null;
  const measure = measureAt(trace, aimed);
  const relative = {
    macs: ratioOf(now.macs, measure.macs),
    params: ratioOf(now.params, measure.params),
    peakBytes: ratioOf(now.peakBytes, measure.peakBytes),
  };
  const ratios = Object.values(relative).filter((ratio) => ratio !== null);
  return {
    edits,
    ...measure,
    reaches: measure.receptiveField !== null && measure.receptiveField >= aimed.size,
    withinBudget: isWithin(measure, budget),
    relative,
    cost: ratios.length === 0 ? 1 : ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length,
  };
}

function edited(edits: readonly Edit[], edit: Conditions['edit']): Trace | null {
  try {
    return edit(edits);
  } catch (error) {
    if (error instanceof Fault && (error.code === 'edit-not-applicable' || error.code === 'limit-exceeded')) return null;
    throw error;
  }
}
