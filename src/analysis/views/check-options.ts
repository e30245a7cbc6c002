import { Fault } from '../../core/fault.ts';
import { OPTIMIZERS } from '../../core/memory/trained-weights.ts';
import { suggestion } from '../nearest.ts';
import { NUMBER_TYPES } from './number-types.ts';
import type { ViewOptions } from './view.ts';

/** Options that are one of a few words. */
const WORDS = {
  variant: ['uniform', 'paths', 'random'],
  weights: NUMBER_TYPES,
  activations: NUMBER_TYPES,
  optimizer: Object.keys(OPTIMIZERS),
  precision: ['own', 'mixed'],
} as const satisfies Partial<Record<keyof ViewOptions, readonly string[]>>;

/** Holds options to the words that they may be, whichever door they came in by. Fault: `invalid-option`. */
export function checkOptions(options: ViewOptions): void {
  for (const [name, words] of Object.entries(WORDS)) {
    const word = options[name as keyof typeof WORDS];
    if (word !== undefined && !words.some((known) => known === word)) {
      throw new Fault('invalid-option', `${name} cannot be '${word.slice(0, 40)}'${suggestion(word, words)}`);
    }
  }
  const { figure, conventions } = options;
  if (figure?.unit !== undefined && figure.unit !== 'MAC' && figure.unit !== 'FLOP') {
    throw new Fault('invalid-option', "the unit of a figure is 'MAC' or 'FLOP'");
  }
  if (conventions && conventions.length !== 2) throw new Fault('invalid-option', 'conventions are two ids, which are compared');
}
