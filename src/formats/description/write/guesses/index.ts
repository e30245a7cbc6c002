import type { Call } from '../../../../core/operators/operator.ts';
import type { Guess, Guesser } from './guess.ts';
import { linears } from './linear.ts';
import { normalizations } from './normalization.ts';
import { pointwise } from './pointwise.ts';
import { resizes } from './resize.ts';
import { shapes } from './shape.ts';
import { windows } from './window.ts';

const GUESSERS = new Map<string, Guesser[]>();

for (const family of [windows, normalizations, pointwise, linears, shapes, resizes]) {
  for (const [op, guesser] of Object.entries(family)) GUESSERS.set(op, [...(GUESSERS.get(op) ?? []), guesser]);
}

/** The layers that might make a node, the best first. */
export function guessesFor(call: Call): readonly Guess[] {
  return (GUESSERS.get(call.node.op) ?? []).flatMap((guesser) => guesser(call));
}
