import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely';

/** Statements that a connection keeps prepared. */
const MAX_PREPARED = 200;

interface Prepared {
  readonly statement: StatementSync;
  readonly reads: boolean;
}

export interface Connection extends DatabaseConnection {
  run(sql: string): Promise<void>;
  /** Takes a transaction back, where SQLite has not done so by itself, as it does on a full disk. */
  rollback(): Promise<void>;
  close(): void;
}

/**
 * A connection to a file. SQLite's own wait for a lock would stop the event loop, so a statement that finds the file
 * locked is tried again instead, for `timeoutMs`.
 *
 * A commit returns when it is on the disk (`synchronous=FULL`): with the write-ahead log NORMAL would be enough when the
 * process is killed, but not when the power fails.
 */
export async function openConnection(path: string, timeoutMs: number): Promise<Connection> {
  const database = new DatabaseSync(path, { timeout: 0, enableForeignKeyConstraints: true });
  const prepared = new Map<string, Prepared>();

  function prepare(sql: string): Prepared {
    const known = prepared.get(sql);
    if (known) return known;
    const statement = database.prepare(sql);
    const fresh = { statement, reads: statement.columns().length > 0 };
    const [oldest] = prepared.keys();
    if (prepared.size >= MAX_PREPARED && oldest !== undefined) prepared.delete(oldest);
    prepared.set(sql, fresh);
    return fresh;
  }

  function execute<R>(sql: string, parameters: readonly unknown[]): QueryResult<R> {
    const { statement, reads } = prepare(sql);
    const values = parameters as readonly SQLInputValue[];
    if (reads) return { rows: statement.all(...values) as R[] };
    return { rows: [], numAffectedRows: BigInt(statement.run(...values).changes) };
  }

  const patiently = <T>(work: () => T) => untilUnlocked(work, timeoutMs);

  try {
    await patiently(() => database.exec('pragma journal_mode = wal'));
    database.exec('pragma synchronous = full');
  } catch (error) {
    database.close();
    throw error;
  }
  return {
    executeQuery: <R>({ sql, parameters }: CompiledQuery) => patiently(() => execute<R>(sql, parameters)),
    run: (sql) => patiently(() => void execute(sql, [])),
    async rollback() {
      if (database.isTransaction) database.exec('rollback');
    },
    // biome-ignore lint/correctness/useYield: what Kysely asks of a connection; nothing here is read as a stream
    async *streamQuery() {
      throw new Error('rows are not read as a stream');
    },
    close: () => database.close(),
  };
}

const FIRST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 50;

async function untilUnlocked<T>(work: () => T, timeoutMs: number): Promise<T> {
  const end = performance.now() + timeoutMs;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || performance.now() > end) throw error;
    }
    await sleep(pause);
  }
}

const BUSY = 5;

/** Whether someone else has the lock. */
export function isBusy(error: unknown): boolean {
  return ((error as { errcode?: number } | null)?.errcode ?? 0) % 256 === BUSY;
}
