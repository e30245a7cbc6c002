import { Type } from '@sinclair/typebox';
import { FIELDS, type Field, type ListQuery } from '../analysis/collection.ts';
import { checkPage, checkTags, MOST_IN_PAGE, NEWEST, orderOf, PAGE, readTime } from '../analysis/kept-order.ts';
import { suggestion } from '../analysis/nearest.ts';
import type { Form } from '../analysis/views/view.ts';
import { Fault } from '../core/fault.ts';
import type { RequestSpot } from '../errors.ts';

/** Forms of lists. */
export const LIST_FORMS: readonly Form[] = ['json', 'csv'];

const range = (description: string) => Type.String({ description, examples: ['1e6..5e9', '..100'] });

const RANGES = Object.fromEntries(
  Object.keys(FIELDS).map((field) => [
    field,
    range(
      field === 'keptAt'
        ? 'Times of the first keep (ISO 8601): `2026-01-01..`, `..2026-02-01T12:00:00Z`, or both ends.'
        : `Range of ${field}: \`1e6..5e9\`, or without one end. What is unknown, or only a lower bound, is in no range.`,
    ),
  ]),
);

const PAGING = {
  first: Type.Integer({ description: 'Networks in the page.', minimum: 1, maximum: MOST_IN_PAGE, default: PAGE }),
  after: Type.String({ description: '`next` of the page before.' }),
  as: Type.String({ description: 'Form of the answer; wins over the Accept header.', enum: LIST_FORMS as string[] }),
};

/** What a list of kept networks can be asked, for OpenAPI. */
export const ListSchema = Type.Partial(
  Type.Object({
    tag: Type.Array(Type.String(), { description: 'Tags that it has, every one of them; repeatable.' }),
    format: Type.String({ description: 'Id of its format.' }),
    name: Type.String({ description: 'A name that it has had; `vision/*` is any that begins like this.' }),
    ...RANGES,
    orderBy: Type.String({
      description: `One of ${Object.keys(FIELDS).join(', ')}; downwards with \`-\` before it. What is unknown comes last.`,
      default: NEWEST,
    }),
    ...PAGING,
  }),
);

/** What a history can be asked. */
export const HistorySchema = Type.Partial(Type.Object(PAGING));

/** What was asked of a list: the query, and the form of the answer. */
export interface Listing {
  readonly query: ListQuery;
  readonly as: Form | undefined;
}

type Fields = Readonly<Record<string, string | readonly string[]>>;

/** Reads what a list is asked. Fault: `invalid-option`. */
export function readListing(fields: Fields): Listing {
  const { tag = [], ...single } = fields;
  const texts = singles(single, Object.keys(ListSchema.properties));
  const ranges = Object.keys(FIELDS).flatMap((field) => {
    const text = texts.get(field);
    return text === undefined ? [] : [[field, rangeOf(field as Field, text)] as const];
  });
  const order = texts.get('orderBy') ?? NEWEST;
  const tags = [tag].flat();
  located('tag', () => checkTags(tags));
  return {
    query: {
      filter: { tags, format: texts.get('format'), name: texts.get('name'), ranges: Object.fromEntries(ranges) },
      order: located('orderBy', () => orderOf(order)),
      ...pageOf(texts),
    },
    as: texts.get('as') as Form | undefined,
  };
}

/** Reads what a history is asked. `before` is the number of the version before the page. Fault: `invalid-option`. */
export function readHistory(fields: Fields): {
  readonly first: number;
  readonly before: number | undefined;
  readonly as: Form | undefined;
} {
  const texts = singles(fields, Object.keys(PAGING));
  const { first, after } = pageOf(texts);
  if (after !== undefined && !/^[1-9]\d{0,8}$/.test(after)) throw invalid('after', 'after must be what the page before says in next');
  return { first, before: after === undefined ? undefined : Number(after), as: texts.get('as') as Form | undefined };
}

function pageOf(texts: ReadonlyMap<string, string>) {
  const text = texts.get('first');
  const first = text === undefined ? PAGE : /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  located('first', () => checkPage(first));
  return { first, after: texts.get('after') };
}

function singles(fields: Fields, known: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(fields).map(([name, value]) => {
      if (!known.includes(name)) throw invalid(name, `there is no option '${name}'${suggestion(name, known)}`);
      if (typeof value !== 'string') throw invalid(name, `option ${name} may stand once`);
      return [name, value];
    }),
  );
}

/** `1e6..5e9`, `..5e9`, `1e6..`, or one value. */
function rangeOf(field: Field, text: string): { min?: number; max?: number } {
  const ends = text.includes('..') ? text.split('..') : [text, text];
  const [min = '', max = '', ...more] = ends;
  const end = (part: string): number => (field === 'keptAt' ? (readTime(part) ?? Number.NaN) : decimal(part));
  const values = { ...(min !== '' && { min: end(min) }), ...(max !== '' && { max: end(max) }) };
  if (more.length > 0 || Object.keys(values).length === 0 || Object.values(values).some(Number.isNaN)) {
    const form = field === 'keptAt' ? '2026-01-01..2026-02-01' : '1e6..5e9';
    throw invalid(field, `option ${field}: '${text.slice(0, 80)}' has not the form ${form}, with at least one end`);
  }
  return values;
}

function decimal(text: string): number {
  return /^\d{1,30}(\.\d{1,30})?([eE][+]?\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
}

function located<T>(parameter: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof Fault ? invalid(parameter, error.message) : error;
  }
}

function invalid(parameter: string, message: string): Fault {
  const spot: RequestSpot = { parameter };
  return new Fault('invalid-option', message, spot);
}
