import type { Shape } from '../../graph.ts';
import type { Step } from '../../inference/runner.ts';
import { known } from '../../operators/call.ts';
import type { AxisLink, Relation, Tensor } from '../../operators/operator.ts';
import { linksOf } from '../follow.ts';
import { sameAxis } from '../placement.ts';
import type { Branch } from './flow.ts';
import { type Piece, refine } from './refine.ts';
import { type Window, windowOf } from './window.ts';

/** Why the positions of a unit cannot be followed. */
export interface Refusal {
  readonly status: 'dataDependent' | 'unknown';
  /** The operator, and what is wrong. */
  readonly cause: string;
}

/** How tracked axes of an input stand to those of an output; told in both directions alike. */
export type Passage = Linked | Regrouped;

export interface Linked {
  readonly kind: 'linked';
  /** Output axes that move along an input axis; `map` is null where position by position, on axes of one size. */
  readonly carried: readonly { readonly output: number; readonly input: number; readonly map: Window | null }[];
  /** Output axes at all positions of which the input is read alike. */
  readonly dropped: readonly number[];
  /** Input axes all positions of which each output position reads. */
  readonly mixed: readonly number[];
  /** Input axes of which one position is read. */
  readonly placed: readonly { readonly input: number; readonly position: number }[];
}

/** A Reshape: the digits that the index of the output (`from`) and that of the input (`to`) share. */
export interface Regrouped {
  readonly kind: 'regrouped';
  readonly pieces: readonly Piece[];
  readonly output: readonly number[];
  readonly input: readonly number[];
}

/** A call as causes name it. */
export function nameOf({ node }: Step): string {
  return `${node.id} (${node.op})`;
}

/**
 * The passage through one input of a call, between the tracked axes of the output and of the input. `local` reads statistics
 * position by position.
 */
export function passageOf(call: Step, branch: Branch, tracked: Tracked, local: boolean): Passage | Refusal {
  const { relation } = branch;
  const before = (call.inputs[branch.i] as Tensor).shape;
  const after = call.outputs[branch.k]?.shape ?? null;
  const refuse = (status: Refusal['status'], reason: string): Refusal => ({ status, cause: `${nameOf(call)}: ${reason}` });
  // Without a position left to follow it does not matter which ones are read.
  if (tracked.input.length === 0) return { kind: 'linked', carried: [], dropped: tracked.output, mixed: [], placed: [] };
  if (relation === 'dataDependent') return refuse('dataDependent', 'which positions it reads depends on the data');
  if (typeof relation === 'object' && 'unknown' in relation) return refuse('unknown', relation.unknown);
  if (!before || !after) return refuse('unknown', 'the rank of a tensor is unknown');
  if (relation === 'reshape') return reshaped(before, after, tracked) ?? refuse('unknown', 'the new axes cut across the positions');
  if (relation === 'elementwise') return linked(elementwise(before, after), [], { before, after, ...tracked }, local, refuse);
  return linked(linksOf(relation), picksOf(relation), { before, after, ...tracked }, local, refuse);
}

/** Tracked axes of the two tensors, ascending. */
export interface Tracked {
  readonly output: readonly number[];
  readonly input: readonly number[];
}

interface Ends extends Tracked {
  readonly before: Shape;
  readonly after: Shape;
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

function linked(links: readonly (AxisLink | null)[], picks: Linked['placed'], ends: Ends, local: boolean, refuse: Refuse) {
  const carried: Linked['carried'][number][] = [];
  const placed = picks.filter(({ input }) => ends.input.includes(input));
  for (const input of ends.input) {
    if (placed.some((pick) => pick.input === input)) continue;
    const [output, ...more] = links.flatMap((link, axis) => (link?.input === input ? [axis] : []));
    if (output === undefined) continue;
    if (more.length > 0) return refuse('unknown', 'several axes read along one');
    const { map } = links[output] as AxisLink;
    if (map.kind === 'dataDependent') return refuse('dataDependent', 'which positions it reads depends on the data');
    if (map.kind === 'unknown') return refuse('unknown', map.reason);
    if (map.kind === 'periodic' && !map.known) return refuse('unknown', 'SAME padding of an unknown size');
    if (map.kind === 'broadcast') placed.push({ input, position: 0 });
    else if (map.kind !== 'all')
      carried.push({ output, input, map: windowOf(map, ends.before[input] ?? null, ends.after[output] ?? null) });
    else if (map.statistics && local) carried.push({ output, input, map: null });
  }
  const mixed = ends.input.filter((axis) => ![...carried, ...placed].some(({ input }) => input === axis));
  return { kind: 'linked', carried, dropped: unread(ends, carried), mixed, placed } as const;
}

/** Output axes that move along no input axis. */
function unread({ output }: Tracked, carried: Linked['carried']): readonly number[] {
  return output.filter((axis) => !carried.some((link) => link.output === axis));
}

function reshaped(before: Shape, after: Shape, tracked: Tracked): Passage | null {
  const [from, to] = [known(after), known(before)];
  if (!from || !to) return renamed(tracked, (input) => sameAxis(input, before, after));
  const pieces = refine(from, to, (axis) => tracked.output.includes(axis));
  const told = (axis: number) => pieces?.filter((piece) => piece.to === axis).reduce((product, piece) => product * piece.size, 1);
  if (!pieces || tracked.input.some((axis) => told(axis) !== to[axis])) return null;
  const whole = pieces.filter(({ size, from: output, to: input }) => from[output] === size && to[input] === size);
  const plain = renamed(tracked, (input) => whole.find((piece) => piece.to === input)?.from ?? null);
  return plain ?? { kind: 'regrouped', pieces, ...tracked };
}

/** A Reshape that leaves all tracked axes as they are; null where one has no place of its own in the output. */
function renamed(tracked: Tracked, place: (input: number) => number | null): Linked | null {
  const carried: Linked['carried'][number][] = [];
  for (const input of tracked.input) {
    const output = place(input);
    if (output === null) return null;
    carried.push({ output, input, map: null });
  }
  return { kind: 'linked', carried, dropped: unread(tracked, carried), mixed: [], placed: [] };
}
