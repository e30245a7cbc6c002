import type { Step } from '../../inference/runner.ts';
import type { Target } from '../target.ts';
import { Arrays } from './arrays.ts';
import { type Box, pointBox, trimmed } from './box.ts';
import { Budget } from './budget.ts';
import type { Flow } from './flow.ts';
import { type Hand, Hands, type Sharing } from './hands.ts';
import { type Part, positionWithin } from './parts.ts';
import { nameOf, passageOf, type Refusal, sizesOf, sizeUnknown } from './passage.ts';
import { endsThere, type Into, needsSizes, push } from './push.ts';

export interface Way extends Sharing {
  /** Whether tensors have borders: what lies outside of one is lost. Without, operators that have no meaning past a border end there. */
  readonly clip: boolean;
}

/** What one unit of a target reaches in the source. */
export interface Influence {
  /** Weights over the followed axes of the source (or the one that is told), in the smallest box; null where nothing is reached. */
  readonly box: Box | null;
  /** Weight that fell into padding on the way. */
  readonly lost: number;
  /** The first operator without a meaning past its border, seen from the target; null where there is none or tensors are clipped anyway. */
  readonly bounded: string | null;
  /** Whether the one axis that is told can be followed without the others: false where positions along those do not all read alike. */
  readonly separable: boolean;
}

/**
 * Pushes a weight of 1 from one unit of the target back to the source, call by call, window by window, one axis after the
 * other; where it cannot be followed, why. `unit` has an index for every axis of the target that moves along the source.
 * Faults: `limit-exceeded`.
 */
export function influence(flow: Flow, target: Target, unit: ReadonlyMap<number, number>, way: Way): Influence | Refusal {
  return new Backward(flow, way).run(target, unit);
}

class Backward {
  readonly #flow: Flow;
  readonly #way: Way;
  readonly #hands: Hands;
  readonly #budget = new Budget();
  readonly #arrays = new Arrays(this.#budget);
  #lost = 0;
  #bounded: string | null = null;
  #separable = true;

  constructor(flow: Flow, way: Way) {
    this.#flow = flow;
    this.#way = way;
    this.#hands = new Hands(flow, way);
  }

  run(target: Target, unit: ReadonlyMap<number, number>): Influence | Refusal {
    const { trace, source } = this.#flow;
    const parts = this.#flow.parts(target.name);
    const told = this.#hands.told(target.name);
    const at = told.map((part) => positionWithin(parts, part, unit.get((parts[part] as Part).axis) ?? 0));
    this.#arrays.add(target.name, pointBox(told, at));
    for (let index = target.at; index >= 0; index--) {
      const call = trace.calls[index] as Step;
      for (const [k, name] of call.node.outputs.entries()) {
        const box = name === source.name ? undefined : this.#take(name);
        const refusal = box && this.#through(call, k, box);
        if (refusal) return refusal;
      }
    }
    const box = this.#take(source.name);
    return { box: box ? trimmed(box, this.#budget) : null, lost: this.#lost, bounded: this.#bounded, separable: this.#separable };
  }

  #take(name: string): Box | undefined {
    return this.#way.variant === 'uniform' ? this.#arrays.take(name) : this.#arrays.takeFinite(name);
  }

  /** Hands the weights of an output on to the inputs that it depends on. */
  #through(call: Step, k: number, box: Box): Refusal | null {
    for (const hand of this.#hands.of(call, k)) {
      if (!hand.separable) this.#separable = false;
      const refusal = hand.weight === 0 ? null : this.#hand(call, hand, box);
      if (refusal) return refusal;
    }
    return null;
  }

  #hand(call: Step, { branch, weight }: Hand, box: Box): Refusal | null {
    const { variant, clip, local } = this.#way;
    const input = this.#hands.end(branch.name, call.inputs[branch.i]);
    const output = this.#hands.end(call.node.outputs[branch.k] as string, call.outputs[branch.k]);
    const passage = passageOf(call, branch, output, input, local);
    if ('cause' in passage) return passage;
    const into: Into = { sizes: sizesOf(input), told: input.told, past: clip ? 'bordered' : 'endless', variant };
    if (needsSizes(passage, into)) return sizeUnknown(call);
    if (!clip && endsThere(passage, into.sizes)) this.#bounded ??= nameOf(call);
    const arrived = push(box, passage, into, this.#budget);
    this.#lost += weight * arrived.lost;
    if (arrived.box) this.#arrays.add(branch.name, arrived.box, weight);
    return null;
  }
}
