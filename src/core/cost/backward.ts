import { times } from '../count.ts';
import type { LayerFacts } from '../layers.ts';
import { NO_OPERATIONS, type Primitives } from './counters.ts';

/**
 * The operations of a layer's backward pass, operator by operator: each operand of a contraction that needs a gradient takes
 * as many multiply-accumulates as the contraction itself (groups and all), every other operation one of its kind. So a
 * convolution between trained layers takes twice its forward pass, and the first one, whose input needs no gradient, once.
 * null where the operations, or the operands of a contraction, are unknown.
 */
export function backwardOf({ call, operations }: LayerFacts, needed: ReadonlySet<string>): Primitives | null {
  const { node, operator } = call;
  if (!node.outputs.some((name) => needed.has(name))) return operator ? NO_OPERATIONS : null;
  if (operations === null) return null;
  if (operations.mac === 0) return operations;
  const slots = operator?.saves?.operands ?? operator?.saves?.inputs;
  if (slots === undefined) return null;
  const operands = slots === 'all' ? node.inputs : slots.map((slot) => node.inputs[slot] ?? '');
  // A chain of contractions, as in attention, has more operands, but each contraction has two.
  const factor = Math.min(2, operands.filter((name) => needed.has(name)).length);
  return { ...operations, mac: times(factor, operations.mac) };
}
