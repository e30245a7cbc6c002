import { hash } from 'node:crypto';
import type { Question } from './question.ts';
import type { Arrived } from './source.ts';

/** What tells one question about one network from all others: the same key has the same answer, or the same fault. */
export function keyOf(source: Arrived, question: Question): string {
  // In JSON a map is an empty object.
  const { inputs, bind } = 'options' in question ? question.options : {};
  return JSON.stringify([networkKey(source), question, inputs && [...inputs], bind && [...bind]]);
}

function networkKey(source: Arrived): readonly unknown[] {
  if (source.kind === 'whole') return ['file', source.sha256, source.format, source.name];
  // By content: a name may stand for another network the next time.
  if (source.kind === 'kept') return ['kept', source.about];
  const { value, pointer } = source;
  return ['json', hash('sha256', JSON.stringify(value), 'base64'), pointer];
}
