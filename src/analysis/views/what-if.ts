import { type Context, contextOf } from '../../core/context.ts';
import type { Convention } from '../../core/cost/conventions/convention.ts';
import { conventionOf } from '../../core/cost/conventions/index.ts';
import type { AppliedEdit } from '../../core/edits/apply.ts';
import { type Change, changeOf } from '../../core/edits/changes.ts';
import { measured } from '../../core/edits/measured.ts';
import { Fault } from '../../core/fault.ts';
import type { Network } from '../../core/graph.ts';
import { fieldOf } from '../../core/receptive-field/fields.ts';
import { summarize } from '../../core/receptive-field/summary.ts';
import type { ReceptiveField, Report, Totals } from '../../core/report.ts';
import { type Trace, traceGraph } from '../../core/trace.ts';
import { type Description, describe } from '../edits/describe.ts';
import { editedNetwork } from '../edits/edited-network.ts';
import { headed } from './headed.ts';
import { type ChosenLayer, layerOf, sourcesOf } from './target.ts';
import { defineView, type ViewOptions } from './view.ts';

/** A network beside what edits make of it. */
export interface WhatIfView extends Context, Description, Pick<Report, 'network' | 'engine'> {
  readonly before: Side;
  readonly after: Side;
  /** The numbers of both, one by one. */
  readonly changes: readonly Change[];
  readonly edits: readonly AppliedEdit[];
}

/** A network on one side of the edits. */
interface Side {
  readonly outputs: Context['outputs'];
  /** How many layers there are. */
  readonly layers: number;
  readonly totals: Omit<Totals, 'stride' | 'operations'>;
  /** The layer that was asked for, else the last one whose units still have a place along the input. */
  readonly layer: ChosenLayer['layer'];
  readonly output: ChosenLayer['output'];
  /** Its receptive fields, one per source that reaches it. */
  readonly receptiveFields: readonly ReceptiveField[];
}

function sideOf(trace: Trace, { layer: wanted, source: from }: ViewOptions, convention: Convention): Side {
  const sources = sourcesOf(trace, from);
  const { layer, output, target } = layerOf(trace, sources[0], wanted);
  const fields = sources.flatMap((source) => fieldOf(trace, source, target, true) ?? []);
  const { layers, operations, ...totals } = measured(trace, convention);
  return { outputs: contextOf(trace).outputs, layers, totals, layer, output, receptiveFields: summarize(fields, target.tensor.shape) };
}

/** Every number by its name, in the order of the answer. */
function numbersOf({ layers, totals, receptiveFields }: Side): Map<string, number | string | null> {
  const axes = receptiveFields[0]?.axes ?? [];
  return new Map<string, number | string | null>([
    ['params', totals.params.trainable],
    ['macs', totals.macs],
    ['flops', totals.flops],
    ['cost', totals.cost.value],
    ['weightBytes', totals.memory.weightBytes],
    ['activationBytes', totals.activations.bytes],
    ['peakBytes', totals.memory.peakBytes],
    ['layers', layers],
    ['depth', totals.depth],
    ['nonlinearities', totals.nonlinearities],
    ...axes.flatMap(({ axis, size, visible, stride }): [string, number | null][] => [
      [`receptiveField.${axis}`, size],
      [`visible.${axis}`, visible],
      [`stride.${axis}`, stride],
    ]),
  ]);
}

function answer(network: Network, options: ViewOptions): WhatIfView {
  if (!options.edits?.length) throw new Fault('invalid-option', 'there is nothing to try: add edits');
  const convention = conventionOf(options.convention ?? 'fovea');
  const before = sideOf(traceGraph(network.graph, options), options, convention);
  const { network: other, edited } = editedNetwork(network, options);
  const after = sideOf(edited.trace, options, convention);
  const [now, then] = [numbersOf(before), numbersOf(after)];
  const names = new Set([...now.keys(), ...then.keys()]);
  return headed(other, {
    ...contextOf(edited.trace),
    before,
    after,
    changes: [...names].map((name) => changeOf(name, now.get(name) ?? null, then.get(name) ?? null)),
    edits: edited.edits,
    ...describe(edited.graph),
  });
}

/** What edits make of a network. */
export const whatIf = defineView({
  id: 'what-if',
  summary: 'What edits make of a network',
  description:
    'A network before and after edits: totals, the receptive field of the last layer whose units still have a place along the input (or of the one that is named), ' +
    'each number in proportion, what every edit changed, and the edited network as a description. Every other view takes `edits` too, and is then about the edited network.',
  takes: ['layer', 'source', 'convention'],
  comparesEdits: true,
  answer,
  forms: {},
});
