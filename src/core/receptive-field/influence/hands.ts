import type { Step } from '../../inference/runner.ts';
import type { Tensor } from '../../operators/operator.ts';
import { type Branch, branchesOf, type Flow, movingIn, toldOf } from './flow.ts';
import type { Part } from './parts.ts';
import type { End } from './passage.ts';
import { besideAlong, channelShare } from './shares.ts';
import { inputWeight, type Variant } from './variant.ts';

/** How weights are shared, and which of them are told. */
export interface Sharing {
  readonly variant: Variant;
  /** Whether gates and statistics are left out. */
  readonly local: boolean;
  /** Index among the followed axes of the source: the only one to tell, the others summed over. null: all of them. */
  readonly only: number | null;
}

/** An input that takes a share of an output's weights. */
export interface Hand {
  readonly branch: Branch;
  /** What it gets of each weight. */
  readonly weight: number;
  /** Whether the axis that is told can be followed without the others: false where positions along those do not all read alike. */
  readonly separable: boolean;
}

/** Which inputs of a call the weights of an output go to, and which parts of a tensor tell them. */
export class Hands {
  readonly #flow: Flow;
  readonly #sharing: Sharing;
  readonly #told = new Map<string, readonly number[]>();

  constructor(flow: Flow, sharing: Sharing) {
    this.#flow = flow;
    this.#sharing = sharing;
  }

  /** The parts of a tensor that are told. */
  told(name: string): readonly number[] {
    const told = this.#told.get(name) ?? toldOf(this.#flow, name, this.#sharing.only);
    this.#told.set(name, told);
    return told;
  }

  end(name: string, tensor: Tensor | undefined): End {
    return { shape: tensor?.shape ?? null, parts: this.#flow.parts(name), told: this.told(name) };
  }

  /** The inputs that depend on the source and get a share of the weights of output k. */
  of(call: Step, k: number): readonly Hand[] {
    const { variant, local } = this.#sharing;
    const branches = branchesOf(this.#flow, call, k).filter(({ gate }) => !(local && gate));
    const toldAxes = this.#toldAxes(call.node.outputs[k] as string);
    const shares = branches.map((branch) => channelShare(call, branch, toldAxes, movingIn(this.#flow, branch.name)));
    const inputs = { shares, total: shares.reduce((a, b) => a + b, 0), exclusive: call.operator?.exclusive ?? false };
    return branches.flatMap((branch, index): Hand[] => {
      if (!branch.follows) return [];
      const { paths, reads } = this.#beside(branch);
      const counts = variant === 'paths';
      const weight = inputWeight(variant, inputs, index) * (counts ? (paths ?? 1) : 1);
      return [{ branch, weight, separable: reads && !(counts && paths === null) }];
    });
  }

  /** The axes that the told parts of a tensor lie on. */
  #toldAxes(name: string): readonly number[] {
    return this.told(name).map((part) => (this.#flow.parts(name)[part] as Part).axis);
  }

  /** How the axes of the source that are summed over are read. */
  #beside({ name, relation }: Branch) {
    const told = this.#toldAxes(name);
    return besideAlong(
      relation,
      movingIn(this.#flow, name).filter((axis) => !told.includes(axis)),
    );
  }
}
