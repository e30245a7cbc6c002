import { type Static, Type } from '@sinclair/typebox';
import { type Constant, DTYPE_BITS, type DType, isFloat } from '../../core/graph.ts';
import { invalid } from './check.ts';
import { at } from './pointer.ts';

export const dtypeSchema = Type.Unsafe<DType>(
  Type.Union(
    Object.keys(DTYPE_BITS).map((name) => Type.Literal(name)),
    { title: 'an element type such as "float32" or "int64"', description: "Element type, by NumPy's names." },
  ),
);

/** Sizes are exact integers. */
export const MOST = Number.MAX_SAFE_INTEGER;

const elementSchema = Type.Union([
  Type.Number(),
  Type.Boolean(),
  Type.String({ pattern: '^(-?[0-9]+|NaN|-?Infinity)$', title: 'a decimal string' }),
]);

export const tensorSchema = Type.Object(
  {
    dtype: dtypeSchema,
    shape: Type.Array(Type.Integer({ minimum: 0, maximum: MOST }), { description: 'Sizes along the axes; [] is a scalar.' }),
    data: Type.Optional(
      Type.Array(elementSchema, {
        description:
          'The elements in row-major order. Integers beyond 2^53 and numbers that JSON lacks are strings. Left out: weights, whose values do not matter.',
      }),
    ),
    parameter: Type.Optional(
      Type.Boolean({
        description:
          'Whether floating-point elements count as parameters. Left out: they do, but for a single number with its "data", which counts as a scalar.',
      }),
    ),
  },
  {
    additionalProperties: false,
    title: 'a tensor',
    description: 'A tensor that does not depend on the input: a weight, or a small constant with its data.',
  },
);

export type TensorLiteral = Static<typeof tensorSchema>;

/** The constant that an inline tensor stands for. */
export function toConstant(name: string, { dtype, shape, data, parameter }: TensorLiteral, pointer: string): Constant {
  const elements = shape.reduce((product, size) => product * size, 1);
  if (data && data.length !== elements) {
    invalid(at(pointer, 'data'), `the shape ${JSON.stringify(shape)} has ${elements} elements, but "data" has ${data.length}`);
  }
  return { name, dtype, shape, data: data ? data.map(Number) : null, ...(parameter === false && { synthetic: true }) };
}

/** The type of a layer's weights: that of what it reads, or single precision where that is no type of weights. */
export function weightType(read: DType | null | undefined): DType {
  return read === 'float16' || read === 'bfloat16' || read === 'float64' ? read : 'float32';
}

/** Whether an inline tensor is a number rather than a weight. */
export function isNumber({ dtype, data, parameter }: TensorLiteral): boolean {
  return parameter === undefined && isFloat(dtype) && data?.length === 1;
}
