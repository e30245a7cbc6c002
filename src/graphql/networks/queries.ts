import type { GraphQLFieldResolver } from 'graphql';
import type { MercuriusContext } from 'mercurius';
import type { Collection, Filter } from '../../analysis/collection.ts';
import { checkPage, NEWEST, orderOf, PAGE } from '../../analysis/kept-order.ts';
import { spend } from '../demand/allowance.ts';
import { pointed } from '../pointed.ts';
import { type FilterInput, filterOf } from './filter.ts';
import { type NetworkRow, networkFor } from './network.ts';

interface ListArguments {
  readonly filter?: FilterInput | null;
  readonly orderBy?: string | null;
  readonly first?: number | null;
  readonly after?: string | null;
}

/** `NetworkConnection` of the schema. */
interface NetworksPage {
  readonly edges: readonly { readonly cursor: string; readonly node: NetworkRow }[];
  readonly nodes: readonly NetworkRow[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  /** For the count, which is a query of its own. */
  readonly filter: Filter;
}

export function networkQueries(collection: Collection) {
  return {
    network: (_root: unknown, { ref }: { readonly ref: string }): Promise<NetworkRow> => pointed('/ref', () => networkFor(ref, collection)),
    async networks(_root: unknown, args: ListArguments, { allowance }: MercuriusContext): Promise<NetworksPage> {
      const first = args.first ?? PAGE;
      await pointed('/first', () => checkPage(first));
      spend(allowance, first);
      const order = await pointed('/orderBy', () => orderOf(args.orderBy ?? NEWEST));
      const filter = await filterOf(args.filter ?? {});
      // Of what else there is to say of them, all has been checked.
      const { networks, more } = await pointed('/after', () => collection.list({ filter, order, first, after: args.after ?? undefined }));
      const edges = networks.map(({ kept, cursor }) => ({ cursor, node: kept }));
      return {
        edges,
        nodes: networks.map(({ kept }) => kept),
        pageInfo: {
          hasNextPage: more,
          hasPreviousPage: args.after != null,
          startCursor: edges.at(0)?.cursor ?? null,
          endCursor: edges.at(-1)?.cursor ?? null,
        },
        filter,
      };
    },
  };
}

/** Resolves the field `totalCount` of a page. */
export function totalCount(collection: Collection): GraphQLFieldResolver<NetworksPage, unknown> {
  return ({ filter }) => collection.count(filter);
}
