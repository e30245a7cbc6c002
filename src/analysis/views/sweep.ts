import { Fault } from '../../core/fault.ts';
import type { Network } from '../../core/graph.ts';
import type { Report } from '../../core/report.ts';
import {
  type SweepView as Core,
  type SweepPoint as CorePoint,
  type SweepRange,
  type SweepTotals,
  sweep as sweepGraph,
} from '../../core/sweep.ts';
import { csvLine } from '../csv.ts';
import { curveFigure } from '../figures/curve-figure.ts';
import { headed } from './headed.ts';
import { defineView, type ViewOptions } from './view.ts';

/** The totals of a network at many sizes. */
export interface SweepView extends Omit<Core, 'points'>, Pick<Report, 'network' | 'engine'> {
  readonly points: readonly SweepPoint[];
}

interface SweepPoint extends Omit<CorePoint, 'totals'> {
  readonly totals:
    | (Omit<SweepTotals, 'visible'> & {
        /** Largest region of the first input that a unit of the first output has; null where it was not asked for. */
        readonly visible: readonly { readonly axis: string; readonly size: number | null }[] | null;
      })
    | null;
}

/** `H,W:128..1024:32`, the step 1 where it is left out. */
function rangeOf(text: string | undefined): SweepRange {
  const [, axes, from, to, step] = /^([^:]+):(\d{1,9})\.\.(\d{1,9})(?::(\d{1,9}))?$/.exec(text ?? '') ?? [];
  if (axes === undefined) {
    const what = text === undefined ? 'a sweep needs to know of what' : `'${text.slice(0, 60)}' is not a sweep`;
    throw new Fault('invalid-option', `${what}: sweep=H,W:128..1024:32, or sweep=batch:1..64`);
  }
  return { axes: axes.split(','), from: Number(from), to: Number(to), ...(step !== undefined && { step: Number(step) }) };
}

function answer(network: Network, options: ViewOptions): SweepView {
  const { points, ...swept } = sweepGraph(network.graph, options, { ...rangeOf(options.sweep), fields: options.fields ?? false });
  return headed(network, {
    ...swept,
    points: points.map(({ totals, ...point }) => ({
      ...point,
      totals: totals && { ...totals, visible: totals.visible && Object.entries(totals.visible).map(([axis, size]) => ({ axis, size })) },
    })),
  });
}

const COLUMNS = [
  'value',
  'error',
  'macs',
  'flops',
  'cost',
  'params',
  'activationElements',
  'activationBytes',
  'peakBytes',
  'lowerBounds',
] as const;

/** The columns of what `lowerBounds` names. */
const BOUNDED: Readonly<Record<string, string>> = { activations: 'activationElements activationBytes', 'memory.peakBytes': 'peakBytes' };

function* csv({ points }: SweepView): Generator<string> {
  const axes = [...new Set(points.flatMap(({ totals }) => (totals?.visible ?? []).map(({ axis }) => axis)))];
  yield csvLine([...COLUMNS, ...axes.map((axis) => `visible.${axis}`)]);
  for (const point of points) yield csvLine([...cellsOf(point), ...axes.map((axis) => visibleAt(point, axis))]);
}

function cellsOf({ value, error, totals }: SweepPoint) {
  if (totals === null) return COLUMNS.map((column) => (column === 'value' ? value : column === 'error' ? error?.message : null));
  const { macs, flops, cost, params, activations, peakBytes, lowerBounds } = totals;
  const bounded = lowerBounds.map((name) => BOUNDED[name] ?? name).join(' ');
  return [value, null, macs, flops, cost.value, params.trainable, activations.elements, activations.bytes, peakBytes, bounded];
}

function visibleAt({ totals }: SweepPoint, axis: string): number | null {
  return totals?.visible?.find((one) => one.axis === axis)?.size ?? null;
}

function figure({ network, axes, points }: SweepView): string {
  return curveFigure({
    title: `MACs against ${axes.join(', ')}`,
    subtitle: network.name || network.sha256.slice(0, 12),
    x: { label: axes.join(', '), unit: '', scale: 'linear' },
    y: { label: 'MACs', unit: 'MAC', scale: 'linear' },
    series: [
      {
        name: 'MACs',
        points: points.map(({ value, error, totals }) => ({
          x: value,
          y: totals === null ? null : Number(totals.macs),
          ...(totals?.lowerBounds.includes('macs') && { bound: true }),
          ...(error && { fault: error.message }),
        })),
      },
    ],
  });
}

/** Totals at many sizes. */
export const sweep = defineView({
  id: 'sweep',
  summary: 'Totals at many input sizes',
  description:
    'The totals of a network for a range of sizes of one or more axes, or of the batch, from one reading of it. A size that the network refuses is a point with an error.',
  takes: ['sweep', 'fields', 'convention', 'causal', 'strict'],
  heavy: true,
  answer,
  forms: { csv, svg: (view: SweepView) => [figure(view)] },
});
