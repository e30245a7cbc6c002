import { DTYPE_BITS, type DType, isFloat } from '../../core/graph.ts';

/** TensorProto.DataType, by number. */
const DTYPES: readonly (DType | undefined)[] = [
  undefined,
  'float32',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  'string',
  'bool',
  'float16',
  'float64',
  'uint32',
  'uint64',
  'complex64',
  'complex128',
  'bfloat16',
  'float8e4m3fn',
  'float8e4m3fnuz',
  'float8e5m2',
  'float8e5m2fnuz',
  'uint4',
  'int4',
  'float4e2m1',
  'float8e8m0',
  'uint2',
  'int2',
];

/** Payloads are kept up to these sizes: scales and bounds, and shapes and indices. Weights are larger. */
export const FLOAT_BYTES = 1024;
export const INT_BYTES = 8192;

/** The element type of a data type number; null where the number means nothing. */
export function dtypeOf(type: number | bigint): DType | null {
  return DTYPES[Number(type)] ?? null;
}

export function isFloatType(type: number | bigint): boolean {
  return isFloat(dtypeOf(type));
}

/** Whether so many elements are few enough to keep. */
export function isSmall(dtype: DType, elements: number): boolean {
  return (elements * DTYPE_BITS[dtype]) / 8 <= (isFloat(dtype) ? FLOAT_BYTES : INT_BYTES);
}

/** The number of a data type that early files write out, such as `FLOAT16`; undefined where it is none. */
export function typeNumber(name: string): number | undefined {
  const dtype = { FLOAT: 'float32', DOUBLE: 'float64' }[name] ?? name.toLowerCase();
  const number = DTYPES.indexOf(dtype as DType);
  return number < 0 ? undefined : number;
}
