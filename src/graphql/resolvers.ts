import type { IResolvers } from 'mercurius';
import { analyzeNetwork } from '../analysis/analyze-network.ts';
import { resolveNetwork } from '../analysis/resolve-network.ts';
import { operators } from '../core/operators/index.ts';
import type { AnalyzeOptions } from '../core/options.ts';
import type { Report, Totals } from '../core/report.ts';
import type { Limits } from '../formats/format.ts';
import { formats } from '../formats/index.ts';
import { type LayersArguments, layersPage } from './layers.ts';
import { analyzeOptions, type OptionsInput } from './options.ts';
import { Count, JsonScalar } from './scalars.ts';

interface AnalyzeArguments {
  readonly network: { readonly description?: unknown; readonly ref?: string };
  readonly options?: OptionsInput | null;
}

/** The resolvers: a report is plain data under the schema's names, so only what is shaped differently stands here. */
export function resolversFor(limits: Limits): IResolvers {
  return {
    JSON: JsonScalar,
    Count,
    Query: {
      async analyze(_root: unknown, { network, options }: AnalyzeArguments): Promise<Report> {
        const wanted: AnalyzeOptions = analyzeOptions(options ?? {});
        const json = network.ref === undefined ? network.description : { ref: network.ref };
        return analyzeNetwork(await resolveNetwork(json, limits), wanted);
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
      layers: (report: Report, args: LayersArguments) => layersPage(report.layers ?? [], args),
    },
    Totals: {
      stride: (totals: Totals) => Object.entries(totals.stride).map(([axis, stride]) => ({ axis, stride })),
    },
  };
}
