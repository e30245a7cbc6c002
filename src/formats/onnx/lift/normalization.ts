import type { Draft, Workshop } from '../draft.ts';
import { takeNumber } from './attributes.ts';

/**
 * BatchNormalization before 9 could normalize each element by itself (`spatial` 0). That is the same as normalizing the
 * channels of a tensor that has nothing but channels.
 */
export function spatial(node: Draft, workshop: Workshop): void {
  takeNumber(node, 'is_test');
  if (takeNumber(node, 'spatial') !== 0) return;
  const [x = '', ...statistics] = node.inputs;
  if (workshop.stored(statistics[0] ?? '')?.length === 1) {
    // MXNet wrote such files. They run nowhere as they stand, and were meant as this.
    workshop.warn('old-operator', `BatchNormalization '${node.id}' has one scale per channel though \`spatial\` is 0: it is read as 1`);
    return;
  }
  const flat = workshop.constant('flat', 'int64', [1], [-1]);
  const inputs = [workshop.node('Flatten', [x], { axis: 1 }), ...statistics.map((input) => workshop.node('Reshape', [input, flat]))];
  const normalized = workshop.node('BatchNormalization', inputs, Object.fromEntries(node.attributes));
  node.op = 'Reshape';
  node.inputs = [normalized, workshop.node('Shape', [x])];
  node.attributes.clear();
}

/** BatchNormalization before 14: the further outputs were for training, which is an attribute now. */
export function oneOutput(node: Draft): void {
  node.outputs.length = Math.min(node.outputs.length, 1);
}

/** Softmax, LogSoftmax and Hardmax before 13 took the axes from `axis` (1 where it is not said) on as one. */
export function coerce2d(node: Draft): void {
  if (!node.attributes.has('axis')) node.attributes.set('axis', 1);
  node.attributes.set('fovea.coerce2d', 1);
}

/** GroupNormalization before 21 scaled groups, not channels. */
export function perGroup(node: Draft): void {
  node.attributes.set('fovea.perGroup', 1);
}
