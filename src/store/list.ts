import {
  type Expression,
  type ExpressionBuilder,
  type Kysely,
  type OrderByItemBuilder,
  type SelectQueryBuilder,
  type SqlBool,
  sql,
} from 'kysely';
import { type Cursor, cursorOf, readCursor } from './cursor.ts';
import type { KeptNetwork } from './network.ts';
import { networkColumns, networkOf } from './rows.ts';
import type { Tables } from './tables.ts';
import { FIELDS, type Field } from './totals.ts';

/** Inclusive ends. What is unknown is in no range. */
export interface Range {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** Which networks are meant: those to which all of it applies. */
export interface Filter {
  /** Every one of them. */
  readonly tags?: readonly string[] | undefined;
  readonly format?: string | undefined;
  /** A name that the network has had; with `*` at its end the beginning of one. */
  readonly name?: string | undefined;
  readonly ranges?: Partial<Readonly<Record<Field, Range>>> | undefined;
}

export interface Order {
  readonly field: Field;
  readonly descending: boolean;
}

export interface ListQuery {
  readonly filter: Filter;
  readonly order: Order;
  /** Most networks to answer. */
  readonly first: number;
  /** Cursor of the network before the first. */
  readonly after?: string | undefined;
}

export interface ListedNetwork {
  readonly network: KeptNetwork;
  readonly cursor: string;
}

export interface Page {
  readonly networks: readonly ListedNetwork[];
  readonly more: boolean;
}

type Networks = SelectQueryBuilder<Tables, 'networks', object>;

/**
 * Networks in an order, from a cursor on, with all that is known of them, in one query. What is unknown comes last. The page
 * is found first, so that tags and versions are gathered of its rows alone.
 */
export async function list(db: Kysely<Tables>, { filter, order, first, after }: ListQuery): Promise<Page> {
  const column = sql<number | null>`${sql.ref(`networks.${FIELDS[order.field]}`)}`;
  const direction = order.descending ? 'desc' : 'asc';
  const last = (by: OrderByItemBuilder) => (order.descending ? by.desc() : by.asc()).nullsLast();
  let networks = filtered(db.selectFrom('networks'), filter);
  if (after !== undefined) networks = networks.where(behind(readCursor(after, order), column, order.descending));
  const page = networks
    .select(['networks.sha256', column.as('at')])
    .orderBy(column, last)
    .orderBy('networks.sha256', direction)
    .limit(first + 1);
  const rows = await db
    .selectFrom(page.as('page'))
    .innerJoin('networks', 'networks.sha256', 'page.sha256')
    .select((eb) => networkColumns(eb as unknown as ExpressionBuilder<Tables, 'networks'>))
    .select('page.at')
    .orderBy('page.at', last)
    .orderBy('page.sha256', direction)
    .execute();
  return {
    networks: rows.slice(0, first).map(({ at, ...row }) => ({ network: networkOf(row), cursor: cursorOf(order, at, row.sha256) })),
    more: rows.length > first,
  };
}

/** How many networks a filter leaves. */
export async function count(db: Kysely<Tables>, filter: Filter): Promise<number> {
  const { total } = await filtered(db.selectFrom('networks'), filter)
    .select((eb) => eb.fn.countAll().as('total'))
    .executeTakeFirstOrThrow();
  return Number(total);
}

function filtered(networks: Networks, { tags = [], format, name, ranges = {} }: Filter): Networks {
  let query = networks;
  if (format !== undefined) query = query.where('networks.format', '=', format);
  for (const tag of new Set(tags)) {
    query = query.where('networks.sha256', 'in', (eb) => eb.selectFrom('network_tags').where('tag', '=', tag).select('sha256'));
  }
  if (name !== undefined) {
    query = query.where('networks.sha256', 'in', (eb) => {
      const versions = eb.selectFrom('network_versions').select('sha256');
      if (!name.endsWith('*')) return versions.where('name', '=', name);
      // Texts compare byte by byte, so that those with this beginning stand together, up to the last character that there is.
      const beginning = name.slice(0, -1);
      return versions.where('name', '>=', beginning).where('name', '<=', `${beginning}\u{10FFFF}`);
    });
  }
  for (const [field, { min, max }] of Object.entries(ranges) as [Field, Range][]) {
    const column = `networks.${FIELDS[field]}` as const;
    if (min !== undefined) query = query.where(column, '>=', min);
    if (max !== undefined) query = query.where(column, '<=', max);
  }
  return query;
}

/** What comes behind a cursor: a further value, or the same and a further content, or what is unknown. */
function behind({ at, sha256 }: Cursor, column: Expression<number | null>, descending: boolean): Expression<SqlBool> {
  const than = descending ? sql`<` : sql`>`;
  const next = sql`networks.sha256 ${than} ${sha256}`;
  if (at === null) return sql<SqlBool>`(${column} is null and ${next})`;
  return sql<SqlBool>`(${column} ${than} ${at} or (${column} = ${at} and ${next}) or ${column} is null)`;
}
