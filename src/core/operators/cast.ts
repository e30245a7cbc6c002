import { DTYPE_BITS, type DType } from '../graph.ts';
import { isInteger } from './amount.ts';
import { dataOf, int, malformed, need, shapeOf } from './call.ts';
import { type Call, defineOperator, MOVEMENT, type Operator } from './operator.ts';
import { NOTHING } from './saves.ts';
import { rounded } from './value.ts';

/** Element types by their number in ONNX, which counts from 1. */
const DTYPES = Object.keys(DTYPE_BITS) as DType[];

/** The element type that an attribute names by its number in ONNX. */
export function dtypeOf(call: Call, name: string, fallback: DType | null): DType | null {
  if (!call.node.attributes.has(name)) return fallback;
  const number = int(call, name, 0);
  return DTYPES[number - 1] ?? malformed(call, `${name} ${number} is no element type`);
}

/** Elements under another type. Casting to an integer truncates towards zero, and keeps the low bits of an integer. */
function converted(from: DType | null, dtype: DType | null, value: readonly number[] | null): readonly number[] | null {
  if (!value || dtype === null || dtype === 'string' || from === 'string') return null;
  if (dtype === 'bool') return value.map((x) => (x === 0 ? 0 : 1));
  if (!isInteger(dtype)) return rounded(dtype, value);
  const [whole, wrap] = [value.map(Math.trunc), wrapping(dtype)];
  if (whole.every((x) => wrap(x) === x)) return rounded(dtype, whole);
  // What is not a number of the type is undefined, unless it was an integer.
  return isInteger(from) && whole.every(Number.isSafeInteger) ? whole.map(wrap) : null;
}

/** The integer of a type that has the same low bits; 64-bit ones are kept, as doubles hold them only nearly. */
function wrapping(dtype: DType): (x: number) => number {
  const bits = DTYPE_BITS[dtype];
  if (bits === 64) return (x) => x;
  const [range, least] = [2 ** bits, dtype.startsWith('u') ? 0 : -(2 ** (bits - 1))];
  return (x) => ((((x - least) % range) + range) % range) + least;
}

function conversion(op: string, to: (call: Call) => DType | null): Operator {
  return defineOperator(op, {
    saves: NOTHING,
    moves: true,
    infer: (call) => [{ dtype: to(call), shape: shapeOf(call, 0) }],
    value: (call) => converted(need(call, 0).dtype, to(call), dataOf(call, 0)),
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
  noGradient: 'the same bits as another type have no gradient',
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
