import type { GraphQLResolveInfo } from 'graphql';
import type { MercuriusContext } from 'mercurius';
import type { Analyst } from '../analysis/analyst.ts';
import type { JsonSource } from '../analysis/source.ts';
import { views } from '../analysis/views/index.ts';
import type { View } from '../analysis/views/view.ts';
import { take } from './demand/allowance.ts';
import { type AskedReport, askReport } from './layers.ts';
import { analyzeOptions, checkedArguments, type OptionsInput } from './options.ts';

/** `NetworkInput` of the schema. */
export interface NetworkInput {
  readonly description?: unknown;
  readonly ref?: string;
}

interface Asked extends Readonly<Record<string, unknown>> {
  readonly options?: OptionsInput | null;
}

/** The network that a field is about, and the arguments that say what is asked of it. */
type About<P, A> = (parent: P, args: A) => { readonly network: NetworkInput; readonly asked: Asked };

export const ofArgument: About<unknown, { readonly network: NetworkInput }> = (_root, { network, ...asked }) => ({ network, asked });
export const ofParent: About<{ readonly ref: string }, Asked> = ({ ref }, asked) => ({ network: { ref }, asked });

/** The fields of all views but the report: the same answers as those of their REST doors. */
export function viewFields<P, A>(analyst: Analyst, about: About<P, A>): Record<string, unknown> {
  return Object.fromEntries(
    views()
      .filter(({ id }) => id !== 'report')
      .map((view) => [view.id.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()), viewField(analyst, view, about)]),
  );
}

function viewField<P, A>(analyst: Analyst, view: View, about: About<P, A>) {
  return async (parent: P, args: A, { bytes, signal, allowance, lanes }: MercuriusContext, info: GraphQLResolveInfo) => {
    const { network, asked } = about(parent, args);
    const { options, ...own } = asked;
    const given = { ...analyzeOptions(options ?? {}), ...checkedArguments(own) };
    const answer = await lanes(async () => {
      const reading = await analyst.read(sourceOf(network, bytes), signal, view.heavy);
      return reading.ask({ kind: 'data', view: view.id, options: given });
    });
    take(allowance, answer, info);
    return answer;
  };
}

/** The field of the report, which reads just the layers that are asked for. */
export function reportField<P, A>(analyst: Analyst, about: About<P, A>) {
  return async (
    parent: P,
    args: A,
    { bytes, signal, allowance, lanes }: MercuriusContext,
    info: GraphQLResolveInfo,
  ): Promise<AskedReport> => {
    const { network, asked } = about(parent, args);
    const options = analyzeOptions(asked.options ?? {});
    const report = await lanes(async () => askReport(await analyst.read(sourceOf(network, bytes), signal), options, info));
    take(allowance, report, info);
    return report;
  };
}

export function sourceOf({ ref, description }: NetworkInput, bytes: number): JsonSource {
  return { kind: 'json', value: ref === undefined ? description : { ref }, pointer: '', bytes };
}
