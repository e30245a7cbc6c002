import { FLOAT_BYTES, INT_BYTES, isFloatType } from './element-type.ts';
import { type Field, message, type Schema, schema } from './message.ts';
import {
  type AttributeRecord,
  type DimRecord,
  type GraphRecord,
  type ModelRecord,
  type NodeRecord,
  newAttribute,
  newGraph,
  newList,
  newNode,
  newTensor,
  type OpsetRecord,
  type SparseRecord,
  type TensorRecord,
  type TensorTypeRecord,
  type TypeRecord,
  type ValueRecord,
} from './records.ts';
import { bytes, DOUBLE, type Element, EXACT, FLOAT, float, INT32, INT64, int, name, numbers, text, UINT64 } from './scalars.ts';

// The field numbers are those of onnx.proto (onnx/onnx, IR version 13). Schemas are reached through functions where
// they hold each other.

/** Adds to a list and gives back what was added. */
function push<T>(list: T[], item: T): T {
  list.push(item);
  return item;
}

const DIMS = { max: (limits: { dims: number }) => limits.dims, what: 'axes in one tensor' };
const INTS = { max: (limits: { ints: number }) => limits.ints, what: 'numbers in one attribute' };

/** A typed payload: at most `max` numbers of it are worth keeping, whatever the element type turns out to be. */
function payload(field: number, element: Element, max: number): Field<TensorRecord> {
  return numbers(element, { max: () => max }, (t) => {
    t.typed ??= new Map();
    const list = t.typed.get(field) ?? newList();
    t.typed.set(field, list);
    return list;
  });
}

const TENSOR: Schema<TensorRecord> = schema({
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

const SPARSE: Schema<SparseRecord> = schema({
  1: message(
    () => TENSOR,
    (s) => {
      s.values ??= newTensor();
      return s.values;
    },
  ),
  3: numbers(INT64, DIMS, (s) => s.dims),
});

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
      if (dims.length >= w.limits.dims) w.exceeded(`more than ${w.limits.dims} ${DIMS.what}`);
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

const VALUE: Schema<ValueRecord> = schema({
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

const ATTRIBUTE: Schema<AttributeRecord> = schema({
  1: name((a, v) => {
    a.name = v;
  }),
  2: float((a, v) => {
    a.float = v;
  }),
  3: int((a, v) => {
    a.int = v;
  }),
  4: text((a, v) => {
    a.string = v;
  }),
  5: message(
    () => TENSOR,
    (a) => {
      a.tensor ??= newTensor();
      return a.tensor;
    },
  ),
  6: message(
    () => GRAPH,
    (a) => {
      a.graph ??= newGraph();
      return a.graph;
    },
    1,
  ),
  7: numbers(FLOAT, INTS, (a) => {
    a.floats ??= newList();
    return a.floats;
  }),
  8: numbers(EXACT, INTS, (a) => {
    a.ints ??= newList();
    return a.ints;
  }),
  9: text((a, v) => {
    a.strings ??= [];
    a.strings.push(v);
  }),
  11: message(
    () => GRAPH,
    (a) => {
      a.graphs ??= [];
      return push(a.graphs, newGraph());
    },
    1,
  ),
  20: int((a, v) => {
    a.type = v;
  }),
  22: message(
    () => SPARSE,
    (a) => {
      a.sparse ??= { values: undefined, dims: newList() };
      return a.sparse;
    },
  ),
});

const NODE: Schema<NodeRecord> = schema({
  1: name((n, v) => n.inputs.push(v)),
  2: name((n, v) => n.outputs.push(v)),
  3: name((n, v) => {
    n.name = v;
  }),
  4: name((n, v) => {
    n.op = v;
  }),
  5: message(
    () => ATTRIBUTE,
    (n) => push(n.attributes, newAttribute()),
  ),
  7: name((n, v) => {
    n.domain = v;
  }),
});

const GRAPH: Schema<GraphRecord> = schema({
  1: message(
    () => NODE,
    (g, w) => {
      w.countNode();
      return push(g.nodes, newNode());
    },
  ),
  2: name((g, v) => {
    g.name = v;
  }),
  5: message(
    () => TENSOR,
    (g) => push(g.initializers, newTensor()),
  ),
  11: message(
    () => VALUE,
    (g) => push(g.inputs, { name: '', type: undefined }),
  ),
  12: message(
    () => VALUE,
    (g) => push(g.outputs, { name: '', type: undefined }),
  ),
  15: message(
    () => SPARSE,
    (g) => push(g.sparse, { values: undefined, dims: newList() }),
  ),
});

const OPSET: Schema<OpsetRecord> = schema({
  1: name((o, v) => {
    o.domain = v;
  }),
  2: int((o, v) => {
    o.version = v;
  }),
});

/** A whole file. */
export const MODEL: Schema<ModelRecord> = schema({
  1: int((m, v) => {
    m.irVersion = v;
  }),
  2: name((m, v) => {
    m.producerName = v;
  }),
  3: name((m, v) => {
    m.producerVersion = v;
  }),
  7: message(
    () => GRAPH,
    (m) => {
      m.graph ??= newGraph();
      return m.graph;
    },
    1,
  ),
  8: message(
    () => OPSET,
    (m) => push(m.opsets, { domain: '', version: 0 }),
  ),
  25: bytes(
    () => 0,
    (m) => {
      m.functions++;
    },
  ),
});
