import { Fault } from '../../core/fault.ts';
import type { Attribute, Constant, Diagnostic, Graph } from '../../core/graph.ts';
import { scopeOf } from '../scope.ts';
import { type AttributeContext, attributeOf } from './attributes.ts';
import type { Draft, Workshop } from './draft.ts';
import { type Functions, inline } from './functions.ts';
import { liftsOf } from './lift/table.ts';
import { type FreeNames, Ids, idOf, opOf } from './names.ts';
import { opsetOfFunction } from './opset.ts';
import type { Placed } from './order.ts';
import type { FunctionRecord, GraphRecord, NodeRecord } from './records.ts';

const MAX_WARNINGS = 100;
/** What a node that a lift adds costs in memory, at most: a few bytes of the file can ask for many. */
const ADDED_BYTES = 512;

/** Accounts for what lowering makes: a file may ask for far more than it holds. Faults with `limit-exceeded`. */
export interface Budget {
  keep(bytes: number): void;
  countNode(): void;
  /** Goes into (and out of) so many graphs and functions within each other. */
  enter(levels: number): void;
  leave(levels: number): void;
}

/** What is the same for all graphs of a file, but within a function. */
export interface File {
  readonly opset: number;
  readonly functions: Functions;
  /** The functions whose calls are being replaced, outermost first. */
  readonly calls: readonly FunctionRecord[];
  readonly diagnostics: Diagnostic[];
  readonly names: FreeNames;
  readonly budget: Budget;
  /** Lowers a graph within a node; gives the names that it takes from around it. */
  lowerInner(record: GraphRecord, file: File): { readonly graph: Graph; readonly missing: ReadonlyMap<string, unknown> };
}

/** A graph's nodes in the order of the file, with those that lifts add, and those of functions in place of their calls. */
export function lowerNodes(records: readonly NodeRecord[], constants: Map<string, Constant>, file: File): Placed<Draft>[] {
  const placed: Placed<Draft>[] = [];
  placeNodes(records, { placed, ids: new Ids(), constants }, file);
  return placed;
}

/** A graph whose nodes are being lowered. */
interface Place {
  readonly placed: Placed<Draft>[];
  readonly ids: Ids;
  readonly constants: Map<string, Constant>;
}

function placeNodes(records: readonly NodeRecord[], place: Place, file: File): void {
  for (let index = 0; index < records.length; index++) {
    const record = records[index] as NodeRecord;
    const op = opOf(record);
    const id = place.ids.take(idOf(record, op, index));
    if (record.op === '') throw new Fault('malformed-file', `node '${id}' names no operator`, { node: id });
    if (file.calls.length > 0) file.budget.countNode();
    const called = file.functions.of(record);
    if (called) placeCall(called, record, id, place, file);
    else placeNode(record, op, id, place, file);
  }
}

function placeCall(called: FunctionRecord, call: NodeRecord, id: string, place: Place, file: File): void {
  if (file.calls.includes(called)) {
    throw new Fault('recursive-function', `node '${id}' calls function '${called.name}' within that function`, { node: id });
  }
  const { budget, names, diagnostics } = file;
  budget.enter(1);
  const nodes = inline(called, call, id, { name: (wanted) => names.like(wanted), keep: (bytes) => budget.keep(bytes) });
  placeNodes(nodes, place, { ...file, opset: opsetOfFunction(called, file.opset, diagnostics), calls: [...file.calls, called] });
  budget.leave(1);
}

function placeNode(record: NodeRecord, op: string, id: string, place: Place, file: File): void {
  const lifts = liftsOf(op, file.opset);
  const captures = record.attributes.some(({ graph, graphs }) => graph || graphs) ? new Set<string>() : null;
  const node: Draft = {
    id,
    name: record.name,
    scope: scopeOf(record.name),
    op,
    attributes: record.attributes.length > 0 || lifts.length > 0 ? attributesOf(record, id, captures, file) : NO_ATTRIBUTES,
    // Lists that grew by their entries keep room for more of them.
    inputs: record.inputs.slice(),
    outputs: record.outputs.slice(),
  };
  if (lifts.length > 0) {
    const shop = workshop(node, place, file);
    for (const { lift } of lifts) lift(node, shop);
  }
  place.placed.push({ node, captures: captures?.size ? captures : null });
}

/** Of nodes that no lift changes: most of a large graph have none. */
const NO_ATTRIBUTES: Draft['attributes'] = new Map();

function attributesOf(record: NodeRecord, node: string, captures: Set<string> | null, file: File): Map<string, Attribute> {
  const context: AttributeContext = {
    keep: (bytes) => file.budget.keep(bytes),
    graph(inner) {
      const { graph, missing } = file.lowerInner(inner, file);
      for (const name of missing.keys()) captures?.add(name);
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
function workshop(node: Draft, { placed, ids, constants }: Place, file: File): Workshop {
  const { names, budget } = file;
  return {
    constant(what, dtype, shape, data) {
      const name = names.of(what);
      budget.keep(ADDED_BYTES + 8 * data.length);
      constants.set(name, { name, dtype, shape, data, synthetic: true });
      return name;
    },
    node(op, inputs, attributes = {}) {
      const name = names.of(op);
      budget.keep(ADDED_BYTES);
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
    stored: (name) => constants.get(name)?.shape,
    warn: (code, message) => warn(file, code, message, node.id),
  };
}

function warn(file: File, code: string, message: string, node: string): void {
  // One of them tells as much as a million.
  if (file.diagnostics.length < MAX_WARNINGS) file.diagnostics.push({ code, severity: 'warning', message, node });
}
