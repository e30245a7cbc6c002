import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type pg from 'pg';

/**
 * The pool, without connections on which a query failed half-way: one whose answer was not waited for would give it to the
 * next query. What the server itself says leaves a connection in order.
 */
export function careful(pool: pg.Pool): PostgresPool {
  return {
    async connect() {
      const client = await pool.connect();
      let broken = false;
      const query = async (sql: string, parameters: readonly unknown[]) => {
        try {
          return await client.query(sql, [...parameters]);
        } catch (error) {
          if (!isAnswer(error)) broken = true;
          throw error;
        }
      };
      return { query, release: () => client.release(broken) } as unknown as PostgresPoolClient;
    },
    end: () => pool.end(),
  };
}

function isAnswer(error: unknown): boolean {
  return (error as { severity?: unknown } | null)?.severity !== undefined;
}
