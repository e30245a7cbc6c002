import { Fault } from '../fault.ts';
import type { Trace } from '../trace.ts';
import { sourceNamed } from './fields.ts';
import { radiusOf, type Sides } from './halo.ts';
import type { FollowedAxis } from './propagate.ts';
import { type Frame, frameOf } from './tile-frame.ts';
import { type Refusal, refusal } from './tile-refusal.ts';
import { type OutputSize, type Subject, type TileSizes, tileSizes, upTo } from './tile-sizes.ts';
import { positional, type Walk, walkBetween } from './tile-walk.ts';

/**
 * How to cut one axis of an input into tiles. A tile is responsible for the outputs over its core, whose two ends are
 * multiples of `granularity`; it reads the core with `readHalo` on both sides, cut off at the borders of the input. Output
 * unit u of a tile that is read from position a on is unit u + a * outputPer / granularity of the whole. The last core ends
 * with the input, and takes in what would be too little for a tile of its own.
 */
export interface TileGrid {
  /** Step, in input positions, at which tiles may begin: there, every tensor of the network begins a period anew. */
  readonly granularity: number;
  /** Output units per step. */
  readonly outputPer: number;
  /** How far the field of any unit reaches beyond the positions that it stands for. */
  readonly radius: Sides;
  /** The smallest halo with which tiles are exact whose cores begin and end at multiples of the granularity. */
  readonly alignedHalo: Sides;
  /** The aligned halo made larger so that what is read begins at a multiple of the granularity and has a valid size. */
  readonly readHalo: Sides;
  /** Positions that neighbouring tiles both read. */
  readonly overlap: number;
  /** Sizes of what is read. The tile at the far border may also have the remainder of the input's own size. */
  readonly tileSizes: TileSizes;
  readonly outputSize: OutputSize;
}

/** Tiles that equal the whole but for what `ignores` names: statistics, gates, and constants that differ by position. */
export interface ApproximateGrid extends TileGrid {
  readonly ignores: readonly { readonly layer: string; readonly op: string }[];
}

interface OfAxis {
  /** Name of the axis of the input, and its number there. */
  readonly axis: string;
  readonly inputAxis: number;
}

export type AxisTiling = OfAxis & ((TileGrid & { readonly exact: true }) | (Refusal & { readonly approximate: ApproximateGrid | null }));

export interface Tiling {
  readonly source: string;
  readonly output: string;
  /** Whether all axes can be tiled exactly. */
  readonly exact: boolean;
  /** All axes of the input but batch and channel, each on its own. */
  readonly axes: readonly AxisTiling[];
}

/**
 * How to cut an input of a fully convolutional network into tiles whose stitched outputs equal those of the whole input.
 * `source` is a data input (default the first), `output` any tensor (default the graph's first output). Exact by structure:
 * weights are not looked at. Faults: `unknown-input`, `unknown-tensor`.
 */
export function tilingOf(trace: Trace, wanted: { readonly output?: string; readonly source?: string } = {}): Tiling {
  const name = wanted.source ?? trace.inputs[0]?.name ?? '';
  const source = trace.inputs.some((input) => input.name === name) ? sourceNamed(trace, name) : null;
  if (!source) throw new Fault('unknown-input', `there is no input '${name}'`);
  const output = wanted.output ?? trace.graph.outputs[0]?.name ?? '';
  if (!trace.tensors.has(output)) throw new Fault('unknown-tensor', `there is no tensor '${output}'`);
  const axes = source.axes.map((axis) => tileAxis(trace, name, axis, output));
  return { source: name, output, exact: axes.every(({ exact }) => exact), axes };
}

function tileAxis(trace: Trace, source: string, axis: FollowedAxis, output: string): AxisTiling {
  const about = { axis: axis.name, inputAxis: axis.axis };
  const walk = walkBetween(trace, source, axis, output);
  if (!walk) {
    const refused = refusal('unknown', null, `'${output}' does not depend on '${source}'`);
    return { ...about, ...refused, approximate: null };
  }
  const subject = { trace, source, axis, output };
  const exact = gridOf(walk, { ...subject, sight: 'strict' });
  if (!('reason' in exact)) return { ...about, exact: true, ...exact };
  const local = exact.reason === 'global' || exact.reason === 'positional' ? gridOf(walk, { ...subject, sight: 'local' }) : exact;
  return { ...about, ...exact, approximate: 'reason' in local ? null : { ...local, ignores: ignoredBy(walk) } };
}

function gridOf(walk: Walk, subject: Subject): TileGrid | Refusal {
  const frame = frameOf(walk, subject.output, subject.sight, subject.axis.extent);
  if ('reason' in frame) return frame;
  const sizes = tileSizes(subject, frame);
  return 'reason' in sizes ? sizes : gridFrom(sizes.trial.frame, sizes);
}

type Sizes = Exclude<ReturnType<typeof tileSizes>, Refusal>;

function gridFrom({ granularity, outputPer, alignedHalo, map }: Frame, { multipleOf, at, trial, try: attempt }: Sizes): TileGrid {
  const left = upTo(alignedHalo.left, granularity);
  // The core and its left halo are multiples of the granularity, hence of `multipleOf`: the right halo makes the remainder.
  const offset = at % multipleOf;
  const right = upTo(alignedHalo.right - offset, multipleOf) + offset;
  let smallest = left + granularity + right;
  while (smallest < at && 'reason' in attempt(smallest)) smallest += multipleOf;
  const perStep = (multipleOf * outputPer) / granularity;
  return {
    granularity,
    outputPer,
    radius: radiusOf(map),
    alignedHalo,
    readHalo: { left, right },
    overlap: left + right,
    tileSizes: { multipleOf, offset, smallest },
    outputSize: { perStep, constant: trial.units - (perStep * (at - offset)) / multipleOf },
  };
}

/** Layers at which the local field parts from the strict one, and those that read a constant that differs by position. */
function ignoredBy(walk: Walk): ApproximateGrid['ignores'] {
  const parts = (name: string) => {
    const seen = walk.seen.get(name);
    return seen !== undefined && seen.local !== seen.strict;
  };
  const calls = walk.calls.filter(({ node }) => node.outputs.some(parts) && !node.inputs.some(parts));
  const named = [...calls, ...positional(walk).map(({ call }) => call)];
  return [...new Set(named)].map(({ node }) => ({ layer: node.id, op: node.op }));
}
