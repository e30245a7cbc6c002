import type { Draft, Workshop } from '../draft.ts';
import { takeNumber } from './attributes.ts';

/** BatchNormalization before 9: statistics per element (`spatial` 0) have no form in later versions. */
export function spatial(node: Draft, workshop: Workshop): void {
  takeNumber(node, 'is_test');
  if (takeNumber(node, 'spatial') === 0) {
    workshop.warn('old-operator', `BatchNormalization '${node.id}' normalizes each element by itself; it is read as normalizing channels`);
  }
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
