import type { GraphQLResolveInfo } from 'graphql';
import type { IResolvers, MercuriusContext } from 'mercurius';
import type { Analyst } from '../analysis/analyst.ts';
import { builtInNetworks, builtInPatterns } from '../analysis/built-ins.ts';
import { conventionCatalog, deviceCatalog, formatCatalog, operatorCatalog } from '../analysis/catalog.ts';
import type { Collection } from '../analysis/collection.ts';
import { compareNetworks } from '../analysis/comparison/compare-networks.ts';
import type { Comparison } from '../analysis/comparison/comparison.ts';
import type { LayersArguments, LayersPage } from '../analysis/layers-page.ts';
import { Fault } from '../core/fault.ts';
import type { Totals } from '../core/report.ts';
import { take } from './demand/allowance.ts';
import { type AskedReport, pageFor } from './layers.ts';
import { mutations } from './networks/mutations.ts';
import { networkQueries, totalCount } from './networks/queries.ts';
import { analyzeOptions, type OptionsInput } from './options.ts';
import { Count, JsonScalar } from './scalars.ts';
import { type NetworkInput, ofArgument, ofParent, reportField, sourceOf, viewFields } from './views.ts';

/** The resolvers: a report is plain data under the schema's names, so only what is shaped differently stands here. */
export function resolversFor(analyst: Analyst, collection: Collection): IResolvers {
  return {
    JSON: JsonScalar,
    Count,
    Query: {
      analyze: reportField(analyst, ofArgument),
      ...viewFields(analyst, ofArgument),
      async compareNetworks(
        _root: unknown,
        { networks, options }: { readonly networks: readonly NetworkInput[]; readonly options?: OptionsInput | null },
        { bytes, signal, allowance, lanes }: MercuriusContext,
        info: GraphQLResolveInfo,
      ): Promise<Comparison> {
        const { edits, group, ...asked } = analyzeOptions(options ?? {});
        if (edits || group !== undefined) throw new Fault('invalid-option', 'a comparison of networks takes neither edits nor group');
        const comparison = await lanes(() =>
          compareNetworks(
            networks.map((network) => sourceOf(network, bytes)),
            asked,
            (source) => analyst.read(source, signal, true),
          ),
        );
        take(allowance, comparison, info);
        return comparison;
      },
      operators: operatorCatalog,
      formats: formatCatalog,
      conventions: conventionCatalog,
      devices: deviceCatalog,
      builtInNetworks,
      builtInPatterns,
      ...networkQueries(collection),
    },
    Mutation: mutations(analyst, collection),
    Network: { report: reportField(analyst, ofParent), ...viewFields(analyst, ofParent) },
    NetworkConnection: { totalCount: totalCount(collection) },
    Report: {
      layers: (report: AskedReport, args: LayersArguments): LayersPage => pageFor(report, args),
    },
    Totals: {
      stride: (totals: Totals) => Object.entries(totals.stride).map(([axis, stride]) => ({ axis, stride })),
    },
  };
}
