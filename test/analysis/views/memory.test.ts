import t from 'tap';
import { type MemoryView, memory } from '../../../src/analysis/views/memory.ts';
import type { ViewOptions } from '../../../src/analysis/views/view.ts';
import type { Network } from '../../../src/core/graph.ts';
import { fixtureGraph } from '../../core/graphs.ts';

const network: Network = { graph: fixtureGraph('vgg16'), format: 'onnx', name: 'vgg16', bytes: 1, sha256: '0'.repeat(64) };
const answer = (options: ViewOptions) => memory.answer(network, options) as MemoryView;

t.test('types that tensors are taken to have go for training too', async (t) => {
  const [own, other] = [answer({}), answer({ weights: 'int8', activations: 'float16' })];
  const weights = Number(own.weights.bytes);
  t.equal(other.weights.bytes, weights / 4);
  t.match(other.training, { weightBytes: weights / 4, gradientBytes: weights, masterWeightBytes: weights, optimizerBytes: 2 * weights });
  const kept = ({ training: { saved } }: MemoryView) => Number(saved.bytes) - Number(saved.besideBytes);
  t.equal(kept(other), kept(own) / 2);
  t.match(other.training.assumed, { weights: 'int8', activations: 'float16' });
});
