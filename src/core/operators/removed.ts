import { pointwiseOperator } from './elementwise.ts';
import type { Operator } from './operator.ts';

/** Experimental operators of the first operator set, which no later one has: one factor and one term for each element. */
export const removed: readonly Operator[] = [
  pointwiseOperator('Affine', () => ({ mul: 1, add: 1 }), { arity: 1, defaults: { alpha: 1, beta: 0 } }),
  pointwiseOperator('ImageScaler', () => ({ mul: 1, add: 1 }), { arity: 1, defaults: { scale: 1 } }),
];
