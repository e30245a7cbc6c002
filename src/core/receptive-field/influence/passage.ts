import type { Shape } from '../../graph.ts';
import type { Step } from '../../inference/runner.ts';
import { known, size } from '../../operators/call.ts';
import type { AxisLink, Relation } from '../../operators/operator.ts';
import { linksOf } from '../follow.ts';
import { sameAxis } from '../placement.ts';
import type { Branch } from './flow.ts';
import type { Part } from './parts.ts';
import { type Piece, refine } from './refine.ts';
import { type Window, windowOf } from './window.ts';

/** Why the positions of a unit cannot be followed. */
export interface Refusal {
  readonly status: 'dataDependent' | 'unknown';
  /** The operator, and what is wrong. */
  readonly cause: string;
}

/** How the parts that an input's array tells stand to those of an output's; told in both directions alike. */
export type Passage = Linked | Regrouped;

export interface Linked {
  readonly kind: 'linked';
  /** Output parts that move along an input part; `map` is null where position by position, on parts of one size. */
  readonly carried: readonly { readonly output: number; readonly input: number; readonly map: Window | null }[];
  /** Output parts at all positions of which the input is read alike, but for those that `limited` names. */
  readonly dropped: readonly number[];
  /** Dropped output parts that read, or not, an axis of the input that tells nothing: a piece of a Concat, or what is padded. */
  readonly limited: readonly Limit[];
  /** Input parts all positions of which each output position reads. */
  readonly mixed: readonly number[];
  /** Input parts of which one position is read. */
  readonly placed: readonly { readonly input: number; readonly position: number }[];
  /**
   * Empty where those are the parts of the input. Else some of its axes, whose index the operator takes as a whole, stand for their
   * parts: axis a as number a + the number of parts. These are the digits of all that are read (`from`), by the parts (`to`).
   */
  readonly merged: readonly Piece[];
}

/** Which positions of an output part read an input axis of `size` positions at all. */
export interface Limit {
  readonly output: number;
  readonly map: Window;
  readonly size: number | null;
}

/** A Reshape: the digits that the index of the output (`from`) and that of the input (`to`) share. */
export interface Regrouped {
  readonly kind: 'regrouped';
  readonly pieces: readonly Piece[];
  readonly output: readonly number[];
  readonly input: readonly number[];
}

/** A tensor at one end of a passage. */
export interface End {
  readonly shape: Shape | null;
  readonly parts: readonly Part[];
  /** The parts that its array tells, ascending. */
  readonly told: readonly number[];
}

/** Sizes of the parts of a tensor, and behind them of its axes: those of all that a passage can name. */
export function sizesOf({ shape, parts }: End): readonly (number | null)[] {
  return [...parts.map((part) => part.size), ...(shape ?? []).map(size)];
}

/** A call as causes name it. */
export function nameOf({ node }: Step): string {
  return `${node.id} (${node.op})`;
}

/** Why a call cannot be followed where a size is missing. */
export function sizeUnknown(call: Step): Refusal {
  return { status: 'unknown', cause: `${nameOf(call)}: the size of an axis is unknown` };
}

const DATA_DEPENDENT = 'which positions it reads depends on the data';

/** The passage through one input of a call. `local` reads statistics position by position. */
export function passageOf(call: Step, { relation }: Branch, output: End, input: End, local: boolean): Passage | Refusal {
  const refuse = (status: Refusal['status'], reason: string): Refusal => ({ status, cause: `${nameOf(call)}: ${reason}` });
  // Without a position left to follow it does not matter which ones are read, only whether any is.
  if (input.told.length === 0) {
    const limited = limitsOf(linksOf(relation), output, input);
    return { kind: 'linked', carried: [], dropped: output.told, limited, mixed: [], placed: [], merged: [] };
  }
  if (relation === 'dataDependent') return refuse('dataDependent', DATA_DEPENDENT);
  if (typeof relation === 'object' && 'unknown' in relation) return refuse('unknown', relation.unknown);
  if (!input.shape || !output.shape) return refuse('unknown', 'the rank of a tensor is unknown');
  if (relation === 'reshape') return reshaped(output, input) ?? refuse('unknown', 'the new axes cut across the positions');
  const links = relation === 'elementwise' ? elementwise(input.shape, output.shape) : linksOf(relation);
  return linked(links, picksOf(relation), output, input, local, refuse);
}

type Refuse = (status: Refusal['status'], reason: string) => Refusal;

function picksOf(relation: Relation): Linked['placed'] {
  return typeof relation === 'object' && 'picks' in relation ? relation.picks : [];
}

/** NumPy's broadcasting as links. */
function elementwise(before: Shape, after: Shape): readonly (AxisLink | null)[] {
  const grown = after.length - before.length;
  return after.map((dim, axis) => {
    if (axis < grown) return null;
    return { input: axis - grown, map: { kind: before[axis - grown] === 1 && dim !== 1 ? 'broadcast' : 'each' } };
  });
}

function linked(
  links: readonly (AxisLink | null)[],
  picks: Linked['placed'],
  output: End,
  input: End,
  local: boolean,
  refuse: Refuse,
): Linked | Refusal {
  const carried: Linked['carried'][number][] = [];
  const placed: Linked['placed'][number][] = [];
  const whole = new Set<number>();
  /** How the linked parts name an axis that is read as a whole. */
  const asWhole = (axis: number, parts: readonly number[]): number => {
    if (parts.length === 1) return parts[0] as number;
    whole.add(axis);
    return input.parts.length + axis;
  };
  for (const axis of new Set(input.told.map((part) => (input.parts[part] as Part).axis))) {
    const parts = partsAlong(input, axis);
    const pick = picks.find((picked) => picked.input === axis);
    const [at, ...more] = links.flatMap((link, out) => (link?.input === axis ? [out] : []));
    if (pick) placed.push({ input: asWhole(axis, parts), position: pick.position });
    if (pick || at === undefined) continue;
    if (more.length > 0) return refuse('unknown', 'several axes read along one');
    const { map } = links[at] as AxisLink;
    if (map.kind === 'dataDependent') return refuse('dataDependent', DATA_DEPENDENT);
    if (map.kind === 'unknown') return refuse('unknown', map.reason);
    if (map.kind === 'periodic' && !map.known) return refuse('unknown', 'SAME padding of an unknown size');
    if (map.kind === 'broadcast') placed.push({ input: asWhole(axis, parts), position: 0 });
    if (map.kind === 'broadcast' || (map.kind === 'all' && !(map.statistics && local))) continue;
    const window = windowOf(map, input.shape?.[axis] ?? null, output.shape?.[at] ?? null);
    const outer = partsAlong(output, at);
    if (!window && sameSizes(input, parts, output, outer)) {
      for (const [i, part] of parts.entries()) {
        if (input.told.includes(part)) carried.push({ output: outer[i] as number, input: part, map: null });
      }
    } else if (outer.length === 1) carried.push({ output: outer[0] as number, input: asWhole(axis, parts), map: window });
    else return refuse('unknown', 'moves along a part of an axis that a Reshape took apart');
  }
  const mixed = input.told.filter((part) => {
    const { axis } = input.parts[part] as Part;
    return !whole.has(axis) && ![...carried, ...placed].some((link) => link.input === part);
  });
  const merged = whole.size === 0 ? [] : mergedInto(input, whole);
  return { kind: 'linked', carried, dropped: unread(output, carried), limited: limitsOf(links, output, input), mixed, placed, merged };
}

function limitsOf(links: readonly (AxisLink | null)[], output: End, input: End): readonly Limit[] {
  return links.flatMap((link, at): Limit[] => {
    const [part, ...more] = partsAlong(output, at);
    if (!link || part === undefined || more.length > 0 || !output.told.includes(part)) return [];
    if (partsAlong(input, link.input).some((own) => input.told.includes(own))) return [];
    const dim = input.shape?.[link.input] ?? null;
    const map = windowOf(link.map, dim, output.shape?.[at] ?? null);
    return map ? [{ output: part, map, size: size(dim) }] : [];
  });
}

function sameSizes(a: End, partsOfA: readonly number[], b: End, partsOfB: readonly number[]): boolean {
  return partsOfA.length === partsOfB.length && partsOfA.every((part, i) => a.parts[part]?.size === b.parts[partsOfB[i] as number]?.size);
}

/** The parts of one axis, outermost first. */
function partsAlong({ parts }: End, axis: number): readonly number[] {
  return parts.flatMap((part, i) => (part.axis === axis ? [i] : []));
}

function mergedInto({ parts, told }: End, whole: ReadonlySet<number>): readonly Piece[] {
  return parts.flatMap(({ axis, size }, part): Piece[] => {
    if (whole.has(axis)) return [{ size: size ?? 0, from: parts.length + axis, to: part }];
    return told.includes(part) ? [{ size: size ?? 0, from: part, to: part }] : [];
  });
}

/** Told output parts that move along no input part. */
function unread({ told }: End, carried: Linked['carried']): readonly number[] {
  return told.filter((part) => !carried.some((link) => link.output === part));
}

function reshaped(output: End, input: End): Passage | null {
  const [from, to] = [output, input].map(({ parts }) => known(parts.map(({ size }) => size)));
  if (!from || !to) return renamed(output, input, (part) => sameName(output, input, part));
  const pieces = refine(from, to, (part) => output.told.includes(part));
  const told = (part: number) => pieces?.filter((piece) => piece.to === part).reduce((product, piece) => product * piece.size, 1);
  if (!pieces || input.told.some((part) => told(part) !== to[part])) return null;
  const whole = pieces.filter((piece) => from[piece.from] === piece.size && to[piece.to] === piece.size);
  const plain = renamed(output, input, (part) => whole.find((piece) => piece.to === part)?.from ?? null);
  return plain ?? { kind: 'regrouped', pieces, output: output.told, input: input.told };
}

/** The output part that a Reshape with unknown sizes leaves alone. */
function sameName(output: End, input: End, part: number): number | null {
  const at = sameAxis((input.parts[part] as Part).axis, input.shape as Shape, output.shape as Shape);
  const [own, ...more] = at === null ? [] : partsAlong(output, at);
  return more.length === 0 ? (own ?? null) : null;
}

/** A Reshape that leaves all told parts as they are; null where one has no place of its own in the output. */
function renamed(output: End, input: End, place: (part: number) => number | null): Linked | null {
  const carried: Linked['carried'][number][] = [];
  for (const part of input.told) {
    const at = place(part);
    if (at === null) return null;
    carried.push({ output: at, input: part, map: null });
  }
  return { kind: 'linked', carried, dropped: unread(output, carried), limited: [], mixed: [], placed: [], merged: [] };
}
