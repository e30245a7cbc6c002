import type { GraphQLResolveInfo } from 'graphql';
import type { IResolvers, MercuriusContext } from 'mercurius';
import type { Analyst } from '../analysis/analyst.ts';
import { conventionCatalog, deviceCatalog, formatCatalog, operatorCatalog } from '../analysis/catalog.ts';
import { compareNetworks } from '../analysis/comparison/compare-networks.ts';
import type { Comparison } from '../analysis/comparison/comparison.ts';
import type { LayersArguments, LayersPage } from '../analysis/layers-page.ts';
import type { JsonSource } from '../analysis/source.ts';
import { views } from '../analysis/views/index.ts';
import type { View } from '../analysis/views/view.ts';
import { Fault } from '../core/fault.ts';
import type { Totals } from '../core/report.ts';
import { type Allowance, take } from './demand/allowance.ts';
import { type AskedReport, askReport, pageFor } from './layers.ts';
import { analyzeOptions, checkedArguments, type OptionsInput } from './options.ts';
import { Count, JsonScalar } from './scalars.ts';

interface AnalyzeArguments {
  readonly network: { readonly description?: unknown; readonly ref?: string };
  readonly options?: OptionsInput | null;
}

/** The field of a view: the same answer as its REST door. */
function viewField(analyst: Analyst, view: View): [string, unknown] {
  const name = view.id.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return [
    name,
    async (
      _root: unknown,
      { network, options, ...own }: AnalyzeArguments & Record<string, unknown>,
      { bytes, signal, allowance }: MercuriusContext,
      info: GraphQLResolveInfo,
    ) => {
      const asked = { ...analyzeOptions(options ?? {}), ...checkedArguments(own) };
      const reading = await analyst.read(sourceOf(network, bytes), signal, view.heavy);
      const answer = await reading.ask({ kind: 'data', view: view.id, options: asked });
      take(allowance, answer, info);
      return answer;
    },
  ];
}

function sourceOf({ ref, description }: AnalyzeArguments['network'], bytes: number): JsonSource {
  return { kind: 'json', value: ref === undefined ? description : { ref }, pointer: '', bytes };
}

declare module 'mercurius' {
  interface MercuriusContext {
    /** Size of the request. */
    readonly bytes: number;
    /** Aborts when nobody waits for the answer any more. */
    readonly signal: AbortSignal;
    readonly allowance: Allowance;
  }
}

/** The resolvers: a report is plain data under the schema's names, so only what is shaped differently stands here. */
export function resolversFor(analyst: Analyst): IResolvers {
  return {
    JSON: JsonScalar,
    Count,
    Query: {
      async analyze(
        _root: unknown,
        args: AnalyzeArguments,
        { bytes, signal, allowance }: MercuriusContext,
        info: GraphQLResolveInfo,
      ): Promise<AskedReport> {
        const options = analyzeOptions(args.options ?? {});
        const report = await askReport(await analyst.read(sourceOf(args.network, bytes), signal), options, info);
        take(allowance, report, info);
        return report;
      },
      ...Object.fromEntries(
        views()
          .filter(({ id }) => id !== 'report')
          .map((view) => viewField(analyst, view)),
      ),
      async compareNetworks(
        _root: unknown,
        { networks, options }: { readonly networks: readonly AnalyzeArguments['network'][]; readonly options?: OptionsInput | null },
        { bytes, signal, allowance }: MercuriusContext,
        info: GraphQLResolveInfo,
      ): Promise<Comparison> {
        const { edits, group, ...asked } = analyzeOptions(options ?? {});
        if (edits || group !== undefined) throw new Fault('invalid-option', 'a comparison of networks takes neither edits nor group');
        const comparison = await compareNetworks(
          networks.map((network) => sourceOf(network, bytes)),
          asked,
          (source) => analyst.read(source, signal, true),
        );
        take(allowance, comparison, info);
        return comparison;
      },
      operators: operatorCatalog,
      formats: formatCatalog,
      conventions: conventionCatalog,
      devices: deviceCatalog,
    },
    Report: {
      layers: (report: AskedReport, args: LayersArguments): LayersPage => pageFor(report, args),
    },
    Totals: {
      stride: (totals: Totals) => Object.entries(totals.stride).map(([axis, stride]) => ({ axis, stride })),
    },
  };
}
