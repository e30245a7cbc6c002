import { type Advised, advise as adviseOn } from '../../core/advice/advise.ts';
import { type Context, contextOf } from '../../core/context.ts';
import { editTrace } from '../../core/edits/apply.ts';
import { Fault } from '../../core/fault.ts';
import type { Network } from '../../core/graph.ts';
import type { FollowedAxis, Source } from '../../core/receptive-field/propagate.ts';
import type { Report } from '../../core/report.ts';
import { traceGraph } from '../../core/trace.ts';
import { suggestion } from '../nearest.ts';
import { headed } from './headed.ts';
import { type ChosenLayer, layerOf, sourceOf } from './target.ts';
import { defineView, type ViewOptions } from './view.ts';

/** Edits that bring the field of a layer to a size. */
export interface AdviseView extends Context, Advised, Pick<Report, 'network' | 'engine'> {
  readonly target: { readonly receptiveField: number; readonly axis: string; readonly source: string };
  /** The layer whose units are meant. */
  readonly layer: ChosenLayer['layer'];
  readonly output: ChosenLayer['output'];
  /** What the edited network may take; null is no limit. */
  readonly budget: { readonly macs: number | null; readonly peakBytes: number | null; readonly params: number | null };
}

function axisOf({ name, axes }: Source, wanted: string | null | undefined): FollowedAxis {
  const found = wanted == null ? axes[0] : axes.find((axis) => axis.name === wanted);
  if (found) return found;
  if (wanted == null) throw new Fault('unknown-axis', `'${name}' has no axis that a receptive field extends along`);
  const known = axes.map((axis) => axis.name);
  throw new Fault('unknown-axis', `'${name}' has no axis '${wanted}'${suggestion(wanted, known)}`);
}

/** The field that is asked for: as it is given, or as large as the largest object, since a unit has to see all of it. */
function aimOf({ receptiveField, objectSizes }: NonNullable<ViewOptions['target']>): number {
  const aim = receptiveField ?? Math.max(...(objectSizes ?? []));
  if (Number.isSafeInteger(aim) && aim >= 1) return aim;
  throw new Fault('invalid-option', 'a target has a positive integer as receptiveField, or objectSizes with at least one');
}

function answer(network: Network, { target, budget = {}, pairs = false, ...options }: ViewOptions): AdviseView {
  if (!target) throw new Fault('invalid-option', 'advice needs a target: add target, such as { "receptiveField": 100 }');
  const receptiveField = aimOf(target);
  const trace = traceGraph(network.graph, options);
  const source = sourceOf(trace, undefined);
  const axis = axisOf(source, target.axis);
  const { layer, output } = layerOf(trace, source, target.layer ?? undefined);
  const aimed = { tensor: output.name, source: { ...source, axes: [axis] }, size: receptiveField };
  const { macs = null, peakBytes = null, params = null } = budget;
  return headed(network, {
    ...contextOf(trace),
    target: { receptiveField, axis: axis.name, source: source.name },
    layer,
    output,
    budget: { macs, peakBytes, params },
    ...adviseOn(trace, aimed, { budget, pairs, edit: (before, edits) => editTrace(before, edits, { options }).trace }),
  });
}

/** Edits that reach a target. */
export const advise = defineView({
  id: 'advise',
  summary: 'Edits that bring a receptive field to a size, by what they cost',
  description:
    'Tries single edits of the layers before a target (and pairs of them), a bounded number, and ranks those that make its units see as much of the input as was asked for, ' +
    'within a budget, by the mean of their MACs, parameters and peak bytes in proportion to the network as it is; where none does, those that come nearest. ' +
    'Fields are those without global statistics and gates.',
  takes: ['target', 'budget', 'pairs'],
  heavy: true,
  answer,
  forms: {},
});
