import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Dialect, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } from 'kysely';
import type { Database, DatabaseEvents, DatabaseSettings, Trouble } from '../database.ts';
import { logTo } from '../log.ts';
import type { Tables } from '../tables.ts';
import { isBusy, openConnection } from './connection.ts';
import { type DriverSettings, sqliteDriver } from './driver.ts';

/** SQLite's tables change in transactions like any data, and a transaction of ours locks the file: so migrations are safe. */
class Adapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

function dialect(settings: DriverSettings): Dialect {
  return {
    createDriver: () => sqliteDriver(settings),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new Adapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}

const MEMORY = ':memory:';

/** A file, which is made where it is not there yet, or a database that ends with the process. */
export function openSqlite(path: string, { connections, timeoutMs }: DatabaseSettings, events: DatabaseEvents): Database {
  const open = () => {
    if (path !== MEMORY) mkdirSync(dirname(path), { recursive: true });
    return openConnection(path, timeoutMs);
  };
  // Each connection to memory would be a database of its own.
  const settings = { open, connections: path === MEMORY ? 1 : connections, timeoutMs };
  return {
    db: new Kysely<Tables>({ dialect: dialect(settings), ...logTo(events) }),
    types: { text: sql`text`, binary: sql`blob` },
    nulls: 'first',
    trouble,
  };
}

/** Result codes of SQLite that are mistakes in a statement or its data: ERROR, CONSTRAINT, MISMATCH, MISUSE, RANGE. */
const OURS = new Set([1, 19, 20, 21, 25]);

function trouble(error: unknown): Trouble {
  if (isBusy(error)) return 'away';
  const { code, errcode, syscall } = error as { code?: unknown; errcode?: number; syscall?: unknown };
  // The folder cannot be made, as on a file system that is read only.
  if (syscall === 'mkdir') return 'away';
  // The low byte is the primary code.
  return code === 'ERR_SQLITE_ERROR' && errcode !== undefined && !OURS.has(errcode & 0xff) ? 'away' : 'ours';
}
