import { Fault } from '../../fault.ts';

/** Kinds of arithmetic that devices have rates for. `tf32` is float32 with products of 10-bit mantissas. */
export const RATE_TYPES = ['float64', 'float32', 'tf32', 'bfloat16', 'float16', 'float8', 'float4', 'int8', 'int4'] as const;

export type RateType = (typeof RATE_TYPES)[number];

/** What of a device decides how fast a network can run on it at best. */
export interface Device {
  /** Short name that options refer to; null for a device that the caller describes. */
  readonly id: string | null;
  /** Name of the product. */
  readonly name: string;
  /** What it is: a GPU of a server or of a desktop, a small or mobile device, a processor. */
  readonly kind: 'server' | 'desktop' | 'edge' | 'cpu' | 'own';
  /** Bytes per second between the processor and its main memory. */
  readonly bandwidth: number;
  /** Operations per second by type of arithmetic, for dense data (never those for 2:4 sparse weights); a multiply-accumulate is two. */
  readonly rates: Readonly<Partial<Record<RateType, number>>>;
  /** Where the figures were published, or how they were derived; null for a device that the caller describes. */
  readonly source: string | null;
  /** When (year, or year and month). */
  readonly date: string | null;
  /** Whether somebody compared every figure with the source. What is not verified was written down from memory. */
  readonly verified: boolean;
  /** What else one should know of the figures. */
  readonly note?: string;
}

const MAX_NAME = 100;
/** No device comes near either; figures beyond are a mistake in the unit. */
const MIN_RATE = 1;
const MAX_RATE = 1e20;

/** A device as a caller describes it: `{ name, bandwidth, rates: { float32: ... } }`. Fault: `invalid-device`. */
export function ownDevice(given: unknown): Device {
  const { name, bandwidth, rates } = record(given, 'a device', ['name', 'bandwidth', 'rates']);
  if (typeof name !== 'string' || name === '' || name.length > MAX_NAME)
    return invalid(`a device needs a name of 1 to ${MAX_NAME} characters`);
  const table = record(rates, 'rates', RATE_TYPES);
  const known = RATE_TYPES.filter((type) => table[type] !== undefined);
  if (known.length === 0) return invalid(`rates needs one of ${RATE_TYPES.join(', ')}`);
  return {
    id: null,
    name,
    kind: 'own',
    bandwidth: rate(bandwidth, 'bandwidth (bytes per second)'),
    rates: Object.fromEntries(known.map((type) => [type, rate(table[type], `rates.${type} (operations per second)`)])),
    source: null,
    date: null,
    verified: false,
  };
}

function record(given: unknown, what: string, keys: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return invalid(`${what} must be an object`);
  const other = Object.keys(given).find((key) => !keys.includes(key));
  if (other !== undefined) return invalid(`${what} has no '${other.slice(0, 40)}'; it may have ${keys.join(', ')}`);
  return given as Record<string, unknown>;
}

function rate(given: unknown, what: string): number {
  return typeof given === 'number' && given >= MIN_RATE && given <= MAX_RATE
    ? given
    : invalid(`${what} must be a number from ${MIN_RATE} to ${MAX_RATE.toExponential()}`);
}

function invalid(message: string): never {
  throw new Fault('invalid-device', message);
}
