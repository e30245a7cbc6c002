import type { Kysely, RawBuilder } from 'kysely';
import { openPostgres } from './postgres/open.ts';
import { openSqlite } from './sqlite/open.ts';
import type { Tables } from './tables.ts';

/** What the two databases do differently. */
export interface Database {
  readonly db: Kysely<Tables>;
  /** Names of types that they have no common name for; `text` compares byte by byte. */
  readonly types: { readonly text: RawBuilder<unknown>; readonly binary: RawBuilder<unknown> };
  /** Where NULL stands in ascending order. */
  readonly nulls: 'first' | 'last';
  /** What an error of the database means. */
  trouble(error: unknown): Trouble;
}

/** The database is not there, it wants the transaction once more, or the mistake is ours. */
export type Trouble = 'away' | 'again' | 'ours';

export interface DatabaseSettings {
  /** `postgres://...`, `sqlite:<path>`, `sqlite::memory:` or `none`. */
  readonly url: string;
  /** Most connections. */
  readonly connections: number;
  /** Milliseconds that a connection, a lock or a statement is waited for. */
  readonly timeoutMs: number;
}

/** What happens beside the answers. */
export interface DatabaseEvents {
  /** The database could not be reached, or could not serve. */
  failed(error: unknown): void;
  /** A statement was run. */
  queried?(sql: string): void;
  /** Something was done, or not: how long it took, with all its statements and what it waited for. */
  took?(operation: string, seconds: number): void;
}

/** A database that connects when it is first used; null where there is to be none. */
export function openDatabase(settings: DatabaseSettings, events: DatabaseEvents): Database | null {
  const { url } = settings;
  if (url === 'none') return null;
  if (/^postgres(ql)?:/.test(url)) return openPostgres(settings, events);
  return openSqlite(url.replace(/^sqlite:(\/\/(?=\/))?/, ''), settings, events);
}
