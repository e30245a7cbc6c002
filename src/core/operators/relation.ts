import type { Shape } from '../graph.ts';
import { malformed } from './call.ts';
import type { AxisLink, AxisMap, Call, Relation } from './operator.ts';

export const EACH: AxisMap = Object.freeze({ kind: 'each' });
export const ALL: AxisMap = Object.freeze({ kind: 'all' });
export const STATISTICS: AxisMap = Object.freeze({ kind: 'all', statistics: true });
export const BROADCAST: AxisMap = Object.freeze({ kind: 'broadcast' });
export const DATA_DEPENDENT: AxisMap = Object.freeze({ kind: 'dataDependent' });

/** What a relation says where even the number of axes is unknown. */
export const RANK_UNKNOWN: Relation = Object.freeze({ unknown: 'the rank of a tensor is not known' });

/** Longer periods are described position by position. */
export const MAX_PERIOD = 4096;

/** Tables of more positions than this are not made: sizes come from untrusted files. */
const MAX_TABLE = 2 ** 20;

export function unknownMap(reason: string): AxisMap {
  return { kind: 'unknown', reason };
}

/** Windows of `taps` positions `dilation` apart; window o starts at o*stride + offset, or up to `slack` positions further. */
export function windows(stride: number, offset: number, taps: number, dilation: number, slack = 0): AxisMap {
  if (stride === 1 && offset === 0 && taps === 1 && slack === 0) return EACH;
  const place = slack === 0 ? { known: true } : { known: false, ...(slack < Infinity && { slack }) };
  return { kind: 'periodic', shift: stride, lo: [offset], hi: [offset + dilation * (taps - 1)], step: [dilation], ...place };
}

/** Position o reads position o*step + offset. */
export function shifted(offset: number, step = 1, known = true): AxisMap {
  return windows(step, offset, 1, 1, known ? 0 : Infinity);
}

/** What each of `size` positions reads, as [first, last]; null for a position that reads nothing. */
export function table(size: number | null, at: (o: number) => readonly [number, number] | null, reason: string): AxisMap {
  if (size === null) return unknownMap('a size that decides which positions are read is not known');
  if (size > MAX_TABLE) return unknownMap(`an axis of more than ${MAX_TABLE} positions is not described one by one`);
  const lo = new Float64Array(size).fill(1);
  const hi = new Float64Array(size);
  for (let o = 0; o < size; o++) {
    const span = at(o);
    if (span) [lo[o], hi[o]] = span;
  }
  return { kind: 'table', lo, hi, reason };
}

/**
 * The positions begin <= o < end of `size` read one position each, from 0 on; the others read nothing. The table is made where
 * it is looked at: along channels nobody does, and a network of dense blocks has one for every pair of layers.
 */
export function stretch(size: number, begin: number, end: number, reason: string): AxisMap {
  if (size > MAX_TABLE) return unknownMap(`an axis of more than ${MAX_TABLE} positions is not described one by one`);
  return new Stretch(size, [begin, end], reason);
}

class Stretch {
  readonly kind = 'table';
  readonly reading: readonly [number, number];
  readonly reason: string;
  readonly #size: number;
  #lo: Float64Array | undefined;
  #hi: Float64Array | undefined;

  constructor(size: number, reading: readonly [number, number], reason: string) {
    this.#size = size;
    this.reading = reading;
    this.reason = reason;
  }

  get lo(): Float64Array {
    this.#lo ??= this.#column(1);
    return this.#lo;
  }

  get hi(): Float64Array {
    this.#hi ??= this.#column(0);
    return this.#hi;
  }

  #column(unread: number): Float64Array {
    const [begin, end] = this.reading;
    const column = new Float64Array(this.#size).fill(unread);
    for (let o = begin; o < end; o++) column[o] = o - begin;
    return column;
  }
}

/** Position o shows input floor(o / times). */
export function repeated(times: number): AxisMap {
  if (times === 1) return EACH;
  if (times > MAX_PERIOD) return unknownMap(`positions repeated more than ${MAX_PERIOD} times are not described phase by phase`);
  const zeros = Array<number>(times).fill(0);
  return { kind: 'periodic', shift: 1, lo: zeros, hi: zeros, step: zeros.map(() => 1), known: true };
}

/** Most links are these: they are made once. */
const EACH_LINKS: readonly AxisLink[] = Array.from({ length: 8 }, (_, input) => Object.freeze({ input, map: EACH }));

export function link(input: number, map: AxisMap): AxisLink {
  return (map === EACH && EACH_LINKS[input]) || { input, map };
}

/** Every axis moves along the same axis of the input, as `map` says. */
export function axisByAxis(rank: number, map: (axis: number) => AxisMap | null): readonly (AxisLink | null)[] {
  return Array.from({ length: rank }, (_, axis) => {
    const how = map(axis);
    return how && link(axis, how);
  });
}

/** A vector of one element per channel (bias, scale) beside a tensor N x C x ... */
export function perChannel(rank: number): Relation {
  return Array.from({ length: rank }, (_, axis) => (axis === 1 ? link(0, EACH) : null));
}

/** Names of the axes of an image, a volume or a sequence with channels first; null for other ranks. */
export function channelsFirst(call: Call): readonly string[] | null {
  const rank = (call.inputs[0]?.shape ?? call.outputs[0]?.shape)?.length;
  return AXES.find((axes) => axes.length === rank) ?? null;
}

const AXES = [
  ['N', 'C', 'T'],
  ['N', 'C', 'H', 'W'],
  ['N', 'C', 'D', 'H', 'W'],
] as const;

/** What says that the last axis holds the channels, and nothing of the others. */
export function channelsInside(rank: number): readonly (string | null)[] {
  return Array.from({ length: rank }, (_, axis) => (axis === rank - 1 ? 'C' : null));
}

/** A shape whose first two axes are batch and channel. */
export function withChannels(call: Call, shape: Shape): Shape {
  return shape.length >= 2 ? shape : malformed(call, `a tensor of rank ${shape.length} has no batch and channel axis`);
}
