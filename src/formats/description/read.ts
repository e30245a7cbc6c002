import type { Graph } from '../../core/graph.ts';
import type { Limits } from '../format.ts';
import { planBlocks } from './blocks.ts';
import { checkBounds, exceeded } from './bounds.ts';
import { check, invalid } from './check.ts';
import { type Document, documentSchema } from './document.ts';
import { Expansion } from './expand.ts';
import { Lowering } from './lowering.ts';
import { type Frame, Names } from './names.ts';
import { at } from './pointer.ts';
import { toSteps } from './steps.ts';

/**
 * The graph that a parsed network description stands for. What is wrong with the description is a fault
 * `invalid-description` with a JSON pointer to the spot; what is too large is a fault `limit-exceeded`.
 *
 * @example
 * readDescription({ version: 1, inputs: { x: [1, 3, 32, 32] }, layers: [{ type: 'Conv2d', out_channels: 8, kernel_size: 3 }] }, limits)
 */
export function readDescription(document: unknown, limits: Limits): Graph {
  checkBounds(document, limits);
  check(documentSchema, document, '');
  // The line above makes it so.
  const given = document as Document;
  const steps = toSteps(given.layers, '/layers', false, takenNames(given));
  const blocks = planBlocks(given.blocks ?? {});
  const top: Frame = { path: '', parameters: undefined, lender: undefined, later: new Set(steps.map((step) => step.name)) };
  const lowering = new Lowering(limits);
  const names = new Names();
  const inputs = addInputs(given, lowering, names, top, limits);
  addConstants(given, lowering, names, top);
  const [only] = inputs;
  const first = only !== undefined && inputs.length === 1 ? { name: only, values: [only] } : undefined;
  const last = new Expansion(lowering, names, blocks, limits).sequence(top, steps, first);
  return lowering.graph(given.name ?? '', given.outputs ? namedOutputs(given.outputs, names, top) : last);
}

/** Names that layers cannot have, and what has them. */
function takenNames({ inputs, constants = {} }: Document): Map<string, string> {
  const named = (values: object, pointer: string) => Object.keys(values).map((name) => [name, at(pointer, name)] as const);
  return new Map([...named(inputs, '/inputs'), ...named(constants, '/constants')]);
}

function addInputs({ inputs }: Document, lowering: Lowering, names: Names, top: Frame, limits: Limits): string[] {
  for (const [name, input] of Object.entries(inputs)) {
    const pointer = at('/inputs', name);
    if (name === '') invalid(pointer, 'an input must have a name');
    const { shape, dtype = 'float32' } = 'shape' in input ? input : { shape: input };
    if (shape && shape.length > limits.dims) exceeded(`a tensor of more than ${limits.dims} axes`, pointer);
    names.define(top, name, [name], pointer);
    lowering.input({ name, dtype, shape });
  }
  return Object.keys(inputs);
}

function addConstants({ constants = {} }: Document, lowering: Lowering, names: Names, top: Frame): void {
  for (const [name, tensor] of Object.entries(constants)) {
    const pointer = at('/constants', name);
    if (name === '') invalid(pointer, 'a constant must have a name');
    names.define(top, name, [name], pointer);
    lowering.literal(name, tensor, pointer);
  }
}

function namedOutputs(outputs: readonly string[], names: Names, top: Frame): string[] {
  const values = outputs.map((name, index) => names.resolve(top, name, at('/outputs', index)));
  const seen = new Set<string>();
  for (const [index, value] of values.entries()) {
    if (seen.has(value)) invalid(at('/outputs', index), `${JSON.stringify(outputs[index])} is an output twice`);
    seen.add(value);
  }
  return values;
}
