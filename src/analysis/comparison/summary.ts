import { analyze } from '../../core/analyze.ts';
import type { Network } from '../../core/graph.ts';
import type { AnalyzeOptions } from '../../core/options.ts';
import { effectiveField } from '../../core/receptive-field/effective.ts';
import { flowFrom } from '../../core/receptive-field/influence/flow.ts';
import type { Source } from '../../core/receptive-field/propagate.ts';
import { type Coverage, unitRegion } from '../../core/receptive-field/region.ts';
import { unitAxes } from '../../core/receptive-field/target.ts';
import type { CountJson, FieldAxis, Report } from '../../core/report.ts';
import { type Trace, traceGraph } from '../../core/trace.ts';
import { type ChosenLayer, layerOf, sourcesOf } from '../views/target.ts';
import { type Linearity, linearityOf, weightsPerPair } from './convolutions.ts';
import { type Growth, growthOf } from './growth.ts';

/** What a comparison needs to know of one network. */
export interface Summary extends Pick<Report, 'network' | 'status' | 'inputs' | 'outputs'> {
  readonly totals: {
    /** Trainable parameters. */
    readonly params: CountJson;
    readonly macs: CountJson;
    readonly flops: CountJson;
    /** Under the convention that was asked for. */
    readonly cost: Report['totals']['cost'];
    readonly weightBytes: CountJson;
    /** Outputs of all layers, as training keeps them. */
    readonly activationBytes: CountJson;
    /** Most activations that are live at once. */
    readonly peakBytes: CountJson;
    readonly layers: number;
    readonly depth: number;
    readonly nonlinearities: number;
  };
  /** Names of the totals that are lower bounds, as in a report. */
  readonly lowerBounds: readonly string[];
  /** Weights of all convolutions per pair of channels; null where they do not all have the same channels. */
  readonly weightsPerPair: number | null;
  readonly linearity: Linearity;
  /** The last layer whose units still have a place along the first input: the fields are those of its units. */
  readonly layer: ChosenLayer['layer'];
  /** Receptive field along each followed axis of the first input, with the total stride. */
  readonly receptiveField: readonly FieldAxis[];
  readonly effective: Effective;
  /** How many positions within its field the centre unit depends on; null where that is not known. */
  readonly coverage: Coverage | null;
  /** The receptive field against depth. */
  readonly growth: readonly Growth[];
}

/** The effective receptive field of the centre unit. */
interface Effective {
  /** Standard deviation of the influence along each axis, in positions of the input. */
  readonly axes: readonly { readonly axis: string; readonly sigma: number | null }[];
  readonly luoSize: number | null;
}

/** What a comparison needs to know of a network. Faults: those of `analyze`, `unknown-layer`. */
export function summaryOf(network: Network, options: AnalyzeOptions): Summary {
  const { group: _, ...asked } = options;
  const { layers = [], totals, ...report } = analyze(network, { ...asked, layers: true });
  const trace = traceGraph(network.graph, options);
  const [source] = sourcesOf(trace, undefined);
  const chosen = layerOf(trace, source, undefined);
  const fields = layers[chosen.layer.index]?.outputs[0]?.receptiveFields ?? [];
  return {
    network: report.network,
    status: report.status,
    inputs: report.inputs,
    outputs: report.outputs,
    totals: {
      params: totals.params.trainable,
      macs: totals.macs,
      flops: totals.flops,
      cost: totals.cost,
      weightBytes: totals.memory.weightBytes,
      activationBytes: totals.activations.bytes,
      peakBytes: totals.memory.peakBytes,
      layers: layers.length,
      depth: totals.depth,
      nonlinearities: totals.nonlinearities,
    },
    lowerBounds: totals.lowerBounds,
    weightsPerPair: weightsPerPair(trace, layers),
    linearity: linearityOf(trace, layers),
    layer: chosen.layer,
    receptiveField: fields.find((field) => field.source === source?.name)?.axes ?? [],
    ...centreOf(trace, source, chosen),
    growth: growthOf(trace, layers, source?.name),
  };
}

const NOTHING_KNOWN = { effective: { axes: [], luoSize: null }, coverage: null } as const;

/** What the centre unit of a layer sees; nothing where a size that tells where the centre is is not known, or 0. */
function centreOf(trace: Trace, source: Source | undefined, { target }: ChosenLayer): Pick<Summary, 'effective' | 'coverage'> {
  if (!source || unitAxes(flowFrom(trace, source, target.at), target).some(({ size }) => !size)) return NOTHING_KNOWN;
  const { axes, luoSize } = effectiveField(trace, { target, source });
  return {
    effective: { axes: axes.map(({ axis, sigma }) => ({ axis, sigma })), luoSize },
    coverage: unitRegion(trace, { target, source }).coverage,
  };
}
