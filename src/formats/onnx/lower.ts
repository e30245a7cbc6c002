import { Fault } from '../../core/fault.ts';
import type { Constant, Diagnostic, Graph } from '../../core/graph.ts';
import type { Reading } from '../format.ts';
import { declaredTypes, typedValue } from './declared.ts';
import type { Draft } from './draft.ts';
import { Functions } from './functions.ts';
import { type Budget, type File, lowerNodes } from './lower-nodes.ts';
import { FreeNames } from './names.ts';
import { opsetOf } from './opset.ts';
import { inOrder } from './order.ts';
import type { GraphRecord, ModelRecord } from './records.ts';
import { constantOf, sparseConstantOf } from './tensor.ts';

/**
 * Makes a graph of the newest operator set out of what a file says; calls of functions of its own are replaced by their
 * nodes. `budget` is told of what that takes. Faults: `malformed-file`, `malformed-node`, `duplicate-value`,
 * `missing-value`, `cyclic-graph`, `recursive-function`, `limit-exceeded`.
 */
export function lower(model: ModelRecord, budget: Budget): Reading {
  const record = model.graph;
  if (!record) throw new Fault('malformed-file', 'the file holds no graph: it is not an ONNX model, or it is cut off');
  const diagnostics: Diagnostic[] = [];
  const declared = opsetOf(model, diagnostics);
  const { graph, missing } = lowerGraph(record, {
    opset: declared.used,
    functions: new Functions(model.functions),
    calls: [],
    diagnostics,
    names: new FreeNames(record),
    budget,
    lowerInner: lowerGraph,
  });
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
  file.budget.enter(1);
  const constants = constantsOf(record, file);
  const inputs = record.inputs.filter((input) => !constants.has(input.name)).map(typedValue);
  const placed = lowerNodes(record.nodes, constants, file);
  const given = [...constants.keys(), ...inputs.map((input) => input.name)];
  const { nodes, missing, producers } = inOrder(placed, given);
  const outputs = record.outputs.map(typedValue);
  const free = new Map<string, Draft | null>(missing);
  for (const { name } of outputs) if (!producers.has(name) && !free.has(name)) free.set(name, null);
  file.budget.leave(1);
  const declared = declaredTypes(record.values);
  const graph = { name: record.name, nodes, inputs, outputs, constants, diagnostics: [], ...(declared.size > 0 && { declared }) };
  return { graph, missing: free };
}

function constantsOf(record: GraphRecord, { budget }: File): Map<string, Constant> {
  const constants = new Map<string, Constant>();
  const keep = (bytes: number): void => budget.keep(bytes);
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
