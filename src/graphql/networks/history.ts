import type { MercuriusContext, MercuriusLoaders } from 'mercurius';
import type { Collection, VersionJson } from '../../analysis/collection.ts';
import { checkPage } from '../../analysis/kept-order.ts';
import { type Allowance, spend } from '../demand/allowance.ts';
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

/** Which versions of a name. */
interface Page {
  readonly first: number;
  readonly before: number | undefined;
}

interface Asked extends Page {
  readonly name: string | null;
}

type Versions = ReadonlyMap<string, readonly VersionJson[]>;

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
        async loader(wanted: Wanted[], { allowance }: MercuriusContext): Promise<(History | null)[]> {
          const asked = wanted.map(({ obj, params: { name, first, before } }) => ({
            name: nameOf(obj, name),
            first: first ?? FIRST,
            before: before ?? undefined,
          }));
          const pages = new Map([...Map.groupBy(asked, keyOf)].map(([key, alike]) => [key, versionsOf(alike, allowance)]));
          return Promise.all(
            asked.map(async (one) => {
              const found = await pages.get(keyOf(one));
              return one.name === null ? null : historyOf(one.name, found?.get(one.name) ?? [], one.first);
            }),
          );
        },
        // What is asked of one request is not asked again, and parents make poor keys.
        opts: { cache: false },
      },
    },
  };

  /** The same page of all these names. One version more than asked for tells whether there are more. */
  async function versionsOf(asked: readonly Asked[], allowance: Allowance): Promise<Versions> {
    const { first, before } = asked[0] as Asked;
    await pointed('/first', () => checkPage(first));
    const names = [...new Set(asked.flatMap(({ name }) => name ?? []))];
    // What of a history is selected does not tell how many rows are read for it.
    spend(allowance, names.length * first);
    return Map.groupBy(await collection.histories(names, first + 1, before), ({ name }) => name);
  }
}

function keyOf({ first, before }: Page): string {
  return `${first} ${before}`;
}

function historyOf(name: string, found: readonly VersionJson[], first: number): History {
  const versions = found.slice(0, first);
  return { name, versions, next: found.length > first ? (versions.at(-1)?.number ?? null) : null };
}
