import { DTYPE_BITS, type DType, isFloat } from '../graph.ts';
import type { Device, RateType } from './devices/device.ts';
import type { Traffic } from './traffic.ts';

/** Operations per second of a device for one type of arithmetic. */
export interface Rate {
  /** The type of arithmetic that the layer is taken to run in: one that the device has a rate for. */
  readonly type: RateType;
  /** Operations per second. */
  readonly perSecond: number;
}

/** Types that hold every number of another type: a device without a rate of its own computes in them. */
const WIDER: Readonly<Partial<Record<RateType, RateType>>> = {
  float4: 'float8',
  float8: 'float16',
  float16: 'float32',
  bfloat16: 'float32',
  tf32: 'float32',
  int4: 'int8',
  int8: 'float32',
};

/**
 * The type that a layer computes in: that of the widest floating-point tensor that it goes through; of a layer that computes
 * on integers, and has no floats or only scales beside them, that of its integers of at most 8 bits. Wider integers and
 * complex numbers, which no device is rated for, are taken at the rate of float32. null where no tensor's type is known.
 */
export function arithmeticOf({ reads, weights, writes }: Traffic, integer: boolean): RateType | null {
  const types = [...reads, ...weights, ...writes].map(({ dtype }) => dtype).filter((dtype) => dtype !== null);
  const small = types.filter((dtype) => /^u?int[248]$/.test(dtype));
  const floats = types.filter(isFloat);
  if (types.length === 0) return null;
  const among = integer || floats.length === 0 ? small : floats;
  const widest = among.toSorted((a, b) => DTYPE_BITS[b] - DTYPE_BITS[a])[0];
  return widest === undefined ? 'float32' : rateType(widest);
}

function rateType(dtype: DType): RateType {
  if (dtype === 'float64' || dtype === 'float16' || dtype === 'bfloat16') return dtype;
  if (dtype.startsWith('float8')) return 'float8';
  if (dtype === 'float4e2m1') return 'float4';
  if (dtype === 'int8' || dtype === 'uint8') return 'int8';
  if (/^u?int[24]$/.test(dtype)) return 'int4';
  return 'float32';
}

/** The rate of a device for a type of arithmetic, or for the next wider one that it has a rate for; null for none. */
export function rateOf({ rates }: Device, type: RateType): Rate | null {
  for (let at: RateType | undefined = type; at; at = WIDER[at]) {
    const perSecond = rates[at];
    if (perSecond !== undefined) return { type: at, perSecond };
  }
  return null;
}
