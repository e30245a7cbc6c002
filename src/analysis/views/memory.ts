import type { Network } from '../../core/graph.ts';
import { type MemoryView as Forward, memoryOf } from '../../core/memory/memory.ts';
import { type TrainingMemoryView, trainingMemoryOf } from '../../core/memory/training.ts';
import type { Report } from '../../core/report.ts';
import { traceGraph } from '../../core/trace.ts';
import { curveFigure } from '../figures/curve-figure.ts';
import { precisionOf } from '../options/number-types.ts';
import { headed } from './headed.ts';
import { defineView, type ViewOptions } from './view.ts';

type TrainingMemory = Omit<TrainingMemoryView, 'inputs' | 'outputs' | 'assumptions' | 'diagnostics'>;

/** Where the memory of a network goes. */
export interface MemoryView extends Forward, Pick<Report, 'network' | 'engine'> {
  /** What one step of training needs. */
  readonly training: TrainingMemory;
}

function answer(network: Network, options: ViewOptions): MemoryView {
  const { inplace = false, optimizer, precision, frozen } = options;
  const trace = traceGraph(network.graph, options);
  const types = precisionOf(options);
  const { inputs, outputs, assumptions, diagnostics, ...training } = trainingMemoryOf(trace, {
    ...(optimizer !== undefined && { optimizer }),
    ...(precision !== undefined && { precision }),
    ...(frozen && { frozen }),
    ...types,
  });
  const forward = memoryOf(trace, { inplace, ...types });
  return headed(network, { ...forward, training });
}

function figure({ network, timeline, peak, lowerBounds }: MemoryView): string {
  // Which layers an unknown tensor is live at is not told: any point may lack it.
  const bound = lowerBounds.includes('peak');
  return curveFigure({
    title: 'Live activation memory, layer by layer',
    subtitle: network.name || network.sha256.slice(0, 12),
    x: { label: 'layer', unit: '', scale: 'linear' },
    y: { label: 'live', unit: 'B', scale: 'linear' },
    series: [{ name: 'live bytes', points: timeline.map(({ index, bytes }) => ({ x: index, y: Number(bytes), bound })) }],
    join: 'steps',
    ...(peak.index !== null && { places: [{ x: peak.index, label: peak.layer ?? '' }] }),
  });
}

/** Weights, activations, the live peak and training memory. */
export const memory = defineView({
  id: 'memory',
  summary: 'Where the memory of a network goes',
  description:
    'Weights by type, activations, the most that is live at once in the order of the file with the tensors that are live then, the timeline, ' +
    'and what a step of training needs: saved tensors, gradients and the state of the optimizer.',
  takes: ['weights', 'activations', 'inplace', 'optimizer', 'precision', 'frozen', 'strict'],
  answer,
  forms: { svg: (view: MemoryView) => [figure(view)] },
});
