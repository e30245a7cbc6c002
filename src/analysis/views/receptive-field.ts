import { type Context, contextOf } from '../../core/context.ts';
import type { Network } from '../../core/graph.ts';
import { type Productivity, productivity } from '../../core/receptive-field/productivity.ts';
import { type RegionAxis, type UnitRegion, unitRegion } from '../../core/receptive-field/region.ts';
import { type AxisExplanation, explainField } from '../../core/receptive-field/witness.ts';
import type { FieldStatus, Report } from '../../core/report.ts';
import { traceGraph } from '../../core/trace.ts';
import { regionFigure } from '../figures/region-figure.ts';
import { headed } from './headed.ts';
import { type ChosenLayer, layerOf, sourcesOf } from './target.ts';
import { defineView, type ViewOptions } from './view.ts';

/** What one unit of a layer sees, and why. */
export interface ReceptiveFieldView extends Context, Pick<Report, 'network' | 'engine'> {
  readonly layer: ChosenLayer['layer'];
  readonly output: ChosenLayer['output'];
  /** One per source: every data input, or the tensor that was named. */
  readonly fields: readonly (UnitRegion & { readonly why: readonly AxisExplanation[] })[];
  /** Layers whose field exceeds the input, and the input sizes that the network can use; one per source. */
  readonly productivity: readonly Productivity[];
}

function answer(network: Network, options: ViewOptions): ReceptiveFieldView {
  const trace = traceGraph(network.graph, options);
  const sources = sourcesOf(trace, options.source);
  const { layer, output, target } = layerOf(trace, sources[0], options.layer);
  const fields = sources.map((source) => ({
    ...unitRegion(trace, { target, source, unit: options.unit }),
    why: explainField(trace, { call: target.at, output: target.name, source: source.name }).axes,
  }));
  return headed(network, {
    ...contextOf(trace),
    layer,
    output,
    fields,
    productivity: sources.map(({ name }) => productivity(trace, name)),
  });
}

/** The unit at hand may see less than those that made the field of its tensor global. */
function unitStatus({ field: { status, size }, strict: { virtual } }: RegionAxis): FieldStatus {
  return status === 'global' && virtual && size !== null && virtual.stop - virtual.start < size ? 'exact' : status;
}

/** A field that has a size but no place. */
function adrift({ field: { status, size, padding, stride, cause }, strict }: RegionAxis): { size: number; cause: string } | null {
  const placed = strict.virtual !== null || status !== 'exact' || stride === null || padding !== null;
  return placed || size === null || cause === undefined ? null : { size, cause };
}

function figure({ network, layer, fields }: ReceptiveFieldView): string {
  const [field] = fields;
  const cells = field?.coverage;
  return regionFigure({
    title: network.name || network.sha256.slice(0, 12),
    layer: layer.id,
    unit: field?.unit.map(({ index }) => index) ?? null,
    axes: (field?.axes ?? []).map((axis, i) => ({
      name: axis.field.axis,
      size: field?.why[i]?.extent ?? null,
      status: unitStatus(axis),
      virtual: axis.strict.virtual,
      actual: axis.strict.actual,
      local: axis.field.local.status === axis.field.status ? null : axis.local.actual,
      adrift: adrift(axis),
      stride: axis.field.stride,
    })),
    coverage: null,
    ...(cells?.percent != null &&
      cells.percent < 100 && { note: `The unit depends on ${cells.positions} of the ${cells.hull} positions of its region.` }),
  });
}

/** The receptive field of one unit of a layer. */
export const receptiveField = defineView({
  id: 'receptive-field',
  summary: 'What one unit of a layer sees of the input, and why',
  description:
    'The region of a unit (the centre one by default) on the source, clipped at every layer and as if no tensor had a border; how much of it the unit depends on; ' +
    'the paths that see most and least, what each layer adds, what made the field global; layers that the input is too small for.',
  takes: ['layer', 'source', 'unit'],
  heavy: true,
  answer,
  forms: { svg: (view: ReceptiveFieldView) => [figure(view)] },
});
