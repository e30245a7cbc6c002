import { namesByRank } from './axes/layout.ts';
import type { Convention } from './cost/conventions/convention.ts';
import { conventionOf } from './cost/conventions/index.ts';
import { factsOf } from './facts.ts';
import { Fault } from './fault.ts';
import type { Graph, Shape } from './graph.ts';
import { tensorJson } from './layers.ts';
import type { Tensor } from './operators/operator.ts';
import type { AnalyzeOptions } from './options.ts';
import { followFields } from './receptive-field/fields.ts';
import type { CountJson, ReportTensor, Totals } from './report.ts';
import { totalsOf } from './totals.ts';
import { type Trace, traceGraph } from './trace.ts';

/** Which sizes go from where to where. */
export interface SweepRange {
  /** What changes, all to the same size: `batch`, names of sizes in the file, or names of input axes (`H`, `W`, `T`, ...). */
  readonly axes: readonly string[];
  /** The first size. */
  readonly from: number;
  /** The last size, if the steps hit it. */
  readonly to: number;
  /** From one size to the next; 1 by default. */
  readonly step?: number;
  /** Whether points have the visible receptive field, which takes longer; false by default. */
  readonly fields?: boolean;
}

/** The totals of a network at many sizes. */
export interface SweepView {
  /** `partial` where some point is in error or has lower bounds. */
  readonly status: 'complete' | 'partial';
  /** What changes. */
  readonly axes: readonly string[];
  /** One for each size, in order. */
  readonly points: readonly SweepPoint[];
}

/** The network at one size. */
export interface SweepPoint {
  /** The size. */
  readonly value: number;
  /** Why the network cannot have this size; null where it can. */
  readonly error: { readonly code: string; readonly message: string; readonly node: string | null } | null;
  /** The totals; null where the network cannot have this size. */
  readonly totals: SweepTotals | null;
}

/** Totals as a report has them. */
export interface SweepTotals {
  /** The data inputs at this size. */
  readonly inputs: readonly ReportTensor[];
  /** The outputs at this size. */
  readonly outputs: readonly ReportTensor[];
  /** Multiply-accumulates of contractions. */
  readonly macs: CountJson;
  /** Operations; a multiply-accumulate is two. */
  readonly flops: CountJson;
  /** The figure of the convention that was asked for. */
  readonly cost: Totals['cost'];
  /** Parameters, which do not depend on the size. */
  readonly params: Totals['params'];
  /** Outputs of all layers together. */
  readonly activations: Totals['activations'];
  /** Most bytes that are live at once, without weights. */
  readonly peakBytes: CountJson;
  /** Largest region of the first input that a unit of the first output has, by axis; null without `fields`. */
  readonly visible: Readonly<Record<string, number | null>> | null;
  /** Names of those of these totals that are lower bounds. */
  readonly lowerBounds: readonly string[];
}

/** Most points of a sweep. */
const MAX_POINTS = 1000;
/** Most nodes that a sweep looks at, each as often as there are points: some ten seconds. */
const MAX_NODES = 2_000_000;

/**
 * The totals of a network for a range of sizes. The graph is read once and every size inferred anew, so that a point is what
 * a report with that size says. A size that the network refuses is a point with an error.
 * Faults: `invalid-option`, `limit-exceeded`, `unknown-axis`, `unknown-convention`, `unknown-input`, `unknown-dim`.
 */
export function sweep(graph: Graph, options: AnalyzeOptions, range: SweepRange): SweepView {
  const values = valuesOf(range);
  if (values.length * graph.nodes.length > MAX_NODES)
    throw new Fault(
      'limit-exceeded',
      `${values.length} points of ${graph.nodes.length} nodes are more than a sweep looks at; ask for fewer`,
    );
  const convention = conventionOf(options.convention ?? 'fovea');
  const exact = options.causal === 'exact';
  const resize = resizer(graph, options, range.axes);
  const points = values.map((value) =>
    refusable(
      (): SweepPoint => ({
        value,
        error: null,
        totals: totalsAt(traceGraph(graph, resize(value)), convention, range.fields ?? false, exact),
      }),
      ({ code, message, spot }) => ({ value, error: { code, message, node: spot.node ?? null }, totals: null }),
    ),
  );
  const whole = points.every(({ totals }) => totals?.lowerBounds.length === 0);
  return { status: whole ? 'complete' : 'partial', axes: range.axes, points };
}

function valuesOf({ from, to, step = 1 }: SweepRange): number[] {
  for (const [name, value] of Object.entries({ from, to, step })) {
    if (!Number.isSafeInteger(value) || value < 1) throw new Fault('invalid-option', `${name} of a sweep must be a whole number from 1 on`);
  }
  if (from > to) throw new Fault('invalid-option', `a sweep goes up: from ${from} is above to ${to}`);
  const count = Math.floor((to - from) / step) + 1;
  if (count > MAX_POINTS) throw new Fault('invalid-option', `a sweep has at most ${MAX_POINTS} points, not ${count}: take a larger step`);
  return Array.from({ length: count }, (_, i) => from + i * step);
}

/** The options that give every named axis a size. */
function resizer(graph: Graph, options: AnalyzeOptions, axes: readonly string[]): (value: number) => AnalyzeOptions {
  if (axes.length === 0) throw new Fault('invalid-option', 'a sweep needs an axis: batch, H, W, ...');
  const dims = new Set(graph.inputs.flatMap(({ shape }) => shape ?? []));
  const bound = axes.filter((axis) => axis !== 'batch' && dims.has(axis));
  const free = axes.filter((axis) => axis !== 'batch' && !dims.has(axis));
  const inputs = free.length > 0 ? inputsWith(graph, options, free) : [];
  return (value) => ({
    ...options,
    ...(axes.includes('batch') && { batch: value }),
    bind: new Map([...(options.bind ?? []), ...bound.map((name): [string, number] => [name, value])]),
    inputs: new Map([
      ...(options.inputs ?? []),
      ...inputs.map(({ name, shape, at }): [string, Shape] => [name, shape.map((dim, axis) => (at.includes(axis) ? value : dim))]),
    ]),
  });
}

/** The inputs that have all of these axes, and where. */
function inputsWith(graph: Graph, options: AnalyzeOptions, axes: readonly string[]) {
  const named = namesOf(graph, options);
  const found = graph.inputs.flatMap(({ name, shape: own }) => {
    const shape = options.inputs?.get(name) ?? own;
    const at = axes.map((axis) => named.get(name)?.indexOf(axis) ?? -1);
    return shape && !at.includes(-1) ? [{ name, shape, at }] : [];
  });
  if (found.length > 0) return found;
  const known = [...named].map(([name, names]) => `'${name}' has ${names.join(', ')}`);
  throw new Fault('unknown-axis', `no input has ${axes.join(' and ')}: ${known.slice(0, 10).join('; ')}`);
}

/** Names of the inputs' axes; by rank alone where the network refuses the sizes that the file has. */
function namesOf(graph: Graph, options: AnalyzeOptions): ReadonlyMap<string, readonly string[]> {
  return refusable(
    () => {
      const { inputs, axes } = traceGraph(graph, options);
      return new Map(inputs.map(({ name }) => [name, axes.of(name)]));
    },
    () => new Map(graph.inputs.map((input) => [input.name, namesByRank(input)])),
  );
}

/** What a network gives, or what takes its place where it refuses its sizes. Names that are not in the file fault at any size. */
function refusable<T>(run: () => T, refused: (fault: Fault) => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof Fault) || error.code === 'unknown-input' || error.code === 'unknown-dim') throw error;
    return refused(error);
  }
}

function totalsAt(trace: Trace, convention: Convention, fields: boolean, exact: boolean): SweepTotals {
  const { facts, params } = factsOf(trace, convention, [], exact);
  const inputs = new Map(trace.inputs.map(({ name }) => [name, trace.tensors.get(name) as Tensor]));
  const outputs = trace.graph.outputs.map(({ name }) => name);
  const totals = totalsOf({ facts, params, unit: convention.unit, inputs, outputs, mainFields: [] });
  return {
    inputs: trace.inputs.map((input) => tensorJson(input.name, input)),
    outputs: outputs.map((name) => tensorJson(name, trace.tensors.get(name))),
    macs: totals.macs,
    flops: totals.flops,
    cost: totals.cost,
    params: totals.params,
    activations: totals.activations,
    peakBytes: totals.memory.peakBytes,
    visible: fields ? visibleOf(trace) : null,
    lowerBounds: totals.lowerBounds.filter((name) => SHOWN.has(name)),
  };
}

/** Names that `lowerBounds` of a report has for the totals of a point. */
const SHOWN = new Set(['macs', 'flops', 'cost', 'activations', 'memory.peakBytes']);

function visibleOf(trace: Trace): Record<string, number | null> {
  const main = followFields(trace, () => {}).byOutput.get(trace.graph.outputs[0]?.name ?? '');
  return Object.fromEntries(main?.[0]?.axes.map(({ axis, visible }) => [axis, visible]) ?? []);
}
