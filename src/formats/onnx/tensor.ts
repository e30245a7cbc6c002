import { Fault } from '../../core/fault.ts';
import { type Constant, DTYPE_BITS, type DType } from '../../core/graph.ts';
import { dtypeOf, isSmall } from './element-type.ts';
import { minifloat } from './minifloat.ts';
import { newTensor, type SparseRecord, type TensorRecord } from './records.ts';
import type { List } from './scalars.ts';

/** The typed field that carries each element type; the types that are not here go through `int32_data`. */
const FIELD: Readonly<Partial<Record<DType, number>>> = {
  float32: 4,
  complex64: 4,
  string: 6,
  int64: 7,
  float64: 10,
  complex128: 10,
  uint32: 11,
  uint64: 11,
};
const INT32_DATA = 5;

function fail(where: string, message: string): never {
  throw new Fault('malformed-file', `${where}: ${message}`);
}

/** The dims of a tensor whose data is (or could be) in the file: all known, none negative. */
function shapeOf(where: string, dims: List): number[] {
  return (dims.values as number[]).map((dim) => {
    if (!Number.isSafeInteger(dim) || dim < 0) return fail(where, `a dim must be between 0 and 2^53 - 1, not ${dim}`);
    return dim;
  });
}

/**
 * A tensor of the file with the elements that were worth keeping. `keep` is told of the memory that they take; `where`
 * says which tensor it is. Faults with `malformed-file` where dims, type and data contradict each other.
 */
export function constantOf(record: TensorRecord, keep: (bytes: number) => void, where = `tensor '${record.name}'`): Constant {
  const shape = shapeOf(where, record.dims);
  const dtype = dtypeOf(record.type) ?? fail(where, `there is no data type ${record.type}`);
  const elements = shape.reduce((a, b) => a * b, 1);
  const data = record.external ? null : dataOf(record, dtype, elements, where);
  if (data) keep(8 * data.length);
  return { name: record.name, dtype, shape, data };
}

/** A sparse tensor: its dense dims. Its values are not spread out. */
export function sparseConstantOf({ values = newTensor(), dims }: SparseRecord, where = `tensor '${values.name}'`): Constant {
  const dtype = dtypeOf(values.type) ?? fail(where, `there is no data type ${values.type}`);
  return { name: values.name, dtype, shape: shapeOf(where, dims), data: null };
}

function dataOf(record: TensorRecord, dtype: DType, elements: number, where: string): number[] | null {
  if (elements === 0) return [];
  if (dtype === 'string') return null;
  const bits = DTYPE_BITS[dtype];
  // Bytes of whole elements: those of less than a byte share one.
  if (record.rawSize > 0 && record.rawSize !== Math.ceil((elements * bits) / 8)) {
    fail(where, `${elements} elements of ${dtype} do not take ${record.rawSize} bytes`);
  }
  if (dtype.startsWith('complex')) return null;
  if (record.rawSize > 0) return record.raw && isSmall(dtype, elements) ? fromRaw(record.raw, dtype, elements) : null;
  return fromTyped(record, dtype, elements, where);
}

function fromRaw(raw: Uint8Array, dtype: DType, elements: number): number[] {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return elementsOf(reader(view, dtype), elements);
}

function reader(view: DataView, dtype: DType): (i: number) => number {
  const small = minifloat(dtype);
  if (small) return DTYPE_BITS[dtype] === 16 ? (i) => small(view.getUint16(2 * i, true)) : nibbles(view, dtype, small);
  switch (dtype) {
    case 'float32':
      return (i) => view.getFloat32(4 * i, true);
    case 'float64':
      return (i) => view.getFloat64(8 * i, true);
    case 'int64':
      return (i) => view.getInt32(8 * i + 4, true) * 2 ** 32 + view.getUint32(8 * i, true);
    case 'uint64':
      return (i) => view.getUint32(8 * i + 4, true) * 2 ** 32 + view.getUint32(8 * i, true);
    case 'int32':
      return (i) => view.getInt32(4 * i, true);
    case 'uint32':
      return (i) => view.getUint32(4 * i, true);
    case 'int16':
      return (i) => view.getInt16(2 * i, true);
    case 'uint16':
      return (i) => view.getUint16(2 * i, true);
    default:
      return nibbles(view, dtype, integer(dtype));
  }
}

/** Elements of at most a byte, the first one in the lowest bits. */
function nibbles(view: DataView, dtype: DType, value: (bits: number) => number): (i: number) => number {
  const bits = DTYPE_BITS[dtype];
  const perByte = 8 / bits;
  return (i) => value((view.getUint8(Math.floor(i / perByte)) >> (bits * (i % perByte))) & (2 ** bits - 1));
}

/** The integer of a bit pattern: two's complement where the type has a sign. */
function integer(dtype: DType): (bits: number) => number {
  const bits = DTYPE_BITS[dtype];
  return dtype.startsWith('int') ? (pattern) => (pattern << (32 - bits)) >> (32 - bits) : (pattern) => pattern & (2 ** bits - 1);
}

function fromTyped(record: TensorRecord, dtype: DType, elements: number, where: string): number[] | null {
  const field = FIELD[dtype] ?? INT32_DATA;
  for (const used of record.typed?.keys() ?? []) {
    if (used !== field) fail(where, `the data of ${dtype} belongs in field ${field}, not ${used}`);
  }
  const list = record.typed?.get(field);
  if (!list || list.values === null || list.values.length === 0) return null;
  const values = list.values as number[];
  const data = field === INT32_DATA ? fromInt32(values, dtype, elements) : values;
  if (data.length !== elements) fail(where, `${elements} elements, but data for ${data.length}`);
  return isSmall(dtype, elements) ? data : null;
}

/** Each entry holds one bit pattern, or a byte of those that share one. */
function fromInt32(values: readonly number[], dtype: DType, elements: number): number[] {
  if (dtype === 'int32') return values as number[];
  const bits = DTYPE_BITS[dtype];
  const value = minifloat(dtype) ?? integer(dtype);
  if (bits >= 8) return values.map((v) => value(v & (2 ** bits - 1)));
  if (values.length !== Math.ceil((elements * bits) / 8)) return [];
  return elementsOf(nibbles(new DataView(Uint8Array.from(values).buffer), dtype, value), elements);
}

function elementsOf(read: (i: number) => number, elements: number): number[] {
  const data: number[] = [];
  for (let i = 0; i < elements; i++) data.push(read(i));
  return data;
}
