import { FLOAT_BYTES, INT_BYTES, isFloatType } from './element-type.ts';
import { type Field, message, type Schema, schema } from './message.ts';
import { newList, newTensor, type SparseRecord, type TensorRecord } from './records.ts';
import { type Bound, bytes, DOUBLE, type Element, FLOAT, INT32, INT64, int, name, numbers, UINT64 } from './scalars.ts';

const DIMS: Bound = { max: (limits) => limits.dims, what: 'axes in one tensor' };

/** A typed payload: at most `max` numbers of it are worth keeping, whatever the element type turns out to be. */
function payload(field: number, element: Element, max: number): Field<TensorRecord> {
  return numbers(element, { max: () => max }, (t) => {
    t.typed ??= new Map();
    const list = t.typed.get(field) ?? newList();
    t.typed.set(field, list);
    return list;
  });
}

/** TensorProto. */
export const TENSOR: Schema<TensorRecord> = schema({
  1: numbers(INT64, DIMS, (t) => t.dims),
  2: int((t, v) => {
    t.type = v;
  }),
  4: payload(4, FLOAT, FLOAT_BYTES / 4),
  5: payload(5, INT32, INT_BYTES),
  7: payload(7, INT64, INT_BYTES / 8),
  8: name((t, v) => {
    t.name = v;
  }),
  9: bytes(
    (t) => (isFloatType(t.type) ? FLOAT_BYTES : INT_BYTES),
    (t, data, size) => {
      t.raw = data;
      t.rawSize = size;
    },
  ),
  10: payload(10, DOUBLE, FLOAT_BYTES / 8),
  11: payload(11, UINT64, INT_BYTES / 4),
  14: int((t, v) => {
    t.external = v === 1;
  }),
});

/** SparseTensorProto. */
export const SPARSE: Schema<SparseRecord> = schema({
  1: message(
    () => TENSOR,
    (s) => {
      s.values ??= newTensor();
      return s.values;
    },
  ),
  3: numbers(INT64, DIMS, (s) => s.dims),
});
