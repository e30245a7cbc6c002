import type { CountJson, Report } from '../core/report.ts';

/** What of a report is kept beside the graph: what dashboards show, filter by and order by without a new analysis. */
export interface KeptTotals {
  /** Version of the engine whose report it is. */
  readonly engine: string;
  readonly status: Report['status'];
  readonly nodes: number;
  readonly layers: number;
  /** Trainable parameters. */
  readonly params: CountJson;
  readonly macs: CountJson;
  readonly flops: CountJson;
  readonly weightBytes: CountJson;
  /** Elements of the outputs of all layers, and their bytes. */
  readonly activations: CountJson;
  readonly activationBytes: CountJson;
  /** Most activations that are live at once. */
  readonly peakBytes: CountJson;
  /**
   * Largest size over the axes of the first input, for the units of the last layer that still have a place along it, as in
   * a comparison: behind global pooling all units see everything. null where it is unknown, or there is no such axis.
   */
  readonly receptiveField: number | null;
  readonly depth: number;
  readonly nonlinearities: number;
  /** Names of the totals that are lower bounds, as in the report. */
  readonly lowerBounds: readonly string[];
}

type Total = 'nodes' | 'layers' | 'params' | 'macs' | 'flops' | 'weightBytes' | 'activations' | 'activationBytes' | 'peakBytes' | 'depth';

/** What a list of networks can be ordered by and cut to ranges of: each is a column, by its name. */
export const FIELDS = {
  keptAt: 'kept_at',
  bytes: 'bytes',
  nodes: 'nodes',
  layers: 'layers',
  params: 'params',
  macs: 'macs',
  flops: 'flops',
  weightBytes: 'weight_bytes',
  activations: 'activations',
  activationBytes: 'activation_bytes',
  peakBytes: 'peak_bytes',
  receptiveField: 'receptive_field',
  depth: 'depth',
} as const satisfies Record<Total | 'keptAt' | 'bytes' | 'receptiveField', string>;

export type Field = keyof typeof FIELDS;
export type TotalColumn = Exclude<(typeof FIELDS)[Field], 'kept_at' | 'bytes'>;

/** Which names in `lowerBounds` take a column its meaning. */
const BOUNDED: Partial<Record<Total, string>> = {
  macs: 'macs',
  flops: 'flops',
  activations: 'activations',
  activationBytes: 'activations',
  peakBytes: 'memory.peakBytes',
  depth: 'depth',
};

/**
 * Totals as columns: doubles, which are exact up to 2^53 and still in order above (the decimal digits stand in the totals
 * themselves), and null for what is unknown or only a lower bound, so that it is in no range.
 */
export function columnsOf(totals: KeptTotals): Record<TotalColumn, number | null> {
  const known = (field: Total): number | null => {
    const bound = BOUNDED[field];
    return bound !== undefined && totals.lowerBounds.includes(bound) ? null : Number(totals[field]);
  };
  return {
    nodes: totals.nodes,
    layers: totals.layers,
    params: known('params'),
    macs: known('macs'),
    flops: known('flops'),
    weight_bytes: known('weightBytes'),
    activations: known('activations'),
    activation_bytes: known('activationBytes'),
    peak_bytes: known('peakBytes'),
    receptive_field: totals.receptiveField,
    depth: known('depth'),
  };
}
