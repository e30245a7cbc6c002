import { times } from '../count.ts';
import { stopsGradient } from '../gradients.ts';
import type { LayerFacts } from '../layers.ts';
import { savesOf } from '../operators/saves.ts';
import { NO_OPERATIONS, type Primitives } from './counters.ts';

/**
 * The operations of a layer's backward pass, operator by operator: each operand of a contraction that needs a gradient takes
 * as many multiply-accumulates as the contraction itself (groups and all; operators with several contractions have a rule of
 * their own), every other operation one of its kind. So a convolution between trained layers takes twice its forward pass,
 * and the first one, whose input needs no gradient, once. null where the operations, or the operands of a contraction, are
 * unknown, and where a gradient that is needed does not exist.
 */
export function backwardOf({ call, operations }: LayerFacts, needed: ReadonlySet<string>): Primitives | null {
  const { node, operator } = call;
  const needs = (slot: number) => needed.has(node.inputs[slot] ?? '');
  if (stopsGradient(call, needed)) return null;
  if (!node.outputs.some((name) => needed.has(name))) return operator ? NO_OPERATIONS : null;
  if (operations === null) return null;
  if (operations.mac === 0) return operations;
  const saves = savesOf(call);
  if (saves?.backward) {
    const mac = saves.backward(call, needs);
    return mac === null ? null : { ...operations, mac: times(mac, call.repeats ?? 1) };
  }
  const slots = saves?.operands ?? saves?.inputs;
  if (slots === undefined) return null;
  const operands = slots === 'all' ? [...node.inputs.keys()] : slots;
  // A chain of contractions, as in attention, has more operands, but each contraction has two.
  const factor = Math.min(2, operands.filter(needs).length);
  return { ...operations, mac: times(factor, operations.mac) };
}
