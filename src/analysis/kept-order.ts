import { Fault } from '../core/fault.ts';
import type { Order } from '../store/list.ts';
import { FIELDS, type Field } from '../store/totals.ts';
import { suggestion } from './nearest.ts';

/** Networks in one page of a list. */
export const PAGE = 50;
export const MOST_IN_PAGE = 1000;

/** As many tags as a network may have. */
const MOST_TAGS = 32;

/** Newest first. */
export const NEWEST = '-keptAt';

/** `macs` upwards, `-macs` downwards. Fault: `invalid-option`. */
export function orderOf(text: string): Order {
  const descending = text.startsWith('-');
  return { field: fieldOf(descending ? text.slice(1) : text), descending };
}

/** A field of `FIELDS`. Fault: `invalid-option`. */
export function fieldOf(name: string): Field {
  if (Object.hasOwn(FIELDS, name)) return name as Field;
  throw new Fault('invalid-option', `kept networks have no '${name}' to be ordered by${suggestion(name, Object.keys(FIELDS))}`);
}

/** A time in milliseconds since 1970 (ISO 8601; a day alone begins at midnight UTC); null for what is none. */
export function readTime(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text)) return null;
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : time;
}

/** Each tag is a further condition on every network. Fault: `invalid-option`. */
export function checkTags(tags: readonly string[]): void {
  if (tags.length > MOST_TAGS) throw new Fault('invalid-option', `at most ${MOST_TAGS} tags can be asked for at a time`);
}

/** Fault `invalid-option` for a page that is too large. */
export function checkPage(first: number): void {
  if (!(Number.isInteger(first) && first >= 1 && first <= MOST_IN_PAGE)) {
    throw new Fault('invalid-option', `first must be an integer from 1 to ${MOST_IN_PAGE}`);
  }
}
