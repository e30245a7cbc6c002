import { flopsOf } from '../counters.ts';
import type { Convention } from './convention.ts';

/** Fovea's own: every primitive of every operator counts, a multiply-accumulate twice. */
export const fovea: Convention = {
  id: 'fovea',
  version: '1',
  unit: 'FLOP',
  summary: 'every primitive operation of every operator; one multiply-accumulate is two FLOP, one transcendental is one',
  project: (_op, operations) => flopsOf(operations),
};
