import type { Attribute, Graph } from '../../../core/graph.ts';
import type { Draft } from '../draft.ts';

/**
 * Scan 8 took a batch of sequences: it is a Scan over the batch, in which each sequence is scanned. The lengths of the
 * sequences (its first input) change what is computed, but no size.
 */
export function batchedScan(node: Draft): void {
  const inputs = node.inputs.slice(1);
  const inner = new Map(node.attributes);
  move(inner, 'directions', 'scan_input_directions');
  const names = (kind: string, count: number): string[] => Array.from({ length: count }, (_, k) => `fovea_scan/${node.id}/${kind}_${k}`);
  const body = oneNode(node, inner, names('in', inputs.length), names('out', node.outputs.length));
  node.inputs = inputs;
  node.attributes = new Map<string, Attribute>([
    ['body', body],
    ['num_scan_inputs', inputs.length],
  ]);
}

function move(attributes: Map<string, Attribute>, from: string, to: string): void {
  const value = attributes.get(from);
  if (value !== undefined) attributes.set(to, value);
  attributes.delete(from);
}

function oneNode(like: Draft, attributes: Map<string, Attribute>, inputs: string[], outputs: string[]): Graph {
  const value = (name: string) => ({ name, dtype: null, shape: null });
  return {
    name: '',
    nodes: [{ ...like, attributes, inputs, outputs }],
    inputs: inputs.map(value),
    outputs: outputs.map(value),
    constants: new Map(),
    diagnostics: [],
  };
}
