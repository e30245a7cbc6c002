import { type Kysely, type Migration, Migrator, sql } from 'kysely';
import type { Database } from './database.ts';
import type { Tables } from './tables.ts';
import { FIELDS } from './totals.ts';

/** Every change of the tables, in the order of the names. One that has been released is never edited: a next one follows it. */
function migrationsFor({ types, nulls }: Database): Record<string, Migration> {
  return {
    '0001-networks': { up: (db) => createTables(db, types) },
    '0002-orders': { up: (db) => createOrders(db, nulls) },
  };
}

/**
 * Brings the tables to where this version needs them. Several processes may do so at once: PostgreSQL has an advisory
 * lock for it, and SQLite's transactions lock the file from their beginning.
 */
export async function migrate(database: Database): Promise<void> {
  const migrator = new Migrator({
    db: database.db,
    provider: { getMigrations: async () => migrationsFor(database) },
    migrationTableName: 'fovea_migrations',
    migrationLockTableName: 'fovea_migrations_lock',
  });
  const { error } = await migrator.migrateToLatest();
  if (!error) return;
  // Kysely calls these tables corrupted.
  const later = /executed migration (\S+) is missing/.exec(String(error))?.[1];
  throw later === undefined
    ? error
    : new Error(`the tables are those of a later version, which made the change ${later}`, { cause: error });
}

/** Numbers are doubles in both databases; texts that are compared must be so byte by byte, whatever the locale. */
async function createTables(db: Kysely<Tables>, { text, binary }: Database['types']): Promise<void> {
  const number = sql`double precision`;

  let networks = db.schema
    .createTable('networks')
    .addColumn('sha256', text, (column) => column.primaryKey().notNull())
    .addColumn('format', text, (column) => column.notNull())
    .addColumn('engine', text, (column) => column.notNull())
    .addColumn('about', 'text', (column) => column.notNull())
    .addColumn('totals', 'text', (column) => column.notNull())
    .addColumn('note', 'text');
  for (const column of Object.values(FIELDS)) networks = networks.addColumn(column, number);
  await networks.execute();

  const reference = (name: 'network_graphs' | 'network_tags' | 'network_versions') =>
    db.schema.createTable(name).addColumn('sha256', text, (column) => column.notNull().references('networks.sha256').onDelete('cascade'));
  await reference('network_graphs')
    .addColumn('body', binary, (column) => column.notNull())
    .addPrimaryKeyConstraint('network_graphs_key', ['sha256'])
    .execute();
  await reference('network_tags')
    .addColumn('tag', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('network_tags_key', ['sha256', 'tag'])
    .execute();
  await db.schema
    .createTable('network_names')
    .addColumn('name', text, (column) => column.primaryKey().notNull())
    .addColumn('last', 'integer', (column) => column.notNull())
    .execute();
  await reference('network_versions')
    .addColumn('name', text, (column) => column.notNull().references('network_names.name'))
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('kept_at', number, (column) => column.notNull())
    .addPrimaryKeyConstraint('network_versions_key', ['name', 'number'])
    .execute();
  await db.schema.createIndex('network_versions_sha256').on('network_versions').column('sha256').execute();
  await db.schema.createIndex('network_tags_tag').on('network_tags').columns(['tag', 'sha256']).execute();
}

/** What dashboards order by: with these a page is read from an index, and not found by sorting all that fits. */
const ORDERS = ['kept_at', 'macs', 'params', 'receptive_field'] as const;

/** An index is read from either end, but where NULL is the largest it stands at the wrong one downwards. */
async function createOrders(db: Kysely<Tables>, nulls: Database['nulls']): Promise<void> {
  for (const column of ORDERS) {
    await db.schema.createIndex(`networks_by_${column}`).on('networks').columns([column, 'sha256']).execute();
    if (nulls === 'first') continue;
    const name = sql.ref(`networks_by_${column}_down`);
    await sql`create index ${name} on networks (${sql.ref(column)} desc nulls last, sha256 desc)`.execute(db);
  }
}
