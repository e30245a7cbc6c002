import { relu } from './activation.ts';
import type { Operator } from './operator.ts';

/** The registry: one line per operator. */
const OPERATORS: readonly Operator[] = [relu];

const byName = new Map<string, Operator>();
for (const operator of OPERATORS) {
  if (byName.has(operator.op)) throw new Error(`operator ${operator.op} is registered twice`);
  byName.set(operator.op, operator);
}

/** The record of an operator; undefined for one that Fovea does not know. */
export function operatorOf(op: string): Operator | undefined {
  return byName.get(op);
}

/** Every operator that Fovea knows, by name. */
export function operators(): readonly Operator[] {
  return [...OPERATORS].sort((a, b) => (a.op < b.op ? -1 : 1));
}
