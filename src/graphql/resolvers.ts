import type { GraphQLResolveInfo } from 'graphql';
import type { IResolvers, MercuriusContext } from 'mercurius';
import type { Analyst } from '../analysis/analyst.ts';
import type { LayersArguments, LayersPage } from '../analysis/layers-page.ts';
import { operators } from '../core/operators/index.ts';
import type { Totals } from '../core/report.ts';
import { formats } from '../formats/index.ts';
import { type AskedReport, askReport, pageFor } from './layers.ts';
import { analyzeOptions, type OptionsInput } from './options.ts';
import { Count, JsonScalar } from './scalars.ts';

interface AnalyzeArguments {
  readonly network: { readonly description?: unknown; readonly ref?: string };
  readonly options?: OptionsInput | null;
}

declare module 'mercurius' {
  interface MercuriusContext {
    /** Size of the request. */
    readonly bytes: number;
    /** Aborts when nobody waits for the answer any more. */
    readonly signal: AbortSignal;
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
        { bytes, signal }: MercuriusContext,
        info: GraphQLResolveInfo,
      ): Promise<AskedReport> {
        const options = analyzeOptions(args.options ?? {});
        const { ref, description } = args.network;
        const value = ref === undefined ? description : { ref };
        return askReport(await analyst.read({ kind: 'json', value, pointer: '', bytes }, signal), options, info);
      },
      operators: () =>
        operators().map(({ op, nonlinear, view, value }) => ({
          op,
          nonlinear: nonlinear ?? false,
          view: view ?? false,
          folds: value !== undefined,
        })),
      formats: () => formats(),
    },
    Report: {
      layers: (report: AskedReport, args: LayersArguments): LayersPage => pageFor(report, args),
    },
    Totals: {
      stride: (totals: Totals) => Object.entries(totals.stride).map(([axis, stride]) => ({ axis, stride })),
    },
  };
}
