import { Fault } from '../../core/fault.ts';
import type { DType, Network } from '../../core/graph.ts';
import type { Report } from '../../core/report.ts';
import { type Device, RATE_TYPES } from '../../core/roofline/devices/device.ts';
import { rooflineOf } from '../../core/roofline/roofline.ts';
import type { RooflineView as Core, Efficiency, RooflineLayer } from '../../core/roofline/view.ts';
import { traceGraph } from '../../core/trace.ts';
import { type RooflinePoint, rooflineFigure } from '../figures/roofline-figure.ts';
import { headed } from './headed.ts';
import { jsonWithLayers } from './layer-list.ts';
import { defineView, type ViewOptions } from './view.ts';

/** How much a network computes for each byte it moves, and how fast that can be on a device. */
export type RooflineView = Core & Pick<Report, 'network' | 'engine'>;

function answer(network: Network, options: ViewOptions): RooflineView {
  const { weights, activations, device, tf32, efficiency, layers } = options;
  const trace = traceGraph(network.graph, options);
  return headed(
    network,
    rooflineOf(trace, {
      // Options are checked where they come in.
      ...(weights !== undefined && { weights: weights as DType }),
      ...(activations !== undefined && { activations: activations as DType }),
      ...(device !== undefined && { device }),
      ...(tf32 !== undefined && { tf32 }),
      ...(layers !== undefined && { layers }),
      ...(efficiency && { efficiency: efficiency as Partial<Efficiency> }),
    }),
  );
}

function figure({ network, device, totals, layers = [] }: RooflineView): string {
  if (device === null) throw new Fault('invalid-option', 'a roofline is that of a device: add device=..., one of those in /v1/devices');
  const { onDevice, intensity, flops } = totals;
  const seconds = layers.reduce((sum, layer) => sum + (layer.onDevice?.seconds.best ?? 0), 0);
  return rooflineFigure({
    title: network.name || network.sha256.slice(0, 12),
    device: {
      name: device.name,
      bandwidth: device.bandwidth,
      ceilings: RATE_TYPES.flatMap((dtype) => (device.rates[dtype] === undefined ? [] : [{ name: dtype, rate: device.rates[dtype] }])),
    },
    layers: layers.flatMap((layer) => pointOf(layer, device, seconds)),
    total:
      onDevice === null || intensity === null
        ? null
        : {
            intensity,
            rate: onDevice.seconds.best > 0 ? Number(flops) / onDevice.seconds.best : null,
            share: null,
            bound: onDevice.bound === 'none' ? null : onDevice.bound,
          },
  });
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
