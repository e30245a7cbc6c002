import type { LogEvent } from 'kysely';
import type { DatabaseEvents } from './database.ts';

/** What Kysely is to tell of its queries. */
export function logTo({ queried }: DatabaseEvents): { log?: (event: LogEvent) => void } {
  return queried === undefined ? {} : { log: ({ query }) => queried(query.sql) };
}
