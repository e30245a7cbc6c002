import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import type { Database, DatabaseEvents, DatabaseSettings, Trouble } from '../database.ts';
import { logTo } from '../log.ts';
import type { Tables } from '../tables.ts';
import { careful } from './careful.ts';

/** The server ends what outlives this before the client stops to wait for it, so that the client learns what became of it. */
const CLIENT_WAITS_LONGER_MS = 1_000;

/** A server of PostgreSQL; every connection, lock and statement is waited for a limited time. */
export function openPostgres({ url, connections, timeoutMs }: DatabaseSettings, events: DatabaseEvents): Database {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'fovea',
    max: connections,
    connectionTimeoutMillis: timeoutMs,
    statement_timeout: timeoutMs,
    idle_in_transaction_session_timeout: 2 * timeoutMs,
    query_timeout: timeoutMs + CLIENT_WAITS_LONGER_MS,
    keepAlive: true,
  });
  // An idle connection that breaks is replaced by the next one that is needed; of a pool that is being closed none is.
  pool.on('error', (error) => {
    if (!pool.ending) events.failed(error);
  });
  return {
    db: new Kysely<Tables>({ dialect: new PostgresDialect({ pool: careful(pool) }), ...logTo(events) }),
    types: { text: sql`text collate "C"`, binary: sql`bytea` },
    nulls: 'last',
    trouble,
  };
}

/** Classes of SQLSTATE that say that a statement or its data are wrong; with all others the server cannot serve us now. */
const OURS = /^(0A|22|23|42)/;

/** A deadlock, a serialization failure, or a row that another transaction has just deleted. */
const AGAIN = new Set(['40001', '40P01', '23503']);

function trouble(error: unknown): Trouble {
  if (!(error instanceof pg.DatabaseError)) return isOfConnection(error) ? 'away' : 'ours';
  const { code = '' } = error;
  if (AGAIN.has(code)) return 'again';
  return OURS.test(code) ? 'ours' : 'away';
}

/** Failures of sockets have a system call; those that pg finds itself have only a text. */
function isOfConnection(error: unknown): boolean {
  const { syscall, message } = error as { syscall?: unknown; message?: unknown };
  if (error instanceof AggregateError) return error.errors.every(isOfConnection);
  return syscall !== undefined || (typeof message === 'string' && /timeout|terminated|connection|not queryable|ended/i.test(message));
}
