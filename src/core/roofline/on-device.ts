import type { Count } from '../count.ts';
import type { Device } from './devices/device.ts';
import type { Rate } from './rate.ts';
import type { Efficiency, LayerOnDevice, TimeRange, TotalOnDevice } from './view.ts';

/** Seconds that computing and moving data take at a device's full rates. */
export interface Work {
  readonly compute: number;
  readonly memory: number;
}

/** Longer than anything that runs; sums of such times, and times at a small share of the rates, still are numbers. */
const MAX_SECONDS = 1e100;

/** The work of a layer or kernel; null where something that decides it is unknown, or it takes longer than `MAX_SECONDS`. */
export function workOf(flops: Count | null, bytes: Count | null, rate: Rate | null, { bandwidth }: Device): Work | null {
  if (flops === null || bytes === null) return null;
  if (flops > 0 && rate === null) return null;
  const work = { compute: rate ? Number(flops) / rate.perSecond : 0, memory: Number(bytes) / bandwidth };
  return longest(work) <= MAX_SECONDS ? work : null;
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

/** A layer on the device, run on its own; `partial` where nobody knows how often it runs, and the work is that of one run. */
export function layerOnDevice(work: Work, rate: Rate, device: Device, efficiency: Efficiency, partial: boolean): LayerOnDevice {
  const seconds = longest(work);
  return {
    arithmetic: rate.type,
    ridge: rate.perSecond / device.bandwidth,
    bound: boundOf(work),
    attainable: seconds === 0 ? null : work.compute / seconds,
    seconds: { best: seconds, upper: partial ? null : longest(slowed(work, efficiency)) },
  };
}

/**
 * All layers on the device: at best as `kernels`, else each on its own. Where the time of a layer is unknown (`partial`), what is
 * known of the kernels' work still is a lower bound of the best time; nothing bounds the rest.
 */
export function totalOnDevice(
  kernels: readonly Work[],
  layers: readonly (Work | null)[],
  efficiency: Efficiency,
  partial: boolean,
): TotalOnDevice {
  const best = total(kernels.map(longest));
  if (partial) return { seconds: best === 0 ? null : { best, upper: null }, bound: null, memoryBound: null, attainable: null };
  const upper = total(layers.map((work) => (work === null ? 0 : longest(slowed(work, efficiency)))));
  const seconds: TimeRange = { best, upper };
  if (best === 0) return { seconds, bound: 'none', memoryBound: 0, attainable: null };
  const memory = total(kernels.filter((work) => boundOf(work) === 'memory').map(longest));
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
