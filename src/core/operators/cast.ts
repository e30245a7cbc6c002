import { DTYPE_BITS, type DType } from '../graph.ts';
import { isInteger } from './amount.ts';
import { type Call, dataOf, defineOperator, int, MOVEMENT, malformed, need, type Operator, shapeOf } from './operator.ts';
import { rounded } from './value.ts';

/** Element types by their number in ONNX, which counts from 1. */
const DTYPES = Object.keys(DTYPE_BITS) as DType[];

/** The element type that an attribute names by its number in ONNX. */
export function dtypeOf(call: Call, name: string, fallback: DType | null): DType | null {
  if (!call.node.attributes.has(name)) return fallback;
  const number = int(call, name, 0);
  return DTYPES[number - 1] ?? malformed(call, `${name} ${number} is no element type`);
}

/** Elements under another type. Casting to an integer truncates towards zero. */
function converted(dtype: DType | null, value: readonly number[] | null): readonly number[] | null {
  if (!value || dtype === null || dtype === 'string') return null;
  if (dtype === 'bool') return value.map((x) => (x === 0 ? 0 : 1));
  return rounded(dtype, isInteger(dtype) ? value.map(Math.trunc) : value);
}

function conversion(op: string, to: (call: Call) => DType | null): Operator {
  return defineOperator(op, {
    moves: true,
    infer: (call) => [{ dtype: to(call), shape: shapeOf(call, 0) }],
    value: (call) => converted(to(call), dataOf(call, 0)),
    field: (_, i) => (i === 0 ? 'elementwise' : 'none'),
    cost: () => MOVEMENT,
    defaults: () => ({ saturate: 1 }),
  });
}

/** Source: ONNX Cast and CastLike. */
export const cast = conversion('Cast', (call) => dtypeOf(call, 'to', null) ?? malformed(call, 'to is required'));
export const castLike = conversion('CastLike', (call) => need(call, 1).dtype);

/**
 * Source: ONNX BitCast: the same bits as another type of the same width. What the elements are then is not followed.
 */
export const bitCast = defineOperator('BitCast', {
  view: true,
  infer: (call) => {
    const dtype = dtypeOf(call, 'to', null) ?? malformed(call, 'to is required');
    const from = need(call, 0).dtype;
    if (from && DTYPE_BITS[from] !== DTYPE_BITS[dtype]) malformed(call, `${from} has another width than ${dtype}`);
    return [{ dtype, shape: shapeOf(call, 0) }];
  },
  field: () => 'elementwise',
  cost: () => MOVEMENT,
});
