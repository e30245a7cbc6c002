import { Fault } from '../core/fault.ts';
import type { Report } from '../core/report.ts';
import type { DatabaseEvents, DatabaseSettings } from '../store/database.ts';
import type { Filter, ListQuery } from '../store/list.ts';
import type { KeepAs, KeptNetwork, KeptRef, Version } from '../store/network.ts';
import { openStore, type Store } from '../store/store.ts';
import type { KeptTotals } from '../store/totals.ts';
import { checkKeepAs } from './keep-as.ts';
import type { Reading } from './reading.ts';
import { checkRef, keptRefOf } from './ref.ts';

export type { KeepAs } from '../store/network.ts';
export { FIELDS, type Field } from '../store/totals.ts';
export type { Filter, ListQuery };

/** A kept network as both transports tell of it. */
export interface KeptJson {
  /** `sha256:...`, under which it is always the same. */
  readonly ref: string;
  /** As in its report. */
  readonly network: Report['network'];
  readonly totals: KeptTotals;
  readonly tags: readonly string[];
  readonly note: string | null;
  /** When it was first kept (ISO 8601, UTC). */
  readonly keptAt: string;
  /** Refs of the form `name:<name>@<n>` that stand for it; of very many the newest 100. */
  readonly versions: readonly string[];
}

/** What a name has stood for. */
export interface VersionJson {
  /** `name:<name>@<n>` */
  readonly ref: string;
  readonly name: string;
  readonly number: number;
  /** When the name was given to it (ISO 8601, UTC). */
  readonly keptAt: string;
  readonly kept: KeptJson;
}

export interface History {
  readonly name: string;
  readonly versions: readonly VersionJson[];
  readonly next: string | null;
}

export interface KeptPage {
  readonly networks: readonly { readonly kept: KeptJson; readonly cursor: string }[];
  /** Whether there are more behind the last. */
  readonly more: boolean;
}

/**
 * The networks that a team keeps. Every call may throw the fault `store-unavailable`; other faults stand with the calls.
 */
export interface Collection {
  /** Whether the service keeps nothing, by configuration. */
  readonly off: boolean;
  /** Where refs to kept networks lead. */
  readonly store: Pick<Store, 'findGraph'>;
  /** Keeps a network that has been read. `version` is the ref of what the name stands for now. Faults: `invalid-option`, those of `analyze`. */
  keep(reading: Reading, as: KeepAs): Promise<{ readonly kept: KeptJson; readonly created: boolean; readonly version: string | null }>;
  /** Faults: `invalid-ref`, `network-not-found`. */
  find(ref: string): Promise<KeptJson>;
  /** Those of these that are kept, by content; any order. */
  findAll(sha256s: readonly string[]): Promise<KeptJson[]>;
  /** Faults: `invalid-option` for a cursor that is none, or a filter that nothing can fit. */
  list(query: ListQuery): Promise<KeptPage>;
  count(filter: Filter): Promise<number>;
  /** The newest versions of each of these names, at most `first` of each with numbers below `before`; by name, from the newest on. */
  histories(names: readonly string[], first: number, before?: number): Promise<VersionJson[]>;
  /** One page of the history of `name:<name>`, the newest first; `next` is what `before` is for the next page. Faults: `invalid-ref`, `network-not-found`. */
  history(ref: string, first: number, before?: number): Promise<History>;
  /** Faults: `invalid-ref`, `network-not-found`. */
  forget(ref: string): Promise<void>;
  /** Connects to the database, and brings its tables up to date where they are not. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export function openCollection(settings: DatabaseSettings, events: DatabaseEvents): Collection {
  const store = openStore(settings, events);
  return {
    off: store.off,
    store,
    async keep(reading, as) {
      checkKeepAs(as);
      const { network, created, version } = await store.keep(await reading.ask({ kind: 'keep' }), as);
      return { kept: keptJson(network), created, version: version && versionRef(version) };
    },
    async find(ref) {
      const found = await store.find(keptRef(ref));
      if (!found) throw notKept(ref);
      return keptJson(found);
    },
    findAll: async (sha256s) => (await store.findAll(sha256s)).map(keptJson),
    async list(query) {
      checkFilter(query.filter);
      const { networks, more } = await store.list(query);
      return { networks: networks.map(({ network, cursor }) => ({ kept: keptJson(network), cursor })), more };
    },
    async count(filter) {
      checkFilter(filter);
      return store.count(filter);
    },
    histories: async (names, first, before) => (await store.histories(names, first, before)).map(versionJson),
    async history(ref, first, before) {
      const kept = keptRef(ref);
      if ('sha256' in kept || kept.number !== undefined) throw new Fault('invalid-ref', 'a history is that of a name: name:<name>');
      const { name } = kept;
      const found = await store.histories([name], first + 1, before);
      if (found.length === 0 && before === undefined) throw notKept(ref);
      const versions = found.slice(0, first).map(versionJson);
      return { name, versions, next: found.length > first ? String(versions.at(-1)?.number) : null };
    },
    async forget(ref) {
      if (!(await store.forget(keptRef(ref)))) throw notKept(ref);
    },
    ping: () => store.ping(),
    close: () => store.close(),
  };
}

function keptRef(ref: string): KeptRef {
  checkRef(ref, '');
  const kept = keptRefOf(ref);
  if (kept === null) throw new Fault('network-not-found', `'${ref}' is built in, not kept`);
  return kept;
}

/** What no database takes as text cannot have been kept. */
function checkFilter({ tags = [], format = '', name = '' }: Filter): void {
  const odd = [...tags, format, name].find((text) => /[\p{Cc}\p{Cs}]/u.test(text));
  if (odd !== undefined) throw new Fault('invalid-option', 'no tag, format or name holds a control character');
}

function notKept(ref: string): Fault {
  return new Fault('network-not-found', `no network is kept as '${ref}'`);
}

function versionRef({ name, number }: { readonly name: string; readonly number: number }): string {
  return `name:${name}@${number}`;
}

function keptJson({ about, totals, tags, note, keptAt, versions }: KeptNetwork): KeptJson {
  const { name, format, sha256, bytes, ...origin } = about;
  return {
    ref: `sha256:${sha256}`,
    network: { name, format, sha256, bytes, ...origin },
    totals,
    tags,
    note,
    keptAt: timeOf(keptAt),
    versions: versions.map(versionRef),
  };
}

function versionJson({ network, name, number, keptAt }: Version): VersionJson {
  return { ref: versionRef({ name, number }), name, number, keptAt: timeOf(keptAt), kept: keptJson(network) };
}

function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
