import { hash } from 'node:crypto';
import type { Question } from './question.ts';
import type { Arrived } from './source.ts';

/**
 * What tells one question about one network from all others: the same key has the same answer, or the same fault.
 * Undefined where that may change, as with a name that can be given to another network.
 */
export function keyOf(source: Arrived, question: Question): string | undefined {
  const network = networkKey(source);
  if (network === undefined) return undefined;
  // In JSON a map is an empty object.
  const { inputs, bind } = question.options;
  return JSON.stringify([network, question, inputs && [...inputs], bind && [...bind]]);
}

function networkKey(source: Arrived): readonly unknown[] | undefined {
  if (source.kind === 'whole') return ['file', source.sha256, source.format, source.name];
  const { value, pointer } = source;
  const ref = (value as { readonly ref?: unknown } | null)?.ref;
  if (typeof ref === 'string' && !isBuiltIn(ref)) return undefined;
  return ['json', hash('sha256', JSON.stringify(value), 'base64'), pointer];
}

/** Whether a ref stands for a network that only a new version of Fovea can change. */
export function isBuiltIn(ref: string): boolean {
  return ref.startsWith('zoo:') || ref.startsWith('pattern:');
}
