import type { Shape } from '../graph.ts';
import type { Step } from '../inference/runner.ts';
import type { Tensor } from '../operators/operator.ts';
import { carry, carryReplaced, groupsOf, mixedBy, replaced } from './correspondence.ts';
import { filled, namesByRank, namesOf } from './layout.ts';
import { type Role, type Roles, reconcile } from './role.ts';
import { type Hint, type Search, settle } from './settle.ts';
import { carriesData, type End, relationOf, Wiring } from './wiring.ts';

/** The part of a traced graph that names are found in. */
export interface Named {
  readonly calls: readonly Step[];
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly numbers: ReadonlyMap<string, number>;
}

/**
 * Names of the axes of every tensor of a graph, found when they are asked for. Of each axis, in this order:
 *
 * 1. Before the tensor: the operator that writes it, where its definition names its axes (a convolution, a pool, ...); else the
 *    axes of its inputs that this axis moves along, input by input; else the axes whose place it takes (a matrix product).
 *    A data input, and what an operator writes that Fovea does not know, has nothing before it but what is behind it.
 * 2. Behind the tensor: the operators that read it, in order, where their definitions name their axes; else the axes of their
 *    outputs that move along this one.
 * 3. Where one side says positions and the other batch or channels, it has positions. Where both name positions, the name
 *    from before stands.
 * 4. What is not known from either side: by the data inputs before it, whose axes have the usual layout of their rank as far as
 *    nothing names them, and last by the usual layout of the tensor's own rank.
 */
export class AxisNames {
  readonly #graph: Named;
  readonly #before = new Map<number, Roles>();
  readonly #guessed = new Map<number, Roles>();
  readonly #behind = new Map<number, Roles>();
  #lazyWiring: Wiring | null = null;

  constructor(graph: Named) {
    this.#graph = graph;
  }

  /** One name per axis of a tensor: 'N', 'C', 'D', 'H', 'W', 'T', or the axis index. None where the rank is unknown. */
  of(name: string): readonly string[] {
    const { tensors, numbers } = this.#graph;
    const tensor = tensors.get(name);
    const value = numbers.get(name);
    if (!tensor?.shape) return [];
    if (tensor.constant || value === undefined) return namesByRank(tensor);
    const before = settle(value, this.#upstream, this.#before);
    const behind = settle(value, this.#downstream, this.#behind);
    let roles: Roles = before.map((role, axis) => reconcile(role, behind[axis]));
    if (roles.includes(undefined)) {
      const guessed = settle(value, this.#guesses, this.#guessed);
      roles = roles.map((role, axis) => role ?? guessed[axis]);
    }
    return namesOf(roles, tensor);
  }

  get #wiring(): Wiring {
    this.#lazyWiring ??= new Wiring(this.#graph.calls, this.#graph.numbers.size);
    return this.#lazyWiring;
  }

  #tensorOf(value: number): Tensor | undefined {
    const writer = this.#wiring.writerOf(value);
    if (writer) return writer.call.outputs[writer.at];
    const [reader] = this.#wiring.readersOf(value);
    return reader?.call.inputs[reader.at];
  }

  readonly #upstream: Search = {
    begin: (value) => {
      const writer = this.#wiring.writerOf(value);
      return writer?.call.operator ? this.#byDefinition(writer) : settle(value, this.#downstream, this.#behind);
    },
    hints: (value) => {
      const writer = this.#wiring.writerOf(value);
      return writer ? this.#hintsBefore(writer) : [];
    },
  };

  readonly #guesses: Search = {
    begin: (value) => {
      const roles = this.#upstream.begin(value);
      const tensor = this.#wiring.writerOf(value)?.call.operator ? undefined : this.#tensorOf(value);
      return tensor ? filled(roles, tensor) : roles;
    },
    hints: this.#upstream.hints,
  };

  readonly #downstream: Search = {
    begin: (value) => byReaders(this.#wiring.readersOf(value), this.#tensorOf(value)?.shape?.length ?? 0),
    hints: (value) => this.#wiring.readersOf(value).flatMap((end) => this.#hintsBehind(end)),
  };

  /** What the operator that writes a tensor says of it by its definition. One that names some axes only tells of what it reads. */
  #byDefinition({ call, at: k }: End): Roles {
    const after = call.outputs[k]?.shape;
    if (!after) return [];
    const defined = definedBy(call);
    if (defined && !defined.includes(undefined)) return this.#throughDefined(call, k, defined, after);
    const roles = unknown(after.length);
    // Rows of a table: what is new behind the indices are its features.
    if (call.operator?.tables?.some((slot) => call.inputs[slot]?.constant)) {
      for (const axis of this.#wiring.newAxes(call, k)) roles[axis] = 'C';
    }
    return roles;
  }

  #throughDefined(call: Step, k: number, defined: Roles, after: Shape): Roles {
    const before = call.inputs[0]?.shape ?? Array<null>(defined.length).fill(null);
    if (before.length !== defined.length) return unknown(after.length);
    const relation = relationOf(call, 0, k);
    const moved = carry(groupsOf(relation, before, after), defined, { before, after, back: false });
    if (!moved.includes(undefined)) return moved;
    const groups = replaced(mixedBy(relation, before.length), this.#wiring.newAxes(call, k));
    const put = carryReplaced(groups, defined, after.length, false);
    return moved.map((role, axis) => role ?? put[axis]);
  }

  /** The inputs of the operator that writes a tensor: first what it moves along, then what it takes the place of. */
  #hintsBefore({ call, at: k }: End): readonly Hint[] {
    const inputs = call.reads.flatMap((value, i) => (value !== 0 && carriesData(call, i) ? [{ value, i }] : []));
    const defined = definedBy(call);
    return [
      ...inputs.map(({ value, i }) => ({
        value,
        tell: (roles: Roles) => {
          const known = i === 0 && defined ? roles.map((role, axis) => role ?? defined[axis]) : roles;
          return this.#wiring.along(call, i, k, known, false);
        },
      })),
      ...inputs.map(({ value, i }) => ({ value, tell: (roles: Roles) => this.#wiring.inPlace(call, i, k, roles, false) })),
    ];
  }

  /** The outputs of an operator that reads a tensor, likewise. */
  #hintsBehind({ call, at: i }: End): readonly Hint[] {
    return call.writes.flatMap((value, k) => {
      if (value === 0 || !call.outputs[k]?.shape || call.outputs[k].constant) return [];
      return {
        value,
        tell: (roles: Roles) => {
          const moved = this.#wiring.along(call, i, k, roles, true);
          if (!moved.includes(undefined)) return moved;
          const put = this.#wiring.inPlace(call, i, k, roles, true);
          return moved.map((role, axis) => role ?? put[axis]);
        },
      };
    });
  }
}

const unknown = (rank: number): (Role | undefined)[] => Array(rank).fill(undefined);

/** The names that an operator gives the axes of its first input; null where it has none. */
function definedBy(call: Step): Roles | null {
  const names = call.operator?.axes?.(call);
  return names ? names.map((name) => (name ?? undefined) as Role | undefined) : null;
}

/** What the operators that read a tensor say of it by their definitions. */
function byReaders(readers: readonly End[], rank: number): Roles {
  const roles = unknown(rank);
  for (const { call, at } of readers) {
    const defined = at === 0 ? definedBy(call) : null;
    if (defined?.length === rank) {
      for (let axis = 0; axis < rank; axis++) roles[axis] ??= defined[axis];
    }
    if (!roles.includes(undefined)) break;
  }
  return roles;
}
