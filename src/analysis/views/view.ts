import type { Budget } from '../../core/advice/trial.ts';
import type { Edit } from '../../core/edits/index.ts';
import type { Network } from '../../core/graph.ts';
import type { AnalyzeOptions } from '../../core/options.ts';

/** What a caller may ask of a view; which of these a view takes stands in its record. */
export interface ViewOptions extends AnalyzeOptions {
  /** Id or index of a layer. */
  readonly layer?: string;
  /** Name of the tensor that is looked at. */
  readonly source?: string;
  /** A unit of the layer's first output, by its indices along the axes that move with the source. */
  readonly unit?: readonly number[];
  /** A position of the source, by its indices along the axes that are followed. */
  readonly position?: readonly number[];
  /** How the mass of an effective receptive field is shared. */
  readonly variant?: string;
  /** Types that floating-point weights, and all other floating-point tensors, are taken to have. */
  readonly weights?: string;
  readonly activations?: string;
  /** Whether activation functions may overwrite their inputs. */
  readonly inplace?: boolean;
  /** How a network is trained: the optimizer, the precision, weights that are left alone, how much is computed twice. */
  readonly optimizer?: string;
  readonly precision?: string;
  readonly frozen?: readonly string[];
  readonly recompute?: number;
  /** Id of a device, or one that the caller describes. */
  readonly device?: unknown;
  readonly tf32?: boolean;
  readonly efficiency?: { readonly compute?: number | undefined; readonly bandwidth?: number | undefined };
  /** `H,W:128..1024:32`: which sizes go from where to where. */
  readonly sweep?: string;
  /** Whether the points of a sweep have their receptive fields. */
  readonly fields?: boolean;
  /** Ids of two conventions. */
  readonly conventions?: readonly string[];
  /** A published figure. */
  readonly figure?: { readonly value: number; readonly unit?: string | undefined };
  /** Changes of the network, which every view then is about. */
  readonly edits?: readonly Edit[];
  /** What advice is to reach, within what, and whether by two edits at a time too. */
  readonly target?: {
    readonly receptiveField?: number | null | undefined;
    /** Sizes of objects that a unit is to see whole. */
    readonly objectSizes?: readonly number[] | null | undefined;
    readonly axis?: string | null | undefined;
    readonly layer?: string | null | undefined;
  };
  readonly budget?: Budget;
  readonly pairs?: boolean;
}

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
