import { Fault } from '../../core/fault.ts';
import type { Network } from '../../core/graph.ts';
import type { Report } from '../../core/report.ts';
import { type Device, RATE_TYPES } from '../../core/roofline/devices/device.ts';
import { rooflineOf } from '../../core/roofline/roofline.ts';
import type { RooflineView as Core, RooflineLayer, RooflineTotals } from '../../core/roofline/view.ts';
import { traceGraph } from '../../core/trace.ts';
import { type RooflineFigureInput, type RooflinePoint, rooflineFigure } from '../figures/roofline-figure.ts';
import { precisionOf } from '../options/number-types.ts';
import { headed } from './headed.ts';
import { jsonWithLayers } from './layer-list.ts';
import { defineView, type ViewOptions } from './view.ts';

/** How much a network computes for each byte it moves, and how fast that can be on a device. */
export type RooflineView = Core & Pick<Report, 'network' | 'engine'>;

function answer(network: Network, options: ViewOptions): RooflineView {
  const { device, tf32, efficiency, layers } = options;
  const trace = traceGraph(network.graph, options);
  return headed(
    network,
    rooflineOf(trace, {
      ...precisionOf(options),
      ...(device !== undefined && { device }),
      ...(tf32 !== undefined && { tf32 }),
      ...(layers !== undefined && { layers }),
      ...(efficiency && { efficiency }),
    }),
  );
}

/** Said under a figure that some layer is missing from. */
const PARTIAL = 'Partial: the time of some layers is unknown. They are not drawn, nor is a total; shares are of the time that is known.';

function figure({ network, device, totals, lowerBounds, layers = [] }: RooflineView): string {
  if (device === null) throw new Fault('invalid-option', 'a roofline is that of a device: add device=..., one of those in /v1/devices');
  const seconds = layers.reduce((sum, layer) => sum + (layer.onDevice?.seconds.best ?? 0), 0);
  const used = new Set(layers.map(({ onDevice }) => onDevice?.arithmetic).filter((type) => type !== undefined));
  return rooflineFigure({
    title: network.name || network.sha256.slice(0, 12),
    device: {
      name: device.name,
      bandwidth: device.bandwidth,
      ceilings: RATE_TYPES.flatMap((type) => {
        const rate = device.rates[type];
        return rate === undefined || (used.size > 0 && !used.has(type)) ? [] : [{ name: type, rate }];
      }),
    },
    layers: layers.flatMap((layer) => pointOf(layer, device, seconds)),
    total: totalOf(totals),
    note: lowerBounds.includes('seconds') ? PARTIAL : undefined,
  });
}

/** The whole network at its best: fused, as its best time is. Where that is a lower bound it has no place. */
function totalOf({ onDevice, fusedIntensity, flops }: RooflineTotals): RooflineFigureInput['total'] {
  if (!onDevice?.seconds || onDevice.seconds.upper === null) return null;
  const { best } = onDevice.seconds;
  return {
    intensity: fusedIntensity,
    rate: best > 0 ? Number(flops) / best : null,
    share: 1,
    bound: onDevice.bound === 'none' ? null : onDevice.bound,
  };
}

function pointOf({ id, intensity, onDevice }: RooflineLayer, device: Device, seconds: number): RooflinePoint[] {
  if (onDevice === null || intensity === null || intensity === 0) return [];
  const ceiling = device.rates[onDevice.arithmetic] ?? null;
  const rate = ceiling === null ? null : Math.min(ceiling, intensity * device.bandwidth);
  const share = seconds > 0 ? onDevice.seconds.best / seconds : null;
  return [{ name: id, intensity, rate, share, bound: onDevice.bound === 'none' ? null : onDevice.bound }];
}

/** Bytes, intensity, and times on a device. */
export const roofline = defineView({
  id: 'roofline',
  summary: 'Bytes moved, arithmetic intensity, and times on a device',
  description:
    'How much each layer computes for each byte that it moves, and with a device what bounds it (computation or memory) and a range of times ' +
    'with its assumptions: never one number, since peak rates are not reached.',
  takes: ['device', 'weights', 'activations', 'tf32', 'efficiency', 'layers', 'strict'],
  answer,
  forms: { json: jsonWithLayers, svg: (view: RooflineView) => [figure(view)] },
});
