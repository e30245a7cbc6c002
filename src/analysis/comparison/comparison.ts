import { changeOf } from '../../core/edits/changes.ts';
import type { CountJson, Report } from '../../core/report.ts';
import { VERSION } from '../../core/version.ts';
import { statementsOf } from './statements.ts';
import type { Summary } from './summary.ts';
import { NEARLY } from './words.ts';

/** Two or more networks side by side. */
export interface Comparison {
  readonly engine: Report['engine'];
  readonly networks: readonly ComparedNetwork[];
  /** Each network but the first, against the first. */
  readonly differences: readonly Difference[];
  /** Share below which the statements call two numbers nearly the same; `same` is said of equal ones only. */
  readonly nearly: number;
}

/** A network with what it is called beside the others. */
export interface ComparedNetwork extends Summary {
  readonly label: string;
}

/** A network against the first. */
export interface Difference {
  /** Index and label of the network. */
  readonly network: number;
  readonly label: string;
  readonly numbers: readonly ComparedNumber[];
  /** The numbers in words. */
  readonly statements: readonly string[];
}

/** A number of two networks; null where it is not known. */
export interface ComparedNumber {
  readonly name: string;
  /** That of the first network. */
  readonly first: CountJson | null;
  readonly value: CountJson | null;
  /** Value less first; null where either is not known, or a lower bound. */
  readonly difference: CountJson | null;
  /** Value by first; null too where first is 0. */
  readonly ratio: number | null;
}

/** Puts networks beside each other, the first as what the others are measured against. */
export function comparisonOf(summaries: readonly [Summary, ...Summary[]]): Comparison {
  const labels = labelsOf(summaries);
  const [first, ...others] = summaries;
  return {
    engine: { name: 'fovea', version: VERSION },
    networks: summaries.map((summary, i) => ({ label: labels[i] as string, ...summary })),
    differences: others.map((other, i) => {
      const label = labels[i + 1] as string;
      const statements = statementsOf(first, other, { first: labels[0] as string, other: label });
      return { network: i + 1, label, numbers: numbersAgainst(first, other), statements };
    }),
    nearly: NEARLY,
  };
}

/** Names, or digests of what has none; those that come twice with their place. */
function labelsOf(summaries: readonly Summary[]): string[] {
  const names = summaries.map(({ network }) => network.name || network.sha256.slice(0, 12));
  return names.map((name, i) => (names.indexOf(name) === names.lastIndexOf(name) ? name : `${name} (${i + 1})`));
}

/** Which total of `lowerBounds` a number is. */
const BOUNDS: Readonly<Record<string, string>> = { activationBytes: 'activations', peakBytes: 'memory.peakBytes' };

function numbersAgainst(first: Summary, other: Summary): ComparedNumber[] {
  const [ones, twos] = [numbersOf(first), numbersOf(other)];
  return [...new Set([...ones.keys(), ...twos.keys()])].map((name) => {
    const { before, after, difference, ratio } = changeOf(name, ones.get(name) ?? null, twos.get(name) ?? null);
    const bound = [first, other].some(({ lowerBounds }) => lowerBounds.includes(BOUNDS[name] ?? name));
    return { name, first: before, value: after, difference: bound ? null : difference, ratio: bound ? null : ratio };
  });
}

/** Every number of a network by its name, in the order of an answer. */
export function numbersOf(summary: Summary): ReadonlyMap<string, CountJson | null> {
  const { totals, receptiveField, effective, coverage } = summary;
  return new Map<string, CountJson | null>([
    ['params', totals.params],
    ['weightsPerPair', summary.weightsPerPair],
    ['macs', totals.macs],
    ['flops', totals.flops],
    ['cost', totals.cost.value],
    ['weightBytes', totals.weightBytes],
    ['activationBytes', totals.activationBytes],
    ['peakBytes', totals.peakBytes],
    ['layers', totals.layers],
    ['depth', totals.depth],
    ['nonlinearities', totals.nonlinearities],
    ...receptiveField.map(({ axis, size }) => [`receptiveField.${axis}`, size] as const),
    ...receptiveField.map(({ axis, local }) => [`localField.${axis}`, local.size] as const),
    ...receptiveField.map(({ axis, stride }) => [`stride.${axis}`, stride] as const),
    ...effective.axes.map(({ axis, sigma }) => [`sigma.${axis}`, sigma] as const),
    ['luoSize', effective.luoSize],
    ['coveredPercent', coverage?.percent ?? null],
  ]);
}
