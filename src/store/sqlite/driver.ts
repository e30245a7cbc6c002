import type { Driver } from 'kysely';
import { unavailable } from '../unavailable.ts';
import type { Connection } from './connection.ts';
import { openLender } from './queue.ts';

export interface DriverSettings {
  open(): Promise<Connection>;
  readonly connections: number;
  readonly timeoutMs: number;
}

/**
 * Connections to one file. Readers go on while a transaction writes; transactions of this process follow each other in
 * turn, and those of other processes are waited for at their beginning, never in their middle.
 */
export function sqliteDriver({ open, connections, timeoutMs }: DriverSettings): Driver {
  const opened = new Set<Connection>();
  let count = 0;

  function more(): Promise<Connection> | undefined {
    if (count >= connections) return undefined;
    count++;
    return open().then(
      (connection) => {
        opened.add(connection);
        return connection;
      },
      (error) => {
        count--;
        throw error;
      },
    );
  }

  const lent = openLender<Connection>([], more, timeoutMs, unavailable);
  const turns = openLender<true>([true], () => undefined, timeoutMs, unavailable);

  return {
    async init() {},
    acquireConnection: () => lent.take(),
    async beginTransaction(connection) {
      await turns.take();
      try {
        await (connection as Connection).run('begin immediate');
      } catch (error) {
        turns.give(true);
        throw error;
      }
    },
    // Where this fails, a rollback follows.
    async commitTransaction(connection) {
      await (connection as Connection).run('commit');
      turns.give(true);
    },
    async rollbackTransaction(connection) {
      try {
        await (connection as Connection).rollback();
      } finally {
        turns.give(true);
      }
    },
    async releaseConnection(connection) {
      lent.give(connection as Connection);
    },
    async destroy() {
      for (const connection of opened) connection.close();
    },
  };
}
