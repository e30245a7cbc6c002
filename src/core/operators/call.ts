import { Fault } from '../fault.ts';
import type { Attribute, Constant, Dim, Shape } from '../graph.ts';
import type { Call, Tensor } from './operator.ts';

// What operators read of a call: its tensors, attributes and sizes, checked.

/** Says that a node contradicts its operator's definition. */
export function malformed(call: Call, message: string): never {
  throw new Fault('malformed-node', `${call.node.op} '${call.node.id}': ${message}`, { node: call.node.id });
}

/** The tensor at input i, which the operator requires. */
export function need(call: Call, i: number): Tensor {
  return call.inputs[i] ?? malformed(call, `input ${i} is required`);
}

/** Whether input i is given. */
export function has(call: Call, i: number): boolean {
  return call.inputs[i] !== undefined;
}

/** The elements of input i where they are known; null where it is left out. */
export function dataOf(call: Call, i: number): readonly number[] | null {
  return call.inputs[i]?.value ?? null;
}

/** The elements of input i as sizes, of which some may be unknown or have a name; null where none is known. */
export function sizesAt(call: Call, i: number): Shape | null {
  const input = call.inputs[i];
  return input?.value ?? input?.sizes ?? null;
}

/** The shape of input i, null where its rank is unknown. */
export function shapeOf(call: Call, i: number): Shape | null {
  return need(call, i).shape;
}

function attribute(call: Call, name: string): Attribute | undefined {
  return call.node.attributes.get(name);
}

/** An integer attribute; 64-bit ones beyond 2^53 are the nearest double. */
export function int(call: Call, name: string, fallback: number): number {
  const value = attribute(call, name);
  return value === undefined ? fallback : integer(call, name, value);
}

function integer(call: Call, name: string, value: unknown): number {
  const n = typeof value === 'number' || typeof value === 'bigint' ? Number(value) : Number.NaN;
  return Number.isInteger(n) ? n : malformed(call, `attribute ${name} must be an integer`);
}

/** A float attribute. */
export function float(call: Call, name: string, fallback: number): number {
  const value = attribute(call, name);
  if (value === undefined) return fallback;
  if (typeof value !== 'number' && typeof value !== 'bigint') return malformed(call, `attribute ${name} must be a number`);
  return Number(value);
}

/** A string attribute. */
export function string(call: Call, name: string, fallback: string): string {
  const value = attribute(call, name);
  if (value === undefined) return fallback;
  return typeof value === 'string' ? value : malformed(call, `attribute ${name} must be a string`);
}

/** A list of integers; undefined where the attribute is absent. */
export function ints(call: Call, name: string): readonly number[] | undefined {
  const value = attribute(call, name);
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) return malformed(call, `attribute ${name} must be a list of integers`);
  if (value.every(Number.isInteger)) return value;
  return value.map((v) => integer(call, name, v));
}

/** A list of strings; undefined where the attribute is absent. */
export function strings(call: Call, name: string): string[] | undefined {
  const value = attribute(call, name);
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) return malformed(call, `attribute ${name} must be a list of strings`);
  return value.map((v) => (typeof v === 'string' ? v : malformed(call, `attribute ${name} must be a list of strings`)));
}

/** A string attribute that is one of a few, the first of which is the default. */
export function choice<T extends string>(call: Call, name: string, of: readonly T[]): T {
  const value = string(call, name, of[0] as T);
  return (
    of.find((known) => known === value) ?? malformed(call, `${name} ${JSON.stringify(value.slice(0, 40))} is none of ${of.join(', ')}`)
  );
}

/** A tensor attribute; undefined where the attribute is absent. */
export function tensor(call: Call, name: string): Constant | undefined {
  const value = attribute(call, name);
  if (value === undefined) return undefined;
  if (typeof value !== 'object' || !('dtype' in value) || !('shape' in value)) return malformed(call, `attribute ${name} must be a tensor`);
  return value;
}

/** An axis attribute or value brought into 0 .. rank-1; ONNX counts negative ones from the end. */
export function axisIn(call: Call, axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(positive) || positive < 0 || positive >= rank) malformed(call, `axis ${axis} is outside a tensor of rank ${rank}`);
  return positive;
}

/** A computed size: a non-negative integer that a number holds exactly. */
export function dim(call: Call, n: number | bigint): number {
  if (n < 0) return malformed(call, `a size of ${n} is negative`);
  return Number.isSafeInteger(Number(n)) ? Number(n) : malformed(call, `a size of ${n} is not an integer below 2^53`);
}

/** NumPy and PyTorch stop at 64 axes; a bound also keeps a hostile file from asking for a billion of them. */
const MAX_RANK = 64;

/** A computed rank. */
export function rank(call: Call, n: number): number {
  return Number.isInteger(n) && n >= 0 && n <= MAX_RANK ? n : malformed(call, `a rank of ${n} is outside 0 to ${MAX_RANK}`);
}

/** Sizes as numbers; null where one of them is unknown. */
export function known(shape: Shape | null): readonly number[] | null {
  if (shape === null) return null;
  // By index, here and in `volume`: shapes are arrays of many kinds, over which iterators leave garbage.
  for (let axis = 0; axis < shape.length; axis++) if (typeof shape[axis] !== 'number') return null;
  return shape as readonly number[];
}

/** A size as a number; null where it is unknown. */
export function size(dim: Dim | undefined): number | null {
  return typeof dim === 'number' ? dim : null;
}

/** Two dims that must be the same size: the more precise of them, or a malformed node. */
export function sameDim(call: Call, a: Dim, b: Dim, what: string): Dim {
  if (typeof a === 'number' && typeof b === 'number' && a !== b) malformed(call, `${what}: ${a} against ${b}`);
  if (typeof a === 'number') return a;
  if (typeof b === 'number') return b;
  return a ?? b;
}
