import { type Context, contextOf } from '../../core/context.ts';
import { Fault } from '../../core/fault.ts';
import type { Network } from '../../core/graph.ts';
import type { Refusal } from '../../core/receptive-field/tile-refusal.ts';
import { type AxisTiling, type TileGrid, tilingOf } from '../../core/receptive-field/tiling.ts';
import type { Report } from '../../core/report.ts';
import { traceGraph } from '../../core/trace.ts';
import { headed } from './headed.ts';
import { layerOf, sourceOf } from './target.ts';
import { defineView, type ViewOptions } from './view.ts';

/** How to cut an input into tiles. */
export interface TilingView extends Context, Pick<Report, 'network' | 'engine'> {
  readonly source: string;
  readonly output: string;
  /** Whether all axes can be tiled exactly. */
  readonly exact: boolean;
  readonly axes: readonly AxisTiles[];
}

/** The tiles along one axis of the input. */
export interface AxisTiles {
  readonly axis: string;
  readonly inputAxis: number;
  readonly exact: boolean;
  /** Why no tiles equal the whole; null where they do. */
  readonly refusal: Pick<Refusal, 'reason' | 'cause' | 'message'> | null;
  /** Tiles that equal the whole, or do but for what `ignores` names; null where there are none. */
  readonly grid: TileGrid | null;
  readonly ignores: readonly { readonly layer: string; readonly op: string }[];
}

function tilesOf({ axis, inputAxis, ...tiles }: AxisTiling): AxisTiles {
  if (tiles.exact) {
    const { exact, ...grid } = tiles;
    return { axis, inputAxis, exact, refusal: null, grid, ignores: [] };
  }
  const { exact, reason, cause, message, approximate } = tiles;
  const { ignores = [], ...grid } = approximate ?? {};
  return { axis, inputAxis, exact, refusal: { reason, cause, message }, grid: approximate && (grid as TileGrid), ignores };
}

function answer(network: Network, options: ViewOptions): TilingView {
  const trace = traceGraph(network.graph, options);
  const source = sourceOf(trace, options.source);
  if (!trace.inputs.some(({ name }) => name === source.name)) {
    throw new Fault('unknown-input', `only an input can be cut into tiles, and '${source.name}' is none`);
  }
  const layer = options.layer === undefined ? undefined : layerOf(trace, source, options.layer).target.name;
  const { axes, ...tiling } = tilingOf(trace, { source: source.name, ...(layer !== undefined && { output: layer }) });
  return headed(network, { ...contextOf(trace), ...tiling, axes: axes.map(tilesOf) });
}

/** How to cut an input into tiles. */
export const tiling = defineView({
  id: 'tiling',
  summary: 'How to cut a large input into tiles',
  description:
    'For fully convolutional networks: where tiles may begin, the halo on each side with which the stitched outputs equal those of the whole input, and the valid tile sizes; ' +
    'where no tiles are exact the reason, and the tiles that are but for statistics and gates.',
  takes: ['layer', 'source'],
  heavy: true,
  answer,
  forms: {},
});
