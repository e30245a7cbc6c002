import type { Step } from '../../inference/runner.ts';
import type { Tensor } from '../../operators/operator.ts';
import { Budget } from '../influence/budget.ts';
import { type Branch, branchesOf, type Flow, movingIn, toldOf } from '../influence/flow.ts';
import { type Part, positionWithin } from '../influence/parts.ts';
import { type End, passageOf, type Refusal, sizesOf, sizeUnknown } from '../influence/passage.ts';
import { channelShare } from '../influence/shares.ts';
import { foldOf } from '../influence/window.ts';
import type { Target } from '../target.ts';
import { backThrough, forthThrough, type Way } from './pass.ts';
import { MAX_PRODUCTS, type Positions, together } from './products.ts';

/** What a unit or a position reaches, over the told parts of the tensor at the other end; null where nothing. */
export type Reached = Positions | null | Refusal;

/**
 * The positions of the source that one unit of the target depends on, with the borders of all tensors; gates and statistics count.
 * `unit` has an index for every axis of the target that moves along the source. Faults: `limit-exceeded`.
 */
export function positionsReadBy(flow: Flow, target: Target, unit: ReadonlyMap<number, number>, most = MAX_PRODUCTS): Reached {
  return new Reach(flow, target, most).back(unit);
}

/**
 * The units of the target that depend on one position of the source, by all ways and with the borders of all tensors. `position` has
 * an index for every followed axis of the source. Faults: `limit-exceeded`.
 */
export function unitsThatRead(flow: Flow, target: Target, position: ReadonlyMap<number, number>, most = MAX_PRODUCTS): Reached {
  return new Reach(flow, target, most).forth(position);
}

class Reach {
  readonly #flow: Flow;
  readonly #target: Target;
  readonly #most: number;
  readonly #budget = new Budget();
  readonly #known = new Map<string, Positions>();
  readonly #toldParts = new Map<string, readonly number[]>();

  constructor(flow: Flow, target: Target, most: number) {
    this.#flow = flow;
    this.#target = target;
    this.#most = most;
  }

  back(unit: ReadonlyMap<number, number>): Reached {
    const { trace, source } = this.#flow;
    this.#begin(this.#target.name, unit);
    for (let at = this.#target.at; at >= 0; at--) {
      const call = trace.calls[at] as Step;
      for (const [k, name] of call.node.outputs.entries()) {
        const positions = name === source.name ? undefined : this.#known.get(name);
        if (!positions) continue;
        this.#known.delete(name);
        for (const branch of this.#branches(call, k)) {
          const way = this.#way(call, branch);
          if ('cause' in way) return way;
          if (way.needsInput) return sizeUnknown(call);
          this.#add(branch.name, backThrough(positions, way, this.#budget));
        }
      }
    }
    return this.#known.get(source.name) ?? null;
  }

  forth(position: ReadonlyMap<number, number>): Reached {
    const { trace, source } = this.#flow;
    this.#begin(source.name, position);
    const readers = lastReaders(this.#flow, this.#target);
    for (const [at, call] of trace.calls.slice(0, this.#target.at + 1).entries()) {
      for (const [k, name] of call.node.outputs.entries()) {
        if (!readers.has(name) || name === source.name) continue;
        for (const branch of this.#branches(call, k)) {
          const positions = this.#known.get(branch.name);
          if (!positions) continue;
          const way = this.#way(call, branch);
          if ('cause' in way) return way;
          if (way.needsOutput) return sizeUnknown(call);
          this.#add(name, forthThrough(positions, way, this.#budget));
        }
      }
      for (const name of call.node.inputs) if (readers.get(name) === at) this.#known.delete(name);
    }
    return this.#known.get(this.#target.name) ?? null;
  }

  #begin(name: string, indices: ReadonlyMap<number, number>): void {
    const parts = this.#flow.parts(name);
    const product = this.#told(name).map((part) => {
      const at = positionWithin(parts, part, indices.get((parts[part] as Part).axis) ?? 0);
      return [at, at + 1];
    });
    this.#add(name, { products: [product], exact: true });
  }

  #add(name: string, positions: Positions): void {
    if (positions.products.length === 0) return;
    this.#known.set(name, together(this.#known.get(name), positions, this.#most, this.#budget));
  }

  /** The inputs through which output k depends on the source at all. */
  #branches(call: Step, k: number): readonly Branch[] {
    const flow = this.#flow;
    const output = call.node.outputs[k] as string;
    const told = this.#told(output).map((part) => (flow.parts(output)[part] as Part).axis);
    return branchesOf(flow, call, k).filter(
      (branch) => branch.follows && channelShare(call, branch, told, movingIn(flow, branch.name)) > 0,
    );
  }

  #way(call: Step, branch: Branch): (Way & { readonly needsInput: boolean; readonly needsOutput: boolean }) | Refusal {
    const [output, input] = [
      this.#end(call.node.outputs[branch.k] as string, call.outputs[branch.k]),
      this.#end(branch.name, call.inputs[branch.i]),
    ];
    const passage = passageOf(call, branch, output, input, false);
    if ('cause' in passage) return passage;
    const [after, before] = [sizesOf(output), sizesOf(input)];
    const { carried, mixed, dropped, limited } = passage.kind === 'linked' ? passage : { carried: [], mixed: [], dropped: [], limited: [] };
    const unlimited = limited.some(({ size }) => size === null);
    return {
      passage,
      output: { told: output.told, sizes: after },
      input: { told: input.told, sizes: before },
      needsInput:
        unlimited || carried.some((link) => link.map && before[link.input] === null) || mixed.some((part) => before[part] === null),
      needsOutput:
        unlimited ||
        carried.some(({ output: o, input: i, map }) => map && (after[o] === null || (foldOf(map) && before[i] === null))) ||
        dropped.some((part) => after[part] === null),
    };
  }

  #end(name: string, tensor: Tensor | undefined): End {
    return { shape: tensor?.shape ?? null, parts: this.#flow.parts(name), told: this.#told(name) };
  }

  #told(name: string): readonly number[] {
    const told = this.#toldParts.get(name) ?? toldOf(this.#flow, name, null);
    this.#toldParts.set(name, told);
    return told;
  }
}

/** Tensors that the target depends on, itself among them, with the index of the last call that reads each of them to that end. */
function lastReaders({ trace }: Flow, target: Target): ReadonlyMap<string, number> {
  const readers = new Map([[target.name, Infinity]]);
  for (let at = target.at; at >= 0; at--) {
    const { inputs, outputs } = (trace.calls[at] as Step).node;
    if (!outputs.some((name) => readers.has(name))) continue;
    for (const name of inputs) if (!readers.has(name)) readers.set(name, at);
  }
  return readers;
}
