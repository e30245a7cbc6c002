import type { Shape } from '../../graph.ts';
import type { Step } from '../../inference/runner.ts';
import type { Relation, Tensor } from '../../operators/operator.ts';
import type { Trace } from '../../trace.ts';
import { linksOf } from '../follow.ts';
import type { Source } from '../propagate.ts';
import { type Part, partsOf } from './parts.ts';
import { joinTracks, movingAxes, type Track, trackThrough } from './tracks.ts';

/** How the positions of a source flow through a network: which tensors depend on it, and along which of their axes. */
export interface Flow {
  readonly trace: Trace;
  readonly source: Source;
  /** Per tensor that depends on the source, where each followed axis of it moves. */
  readonly tracks: ReadonlyMap<string, readonly Track[]>;
  /** Tensors that depend on any data input, the source's followers among them. */
  readonly data: ReadonlySet<string>;
  /** Tensors that depend on the source through gates and statistics only. */
  readonly gated: ReadonlySet<string>;
  readonly relation: (call: Step, i: number, k: number) => Relation;
  /** The parts of a tensor by which its positions are told. */
  readonly parts: (name: string) => readonly Part[];
}

/** One data input of a node that output k depends on. */
export interface Branch {
  readonly i: number;
  readonly k: number;
  readonly name: string;
  readonly relation: Relation;
  /** Whether it depends on the source. */
  readonly follows: boolean;
  /** Whether it is a gate or a statistic: read at every position alike. */
  readonly gate: boolean;
}

/** The last flow of a trace, and up to which call it goes: a view chooses a layer by it, and then tells of one of its units. */
const lastFlows = new WeakMap<Trace, { readonly flow: Flow; readonly upTo: number }>();

/** Follows a source (any tensor) through the calls up to index `upTo` at least. */
export function flowFrom(trace: Trace, source: Source, upTo: number): Flow {
  const last = lastFlows.get(trace);
  if (last && last.upTo >= upTo && sameSource(last.flow.source, source)) return last.flow;
  const flow = follow(trace, source, upTo);
  lastFlows.set(trace, { flow, upTo });
  return flow;
}

function sameSource(a: Source, b: Source): boolean {
  return a.name === b.name && a.axes.length === b.axes.length && a.axes.every(({ axis }, i) => axis === b.axes[i]?.axis);
}

function follow(trace: Trace, source: Source, upTo: number): Flow {
  const rank = trace.tensors.get(source.name)?.shape?.length ?? 0;
  const start = source.axes.map(({ axis }) => Array.from({ length: rank }, (_, i) => i === axis));
  const tracks = new Map<string, readonly Track[]>([[source.name, start]]);
  const data = new Set([...trace.inputs.map(({ name }) => name), source.name]);
  const gated = new Set<string>();
  const flow: Flow = { trace, source, tracks, data, gated, relation: relations(), parts: allParts(trace, tracks) };
  for (const call of trace.calls.slice(0, upTo + 1)) {
    call.node.outputs.forEach((name, k) => {
      if (name === '' || name === source.name || call.outputs[k]?.constant) return;
      const own = tracksOf(flow, call, k);
      if (own) tracks.set(name, own);
      const branches = branchesOf(flow, call, k);
      if (branches.length > 0) data.add(name);
      const followers = branches.filter(({ follows }) => follows);
      if (followers.length > 0 && followers.every(({ gate }) => gate)) gated.add(name);
    });
  }
  return flow;
}

/** Relations as the operators state them, each of them asked for once: some are long tables. */
function relations(): Flow['relation'] {
  const asked = new WeakMap<Step, Map<string, Relation>>();
  return (call, i, k) => {
    const known = asked.get(call) ?? new Map<string, Relation>();
    const relation = known.get(`${i},${k}`) ?? call.operator?.field(call, i, k) ?? { unknown: 'the operator is not known' };
    asked.set(call, known.set(`${i},${k}`, relation));
    return relation;
  };
}

function allParts({ tensors }: Trace, tracks: Flow['tracks']): Flow['parts'] {
  const known = new Map<string, readonly Part[]>();
  return (name) => {
    const parts = known.get(name) ?? partsOf(tracks.get(name) ?? [], tensors.get(name)?.shape ?? null);
    known.set(name, parts);
    return parts;
  };
}

function tracksOf(flow: Flow, call: Step, k: number): readonly Track[] | null {
  const after = call.outputs[k]?.shape ?? null;
  let tracks: readonly Track[] | null = null;
  call.node.inputs.forEach((name, i) => {
    const before = flow.tracks.get(name);
    if (!before) return;
    const relation = flow.relation(call, i, k);
    if (relation === 'none') return;
    const through = before.map((track) => trackThrough(track, relation, call.inputs[i]?.shape ?? null, after));
    tracks = tracks?.map((track, axis) => joinTracks(track, through[axis] ?? [])) ?? through;
  });
  return tracks;
}

const NONE: readonly number[] = Object.freeze([]);
const moving = new WeakMap<readonly Track[], readonly number[]>();

/** The axes of a tensor, ascending, along which positions of the source move. */
export function movingIn({ tracks }: Flow, name: string): readonly number[] {
  const own = tracks.get(name);
  if (!own) return NONE;
  const axes = moving.get(own) ?? [...new Set(own.flatMap(movingAxes))].sort((a, b) => a - b);
  moving.set(own, axes);
  return axes;
}

/** The parts of a tensor that move with the source: with any of its followed axes, or with one only. */
export function toldOf(flow: Flow, name: string, only: number | null): readonly number[] {
  return flow.parts(name).flatMap(({ moves }, part) => ((only === null ? moves.includes(true) : moves[only]) ? [part] : []));
}

/** The data inputs of a call that its output k depends on. Constants are none. */
export function branchesOf(flow: Flow, call: Step, k: number): readonly Branch[] {
  const along = movingIn(flow, call.node.outputs[k] as string);
  return call.node.inputs.flatMap((name, i): Branch[] => {
    if (!flow.data.has(name)) return [];
    const follows = flow.tracks.has(name);
    const relation = flow.relation(call, i, k);
    // What only says where to read (indices, sizes) and does not come from the source takes no share.
    if (relation === 'none' || (!follows && isOpaque(relation))) return [];
    const input = call.inputs[i] as Tensor;
    const stretch = stretchOf(relation, input.shape, call.outputs[k]?.shape ?? null);
    const gate = flow.gated.has(name) || (stretch !== null && isGate(stretch, flow.tracks.get(name), along));
    return [{ i, k, name, relation, follows, gate }];
  });
}

function isOpaque(relation: Relation): boolean {
  return relation === 'dataDependent' || (typeof relation === 'object' && 'unknown' in relation);
}

/** Axes along which one position of an input is read at all positions of the output. */
interface Stretch {
  readonly input: readonly number[];
  readonly output: readonly number[];
}

function stretchOf(relation: Relation, before: Shape | null, after: Shape | null): Stretch | null {
  if (!before || !after) return null;
  const grown = after.length - before.length;
  const links = linksOf(relation);
  const output = after.flatMap((dim, axis) => {
    if (relation === 'elementwise') return dim !== 1 && (axis < grown || before[axis - grown] === 1) ? [axis] : [];
    return links[axis]?.map.kind === 'broadcast' ? [axis] : [];
  });
  if (output.length === 0) return null;
  return { input: output.map((axis) => (relation === 'elementwise' ? axis - grown : (links[axis]?.input ?? -1))), output };
}

/**
 * Whether a stretched input is a gate or a statistic: stretched along an axis on which the other inputs move, or along which
 * it moved itself, or without any position of the source left in it.
 */
function isGate({ input, output }: Stretch, tracks: readonly Track[] | undefined, moving: readonly number[]): boolean {
  if (output.some((axis) => moving.includes(axis))) return true;
  const own = tracks?.flatMap(movingAxes);
  return own !== undefined && (own.length === 0 || input.some((axis) => own.includes(axis)));
}
