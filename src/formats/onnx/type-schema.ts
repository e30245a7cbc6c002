import { type Field, message, push, type Schema, schema } from './message.ts';
import type { DimRecord, TensorTypeRecord, TypeRecord, ValueRecord } from './records.ts';
import { bytes, int, name } from './scalars.ts';

const DIM: Schema<DimRecord> = schema({
  1: int((d, v) => {
    d.value = v;
    d.param = undefined;
  }),
  2: name((d, v) => {
    d.param = v;
    d.value = undefined;
  }),
});

const SHAPE: Schema<DimRecord[]> = schema({
  1: message(
    () => DIM,
    (dims, w) => {
      if (dims.length >= w.limits.dims) w.exceeded(`more than ${w.limits.dims} axes in one tensor`);
      return push(dims, { value: undefined, param: undefined });
    },
  ),
});

const TENSOR_TYPE: Schema<TensorTypeRecord> = schema({
  1: int((t, v) => {
    t.element = v;
  }),
  2: message(
    () => SHAPE,
    (t) => {
      t.shape ??= [];
      return t.shape;
    },
  ),
});

const OTHER_TYPE: Field<TypeRecord> = bytes(
  () => 0,
  (type) => {
    type.tensor = undefined;
  },
);

const TYPE: Schema<TypeRecord> = schema({
  1: message(
    () => TENSOR_TYPE,
    (type) => {
      type.tensor ??= { element: 0, shape: undefined };
      return type.tensor;
    },
  ),
  // The kinds of type exclude each other: the last one wins.
  4: OTHER_TYPE,
  5: OTHER_TYPE,
  7: OTHER_TYPE,
  8: OTHER_TYPE,
  9: OTHER_TYPE,
});

/** ValueInfoProto. */
export const VALUE: Schema<ValueRecord> = schema({
  1: name((v, s) => {
    v.name = s;
  }),
  2: message(
    () => TYPE,
    (v) => {
      v.type ??= { tensor: undefined };
      return v.type;
    },
  ),
});
