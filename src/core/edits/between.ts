import type { Node } from '../graph.ts';
import { operatorOf } from '../operators/index.ts';
import type { Convolution } from './convolution.ts';
import type { Draft } from './draft.ts';

/**
 * What stands between two convolutions that take the place of one: the batch norm behind it, if there is one, for its own
 * channels, and its activation, by default a ReLU. Reads what the last of `before` writes.
 */
export function between(draft: Draft, { node }: Convolution, before: Node, channels: number): readonly Node[] {
  const norm = reader(draft, node, ({ op }) => op === 'BatchNormalization');
  const activation = reader(draft, norm ?? node, (next) => operatorOf(next.op)?.nonlinear === true && next.op !== 'PRelu');
  const nodes: Node[] = [];
  if (norm) {
    const name = draft.fresh(`${before.id}.norm`);
    const [, ...vectors] = norm.inputs;
    const stored = vectors.every((vector) => draft.constants.has(vector));
    const inputs = vectors.map((vector, slot) =>
      stored ? draft.weight(`${name}.${VECTORS[slot]}`, [channels], draft.constants.get(vector)?.dtype ?? 'float32') : vector,
    );
    nodes.push({ ...norm, id: name, name, inputs: [before.id, ...inputs], outputs: [name] });
  }
  const name = draft.fresh(`${before.id}.activation`);
  const input = nodes[0]?.id ?? before.id;
  const like: Pick<Node, 'op' | 'attributes' | 'inputs'> = activation ?? { op: 'Relu', attributes: new Map(), inputs: [''] };
  nodes.push({ ...like, id: name, name, scope: node.scope, inputs: [input, ...like.inputs.slice(1)], outputs: [name] });
  return nodes;
}

/** Of a BatchNormalization, in the order of its inputs. */
const VECTORS = ['weight', 'bias', 'running_mean', 'running_var'];

function reader(draft: Draft, node: Node, wanted: (next: Node) => boolean): Node | undefined {
  const [output = ''] = node.outputs;
  return draft.readers(output).find((next) => next.inputs[0] === output && wanted(next));
}
