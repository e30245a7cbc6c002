import type { Graph } from '../../../core/graph.ts';
import type { JsonObject } from './json.ts';
import { refuse } from './refuse.ts';
import { Survey } from './survey.ts';
import { Writer } from './writer.ts';

/**
 * A graph as a network description, which `readDescription` reads as the same network: the same layers in the same
 * order, with the same parameters, sharing, cost and receptive fields, under the same names wherever they can be used.
 * Nodes that a layer of PyTorch's makes exactly are written as that layer, all others as ONNX has them. What weights
 * hold is left out, and so are names of weights and the types that a file declares beside its operators.
 *
 * What a description cannot hold is a fault `not-describable`; a node that contradicts its operator is `malformed-node`.
 */
export function writeDescription(graph: Graph): JsonObject {
  const names = graph.outputs.map(({ name }) => name);
  if (names.length === 0) refuse('the network gives nothing out');
  if (new Set(names).size < names.length) refuse('the network gives something out twice');
  const document = new Writer(new Survey(graph)).document();
  if ((document.layers as readonly unknown[]).length === 0) refuse('the network has no layers');
  return document;
}
