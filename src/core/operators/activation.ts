import { times } from '../count.ts';
import { type Counters, defineOperator, need, type Operator } from './operator.ts';
import { elementsOf } from './shape.ts';

/** A pointwise non-linear function of one tensor; `perElement` are its primitives. */
export function activation(op: string, perElement: Readonly<Record<'cmp', number>>): Operator {
  return defineOperator(op, {
    nonlinear: true,
    infer: (call) => [need(call, 0)],
    field: () => 'elementwise',
    cost: (call): Counters | null => {
      const n = elementsOf(call.outputs[0]);
      return n === null ? null : { cmp: times(n, perElement.cmp) };
    },
  });
}

export const relu = activation('Relu', { cmp: 1 });
