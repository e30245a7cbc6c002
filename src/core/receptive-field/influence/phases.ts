import type { Step } from '../../inference/runner.ts';
import { gcd, modulo } from '../integers.ts';
import { MAX_PERIOD } from '../map.ts';
import type { Moments } from '../moments.ts';
import type { Target } from '../target.ts';
import { LARGE } from './arrays.ts';
import type { Flow } from './flow.ts';
import { type Hand, Hands } from './hands.ts';
import { type Part, positionWithin } from './parts.ts';
import { type Linked, nameOf, type Passage, passageOf, type Refusal, sizesOf, sizeUnknown } from './passage.ts';
import { endsThere } from './push.ts';
import { tapWeight, type Variant } from './variant.ts';
import type { Window } from './window.ts';

/** How the influence of a unit lies along one axis of the source, as if no tensor had a border. */
export interface Along {
  /** null where nothing is reached. */
  readonly moments: Moments | null;
  /** The first operator without a meaning past its border, seen from the target: nothing is said then of what lies behind it. */
  readonly bounded: string | null;
  /** Whether the axis can be followed without the others. */
  readonly separable: boolean;
}

/**
 * Mean and sigma of the influence of one unit along one axis, without an array of positions: without borders the positions of one
 * phase (the index modulo the period of all that lies before a tensor) are handed on alike, so that their mass, mean and variance say
 * enough. Time is linear in the calls, not in the size of the field. null where phases do not tell: beyond `MAX_PERIOD` of them,
 * or where a Reshape packs positions.
 */
export function alongPhases(
  flow: Flow,
  target: Target,
  unit: ReadonlyMap<number, number>,
  { variant, axis }: { readonly variant: Variant; readonly axis: number },
): Along | Refusal | null {
  return new Phases(flow, variant, axis).run(target, unit);
}

/** The weights of the positions of one phase. */
interface Mass {
  readonly mass: number;
  readonly mean: number;
  readonly variance: number;
}

type ByPhase = Map<number, Mass>;

interface Handed {
  readonly hand: Hand;
  readonly passage: Passage | Refusal;
}

class Phases {
  readonly #flow: Flow;
  readonly #variant: Variant;
  readonly #hands: Hands;
  readonly #handed = new Map<string, readonly Handed[]>();
  /** Phases of each tensor; 0 where they do not tell. */
  readonly #periods = new Map<string, number>();
  readonly #masses = new Map<string, ByPhase>();

  constructor(flow: Flow, variant: Variant, axis: number) {
    this.#flow = flow;
    this.#variant = variant;
    this.#hands = new Hands(flow, { variant, local: true, only: axis });
  }

  run(target: Target, unit: ReadonlyMap<number, number>): Along | Refusal | null {
    const { trace, source } = this.#flow;
    this.#measure(target);
    const parts = this.#flow.parts(target.name);
    const [part] = this.#hands.told(target.name);
    const at = part === undefined ? 0 : positionWithin(parts, part, unit.get((parts[part] as Part).axis) ?? 0);
    this.#add(target.name, at, { mass: 1, mean: at, variance: 0 });
    let separable = true;
    for (let index = target.at; index >= 0; index--) {
      const call = trace.calls[index] as Step;
      for (const name of call.node.outputs) {
        const masses = name === source.name ? undefined : this.#take(name);
        if (!masses) continue;
        if (this.#periods.get(name) === 0) return null;
        for (const { hand, passage } of this.#handed.get(name) ?? []) {
          separable &&= hand.separable;
          if (hand.weight === 0) continue;
          if ('cause' in passage) return passage;
          const sizes = sizesOf(this.#hands.end(hand.branch.name, call.inputs[hand.branch.i]));
          if (passage.kind === 'linked' && passage.mixed.some((mixed) => sizes[mixed] === null)) return sizeUnknown(call);
          if (endsThere(passage, sizes)) return { moments: null, bounded: nameOf(call), separable };
          if (passage.kind === 'regrouped' || passage.merged.length > 0) return null;
          this.#hand(hand, passage, masses);
        }
      }
    }
    const masses = [...(this.#masses.get(source.name)?.values() ?? [])];
    const all = masses.length === 0 ? null : masses.reduce(added);
    return { moments: all && { mean: all.mean, sigma: Math.sqrt(all.variance) }, bounded: null, separable };
  }

  /** Finds the ways and the periods of all tensors up to the target. */
  #measure(target: Target): void {
    const { trace, source } = this.#flow;
    this.#periods.set(source.name, 1);
    for (const call of trace.calls.slice(0, target.at + 1)) {
      for (const [k, name] of call.node.outputs.entries()) {
        if (name === source.name || !this.#flow.tracks.has(name)) continue;
        const output = this.#hands.end(name, call.outputs[k]);
        const handed = this.#hands.of(call, k).map((hand): Handed => {
          const input = this.#hands.end(hand.branch.name, call.inputs[hand.branch.i]);
          return { hand, passage: passageOf(call, hand.branch, output, input, true) };
        });
        this.#handed.set(name, handed);
        const periods = handed.map(({ hand, passage }) => periodAfter(passage, this.#periods.get(hand.branch.name) ?? 1));
        this.#periods.set(name, output.told.length > 1 ? 0 : periods.reduce(commonPeriod, 1));
      }
    }
  }

  #take(name: string): ByPhase | undefined {
    const masses = this.#masses.get(name);
    this.#masses.delete(name);
    if (!masses || this.#variant === 'uniform' || ![...masses.values()].some(({ mass }) => mass > LARGE)) return masses;
    for (const [other, each] of this.#masses) this.#masses.set(other, scaledDown(each));
    return scaledDown(masses);
  }

  #add(name: string, position: number, mass: Mass): void {
    const masses = this.#masses.get(name) ?? new Map<number, Mass>();
    const phase = modulo(position, this.#periods.get(name) || 1);
    const before = masses.get(phase);
    masses.set(phase, before ? added(before, mass) : mass);
    this.#masses.set(name, masses);
  }

  #hand({ branch: { name }, weight }: Hand, { carried: [link], placed }: Linked, masses: ByPhase): void {
    for (const [phase, own] of masses) {
      const mass: Mass = { ...own, mass: own.mass * weight };
      if (link?.map?.kind === 'periodic') this.#spread(name, phase, mass, link.map);
      else if (link) this.#add(name, phase, mass);
      else {
        // One position is read, of an axis of one position the first one, or there is none to tell.
        const at = placed[0]?.position ?? 0;
        this.#add(name, at, { mass: mass.mass, mean: at, variance: 0 });
      }
    }
  }

  /** Hands the positions of one phase on to those that a window of theirs reads: one phase after the other. */
  #spread(name: string, phase: number, { mass, mean, variance }: Mass, map: Extract<Window, { kind: 'periodic' }>): void {
    const f = modulo(phase, map.lo.length);
    const [lo, hi, step] = [map.lo[f] as number, map.hi[f] as number, map.step[f] as number];
    if (lo > hi) return;
    const taps = Math.floor((hi - lo) / step) + 1;
    const slope = map.shift / map.lo.length;
    // Every so many taps the phase is the same again.
    const period = this.#periods.get(name) || 1;
    const apart = period / gcd(period, step);
    for (let tap = 0; tap < Math.min(taps, apart); tap++) {
      const alike = Math.floor((taps - 1 - tap) / apart) + 1;
      const middle = lo + step * (tap + (apart * (alike - 1)) / 2);
      this.#add(name, map.shift * ((phase - f) / map.lo.length) + lo + step * tap, {
        mass: mass * alike * tapWeight(this.#variant, taps),
        mean: slope * (mean - f) + middle,
        variance: slope ** 2 * variance + ((step * apart) ** 2 * (alike ** 2 - 1)) / 12,
      });
    }
  }
}

/** Phases of an output of which an input has so many; 0 where they do not tell. */
function periodAfter(passage: Passage | Refusal, before: number): number {
  if ('cause' in passage || passage.kind === 'regrouped') return 1;
  const [link] = passage.carried;
  if (before === 0 && link) return 0;
  if (!link?.map || link.map.kind === 'table') return link ? before : 1;
  const { lo, shift } = link.map;
  return shift < 1 ? 0 : commonPeriod(1, (lo.length * before) / gcd(before, shift));
}

function commonPeriod(a: number, b: number): number {
  const both = a === 0 || b === 0 ? 0 : (a / gcd(a, b)) * b;
  return both > MAX_PERIOD ? 0 : both;
}

/** Two masses as one. */
function added(a: Mass, b: Mass): Mass {
  const mass = a.mass + b.mass;
  const share = b.mass / (mass || 1);
  const apart = b.mean - a.mean;
  const variance = (1 - share) * a.variance + share * b.variance + share * (1 - share) * apart ** 2;
  return { mass, mean: a.mean + share * apart, variance };
}

function scaledDown(masses: ByPhase): ByPhase {
  return new Map([...masses].map(([phase, own]) => [phase, { ...own, mass: own.mass / LARGE }]));
}
