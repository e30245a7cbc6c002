import type { Inference } from '../inference/infer.ts';
import { size } from '../operators/call.ts';
import type { Relation } from '../operators/operator.ts';
import { driftBetween } from './drift.ts';
import { follow, linksOf } from './follow.ts';
import { gcd } from './integers.ts';
import { centerOf, driftOf, type FieldMap, hullOf, MAX_PERIOD, type Periodic, type Table, tabulate } from './map.ts';
import type { Paths } from './merge.ts';
import type { Path } from './path.ts';
import { isLayout, samePlacement, unitsOf } from './placement.ts';

/** Longest axis that is compared unit by unit. */
const MAX_UNITS = 2 ** 20;

/** What one input of a call brings to its output along one axis of the source, before the union with the others. */
export interface Arrival {
  /** Index of the input. */
  readonly input: number;
  readonly tensor: string;
  /** Moves along the source axis, or is opaque. */
  readonly path: Path;
}

/** What the inputs of a call bring to output k, of which `fieldAt` tells the local paths. */
export function arrivalsAt(call: Inference, k: number, fieldAt: (tensor: string) => Paths | undefined): readonly Arrival[] {
  return call.node.inputs.flatMap((tensor, input) => {
    const paths = fieldAt(tensor);
    if (!paths) return [];
    const relation: Relation = call.operator?.field(call, input, k) ?? 'dataDependent';
    const before = call.inputs[input]?.shape ?? null;
    const step = {
      relation,
      before,
      after: call.outputs[k]?.shape ?? null,
      local: true,
      extent: null,
      by: `${call.node.id} (${call.node.op})`,
    };
    return paths.flatMap((path): Arrival[] => {
      // A part of a Concat along space is no branch: other units read the other parts.
      if (linksOf(relation).some((link) => link?.input === path.at && link?.map.kind === 'table')) return [];
      const to = follow(path, step);
      return movesAlong(to) || (to.virtual.kind === 'opaque' && keepsPositions(relation)) ? [{ input, tensor, path: to }] : [];
    });
  });
}

/** Whether each output position reads just the input position of the same index. */
function keepsPositions(relation: Relation): boolean {
  const links = linksOf(relation);
  return relation === 'elementwise' || (links.length > 0 && links.every((link, axis) => link?.input === axis && link.map.kind === 'each'));
}

/** Whether the units of a tensor move along the source axis, so that they have centres that follow one another. */
export function movesAlong({ at, virtual }: Path): boolean {
  return at !== null && (virtual.kind === 'periodic' || virtual.kind === 'table');
}

/** Arrivals that meet position by position: two or more that move along the same axes of the output, or may do so. */
export function meetingsOf(arrivals: readonly Arrival[]): readonly (readonly [Arrival, ...Arrival[]])[] {
  const meetings: [Arrival, ...Arrival[]][] = [];
  // What cannot be followed may meet any of the others, which are to come first.
  for (const arrival of arrivals.toSorted((a, b) => Number(movesAlong(b.path)) - Number(movesAlong(a.path)))) {
    if (!movesAlong(arrival.path) && meetings.length > 0) {
      for (const meeting of meetings) meeting.push(arrival);
      continue;
    }
    const twin = meetings.find(([first]) => samePlacement(first.path.at, arrival.path.at));
    if (twin) twin.push(arrival);
    else meetings.push([arrival]);
  }
  return meetings.filter(({ length }) => length > 1);
}

export type Verdict = 'aligned' | 'misaligned' | 'undetermined';

/** How far apart two branches look: the centres of `b` less those of `a`, in positions of the source. */
export interface Offset {
  /** Whether the two look at the same places; undetermined where they may or may not, for `reason`. */
  readonly verdict: Verdict;
  /** Of the straight lines through the centres, or of all units where that is the same; null where there is no such number, or it is not known. */
  readonly offset: number | null;
  /** The smallest and largest over the units, over the output phases, or over the paddings that an unknown size allows; null where not known. */
  readonly min: number | null;
  readonly max: number | null;
  /** Why `offset` is null; null where it is not. */
  readonly reason: string | null;
}

const ALIGNED: Offset = { verdict: 'aligned', offset: 0, min: 0, max: 0, reason: null };

const verdictAt = (offset: number): Verdict => (offset === 0 ? 'aligned' : 'misaligned');

/** Compares the centres of two arrivals at an output of call `call`. */
export function offsetOf(a: Arrival, b: Arrival, call: Inference, k: number): Offset {
  const [x, y] = [a.path.virtual, b.path.virtual];
  if (a.tensor === b.tensor && a.path.at === b.path.at) return ALIGNED;
  if (x.kind === 'opaque' || y.kind === 'opaque') return undetermined(x.kind === 'opaque' ? x.cause : (y.cause as string));
  if (x === y || x.kind === 'constant' || y.kind === 'constant') return ALIGNED;
  if (x.kind === 'periodic' && y.kind === 'periodic') {
    if (!x.known || !y.known) return driftingOffset(x, y);
    const period = (x.lo.length / gcd(x.lo.length, y.lo.length)) * y.lo.length;
    const [from, to] = [centerOf(x), centerOf(y)];
    if (strideOf(x) === strideOf(y) && period <= MAX_PERIOD && from !== null && to !== null) {
      return { verdict: verdictAt(to - from), ...rangeOver(x, y, period), offset: to - from, reason: null };
    }
  }
  const { at } = a.path;
  const units = isLayout(at) ? unitsOf(at) : size(call.outputs[k]?.shape?.[at as number]);
  const reason = strideReason(x, y);
  if (units === null) return undetermined(`${reason}, and the size of the axis is not known`);
  if (units > MAX_UNITS) return undetermined(`${reason}, and more than ${MAX_UNITS} positions are not compared one by one`);
  const { min, max } = rangeOver(tabulate(x, units, null), tabulate(y, units, null), units);
  if (min === null) return undetermined('no unit sees anything of both branches');
  return min === max
    ? { verdict: verdictAt(min), offset: min, min, max, reason: null }
    : { verdict: 'misaligned', offset: null, min, max, reason };
}

/** The offset where the place of a branch is not known: a range of what it may be, or one number where both drift together. */
function driftingOffset(a: Periodic, b: Periodic): Offset {
  const [drift, other] = [driftOf(a), driftOf(b)];
  const [from, to] = [centerOf({ ...a, known: true }), centerOf({ ...b, known: true })];
  const reason = a.cause ?? b.cause ?? 'where a branch lies is not known';
  if (!drift || !other || from === null || to === null || strideOf(a) !== strideOf(b)) return undetermined(reason);
  const [least, most] = driftBetween(drift, other);
  if (least === -Infinity || most === Infinity) return undetermined(reason);
  const [min, max] = [to - from + least, to - from + most];
  if (least === most) return { verdict: verdictAt(min), offset: min, min, max, reason: null };
  return { verdict: min > 0 || max < 0 ? 'misaligned' : 'undetermined', offset: null, min, max, reason };
}

function undetermined(reason: string): Offset {
  return { verdict: 'undetermined', offset: null, min: null, max: null, reason };
}

function strideReason(a: Periodic | Table, b: Periodic | Table): string {
  if (a.kind === 'periodic' && b.kind === 'periodic') {
    const [x, y] = [strideOf(a), strideOf(b)];
    return x === y ? 'units of a branch that see nothing have no centre' : `the branches move at strides of ${x} and ${y}`;
  }
  return (a.kind === 'table' ? a.cause : null) ?? (b.kind === 'table' ? b.cause : null) ?? 'the centres of a branch lie on no line';
}

/** Mean distance between the fields of neighbouring units. */
export function strideOf(map: FieldMap): number | null {
  return map.kind === 'periodic' ? map.shift / map.lo.length : null;
}

function rangeOver(a: FieldMap, b: FieldMap, units: number): { min: number | null; max: number | null } {
  let min = Infinity;
  let max = -Infinity;
  for (let unit = 0; unit < units; unit++) {
    const [lo, hi] = hullOf(a, unit, unit, 1);
    const [l, h] = hullOf(b, unit, unit, 1);
    if (lo > hi || l > h) continue;
    const apart = (l + h - lo - hi) / 2;
    min = Math.min(min, apart);
    max = Math.max(max, apart);
  }
  return min > max ? { min: null, max: null } : { min, max };
}
