import type { Inference } from '../inference/infer.ts';
import type { Relation } from '../operators/operator.ts';
import { follow, linksOf, type Step } from './follow.ts';
import { IDENTITY } from './map.ts';
import { dependsOnNothing, type Path } from './path.ts';
import { samePlacement } from './placement.ts';
import type { Source } from './propagate.ts';
import { covers, sizeOf } from './span.ts';

// The paths through a graph whose own fields are the largest and the smallest, by a dynamic programme over the calls: a path
// that sees no more than another one to the same tensor sees no more behind it either, whatever follows.

/** The way of a path through the graph, told backwards: its last call, the tensor that this wrote, and the way up to there. */
export interface Route {
  readonly call: Inference;
  /** Where the call stands among those that were walked. */
  readonly index: number;
  readonly tensor: string;
  /** null where the call reads the source itself. */
  readonly before: Route | null;
  /** Calls on the way. */
  readonly length: number;
}

/** One path alone, never merged with others. Its `actual` is not followed. */
export interface Followed {
  readonly path: Path;
  /** null at the source. */
  readonly route: Route | null;
  /** The way up to the call behind which the path sees the whole axis or cannot be followed; null where there is none. */
  readonly turn: Route | null;
}

/** Paths to one tensor of which none is sure to stay at least as good as another; empty where none sees anything. */
export type Front = readonly Followed[];

/**
 * Most paths that are kept per tensor and lane. Paths of one stride need one place, so that this bounds strides, groups of
 * axes and unlike phases; beyond it the paths that look best so far are kept.
 */
export const MAX_KEPT = 8;

/** Most units of paths that are followed unit by unit, where a front has more than one of them. */
const MAX_UNITS = 2 ** 14;

/** What to look for: the best paths along one axis of the source, with or without statistics and gates. */
export interface Lane {
  /** Index among the followed axes of the source. */
  readonly axis: number;
  readonly local: boolean;
  readonly wanted: 'largest' | 'smallest';
}

/** The fronts of one tensor, one per lane; undefined where it does not depend on the source. */
export type Fronts = readonly Front[] | undefined;

/**
 * Walks `calls` in order with the best paths from `source` to every tensor behind it. `visit` gets the fronts of a call's
 * inputs and outputs. Fronts live no longer than their tensor, so that memory is linear in the calls.
 */
export function walkRoutes(
  calls: readonly Inference[],
  source: Source,
  lanes: readonly Lane[],
  visit: (call: Inference, inputs: readonly Fronts[], outputs: readonly Fronts[]) => void,
): void {
  const live = new Map<string, readonly Front[]>([[source.name, startOf(source, lanes)]]);
  const lastReader = new Map<string, number>();
  calls.forEach(({ node }, index) => {
    for (const name of node.inputs) lastReader.set(name, index);
  });
  calls.forEach((call, index) => {
    const inputs = call.node.inputs.map((name) => live.get(name));
    if (!inputs.some((fronts) => fronts)) return;
    const outputs = call.node.outputs.map((name, k) =>
      name === '' || name === source.name ? undefined : throughCall(call, index, k, inputs, source, lanes),
    );
    visit(call, inputs, outputs);
    for (const name of call.node.inputs) if (lastReader.get(name) === index) live.delete(name);
    outputs.forEach((fronts, k) => {
      const name = call.node.outputs[k] as string;
      if (fronts && lastReader.has(name)) live.set(name, fronts);
    });
  });
}

/** The fronts of the source itself. */
export function startOf(source: Source, lanes: readonly Lane[]): readonly Front[] {
  const starts = source.axes.map(({ axis }): Front => {
    return [{ path: { at: axis, virtual: IDENTITY, actual: null }, route: null, turn: null }];
  });
  return lanes.map(({ axis }) => starts[axis] as Front);
}

function throughCall(call: Inference, index: number, k: number, inputs: readonly Fronts[], source: Source, lanes: readonly Lane[]): Fronts {
  let merged: Front[] | undefined;
  inputs.forEach((fronts, i) => {
    if (!fronts) return;
    const relation: Relation = call.operator?.field(call, i, k) ?? { unknown: 'the operator is not known' };
    if (relation === 'none') return;
    const by = `${call.node.id} (${call.node.op})`;
    const step: Omit<Step, 'local' | 'extent'> = {
      relation,
      before: call.inputs[i]?.shape ?? null,
      after: call.outputs[k]?.shape ?? null,
      by,
    };
    // Lanes share a front until two paths of unlike size meet, or statistics or a gate are left out, and take the same steps with it.
    const taken = [new Map<Front, Front>(), new Map<Front, Front>()] as const;
    const apart = takesApart(relation);
    const moved = lanes.map(({ axis, local, wanted }, lane) => {
      const front = fronts[lane] as Front;
      const memo = taken[local && apart ? 1 : 0];
      const found = memo.get(front);
      if (found) return found;
      const extent = source.axes[axis]?.extent ?? null;
      const steps = front.map((followed) => advance(followed, { ...step, local, extent }, call, index, k));
      const next = steps.filter(({ path }) => !dependsOnNothing(path));
      if (next.length > 1) return bestOf(next, wanted);
      memo.set(front, next);
      return next;
    });
    merged = merged ? merged.map((front, lane) => join(front, moved[lane] as Front, (lanes[lane] as Lane).wanted)) : moved;
  });
  return merged?.some((front) => front.length > 0) ? merged : undefined;
}

/** Whether a step can be another one where statistics and gates are left out. */
function takesApart(relation: Relation): boolean {
  if (relation === 'elementwise') return true;
  return linksOf(relation).some((link) => link?.map.kind === 'broadcast' || (link?.map.kind === 'all' && link.map.statistics));
}

function advance({ path, route, turn }: Followed, step: Step, call: Inference, index: number, k: number): Followed {
  const to = follow(path, step);
  const way: Route = { call, index, tensor: call.node.outputs[k] as string, before: route, length: (route?.length ?? 0) + 1 };
  return { path: to, route: way, turn: turn ?? (isWhole(to) || to.virtual.kind === 'opaque' ? way : null) };
}

export function isWhole({ virtual }: Path): boolean {
  return virtual.kind === 'constant' && virtual.whole;
}

function join(front: Front, more: Front, wanted: Lane['wanted']): Front {
  if (more.length === 0) return front;
  return front.length === 0 ? more : bestOf([...front, ...more], wanted);
}

function bestOf(candidates: Front, wanted: Lane['wanted']): Front {
  let front: Followed[] = [];
  for (const next of candidates) {
    if (front.some((kept) => outdoes(kept, next, wanted))) continue;
    front = [...front.filter((kept) => !outdoes(next, kept, wanted)), next];
  }
  return front.length > 1 && (front.length > MAX_KEPT || unitsIn(front) > MAX_UNITS) ? keepBest(front, wanted) : front;
}

function keepBest(front: Front, wanted: Lane['wanted']): Front {
  const [best, ...others] = front.toSorted((a, b) => byRank(a, b, wanted)).slice(0, MAX_KEPT) as [Followed, ...Followed[]];
  const kept = [best];
  for (const other of others) if (unitsIn([...kept, other]) <= MAX_UNITS) kept.push(other);
  return kept;
}

/** Units that the paths of a front list one by one. */
function unitsIn(front: Front): number {
  return front.reduce((units, { path: { virtual } }) => units + (virtual.kind === 'table' ? virtual.lo.length : 0), 0);
}

/** Whether `a` makes `b` superfluous: it stays at least as good, and where both stay equal it is the simpler one or came first. */
function outdoes(a: Followed, b: Followed, wanted: Lane['wanted']): boolean {
  if (a.path.virtual.kind !== 'opaque' && !samePlacement(a.path.at, b.path.at)) return false;
  const [large, small] = wanted === 'largest' ? [a, b] : [b, a];
  if (!covers(large.path.virtual, small.path.virtual)) return false;
  return !covers(small.path.virtual, large.path.virtual) || bySimplicity(a, b) <= 0;
}

/** Of paths that see the same, first the one that turned global or opaque earlier, then the shorter one. */
function bySimplicity(a: Followed, b: Followed): number {
  return (a.turn?.index ?? 0) - (b.turn?.index ?? 0) || (a.route?.length ?? 0) - (b.route?.length ?? 0);
}

/**
 * The best path of a front; undefined for an empty one. A path that mixes the whole axis counts as larger than any window. One
 * that cannot be followed may be of any size, so that it stands for the answer, unless a larger one sees the whole axis.
 */
export function bestIn(front: Front, wanted: Lane['wanted']): Followed | undefined {
  return front.toSorted((a, b) => byRank(a, b, wanted))[0];
}

function byRank(a: Followed, b: Followed, wanted: Lane['wanted']): number {
  const [x, y] = [a, b].map(({ path: { virtual } }) => {
    if (virtual.kind === 'opaque') return [wanted === 'largest' ? 1 : -1, 0] as const;
    if (virtual.kind === 'constant' && virtual.whole) return [2, 0] as const;
    return [0, sizeOf(virtual)] as const;
  }) as [readonly [number, number], readonly [number, number]];
  const larger = x[0] - y[0] || x[1] - y[1];
  return (wanted === 'largest' ? -larger : larger) || bySimplicity(a, b);
}
