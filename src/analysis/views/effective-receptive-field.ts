import { type Context, contextOf } from '../../core/context.ts';
import type { Network } from '../../core/graph.ts';
import { type EffectiveField, effectiveField } from '../../core/receptive-field/effective.ts';
import type { Report } from '../../core/report.ts';
import { traceGraph } from '../../core/trace.ts';
import { heatFigure } from '../figures/heat-figure.ts';
import { headed } from './headed.ts';
import { type ChosenLayer, layerOf, sourceOf } from './target.ts';
import { defineView, type ViewOptions } from './view.ts';

/** Where the influence of the input on one unit of a layer lies. */
export interface EffectiveReceptiveFieldView extends Context, Pick<Report, 'network' | 'engine'> {
  readonly layer: ChosenLayer['layer'];
  readonly output: ChosenLayer['output'];
  readonly field: EffectiveField;
}

function answer(network: Network, options: ViewOptions): EffectiveReceptiveFieldView {
  const trace = traceGraph(network.graph, options);
  const source = sourceOf(trace, options.source);
  const { layer, output, target } = layerOf(trace, source, options.layer);
  const { unit } = options;
  // Options are checked where they come in.
  const field = effectiveField(trace, { target, source, unit, variant: options.variant });
  return headed(network, { ...contextOf(trace), layer, output, field });
}

function figure({ network, layer, field }: EffectiveReceptiveFieldView): string {
  const sizes = field.axes.map(({ size }) => size);
  const size = sizes.every((one) => one !== null)
    ? sizes.reduce((product: number, one) => product * (one ?? 1), 1) ** (1 / sizes.length)
    : null;
  // A figure has room for a map and a curve.
  const shown = field.axes.slice(-3);
  const notes = [field.cause ?? '', field.axes.length > shown.length ? 'The axes before these three are not drawn.' : ''].filter(Boolean);
  return heatFigure({
    title: network.name || network.sha256.slice(0, 12),
    layer: layer.id,
    unit: field.unit.map(({ index }) => index),
    axes: shown.map(({ axis, extent, sigma, mean, theoretical }) => ({
      name: axis,
      size: extent,
      theoretical,
      center: mean,
      sigma,
    })),
    mass: (field.sides ?? []).map(({ mass, side }) => ({ share: mass, sides: shown.map(() => side) })),
    ...(shown.length < 3 ? { grid: field.map } : { grid: field.marginals?.at(-1)?.map ?? null, profile: field.marginals?.at(-2)?.map }),
    size: field.luoSize,
    ratio: field.luoSize !== null && size ? field.luoSize / size : null,
    ...(notes.length > 0 && { note: notes.join(' ') }),
  });
}

/** The effective receptive field of one unit of a layer. */
export const effectiveReceptiveField = defineView({
  id: 'effective-receptive-field',
  summary: 'Where the influence on one unit of a layer lies',
  description:
    "The effective receptive field (Luo et al. 2016) from the structure alone: each window's taps weigh equally, Add shares equally between its branches, Concat by channels, " +
    'gates and statistics are left out. Sigma per axis, the map of the influence, its size, and the sides that hold 50, 95 and 99 % of it; of three axes also the map over ' +
    'the last two and the curve along the first, each summed exactly over the rest.',
  takes: ['layer', 'source', 'unit', 'variant'],
  heavy: true,
  answer,
  forms: { svg: (view: EffectiveReceptiveFieldView) => [figure(view)] },
});
