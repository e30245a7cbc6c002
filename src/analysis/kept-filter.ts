import { Fault, type Spot } from '../core/fault.ts';
import type { Filter } from '../store/list.ts';
import { MOST_TAGS } from './keep-as.ts';

/**
 * Refuses a filter that no network can fit: some databases cannot even be asked for it. `spotOf` is where a member was
 * said. Fault: `invalid-option`.
 */
export function checkFilter({ tags = [], format, name }: Filter, spotOf: (member: 'tags' | 'format' | 'name') => Spot): void {
  if (tags.length > MOST_TAGS) throw new Fault('invalid-option', `a network has at most ${MOST_TAGS} tags`, spotOf('tags'));
  for (const [member, texts] of Object.entries({ tags, format: [format ?? ''], name: [name ?? ''] })) {
    if (!texts.some((text) => /[\0\p{Cs}]/u.test(text))) continue;
    throw new Fault('invalid-option', `${member} holds characters that nothing kept has`, spotOf(member as 'tags' | 'format' | 'name'));
  }
}
