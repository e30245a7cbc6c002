import { isStandard } from './opset.ts';
import type { GraphRecord, NodeRecord } from './records.ts';

/** Gives out node ids: the wanted one where it is free, else with the first free suffix `_2`, `_3`, ... */
export class Ids {
  private readonly taken: Set<string>;
  private readonly suffixes = new Map<string, number>();

  constructor(taken = new Set<string>()) {
    this.taken = taken;
  }

  take(wanted: string): string {
    const before = this.taken.size;
    if (this.taken.add(wanted).size > before) return wanted;
    let id = wanted;
    let suffix = this.suffixes.get(wanted) ?? 2;
    while (this.taken.has(id)) id = `${wanted}_${suffix++}`;
    // Remembered, so that many nodes of one name are numbered in linear time.
    this.suffixes.set(wanted, suffix);
    this.taken.add(id);
    return id;
  }
}

/** The id that a node should have. */
export function idOf(node: NodeRecord, op: string, index: number): string {
  return node.name || node.outputs.find((name) => name !== '') || `${op}_${index}`;
}

/** The operator name as the graph has it: the standard domain goes without saying. */
export function opOf(node: NodeRecord): string {
  return isStandard(node) ? node.op : `${node.domain}.${node.op}`;
}

/** Gives out names that no value of a graph, nor of those within it, has. */
export class FreeNames {
  private readonly graph: GraphRecord;
  private prefix: string | undefined;
  private count = 0;
  private taken: Ids | undefined;

  constructor(graph: GraphRecord) {
    this.graph = graph;
  }

  /** A name for what Fovea adds: `fovea/axes_1`. */
  of(what: string): string {
    this.prefix ??= freePrefix(this.graph);
    return `${this.prefix}${what}_${++this.count}`;
  }

  /** The name that a value should have where it is free, else one with a number behind. */
  like(wanted: string): string {
    this.taken ??= namesIn(this.graph);
    // Names of that start are given out by `of`.
    return this.taken.take(wanted.startsWith(PREFIX) ? `call/${wanted}` : wanted);
  }
}

const PREFIX = 'fovea';

function freePrefix(graph: GraphRecord): string {
  const taken = new Set<string>();
  // Of a name, what it has before its first slash could be a prefix of ours.
  collect(graph, (name) => {
    if (name.startsWith(PREFIX)) taken.add(name.slice(0, name.indexOf('/') + 1));
  });
  let prefix = `${PREFIX}/`;
  for (let n = 2; taken.has(prefix); n++) prefix = `${PREFIX}_${n}/`;
  return prefix;
}

function namesIn(graph: GraphRecord): Ids {
  const names = new Set<string>();
  collect(graph, (name) => names.add(name));
  return new Ids(names);
}

/** Calls `add` with the names of all values, in graphs within the graph too. */
function collect(graph: GraphRecord, add: (name: string) => void): void {
  for (const tensor of graph.initializers) add(tensor.name);
  for (const sparse of graph.sparse) add(sparse.values?.name ?? '');
  for (const input of graph.inputs) add(input.name);
  for (const node of graph.nodes) {
    for (const name of node.inputs) add(name);
    for (const name of node.outputs) add(name);
    for (const inner of subgraphs(node)) collect(inner, add);
  }
}

function subgraphs(node: NodeRecord): GraphRecord[] {
  return node.attributes.flatMap((a) => [...(a.graph ? [a.graph] : []), ...(a.graphs ?? [])]);
}
