import type { Attribute, Graph, Node } from '../graph.ts';

/** Names that the subgraphs of nodes read, their own among them. */
export function captured(nodes: readonly Node[]): Set<string> {
  const names = new Set<string>();
  const pending: Attribute[] = nodes.flatMap(({ attributes }) => [...attributes.values()]);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const graph of graphsIn(next)) {
      for (const { name } of graph.outputs) names.add(name);
      for (const node of graph.nodes) {
        for (const input of node.inputs) names.add(input);
        pending.push(...node.attributes.values());
      }
    }
  }
  return names;
}

function graphsIn(attribute: Attribute): readonly Graph[] {
  if (typeof attribute !== 'object') return [];
  if (Array.isArray(attribute)) return attribute.filter((item): item is Graph => typeof item === 'object' && 'nodes' in item);
  return 'nodes' in attribute ? [attribute as Graph] : [];
}
