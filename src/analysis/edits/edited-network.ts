import { applyEdits, type Edited } from '../../core/edits/apply.ts';
import type { Network } from '../../core/graph.ts';
import { suggestion } from '../../formats/description/nearest.ts';
import type { ViewOptions } from '../views/view.ts';

/** A network after the edits that were asked for, and what they did. It keeps the digest of what was sent, and tells that it was edited. */
export function editedNetwork(network: Network, { edits = [], ...options }: ViewOptions): { network: Network; edited: Edited } {
  const edited = applyEdits(network.graph, edits, { options, suggest: suggestion });
  return { network: { ...network, graph: edited.graph, edits: edits.length }, edited };
}
