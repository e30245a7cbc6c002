import { malformed, string } from './call.ts';
import { pointwiseOperator } from './elementwise.ts';
import type { Operator } from './operator.ts';

/** Operations on the bits of integers, one `cmp` each: they are logic, as And and Not. Source: ONNX BitwiseAnd and its siblings. */
export const bitwise: readonly Operator[] = [
  ...['BitwiseAnd', 'BitwiseOr', 'BitwiseXor'].map((op) => pointwiseOperator(op, () => ({ cmp: 1 }), { arity: 2 })),
  pointwiseOperator('BitwiseNot', () => ({ cmp: 1 }), { arity: 1 }),
  // A shift by k is a product with, or a division by, 2^k.
  pointwiseOperator(
    'BitShift',
    (call) => {
      const direction = string(call, 'direction', '');
      if (direction === 'LEFT') return { mul: 1 };
      return direction === 'RIGHT'
        ? { div: 1 }
        : malformed(call, `direction ${JSON.stringify(direction.slice(0, 40))} is neither LEFT nor RIGHT`);
    },
    { arity: 2 },
  ),
];
