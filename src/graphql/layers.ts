import { type GraphQLObjectType, type GraphQLResolveInfo, getArgumentValues, Kind, type SelectionSetNode } from 'graphql';
import { faultFrom } from '../analysis/fault-data.ts';
import type { LayersArguments, LayersPage } from '../analysis/layers-page.ts';
import type { PagedReport } from '../analysis/question.ts';
import type { Reading } from '../analysis/reading.ts';
import type { ViewOptions } from '../analysis/views/view.ts';
import type { Report } from '../core/report.ts';

/** A report with the pages of layers that the query asks for, by their arguments. */
export type AskedReport = Report & { readonly pages: ReadonlyMap<string, PagedReport['pages'][number]> };

/** Asks for a report and just those pages of its layers that the query wants, since a report may hold very many. */
export async function askReport(network: Reading, options: ViewOptions, info: GraphQLResolveInfo): Promise<AskedReport> {
  const asked = new Map<string, LayersArguments>();
  const type = info.schema.getType('Report') as GraphQLObjectType;
  for (const { selectionSet } of info.fieldNodes) collectPages(selectionSet, type, info, asked);
  const { report, pages } = await network.ask({ kind: 'pages', options, pages: [...asked.values()] });
  return { ...report, pages: new Map([...asked.keys()].map((key, i) => [key, pages[i] as PagedReport['pages'][number]])) };
}

/** Resolves the field `layers` of a report. */
export function pageFor({ pages }: AskedReport, args: LayersArguments): LayersPage {
  const found = pages.get(keyOf(args));
  if (found === undefined) throw new Error('a page of layers was not asked for');
  if ('fault' in found) throw faultFrom(found.fault);
  return found.page;
}

function collectPages(
  selectionSet: SelectionSetNode | undefined,
  type: GraphQLObjectType,
  info: GraphQLResolveInfo,
  found: Map<string, LayersArguments>,
): void {
  const field = type.getFields().layers;
  for (const selection of selectionSet?.selections ?? []) {
    if (selection.kind === Kind.INLINE_FRAGMENT) collectPages(selection.selectionSet, type, info, found);
    if (selection.kind === Kind.FRAGMENT_SPREAD) collectPages(info.fragments[selection.name.value]?.selectionSet, type, info, found);
    if (selection.kind !== Kind.FIELD || selection.name.value !== 'layers' || field === undefined) continue;
    const args: LayersArguments = getArgumentValues(field, selection, info.variableValues);
    found.set(keyOf(args), args);
  }
}

function keyOf({ first, after, op, orderBy }: LayersArguments): string {
  return JSON.stringify([first ?? null, after ?? null, op ?? null, orderBy ?? null]);
}
