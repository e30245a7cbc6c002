import { Fault } from '../../core/fault.ts';
import type { Attribute, Constant, Diagnostic, Dim, Graph, GraphInput } from '../../core/graph.ts';
import type { Reading } from '../format.ts';
import { type AttributeContext, attributeOf } from './attributes.ts';
import type { Draft, Workshop } from './draft.ts';
import { dtypeOf } from './element-type.ts';
import { liftsOf } from './lift/table.ts';
import { freePrefix, Ids, idOf, opOf, scopeOf } from './names.ts';
import { opsetOf } from './opset.ts';
import { inOrder, type Placed } from './order.ts';
import type { DimRecord, GraphRecord, ModelRecord, NodeRecord, ValueRecord } from './records.ts';
import { constantOf, sparseConstantOf } from './tensor.ts';

const MAX_WARNINGS = 100;
/** What a node that a lift adds costs in memory, at most: a few bytes of the file can ask for many. */
const ADDED_BYTES = 512;

/** What is the same for all graphs of a file. */
interface File {
  readonly opset: number;
  readonly diagnostics: Diagnostic[];
  keep(bytes: number): void;
  /** A name that no value of the file has. */
  fresh(what: string): string;
}

/**
 * Makes a graph of the newest operator set out of what a file says. `keep` is told of the memory that tensors take.
 * Faults: `malformed-file`, `duplicate-value`, `missing-value`, `cyclic-graph`.
 */
export function lower(model: ModelRecord, keep: (bytes: number) => void): Reading {
  const record = model.graph;
  if (!record) throw new Fault('malformed-file', 'the file holds no graph: it is not an ONNX model, or it is cut off');
  const diagnostics: Diagnostic[] = [];
  const declared = opsetOf(model, diagnostics);
  let prefix: string | undefined;
  let names = 0;
  const fresh = (what: string): string => {
    prefix ??= freePrefix(record);
    return `${prefix}${what}_${++names}`;
  };
  const { graph, missing } = lowerGraph(record, { opset: declared.used, diagnostics, keep, fresh });
  for (const [name, node] of missing) throw missingValue(name, node);
  const producer = [model.producerName, model.producerVersion].filter((s) => s !== '').join(' ');
  return {
    graph: { ...graph, diagnostics },
    ...(producer === '' ? {} : { producer }),
    ...(declared.said === undefined ? {} : { opset: declared.said }),
  };
}

function missingValue(name: string, node: Draft | null): Fault {
  const reader = node ? `node '${node.id}' reads` : 'the graph gives out';
  return new Fault('missing-value', `${reader} '${name}', which nothing produces`, node ? { node: node.id } : {});
}

/** A graph and the names that it takes from the graphs around it, each with the first node that does. */
interface Lowered {
  readonly graph: Graph;
  readonly missing: ReadonlyMap<string, Draft | null>;
}

function lowerGraph(record: GraphRecord, file: File): Lowered {
  const constants = constantsOf(record, file);
  const inputs = record.inputs.filter((input) => !constants.has(input.name)).map(typedValue);
  const placed = lowerNodes(record.nodes, constants, file);
  const given = [...constants.keys(), ...inputs.map((input) => input.name)];
  const { nodes, missing, producers } = inOrder(placed, given);
  const outputs = record.outputs.map(typedValue);
  const free = new Map<string, Draft | null>(missing);
  for (const { name } of outputs) if (!producers.has(name) && !free.has(name)) free.set(name, null);
  return { graph: { name: record.name, nodes, inputs, outputs, constants, diagnostics: [] }, missing: free };
}

function constantsOf(record: GraphRecord, { keep }: File): Map<string, Constant> {
  const constants = new Map<string, Constant>();
  const all = [
    ...record.initializers.map((tensor) => constantOf(tensor, keep)),
    ...record.sparse.map((tensor) => sparseConstantOf(tensor)),
  ];
  for (const constant of all) {
    if (constants.has(constant.name)) throw new Fault('duplicate-value', `there are two initializers '${constant.name}'`);
    constants.set(constant.name, constant);
  }
  return constants;
}

function typedValue({ name, type }: ValueRecord): GraphInput {
  const tensor = type?.tensor;
  return {
    name,
    dtype: tensor ? dtypeOf(tensor.element) : null,
    shape: tensor?.shape?.map((dim) => dimOf(name, dim)) ?? null,
  };
}

function dimOf(name: string, { value, param }: DimRecord): Dim {
  if (value === undefined) return param || null;
  // Some exporters write -1 for a size that they do not know.
  if (value === -1) return null;
  if (typeof value === 'number' && value >= 0) return value;
  throw new Fault('malformed-file', `value '${name}': a dim must be between 0 and 2^53 - 1, not ${value}`);
}

/** The nodes in the order of the file, with those that lifts add. */
function lowerNodes(records: readonly NodeRecord[], constants: Map<string, Constant>, file: File): Placed<Draft>[] {
  const placed: Placed<Draft>[] = [];
  const ids = new Ids();
  for (const [index, record] of records.entries()) {
    const op = opOf(record);
    const id = ids.take(idOf(record, op, index));
    if (record.op === '') throw new Fault('malformed-file', `node '${id}' names no operator`, { node: id });
    const captures = new Set<string>();
    const attributes = attributesOf(record, id, captures, file);
    const node: Draft = {
      id,
      name: record.name,
      scope: scopeOf(record.name),
      op,
      attributes,
      inputs: record.inputs,
      outputs: record.outputs,
    };
    const lifts = liftsOf(op, file.opset);
    if (lifts.length > 0) {
      const shop = workshop(node, placed, ids, constants, file);
      for (const { lift } of lifts) lift(node, shop);
    }
    placed.push({ node, captures: captures.size > 0 ? captures : null });
  }
  return placed;
}

function attributesOf(record: NodeRecord, node: string, captures: Set<string>, file: File): Map<string, Attribute> {
  const context: AttributeContext = {
    keep: file.keep,
    graph(inner) {
      const { graph, missing } = lowerGraph(inner, file);
      for (const name of missing.keys()) captures.add(name);
      return graph;
    },
  };
  const attributes = new Map<string, Attribute>();
  for (const attribute of record.attributes) {
    const value = attributeOf(attribute, node, context);
    if (value !== null) attributes.set(attribute.name, value);
    else warn(file, 'attribute-not-read', `attribute '${attribute.name}' of node '${node}' is of a kind or size that is not read`, node);
  }
  return attributes;
}

/** What a lift of `node` can do: what it adds goes before the node. */
function workshop(node: Draft, placed: Placed<Draft>[], ids: Ids, constants: Map<string, Constant>, file: File): Workshop {
  return {
    constant(what, dtype, shape, data) {
      const name = file.fresh(what);
      file.keep(ADDED_BYTES + 8 * data.length);
      constants.set(name, { name, dtype, shape, data, synthetic: true });
      return name;
    },
    node(op, inputs, attributes = {}) {
      const name = file.fresh(op);
      file.keep(ADDED_BYTES);
      const added = {
        id: ids.take(name),
        name: '',
        scope: node.scope,
        op,
        attributes: new Map(Object.entries(attributes)),
        inputs,
        outputs: [name],
      };
      placed.push({ node: added, captures: null });
      return name;
    },
    warn: (code, message) => warn(file, code, message, node.id),
  };
}

function warn(file: File, code: string, message: string, node: string): void {
  // One of them tells as much as a million.
  if (file.diagnostics.length < MAX_WARNINGS) file.diagnostics.push({ code, severity: 'warning', message, node });
}
