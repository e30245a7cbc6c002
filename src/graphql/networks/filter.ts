import type { Field, Filter } from '../../analysis/collection.ts';
import { checkTags, readTime } from '../../analysis/kept-order.ts';
import { Fault } from '../../core/fault.ts';
import { pointed } from '../pointed.ts';

type Ends<T> = { readonly min?: T | null; readonly max?: T | null };

/** `NetworkFilter` of the schema, as GraphQL hands it over. */
export type FilterInput = {
  readonly tags?: readonly string[] | null;
  readonly format?: string | null;
  readonly name?: string | null;
  readonly keptAt?: Ends<string> | null;
} & { readonly [F in Exclude<Field, 'keptAt'>]?: Ends<number> | null };

/** The filter that is meant; null is the same as leaving it out. Fault: `invalid-option`, which points at an argument's member. */
export async function filterOf({ tags, format, name, ...ends }: FilterInput): Promise<Filter> {
  const ranges = Object.entries(ends).map(([field, range]) => [field, { min: end(field, 'min', range), max: end(field, 'max', range) }]);
  await pointed('/filter/tags', () => checkTags(tags ?? []));
  for (const [member, texts] of Object.entries({ tags: tags ?? [], format: [format ?? ''], name: [name ?? ''] })) {
    await pointed(`/filter/${member}`, () => texts.forEach(checkText));
  }
  return { tags: tags ?? undefined, format: format ?? undefined, name: name ?? undefined, ranges: Object.fromEntries(ranges) };
}

/** What nothing kept has, and not every database can be asked for. */
function checkText(text: string): void {
  if (/[\p{Cc}\p{Cs}]/u.test(text)) throw new Fault('invalid-option', 'no tag, format or name holds a control character');
}

function end(field: string, which: 'min' | 'max', range: Ends<string | number> | null): number | undefined {
  const value = range?.[which] ?? undefined;
  if (typeof value !== 'string') return value;
  const time = readTime(value);
  if (time !== null) return time;
  throw new Fault('invalid-option', `${field} is a time like 2026-01-01 or 2026-01-01T12:00:00Z`, { pointer: `/filter/${field}/${which}` });
}
