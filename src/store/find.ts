import { type ExpressionBuilder, type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import type { About, KeptNetwork, KeptRef, Version } from './network.ts';
import { networkColumns, networkOf } from './rows.ts';
import type { Tables } from './tables.ts';

/** A kept graph, not decoded. */
export interface KeptGraph {
  readonly about: About;
  readonly nodes: number;
  readonly body: Uint8Array;
}

type Networks = SelectQueryBuilder<Tables, 'networks', object>;

/** The network that a ref stands for now. */
function referred(db: Kysely<Tables>, ref: KeptRef): Networks {
  const networks = db.selectFrom('networks');
  if ('sha256' in ref) return networks.where('networks.sha256', '=', ref.sha256);
  const { name, number } = ref;
  return networks.where('networks.sha256', '=', (eb) => {
    const versions = eb.selectFrom('network_versions').where('name', '=', name).select('sha256');
    return (number === undefined ? versions : versions.where('number', '=', number)).orderBy('number', 'desc').limit(1);
  });
}

export async function find(db: Kysely<Tables>, ref: KeptRef): Promise<KeptNetwork | undefined> {
  const row = await referred(db, ref).select(networkColumns).executeTakeFirst();
  return row && networkOf(row);
}

/** The networks of these contents, of those that are kept, in any order. */
export async function findAll(db: Kysely<Tables>, sha256s: readonly string[]): Promise<KeptNetwork[]> {
  if (sha256s.length === 0) return [];
  const rows = await db.selectFrom('networks').where('sha256', 'in', sha256s).select(networkColumns).execute();
  return rows.map(networkOf);
}

export async function findGraph(db: Kysely<Tables>, ref: KeptRef): Promise<KeptGraph | undefined> {
  const row = await referred(db, ref)
    .innerJoin('network_graphs', 'network_graphs.sha256', 'networks.sha256')
    .select(['networks.sha256', 'format', 'bytes', 'about', 'nodes', 'body'])
    .executeTakeFirst();
  if (!row) return undefined;
  const { sha256, format, bytes, about, nodes, body } = row;
  // The bytes may be a view of a buffer of the connection.
  return { about: { sha256, format, bytes, ...JSON.parse(about) }, nodes: nodes ?? 0, body: new Uint8Array(body) };
}

/** Names that have a history now, of those that are asked for; and of each its newest versions, at most `first` with numbers below `before`. */
export async function histories(db: Kysely<Tables>, names: readonly string[], first: number, before?: number): Promise<Version[]> {
  if (names.length === 0) return [];
  const versions = db
    .selectFrom('network_versions')
    .where('name', 'in', names)
    .$if(before !== undefined, (query) => query.where('number', '<', before as number))
    .select(['name', 'number', 'sha256', 'kept_at', sql<number>`row_number() over (partition by name order by number desc)`.as('place')]);
  const rows = await db
    .selectFrom(versions.as('h'))
    .innerJoin('networks', 'networks.sha256', 'h.sha256')
    .where('h.place', '<=', first)
    .orderBy('h.name')
    .orderBy('h.number', 'desc')
    .select((eb) => networkColumns(eb as unknown as ExpressionBuilder<Tables, 'networks'>))
    .select(['h.name', 'h.number', 'h.kept_at as since'])
    .execute();
  return rows.map(({ name, number, since, ...row }) => ({ name, number, keptAt: since, network: networkOf(row) }));
}
