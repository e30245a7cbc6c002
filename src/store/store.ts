import { type Kysely, sql } from 'kysely';
import { Fault } from '../core/fault.ts';
import { type Database, type DatabaseEvents, type DatabaseSettings, openDatabase } from './database.ts';
import { find, findAll, findGraph, histories, type KeptGraph } from './find.ts';
import { forget } from './forget.ts';
import { type Kept, keep, Overtaken } from './keep.ts';
import { count, type Filter, type ListQuery, list, type Page } from './list.ts';
import { migrate } from './migrations.ts';
import type { KeepAs, KeptNetwork, KeptRef, NewNetwork, Version } from './network.ts';
import type { Tables } from './tables.ts';
import { unavailable } from './unavailable.ts';

/** Networks that a team keeps. Every call may throw the fault `store-unavailable`, and works again as soon as the database does. */
export interface Store {
  /** Whether there is none, by configuration. */
  readonly off: boolean;
  keep(network: NewNetwork, as: KeepAs): Promise<Kept>;
  find(ref: KeptRef): Promise<KeptNetwork | undefined>;
  /** Those of these contents that are kept, in any order. */
  findAll(sha256s: readonly string[]): Promise<KeptNetwork[]>;
  findGraph(ref: KeptRef): Promise<KeptGraph | undefined>;
  /** The newest versions of each name, by name and from the newest on: at most `first` of each, with numbers below `before`. */
  histories(names: readonly string[], first: number, before?: number): Promise<Version[]>;
  list(query: ListQuery): Promise<Page>;
  count(filter: Filter): Promise<number>;
  /** Whether there was anything to forget. */
  forget(ref: KeptRef): Promise<boolean>;
  /** Connects, and brings the tables up to date where they are not. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Nothing is in it, and nothing can be put in. */
const NO_STORE: Store = {
  off: true,
  async keep() {
    throw new Fault('store-off', 'this service keeps no networks: its DATABASE_URL is none');
  },
  find: async () => undefined,
  findAll: async () => [],
  findGraph: async () => undefined,
  histories: async () => [],
  list: async () => ({ networks: [], more: false }),
  count: async () => 0,
  forget: async () => false,
  async ping() {},
  async close() {},
};

/** Times that a transaction is run before another is thought to be in its way for good. */
const MOST_TRIES = 5;

/** Opens a store; it connects when it is first used. */
export function openStore(settings: DatabaseSettings, events: DatabaseEvents): Store {
  const database = openDatabase(settings, events);
  return database === null ? NO_STORE : storeIn(database, events);
}

function storeIn(database: Database, { failed, took }: DatabaseEvents): Store {
  let migrated: Promise<void> | undefined;
  let away = false;

  /** What one failure says is not said again until the database has been back. */
  function isAway(error: unknown): Fault {
    if (!away) failed(error);
    away = true;
    return unavailable();
  }

  async function use<T>(operation: string, work: (db: Kysely<Tables>) => Promise<T>): Promise<T> {
    const started = performance.now();
    try {
      return await attempt(work);
    } finally {
      took?.(operation, (performance.now() - started) / 1000);
    }
  }

  async function attempt<T>(work: (db: Kysely<Tables>) => Promise<T>): Promise<T> {
    migrated ??= migrate(database).catch((error) => {
      migrated = undefined;
      throw error;
    });
    // Whatever keeps the tables from being what this version needs, nothing can be kept until it is gone.
    await migrated.catch((error) => {
      throw isAway(error);
    });
    for (let tries = 1; ; tries++) {
      try {
        const done = await work(database.db);
        away = false;
        return done;
      } catch (error) {
        if (error instanceof Fault) throw error;
        const trouble = error instanceof Overtaken ? 'again' : database.trouble(error);
        if (trouble === 'ours') throw error;
        if (trouble === 'away' || tries === MOST_TRIES) throw isAway(error);
      }
    }
  }

  return {
    off: false,
    keep: (network, as) => use('keep', (db) => keep(db, network, as, Date.now())),
    find: (ref) => use('find', (db) => find(db, ref)),
    findAll: (sha256s) => use('findAll', (db) => findAll(db, sha256s)),
    findGraph: (ref) => use('findGraph', (db) => findGraph(db, ref)),
    histories: (names, first, before) => use('histories', (db) => histories(db, names, first, before)),
    list: (query) => use('list', (db) => list(db, query)),
    count: (filter) => use('count', (db) => count(db, filter)),
    forget: (ref) => use('forget', (db) => forget(db, ref)),
    ping: () => use('ping', async (db) => void (await sql`select 1`.execute(db))),
    close: () => database.db.destroy(),
  };
}
