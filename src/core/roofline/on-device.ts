import type { Count } from '../count.ts';
import type { Device } from './devices/device.ts';
import type { Rate } from './rate.ts';
import type { Efficiency, LayerOnDevice, TimeRange, TotalOnDevice } from './view.ts';

/** Seconds that computing and moving data take at a device's full rates. */
export interface Work {
  readonly compute: number;
  readonly memory: number;
}

const NO_WORK: Work = { compute: 0, memory: 0 };

/** The work of a layer or kernel; null where something that decides it is unknown, or beyond what a double holds. */
export function workOf(flops: Count | null, bytes: Count | null, rate: Rate | null, { bandwidth }: Device): Work | null {
  if (flops === null || bytes === null) return null;
  if (flops > 0 && rate === null) return null;
  const work = { compute: rate ? Number(flops) / rate.perSecond : 0, memory: Number(bytes) / bandwidth };
  return Number.isFinite(work.compute) && Number.isFinite(work.memory) ? work : null;
}

/** Work done at the same time as other work: a kernel computes while it reads and writes. */
const longest = ({ compute, memory }: Work): number => Math.max(compute, memory);

/** The same work at a share of the device's rates. */
const slowed = ({ compute, memory }: Work, share: Efficiency): Work => ({
  compute: compute / share.compute,
  memory: memory / share.bandwidth,
});

function boundOf({ compute, memory }: Work): LayerOnDevice['bound'] {
  if (compute === 0 && memory === 0) return 'none';
  return compute >= memory ? 'compute' : 'memory';
}

/** A layer on the device, run on its own. */
export function layerOnDevice(work: Work, rate: Rate, device: Device, efficiency: Efficiency): LayerOnDevice {
  const seconds = longest(work);
  return {
    arithmetic: rate.type,
    ridge: rate.perSecond / device.bandwidth,
    bound: boundOf(work),
    attainable: seconds === 0 ? null : work.compute / seconds,
    seconds: { best: seconds, upper: longest(slowed(work, efficiency)) },
  };
}

/** All layers on the device: at best as `kernels`, else each on its own; what is unknown is left out. */
export function totalOnDevice(kernels: readonly Work[], layers: readonly (Work | null)[], efficiency: Efficiency): TotalOnDevice {
  const best = total(kernels.map(longest));
  const memory = total(kernels.filter((work) => boundOf(work) === 'memory').map(longest));
  const seconds: TimeRange = { best, upper: total(layers.map((work) => longest(slowed(work ?? NO_WORK, efficiency)))) };
  if (best === 0) return { seconds, bound: 'none', memoryBound: 0, attainable: null };
  return {
    seconds,
    bound: 2 * memory > best ? 'memory' : 'compute',
    memoryBound: memory / best,
    attainable: total(kernels.map(({ compute }) => compute)) / best,
  };
}

function total(seconds: readonly number[]): number {
  return seconds.reduce((a, b) => a + b, 0);
}
