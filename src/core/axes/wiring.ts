import type { Shape } from '../graph.ts';
import type { Step } from '../inference/runner.ts';
import type { Relation } from '../operators/operator.ts';
import { carry, carryReplaced, type Group, groupsOf, mixedBy, replaced } from './correspondence.ts';
import type { Roles } from './role.ts';

/** One place where a value is read or written: a call, and its input or output. */
export interface End {
  readonly call: Step;
  readonly at: number;
}

const NONE: readonly never[] = Object.freeze([]);
const UNKNOWN: Shape = Object.freeze([]);

/** Who writes and who reads each value, by its number, and how the axes of what calls read and write belong together. */
export class Wiring {
  readonly #calls: readonly Step[];
  /** Of each value the call that writes it, and of each call the number of its first read; -1 for none. */
  readonly #writers: Int32Array;
  /** Of each value its first reader among all reads, and of each read the next one of the same value; -1 for none. */
  readonly #first: Int32Array;
  readonly #next: Int32Array;
  readonly #readers: Int32Array;
  readonly #groups = new Map<Step, (readonly Group[] | undefined)[]>();

  constructor(calls: readonly Step[], values: number) {
    this.#calls = calls;
    this.#writers = new Int32Array(values).fill(-1);
    this.#first = new Int32Array(values).fill(-1);
    let read = 0;
    for (const { reads } of calls) read += reads.length;
    this.#next = new Int32Array(read);
    this.#readers = new Int32Array(read);
    for (let index = calls.length - 1; index >= 0; index--) {
      const { reads, writes } = calls[index] as Step;
      for (let k = 0; k < writes.length; k++) this.#writers[writes[k] as number] = index;
      for (let i = reads.length - 1; i >= 0; i--) {
        const value = reads[i] as number;
        read -= 1;
        this.#readers[read] = index;
        this.#next[read] = this.#first[value] as number;
        this.#first[value] = read;
      }
    }
  }

  /** Where a value is written; undefined for an input of the graph. */
  writerOf(value: number): End | undefined {
    const call = this.#calls[this.#writers[value] as number];
    return call && { call, at: call.writes.indexOf(value) };
  }

  /** Where a value is read, in the order of the calls. */
  readersOf(value: number): readonly End[] {
    const ends: End[] = [];
    for (let read = this.#first[value] as number; read >= 0; read = this.#next[read] as number) {
      const call = this.#calls[this.#readers[read] as number] as Step;
      const before = ends.at(-1);
      ends.push({ call, at: call.reads.indexOf(value, before?.call === call ? before.at + 1 : 0) });
    }
    return ends;
  }

  /** The axes of input i of a call by those of its output k that move along them, or `back`: the other way. */
  along(call: Step, i: number, k: number, roles: Roles, back: boolean): Roles {
    const [before, after] = [call.inputs[i]?.shape, call.outputs[k]?.shape];
    if (!before || !after) return NONE;
    const groups = this.#groupsOf(call, i, k);
    return groups === SAME ? roles : carry(groups, roles, { before, after, back });
  }

  /** The same of axes that stand in the place of those that the operator mixes as a whole. */
  inPlace(call: Step, i: number, k: number, roles: Roles, back: boolean): Roles {
    const [before, after] = [call.inputs[i]?.shape, call.outputs[k]?.shape];
    const mixed = before && after ? mixedBy(relationOf(call, i, k), before.length) : NONE;
    if (!before || !after || mixed.length === 0) return NONE;
    return carryReplaced(replaced(mixed, this.newAxes(call, k)), roles, (back ? before : after).length, back);
  }

  /** Axes of an output that move along no axis of any input with data. */
  newAxes(call: Step, k: number): readonly number[] {
    const after = call.outputs[k]?.shape ?? UNKNOWN;
    let left: readonly number[] = [...after.keys()];
    for (let i = 0; i < call.inputs.length && left.length > 0; i++) {
      if (!carriesData(call, i) || !call.inputs[i]?.shape) continue;
      const groups = this.#groupsOf(call, i, k);
      if (groups === SAME) return NONE;
      left = left.filter((axis) => !groups.some(({ to }) => to.includes(axis)));
    }
    return left;
  }

  #groupsOf(call: Step, i: number, k: number): readonly Group[] {
    const found = this.#groups.get(call) ?? [];
    if (found.length === 0) this.#groups.set(call, found);
    const at = i * call.outputs.length + k;
    found[at] ??= groupsBetween(call, i, k);
    return found[at];
  }
}

/** All axes of an output are those of the input. */
const SAME: readonly Group[] = Object.freeze([]);

function groupsBetween(call: Step, i: number, k: number): readonly Group[] {
  const [before, after] = [call.inputs[i]?.shape ?? UNKNOWN, call.outputs[k]?.shape ?? UNKNOWN];
  const relation = relationOf(call, i, k);
  return relation === 'elementwise' && before.length === after.length ? SAME : groupsOf(relation, before, after);
}

export function relationOf(call: Step, i: number, k: number): Relation {
  return call.operator?.field(call, i, k) ?? 'dataDependent';
}

/** Whether an input is given and no constant. */
export function carriesData(call: Step, i: number): boolean {
  return call.inputs[i]?.constant === false;
}
