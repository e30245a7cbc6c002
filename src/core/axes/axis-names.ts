import type { Shape } from '../graph.ts';
import type { Step } from '../inference/runner.ts';
import type { Relation, Tensor } from '../operators/operator.ts';
import { carry, carryReplaced, type Group, groupsOf, mixedBy, replaced } from './correspondence.ts';
import { type End, type Ends, endsOf } from './ends.ts';
import { filled, namesByRank, namesOf } from './layout.ts';
import { type Role, type Roles, reconcile } from './role.ts';
import { type Hint, type Search, settle } from './settle.ts';

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
  #ends: Ends | null = null;

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

  get #writers(): Ends['writers'] {
    return this.#found().writers;
  }

  #found(): Ends {
    this.#ends ??= endsOf(this.#graph.calls, this.#graph.numbers.size);
    return this.#ends;
  }

  #readersOf(value: number): readonly End[] {
    return this.#found().readers[value] ?? [];
  }

  #tensorOf(value: number): Tensor | undefined {
    const writer = this.#writers[value];
    if (writer) return writer.call.outputs[writer.at];
    const [reader] = this.#readersOf(value);
    return reader?.call.inputs[reader.at];
  }

  readonly #upstream: Search = {
    begin: (value) => {
      const writer = this.#writers[value];
      return writer?.call.operator ? byDefinition(writer) : settle(value, this.#downstream, this.#behind);
    },
    hints: (value) => hintsBefore(this.#writers[value]),
  };

  readonly #guesses: Search = {
    begin: (value) => {
      const roles = this.#upstream.begin(value);
      const tensor = this.#tensorOf(value);
      return this.#writers[value]?.call.operator || !tensor ? roles : filled(roles, tensor);
    },
    hints: this.#upstream.hints,
  };

  readonly #downstream: Search = {
    begin: (value) => byReaders(this.#readersOf(value), this.#tensorOf(value)?.shape?.length ?? 0),
    hints: (value) => this.#readersOf(value).flatMap(hintsBehind),
  };
}

const unknown = (rank: number): (Role | undefined)[] => Array(rank).fill(undefined);
const unsized = (rank: number): Shape => Array(rank).fill(null);

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
    if (defined?.length === rank)
      defined.forEach((role, axis) => {
        roles[axis] ??= role;
      });
    if (!roles.includes(undefined)) break;
  }
  return roles;
}

/** What the operator that writes a tensor says of it by its definition. A definition that names some axes only tells of readers. */
function byDefinition({ call, at: k }: End): Roles {
  const after = call.outputs[k]?.shape;
  if (!after) return [];
  const defined = definedBy(call);
  const before = call.inputs[0]?.shape ?? unsized(defined?.length ?? 0);
  if (defined?.length === before.length && before.length > 0 && !defined.includes(undefined)) {
    const relation = relationOf(call, 0, k);
    const moved = carry(groupsOf(relation, before, after), defined, { before, after, back: false });
    const put = carryReplaced(replaced(mixedBy(relation, before.length), newAxes(call, k)), defined, after.length, false);
    return moved.map((role, axis) => role ?? put[axis]);
  }
  const roles = unknown(after.length);
  // Rows of a table: what is new behind the indices are its features.
  if (call.operator?.tables?.some((slot) => call.inputs[slot]?.constant)) for (const axis of newAxes(call, k)) roles[axis] = 'C';
  return roles;
}

function relationOf(call: Step, i: number, k: number): Relation {
  return call.operator?.field(call, i, k) ?? 'dataDependent';
}

const carriesData = (call: Step, i: number) => call.inputs[i]?.constant === false;

/** Axes of an output that move along no axis of any input with data. */
function newAxes(call: Step, k: number): readonly number[] {
  const after = call.outputs[k]?.shape ?? [];
  let left = [...after.keys()];
  for (let i = 0; i < call.inputs.length && left.length > 0; i++) {
    const before = call.inputs[i]?.shape;
    if (!before || !carriesData(call, i)) continue;
    const taken = new Set(groupsOf(relationOf(call, i, k), before, after).flatMap(({ to }) => to));
    left = left.filter((axis) => !taken.has(axis));
  }
  return left;
}

/** The inputs of the operator that writes a tensor: first what it moves along, then what it takes the place of. */
function hintsBefore(writer: End | undefined): readonly Hint[] {
  if (!writer) return [];
  const { call, at: k } = writer;
  const inputs = call.reads.flatMap((value, i) => (value !== 0 && carriesData(call, i) ? [{ value, i }] : []));
  let fresh: readonly number[] | null = null;
  const newOnes = () => {
    fresh ??= newAxes(call, k);
    return fresh;
  };
  return [
    ...inputs.map(({ value, i }) => ({ value, tell: (roles: Roles) => along(call, i, k, roles, false) })),
    ...inputs.map(({ value, i }) => ({ value, tell: (roles: Roles) => inPlace(call, i, k, newOnes(), roles, false) })),
  ];
}

/** The outputs of an operator that reads a tensor, likewise. */
function hintsBehind({ call, at: i }: End): readonly Hint[] {
  return call.writes.flatMap((value, k) => {
    if (value === 0 || !call.outputs[k]?.shape || call.outputs[k].constant) return [];
    return [
      { value, tell: (roles: Roles) => along(call, i, k, roles, true) },
      { value, tell: (roles: Roles) => inPlace(call, i, k, newAxes(call, k), roles, true) },
    ];
  });
}

function along(call: Step, i: number, k: number, roles: Roles, back: boolean): Roles {
  const way = wayOf(call, i, k, back);
  if (!way) return [];
  const defined = i === 0 && !back ? definedBy(call) : null;
  const known = defined ? roles.map((role, axis) => role ?? defined[axis]) : roles;
  return carry(groupsOf(relationOf(call, i, k), way.before, way.after), known, way);
}

function inPlace(call: Step, i: number, k: number, fresh: readonly number[], roles: Roles, back: boolean): Roles {
  const way = wayOf(call, i, k, back);
  if (!way || fresh.length === 0) return [];
  const groups: readonly Group[] = replaced(mixedBy(relationOf(call, i, k), way.before.length), fresh);
  return carryReplaced(groups, roles, (back ? way.before : way.after).length, back);
}

function wayOf(call: Step, i: number, k: number, back: boolean): { before: Shape; after: Shape; back: boolean } | null {
  const [before, after] = [call.inputs[i]?.shape, call.outputs[k]?.shape];
  return before && after ? { before, after, back } : null;
}
