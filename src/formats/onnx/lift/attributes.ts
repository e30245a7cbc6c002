import { Fault } from '../../../core/fault.ts';
import type { DType } from '../../../core/graph.ts';
import type { Draft, Workshop } from '../draft.ts';

/** Takes a list of numbers out of a node's attributes; undefined where there is none. */
export function takeList(node: Draft, name: string): number[] | undefined {
  const value = node.attributes.get(name);
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) return wrong(node, name, 'a list of numbers');
  node.attributes.delete(name);
  return value.map((v) => (typeof v === 'number' || typeof v === 'bigint' ? Number(v) : wrong(node, name, 'a list of numbers')));
}

/** Takes a number out of a node's attributes; undefined where there is none. */
export function takeNumber(node: Draft, name: string): number | undefined {
  const value = node.attributes.get(name);
  if (value === undefined) return undefined;
  if (typeof value !== 'number' && typeof value !== 'bigint') return wrong(node, name, 'a number');
  node.attributes.delete(name);
  return Number(value);
}

function wrong(node: Draft, name: string, what: string): never {
  throw new Fault('malformed-node', `${node.op} '${node.id}': attribute ${name} must be ${what}`, { node: node.id });
}

/** Puts a value into an input slot; the optional inputs before it are left out where they are not there. */
export function setInput(node: Draft, slot: number, name: string): void {
  while (node.inputs.length < slot) node.inputs.push('');
  node.inputs[slot] = name;
}

/** Turns a list attribute into a constant input. */
export function listToInput(node: Draft, workshop: Workshop, name: string, slot: number, dtype: DType = 'int64'): void {
  const list = takeList(node, name);
  if (list) setInput(node, slot, workshop.constant(name, dtype, [list.length], list));
}

/** Turns a number attribute into a scalar constant input. */
export function numberToInput(node: Draft, workshop: Workshop, name: string, slot: number, dtype: DType = 'float32'): void {
  const number = takeNumber(node, name);
  if (number !== undefined) setInput(node, slot, workshop.constant(name, dtype, [], [number]));
}
