import type { Step } from '../../inference/runner.ts';
import type { Tensor } from '../../operators/operator.ts';
import type { Target } from '../target.ts';
import { Arrays } from './arrays.ts';
import { type Box, pointBox, scaled, trimmed } from './box.ts';
import { Budget } from './budget.ts';
import { type Branch, branchesOf, type Flow, movingIn, toldOf } from './flow.ts';
import { type Part, positionWithin } from './parts.ts';
import { type End, nameOf, passageOf, type Refusal, sizesOf } from './passage.ts';
import { endsThere, type Into, needsSizes, push } from './push.ts';
import { besideAlong, channelShare } from './shares.ts';
import { inputWeight, type Variant } from './variant.ts';

export interface Way {
  readonly variant: Variant;
  /** Whether tensors have borders: what lies outside of one is lost. Without, operators that have no meaning past a border end there. */
  readonly clip: boolean;
  /** Whether gates and statistics are left out. */
  readonly local: boolean;
  /** Index among the followed axes of the source: the only one to tell, the others summed over. null: all of them. */
  readonly only: number | null;
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
  readonly #budget = new Budget();
  readonly #arrays = new Arrays(this.#budget);
  #lost = 0;
  #bounded: string | null = null;
  #separable = true;

  constructor(flow: Flow, way: Way) {
    this.#flow = flow;
    this.#way = way;
  }

  run(target: Target, unit: ReadonlyMap<number, number>): Influence | Refusal {
    const { trace, source } = this.#flow;
    const parts = this.#flow.parts(target.name);
    const told = this.#told(target.name);
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

  /** The parts of a tensor that its array tells. */
  #told(name: string): readonly number[] {
    return toldOf(this.#flow, name, this.#way.only);
  }

  /** The axes that they lie on. */
  #toldAxes(name: string): readonly number[] {
    return this.#told(name).map((part) => (this.#flow.parts(name)[part] as Part).axis);
  }

  #end(name: string, tensor: Tensor | undefined): End {
    return { shape: tensor?.shape ?? null, parts: this.#flow.parts(name), told: this.#told(name) };
  }

  /** Hands the weights of an output on to the inputs that it depends on. */
  #through(call: Step, k: number, box: Box): Refusal | null {
    const { variant, local } = this.#way;
    const branches = branchesOf(this.#flow, call, k).filter(({ gate }) => !(local && gate));
    const toldAxes = this.#toldAxes(call.node.outputs[k] as string);
    const shares = branches.map((branch) => channelShare(call, branch, toldAxes, movingIn(this.#flow, branch.name)));
    const inputs = { shares, exclusive: call.operator?.exclusive ?? false };
    for (const [index, branch] of branches.entries()) {
      if (!branch.follows) continue;
      const weight = inputWeight(variant, inputs, index) * this.#beside(branch);
      const refusal = weight === 0 ? null : this.#hand(call, branch, scaled(box, weight, this.#budget));
      if (refusal) return refusal;
    }
    return null;
  }

  /** How often an input counts because of the axes of the source that are summed over. */
  #beside({ name, relation }: Branch): number {
    const told = this.#toldAxes(name);
    const { paths, reads } = besideAlong(
      relation,
      movingIn(this.#flow, name).filter((axis) => !told.includes(axis)),
    );
    const counts = this.#way.variant === 'paths';
    if (!reads || (counts && paths === null)) this.#separable = false;
    return counts ? (paths ?? 1) : 1;
  }

  #hand(call: Step, branch: Branch, box: Box): Refusal | null {
    const { variant, clip, local } = this.#way;
    const input = this.#end(branch.name, call.inputs[branch.i]);
    const passage = passageOf(call, branch, this.#end(call.node.outputs[branch.k] as string, call.outputs[branch.k]), input, local);
    if ('cause' in passage) return passage;
    const past = clip ? (call.operator?.clamps ? 'clamped' : 'lost') : 'endless';
    const into: Into = { sizes: sizesOf(input), told: input.told, past, variant };
    if (needsSizes(passage, into)) return { status: 'unknown', cause: `${nameOf(call)}: the size of an axis is unknown` };
    if (!clip && endsThere(passage, into.sizes)) this.#bounded ??= nameOf(call);
    const arrived = push(box, passage, into, this.#budget);
    this.#lost += arrived.lost;
    if (arrived.box) this.#arrays.add(branch.name, arrived.box);
    return null;
  }
}
