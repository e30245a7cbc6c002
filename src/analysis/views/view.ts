import type { Network } from '../../core/graph.ts';
import type { AnalyzeOptions } from '../../core/options.ts';
import type { AskedOptions } from '../options/index.ts';

/**
 * What a caller may ask of a view, as its options say (`options/index.ts`), with sizes by name as the core takes them; which
 * of these a view takes stands in its record.
 */
export interface ViewOptions extends AnalyzeOptions, Omit<AskedOptions, keyof AnalyzeOptions | 'input'> {}

/** Forms of an answer. */
export type Form = 'json' | 'csv' | 'md' | 'svg' | 'netron';

export interface WriteLimits {
  /** Most layers that a JSON report lists. */
  readonly maxLayers: number;
}

/** Writes an answer out; faults are those of an answer that this form cannot hold. */
export type Writer<A> = (answer: A, limits: WriteLimits) => Iterable<string>;

/** Beside what was asked for, every answer says of which network it is and who gives it. */
export interface Headed {
  readonly network: { readonly sha256: string; readonly format: string; readonly name: string };
  readonly engine: { readonly version: string };
  readonly status?: 'complete' | 'partial';
  readonly lowerBounds?: readonly string[];
}

/** One way to look at a network. Both transports make its doors out of this record. */
export interface View {
  /** Last part of its paths; in camel case the GraphQL field. */
  readonly id: string;
  readonly summary: string;
  readonly description: string;
  /** The options that it takes beside those that every view takes. */
  readonly takes: readonly (keyof ViewOptions)[];
  /** Whether it may take long for a small network too, so that it always goes to the pool. */
  readonly heavy?: true;
  /** Whether it is about the edits themselves, and so sees the network as it was sent; other views see the edited one. */
  readonly comparesEdits?: true;
  /** Plain data, the same for the same network and options. */
  readonly answer: (network: Network, options: ViewOptions) => Headed;
  /** What it can be written as beside JSON, or how JSON is written where that takes more. */
  readonly forms: Readonly<Partial<Record<Form, Writer<Headed>>>>;
}

/** Declares a view; its writers see the answers that it gives. */
export function defineView<A extends Headed>(
  record: Omit<View, 'answer' | 'forms'> & {
    readonly answer: (network: Network, options: ViewOptions) => A;
    readonly forms: Readonly<Partial<Record<Form, Writer<A>>>>;
  },
): View {
  // Writers only ever get what `answer` of the same record gave, which the compiler cannot follow.
  return record as unknown as View;
}
