import { Fault } from '../fault.ts';
import { size } from '../operators/call.ts';
import { type Trace, traceGraph } from '../trace.ts';
import type { FollowedAxis } from './propagate.ts';
import { type Frame, frameOf } from './tile-frame.ts';
import { type Refusal, refusal, title } from './tile-refusal.ts';
import { type Sight, type Walk, walkBetween } from './tile-walk.ts';

/** Calls that may be traced, over all sizes that are tried for one axis. */
const MAX_CALLS = 20_000;
/** Remainders modulo the granularity that are tried in networks of any size. */
const ALWAYS_TRIED = 2;

/** Sizes of a tile with its halo: offset, offset + multipleOf, ... from `smallest` on. */
export interface TileSizes {
  readonly multipleOf: number;
  readonly offset: number;
  /** The smallest that holds one step of the granularity beside its halo. */
  readonly smallest: number;
}

/** Output units of a tile of `multipleOf * k + offset` positions: `perStep * k + constant`. */
export interface OutputSize {
  readonly perStep: number;
  readonly constant: number;
}

/** What is tiled: one axis of an input, towards one output. */
export interface Subject {
  readonly trace: Trace;
  readonly source: string;
  readonly axis: FollowedAxis;
  readonly output: string;
  readonly sight: Sight;
}

/** The network at one size of a tile. */
export interface Trial {
  readonly frame: Frame;
  readonly units: number;
}

interface SizeClass {
  readonly multipleOf: number;
  /** The first size that was tried, and what the network is there. */
  readonly at: number;
  readonly trial: Trial;
}

/**
 * Runs shape inference at sizes around the smallest tiles and finds the widest class of sizes (a remainder modulo a divisor
 * of the granularity) at which nothing faults, the field is the same, and the output grows evenly. `frame` is that at the
 * network's own size.
 */
export function tileSizes(subject: Subject, frame: Frame): (SizeClass & { readonly try: (size: number) => Trial | Refusal }) | Refusal {
  const { granularity, alignedHalo } = frame;
  const trials = new Trials(subject, frame);
  const first = upTo(alignedHalo.left, granularity) + upTo(alignedHalo.right, granularity) + 3 * granularity;
  for (const multipleOf of divisors(granularity)) {
    if ((multipleOf * frame.outputPer) % granularity !== 0) continue;
    for (const [i, offset] of offsets(multipleOf, granularity, subject.axis.extent).entries()) {
      const due = multipleOf === granularity && i < ALWAYS_TRIED;
      const found = due || trials.allow(granularity / multipleOf + 1) ? classAt(trials, frame, multipleOf, first + offset) : null;
      if (found) return { ...found, try: (size) => trials.at(size) };
    }
  }
  const own = subject.axis.extent === null ? first : first + (subject.axis.extent % granularity);
  const why = trials.at(own);
  return 'reason' in why ? why : refusal('unknown', null, 'no sizes were found at which tiles fit');
}

/** All sizes of a class over one turn of the granularity, and the one after; null where one does not fit. */
function classAt(trials: Trials, frame: Frame, multipleOf: number, at: number): SizeClass | null {
  const step = (multipleOf * frame.outputPer) / frame.granularity;
  const start = trials.at(at);
  if ('reason' in start) return null;
  for (let k = 1; k * multipleOf <= frame.granularity; k++) {
    const trial = trials.at(at + k * multipleOf);
    if ('reason' in trial || trial.units !== start.units + k * step || !sameHalo(trial.frame, start.frame)) return null;
  }
  return { multipleOf, at, trial: start };
}

/** Remainders to try: none, then that of the network's own size; where that is not known, at last all. */
function offsets(multipleOf: number, granularity: number, extent: number | null): number[] {
  if (extent !== null) return [...new Set([0, extent % multipleOf])];
  return Array.from({ length: multipleOf < granularity ? 1 : granularity }, (_, offset) => offset);
}

function divisors(n: number): number[] {
  const small: number[] = [];
  for (let d = 1; d * d <= n; d++) if (n % d === 0) small.push(d);
  const large = small.filter((d) => d * d !== n).map((d) => n / d);
  return [...small, ...large.reverse()];
}

/** The smallest multiple of `step` that is not less than n. */
export function upTo(n: number, step: number): number {
  return Math.ceil(n / step) * step;
}

/** The network at other sizes of one axis, each traced once. */
class Trials {
  readonly #subject: Subject;
  readonly #frame: Frame;
  readonly #base: Walk | null;
  readonly #done = new Map<number, Trial | Refusal>();

  constructor(subject: Subject, frame: Frame) {
    this.#subject = subject;
    this.#frame = frame;
    this.#base = walkBetween(subject.trace, subject.source, subject.axis, subject.output);
  }

  /** Whether so many more sizes may be tried. */
  allow(sizes: number): boolean {
    return (this.#done.size + sizes) * this.#subject.trace.calls.length <= MAX_CALLS;
  }

  at(extent: number): Trial | Refusal {
    const done = this.#done.get(extent) ?? this.#run(extent);
    this.#done.set(extent, done);
    return done;
  }

  #run(extent: number): Trial | Refusal {
    const { source, axis, output, sight } = this.#subject;
    let trace: Trace;
    try {
      trace = resized(this.#subject, extent);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const call = this.#subject.trace.calls.find(({ node }) => node.id === error.spot.node) ?? null;
      return refusal('fixedSize', call, `at ${extent} positions: ${error.message}`);
    }
    const walk = walkBetween(trace, source, axis, output);
    const frame = walk && frameOf(walk, output, sight, extent);
    if (!walk || !frame) return refusal('unknown', null, `at ${extent} positions the output does not depend on the input`);
    if ('reason' in frame) return frame;
    const at = walk.seen.get(output)?.[sight].at;
    const units = typeof at === 'number' ? size(trace.tensors.get(output)?.shape?.[at]) : null;
    if (units === null) return refusal('unknown', null, `at ${extent} positions the size of the output is unknown`);
    return sameField(frame, this.#frame) ? { frame, units } : this.#changed(walk, extent);
  }

  /** Names the first layer that reads other positions than at the network's own size. */
  #changed(walk: Walk, extent: number): Refusal {
    const { sight } = this.#subject;
    const said = (seen: Walk['seen'], name: string) => JSON.stringify(seen.get(name)?.[sight].virtual);
    const names = [...walk.seen.keys()];
    const name = names.find((one) => this.#base && said(walk.seen, one) !== said(this.#base.seen, one));
    const call = (name !== undefined && walk.seen.get(name)?.call) || null;
    return refusal('fixedSize', call, `at ${extent} positions ${call ? title(call) : 'the network'} reads other positions`);
  }
}

function resized({ trace, source, axis }: Subject, extent: number): Trace {
  const inputs = trace.inputs.flatMap(({ name, shape }) => {
    if (!shape) return [];
    return [[name, name === source ? shape.map((dim, i) => (i === axis.axis ? extent : dim)) : shape] as const];
  });
  return traceGraph(trace.graph, { inputs: new Map(inputs) });
}

function sameField(a: Frame, b: Frame): boolean {
  const same = (x: readonly number[], y: readonly number[]) => x.length === y.length && x.every((value, f) => value === y[f]);
  return a.granularity === b.granularity && a.map.shift === b.map.shift && same(a.map.lo, b.map.lo) && same(a.map.hi, b.map.hi);
}

function sameHalo({ alignedHalo: a }: Frame, { alignedHalo: b }: Frame): boolean {
  return a.left === b.left && a.right === b.right;
}
