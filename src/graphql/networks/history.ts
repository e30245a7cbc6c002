import type { MercuriusLoaders } from 'mercurius';
import type { Collection, VersionJson } from '../../analysis/collection.ts';
import { checkPage } from '../../analysis/kept-order.ts';
import { pointed } from '../pointed.ts';
import { type NetworkRow, nameOf } from './network.ts';

interface HistoryArguments {
  readonly name?: string | null;
  readonly first?: number | null;
  readonly before?: number | null;
}

interface Wanted {
  readonly obj: NetworkRow;
  readonly params: HistoryArguments;
}

/** `History` of the schema. */
interface History {
  readonly name: string;
  readonly versions: readonly VersionJson[];
  readonly next: number | null;
}

const FIRST = 10;

/** Histories of all networks of a page in one query of the store: one for each way in which the document asks for them. */
export function loaders(collection: Collection): MercuriusLoaders {
  return {
    Network: {
      history: {
        async loader(wanted: Wanted[]): Promise<(History | null)[]> {
          const asked = wanted.map(({ obj, params: { name, first, before } }) => ({
            name: nameOf(obj, name),
            first: first ?? FIRST,
            before: before ?? undefined,
          }));
          const pages = new Map<string, Promise<ReadonlyMap<string, readonly VersionJson[]>>>();
          for (const { first, before } of asked) {
            const key = pageKey(first, before);
            const names = asked.flatMap((one) => (one.name !== null && pageKey(one.first, one.before) === key ? [one.name] : []));
            if (!pages.has(key)) pages.set(key, versionsOf([...new Set(names)], first, before));
          }
          return Promise.all(
            asked.map(async ({ name, first, before }) => {
              const found = await pages.get(pageKey(first, before));
              return name === null ? null : historyOf(name, found?.get(name) ?? [], first);
            }),
          );
        },
        // What is asked of one request is not asked again, and parents make poor keys.
        opts: { cache: false },
      },
    },
  };

  /** One version more than asked for tells whether there are more. */
  async function versionsOf(
    names: readonly string[],
    first: number,
    before: number | undefined,
  ): Promise<ReadonlyMap<string, readonly VersionJson[]>> {
    await pointed('/first', () => checkPage(first));
    return Map.groupBy(await collection.histories(names, first + 1, before), ({ name }) => name);
  }
}

function pageKey(first: number, before: number | undefined): string {
  return `${first} ${before}`;
}

function historyOf(name: string, found: readonly VersionJson[], first: number): History {
  const versions = found.slice(0, first);
  return { name, versions, next: found.length > first ? (versions.at(-1)?.number ?? null) : null };
}
