import { fovea } from '../cost/conventions/fovea.ts';
import { type Count, countToJson, sum } from '../count.ts';
import { factsOf } from '../facts.ts';
import type { Inference } from '../inference/infer.ts';
import type { LayerFacts } from '../layers.ts';
import type { CountJson } from '../report.ts';
import type { Trace } from '../trace.ts';
import { type InputRange, inputRanges } from './input-range.ts';
import { type AxisProductivity, type Judged, judge, pools } from './judge.ts';
import type { Source } from './propagate.ts';
import { type Lane, walkRoutes } from './routes.ts';
import { requireSource, virtualSizes } from './virtual.ts';

/**
 * Layers whose field already exceeds the input before them, after Richter et al. 2021 ("Input size matters for CNN classifiers")
 * and their receptive_field_analysis_toolbox, which calls unproductive layers border layers. Fields are the local ones, smallest
 * over all paths; feature maps have their real sizes. Looked at are the layers that contract with weights (convolutions, dense
 * layers) and those that slide a window (pools).
 *
 * Along one axis a layer is
 * - `unproductive` where all paths before it see at least as much as the input has and it sees yet more, so that the larger field
 *   shows it nothing new; or where its window (of more than one tap) covers the whole feature map;
 * - `critical` where it sees more than the input has, but does not yet do so before it;
 * - `global` where it mixes the whole axis by its nature: a dense layer, or a window as large as the map that leaves one position;
 * - `productive` otherwise.
 */
export interface Productivity {
  /** Name of the source. */
  readonly source: string;
  /** Layers that were looked at. */
  readonly candidates: number;
  /** Of these, productive ones, and ones of which a size that decides is unknown. Both are not listed in `layers`. */
  readonly productive: number;
  readonly undetermined: number;
  /** The other candidates, in the order of the report. */
  readonly layers: readonly LayerProductivity[];
  /** How much of the network lies in the layers of each kind. */
  readonly shares: Readonly<Record<LayerKind, Share>>;
  /** Per axis of the source, the input sizes that the network can make use of. */
  readonly inputRange: readonly InputRange[];
}

/**
 * A layer's kind over all axes, `global` ones left aside: `unproductive` or `critical` where that holds on every axis (`critical`
 * where it is one or the other), `partial` on some only, `global` where no axis is left.
 */
export type LayerKind = 'unproductive' | 'critical' | 'partial' | 'global';

export interface LayerProductivity {
  /** Index among the layers of the report. */
  readonly index: number;
  readonly id: string;
  readonly op: string;
  readonly kind: LayerKind;
  readonly axes: readonly AxisProductivity[];
  /** Multiply-accumulates; null where unknown. */
  readonly macs: CountJson | null;
  /** Trainable parameters that the layer brings. */
  readonly params: CountJson;
}

export interface Share {
  readonly layers: number;
  /** Multiply-accumulates in these layers, and their share of those of the network; null where those of a layer are unknown. */
  readonly macs: CountJson | null;
  readonly macsPercent: number | null;
  /** Trainable parameters in these layers, and their share of those of the network; null for a network without any. */
  readonly params: CountJson;
  readonly paramsPercent: number | null;
}

const KINDS = ['unproductive', 'critical', 'partial', 'global'] as const;

/** Which layers are productive at the sizes of the trace. Linear in the graph. Fault: `unknown-tensor`. */
export function productivity(trace: Trace, sourceName: string): Productivity {
  const source = requireSource(trace, sourceName);
  const judged = judgeAll(trace, source);
  const { facts, params } = factsOf(trace, fovea);
  const candidates = facts.flatMap((fact, index) => {
    const axes = judged.get(fact.call) ?? [];
    const weighted = contracts(fact);
    if (axes.length === 0 || !(weighted || pools(fact.call, axes))) return [];
    return [{ fact, index, axes, weighted, output: fact.call.node.outputs[0] ?? '', kind: kindOf(axes) }];
  });
  const listed = KINDS.map((kind) => candidates.filter((candidate) => candidate.kind === kind).map(({ fact }) => fact));
  const shares = listed.map((own) => shareOf(own, facts, params.total.trainable));
  const sizes = virtualSizes(trace, source);
  return {
    source: source.name,
    candidates: candidates.length,
    productive: candidates.filter(({ kind }) => kind === 'productive').length,
    undetermined: candidates.filter(({ kind }) => kind === null).length,
    layers: candidates.flatMap(({ fact: { call, operations, params }, index, axes, kind }): LayerProductivity[] => {
      if (kind === 'productive' || kind === null) return [];
      const cost = { macs: operations && countToJson(operations.mac), params: countToJson(params.trainable) };
      return [{ index, id: call.node.id, op: call.node.op, kind, axes: axes.map(({ reach: _, ...axis }) => axis), ...cost }];
    }),
    shares: Object.fromEntries(KINDS.map((kind, i) => [kind, shares[i]])) as Record<LayerKind, Share>,
    inputRange: inputRanges(source, candidates, (tensor, axis) => sizes(tensor, axis, 'local')),
  };
}

function judgeAll(trace: Trace, source: Source): ReadonlyMap<Inference, readonly Judged[]> {
  const lanes = source.axes.map((_, axis): Lane => ({ axis, local: true, wanted: 'smallest' }));
  const judged = new Map<Inference, readonly Judged[]>();
  walkRoutes(trace.calls, source, lanes, (call, inputs, outputs) => {
    const lane = (fronts: typeof inputs, axis: number) => fronts.map((front) => front?.[axis]);
    const axes = source.axes.map((axis, i) => judge(call, axis, lane(inputs, i), lane(outputs, i)));
    judged.set(
      call,
      axes.filter((axis) => axis !== null),
    );
  });
  return judged;
}

/** Whether a layer contracts its input with weights. Where sizes are unknown so is its cost: then a matrix of weights tells. */
function contracts({ call, operations }: LayerFacts): boolean {
  if (operations !== null) return operations.mac > 0 && call.inputs.some((input) => input?.constant);
  if (!call.operator || call.operator.field(call, 0, 0) === 'elementwise') return false;
  return call.inputs.some((input) => input?.constant && (input.shape?.length ?? 0) >= 2);
}

function kindOf(axes: readonly Judged[]): LayerKind | 'productive' | null {
  const verdicts = axes.map(({ verdict }) => verdict).filter((verdict) => verdict !== 'global');
  if (verdicts.length === 0) return 'global';
  if (verdicts.includes(null)) return null;
  if (verdicts.every((verdict) => verdict === 'unproductive')) return 'unproductive';
  if (verdicts.every((verdict) => verdict === 'productive')) return 'productive';
  return verdicts.includes('productive') ? 'partial' : 'critical';
}

function shareOf(own: readonly LayerFacts[], all: readonly LayerFacts[], trainable: Count): Share {
  const macs = macsOf(own);
  const params = sum(own.map((fact) => fact.params.trainable));
  return {
    layers: own.length,
    macs: macs === null ? null : countToJson(macs),
    macsPercent: percent(macs, macsOf(all)),
    params: countToJson(params),
    paramsPercent: percent(params, trainable),
  };
}

function macsOf(facts: readonly LayerFacts[]): Count | null {
  if (facts.some(({ operations }) => operations === null)) return null;
  return sum(facts.map(({ operations }) => operations?.mac ?? 0));
}

function percent(part: Count | null, whole: Count | null): number | null {
  return part === null || whole === null || Number(whole) === 0 ? null : (100 * Number(part)) / Number(whole);
}
