import { type Comparison, comparisonOf, type Difference } from '../../../src/analysis/comparison/comparison.ts';
import { type Summary, summaryOf } from '../../../src/analysis/comparison/summary.ts';
import { resolveNetwork } from '../../../src/analysis/resolve-network.ts';
import { readConfig } from '../../../src/config.ts';
import type { AnalyzeOptions } from '../../../src/core/options.ts';

const { reader } = readConfig({}).limits;

/** A network of a test: a ref, or a description but for its version. */
export type Sample = string | { readonly name?: string; readonly inputs: object; readonly layers: readonly object[] };

/** What a comparison knows of a network. */
export async function summarized(sample: Sample, options: AnalyzeOptions = {}): Promise<Summary> {
  return summaryOf(await resolveNetwork(typeof sample === 'string' ? { ref: sample } : { version: 1, ...sample }, reader), options);
}

export async function compared(...samples: readonly Sample[]): Promise<Comparison> {
  const summaries: Summary[] = [];
  for (const sample of samples) summaries.push(await summarized(sample));
  return comparisonOf(summaries as [Summary, ...Summary[]]);
}

/** The second of two patterns against the first. */
export async function against(first: string, other: string): Promise<Difference> {
  const { differences } = await compared(`pattern:${first}`, `pattern:${other}`);
  return differences[0] as Difference;
}

/** `[first, value]` of a number. */
export function pair({ numbers }: Difference, name: string): unknown {
  const found = numbers.find((number) => number.name === name);
  return found && [found.first, found.value];
}
