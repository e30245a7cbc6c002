import { type Field, message, push, type Schema, schema } from './message.ts';
import {
  type AttributeRecord,
  type FunctionRecord,
  type GraphRecord,
  type ModelRecord,
  type NodeRecord,
  newAttribute,
  newFunction,
  newGraph,
  newList,
  newNode,
  newTensor,
  type OpsetRecord,
} from './records.ts';
import { type Bound, EXACT, FLOAT, float, int, name, numbers, text } from './scalars.ts';
import { SPARSE, TENSOR } from './tensor-schema.ts';
import { VALUE } from './type-schema.ts';

// The field numbers here and in the schemas of tensors and types are those of onnx.proto (onnx/onnx, IR version 13).
// Schemas are reached through functions, as they hold each other.

const INTS: Bound = { max: (limits) => limits.ints, what: 'numbers in one attribute' };

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
  21: name((a, v) => {
    a.ref = v;
  }),
  22: message(
    () => SPARSE,
    (a) => {
      a.sparse ??= { values: undefined, dims: newList() };
      return a.sparse;
    },
  ),
});

/** Entries up to which a list is as long as what it holds: a list that grows by `push` makes room for sixteen more. */
const SHORT = 4;

/** A list with one more entry. */
function longer(list: string[], entry: string): string[] {
  if (list.length < SHORT) return list.length === 0 ? [entry] : list.concat(entry);
  list.push(entry);
  return list;
}

const NODE: Schema<NodeRecord> = schema({
  1: name((n, v) => {
    n.inputs = longer(n.inputs, v);
  }),
  2: name((n, v) => {
    n.outputs = longer(n.outputs, v);
  }),
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
  8: name((n, v) => {
    n.overload = v;
  }),
});

/** The nodes of a graph or function. */
const NODES: Field<{ readonly nodes: NodeRecord[] }> = message(
  () => NODE,
  (g, w) => {
    w.countNode();
    return push(g.nodes, newNode());
  },
);

const GRAPH: Schema<GraphRecord> = schema({
  1: NODES,
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
  13: message(
    () => VALUE,
    (g) => push(g.values, { name: '', type: undefined }),
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

const OPSETS: Field<{ readonly opsets: OpsetRecord[] }> = message(
  () => OPSET,
  (m) => push(m.opsets, { domain: '', version: 0 }),
);

const FUNCTION: Schema<FunctionRecord> = schema<FunctionRecord>({
  1: name((f, v) => {
    f.name = v;
  }),
  4: name((f, v) => f.inputs.push(v)),
  5: name((f, v) => f.outputs.push(v)),
  7: NODES,
  9: OPSETS,
  10: name((f, v) => {
    f.domain = v;
  }),
  11: message(
    () => ATTRIBUTE,
    (f) => push(f.defaults, newAttribute()),
  ),
  13: name((f, v) => {
    f.overload = v;
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
  8: OPSETS,
  25: message(
    () => FUNCTION,
    (m) => push(m.functions, newFunction()),
    1,
  ),
});
