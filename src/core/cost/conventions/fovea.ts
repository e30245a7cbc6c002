import { flopsOf } from '../counters.ts';
import { defineConvention } from './convention.ts';

/** Fovea's own: every primitive of every operator counts, a multiply-accumulate twice. */
export const fovea = defineConvention({
  id: 'fovea',
  version: '1',
  unit: 'FLOP',
  summary: 'every primitive operation of every operator; one multiply-accumulate is two FLOP, one transcendental is one',
  source: 'docs/operators.md: the primitives of each operator',
  otherwise: ({ operations }) => flopsOf(operations),
});
