import { isStandard } from './opset.ts';
import type { GraphRecord, NodeRecord } from './records.ts';

/** Gives out node ids: the wanted one where it is free, else with the first free suffix `_2`, `_3`, ... */
export class Ids {
  private readonly taken = new Set<string>();
  private readonly suffixes = new Map<string, number>();

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

/** The path of modules in a node name such as PyTorch's `/layer1/layer1.0/conv1/Conv`: without its last part. */
export function scopeOf(name: string): string {
  const end = name.lastIndexOf('/');
  if (end < 0) return '';
  return name.slice(name.startsWith('/') ? 1 : 0, Math.max(end, name.startsWith('/') ? 1 : 0));
}

/** The operator name as the graph has it: the standard domain goes without saying. */
export function opOf(node: NodeRecord): string {
  return isStandard(node) ? node.op : `${node.domain}.${node.op}`;
}

/** A start of names that no value of the graph, nor of those within it, has. */
export function freePrefix(graph: GraphRecord): string {
  const taken = new Set<string>();
  collect(graph, taken);
  let prefix = 'fovea/';
  for (let n = 2; taken.has(prefix); n++) prefix = `fovea_${n}/`;
  return prefix;
}

/** Adds what the names of values have before their first slash, where it could be a prefix of ours. */
function collect(graph: GraphRecord, taken: Set<string>): void {
  const add = (name: string): void => {
    if (name.startsWith('fovea')) taken.add(name.slice(0, name.indexOf('/') + 1));
  };
  for (const tensor of graph.initializers) add(tensor.name);
  for (const sparse of graph.sparse) add(sparse.values?.name ?? '');
  for (const input of graph.inputs) add(input.name);
  for (const node of graph.nodes) {
    node.inputs.forEach(add);
    node.outputs.forEach(add);
    for (const inner of subgraphs(node)) collect(inner, taken);
  }
}

function subgraphs(node: NodeRecord): GraphRecord[] {
  return node.attributes.flatMap((a) => [...(a.graph ? [a.graph] : []), ...(a.graphs ?? [])]);
}
