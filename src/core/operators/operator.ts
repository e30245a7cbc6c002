import type { Count } from '../count.ts';
import type { Attribute, Node, Shape, TensorType } from '../graph.ts';
import { known } from './call.ts';
import type { Fold } from './fold.ts';
import type { Saves } from './saves.ts';
import { movedSizes } from './sizes.ts';

/** What is known of a tensor while a graph is being analyzed. */
export interface Tensor extends TensorType {
  /** Elements in row-major order (booleans as 0 and 1) where they are known; only for small tensors of known shape. */
  readonly value: readonly number[] | null;
  /** Elements of a list of sizes of which only some are known or have a name; where all are known they are the `value`. */
  readonly sizes?: Shape;
  /** Whether the tensor is the same for every input of the network: weights, constants and what is computed from them. */
  readonly constant: boolean;
  /** Of a sequence, the types of its tensors; null where their number is not known. */
  readonly elements?: readonly TensorType[] | null;
}

/** One node with the tensors it reads and, after inference, writes. Operators see nothing else of the graph. */
export interface Call {
  readonly node: Node;
  /** One per node input; undefined where an optional input was left out. */
  readonly inputs: readonly (Tensor | undefined)[];
  /** One per node output; empty while `infer` runs. */
  readonly outputs: readonly Tensor[];
}

/**
 * How many primitive operations a node takes; what is absent is zero. Kinds are never summed here: what a "FLOP" is
 * belongs to a convention (`core/cost/conventions`).
 */
export interface Counters {
  /** Multiply-accumulates of contractions (convolution, matrix product, ...); bias is an `add`. */
  readonly mac?: Count;
  readonly mul?: Count;
  readonly add?: Count;
  readonly div?: Count;
  /** Comparisons, max, min, sign. */
  readonly cmp?: Count;
  /** Transcendentals: exp, log, erf, tanh, pow, sqrt, sin. */
  readonly exp?: Count;
  /** Gathered elements. */
  readonly load?: Count;
  /** Of these, operations on taps that lie in padding: multiply-accumulates of a convolution, comparisons or sums of a pool. */
  readonly padding?: Count;
  /** Whether this is integer arithmetic. */
  readonly integer?: boolean;
}

/** The cost of moving, viewing or renaming data: known, and zero. */
export const MOVEMENT: Counters = Object.freeze({});

/**
 * How positions along one output axis depend on positions along one input axis.
 *
 * - `each`: position o depends on position o.
 * - `periodic`: with period p = lo.length and o = p*t + f, position o depends on the positions lo[f] + shift*t,
 *   lo[f] + step[f] + shift*t, ... up to hi[f] + shift*t; on nothing where lo[f] > hi[f]. Holds for every integer o, so
 *   also past the border. What lies past the border of the input is padding that depends on nothing; with `fold` it repeats
 *   positions of the tensor (such windows have one tap, or fold to the edge and have taps next to each other). `known: false`
 *   says that the offset is not known (SAME padding of an unknown size): all positions lie 0 to \`slack\` further, or
 *   anywhere where \`slack\` is absent.
 * - `table`: position o depends on lo[o] .. hi[o] (on nothing where lo[o] > hi[o]); has no meaning outside the tensor. `reading`
 *   says which positions, from one to before the other, depend on anything, where they are known without a look at the columns.
 * - `all`: every output position depends on every input position. `statistics: true` says that this is by a mean or
 *   variance over the axis beside the position itself (InstanceNormalization), which the local field leaves out.
 * - `broadcast`: the input has one position, which every output position reads.
 * - `dataDependent`: which positions are read depends on the data. `unknown`: Fovea cannot say.
 */
export type AxisMap =
  | { readonly kind: 'each' }
  | {
      readonly kind: 'periodic';
      readonly shift: number;
      readonly lo: readonly number[];
      readonly hi: readonly number[];
      readonly step: readonly number[];
      readonly known: boolean;
      readonly slack?: number;
      readonly fold?: Fold;
    }
  | {
      readonly kind: 'table';
      readonly lo: ArrayLike<number>;
      readonly hi: ArrayLike<number>;
      readonly reason: string;
      readonly reading?: readonly [number, number];
    }
  | { readonly kind: 'all'; readonly statistics?: true }
  | { readonly kind: 'broadcast' }
  | { readonly kind: 'dataDependent' }
  | { readonly kind: 'unknown'; readonly reason: string };

/** The input axis that an output axis moves along, and how. */
export interface AxisLink {
  readonly input: number;
  readonly map: AxisMap;
}

/**
 * How an output depends on one input.
 *
 * - An array has one entry per output axis; null where the output axis moves along no input axis. Input axes that no
 *   entry names are mixed as a whole (reduced, contracted): every output position depends on all of them.
 * - A `Picked` says the same of an operator that reads single positions of some input axes.
 * - `elementwise`: position by position, with NumPy broadcasting.
 * - `reshape`: the same elements in the same row-major order under another shape.
 * - `none`: on nothing of the data (only on the shape, or not at all).
 * - `dataDependent`, `unknown`: as for axes, for all of them.
 */
export type Relation =
  | readonly (AxisLink | null)[]
  | Picked
  | 'elementwise'
  | 'reshape'
  | 'none'
  | 'dataDependent'
  | { readonly unknown: string };

/** Axis links where of some input axes only one position is read (a Gather of one index); `position` counts from 0. */
export interface Picked {
  readonly links: readonly (AxisLink | null)[];
  readonly picks: readonly { readonly input: number; readonly position: number }[];
}

/** The output of an operator as `infer` states it. */
export interface Inferred extends TensorType {
  readonly elements?: readonly TensorType[] | null;
}

/** Everything that Fovea knows of an operator. The engines know no operators. */
export interface Operator {
  /** ONNX name; with its domain where that is not `ai.onnx`. */
  readonly op: string;
  /**
   * Types of the outputs from what is known of the inputs, one per output that the operator can have.
   * A size that cannot be known is null. What contradicts the operator's definition throws by `malformed`.
   */
  infer(call: Call): readonly Inferred[];
  /** The elements of output k, where the inputs' values and the output's shape are known; null where it does not fold. */
  value?(call: Call, k: number): readonly number[] | null;
  /** The elements of output k as sizes, where not all of them are known: what Shape gives, and operators that move it. */
  sizes?(call: Call, k: number): Shape | null;
  /** How output k depends on input i. Called only for inputs that carry data. */
  field(call: Call, i: number, k: number): Relation;
  /** Primitive operations of the node; null where a size that decides it is unknown. */
  cost(call: Call): Counters | null;
  /** The same without what a causal mask or a window hides, where the operator has one. */
  exactCost?(call: Call): Counters | null;
  /** Attributes that the specification gives a default, for the report. */
  defaults?(call: Call): Readonly<Record<string, Attribute>>;
  /** Whether it is a pointwise non-linear function (an activation). */
  readonly nonlinear?: boolean;
  /** Whether its outputs are views of its first input, which own no memory. */
  readonly view?: boolean;
  /** Whether its outputs hold its inputs' elements unchanged, so that a constant stays the tensor that it was. */
  readonly moves?: boolean;
  /**
   * Of an operator that stands for what a loop does whose body stands in the graph once: whether it gives an iteration what
   * it `begins` with, or `collects` what each of them (attribute `trips`) gave.
   */
  readonly iterates?: 'begins' | 'collects';
  /** Whether it makes tensors out of attributes or shapes, so that what it makes may stand for stored weights. */
  readonly generates?: boolean;
  /** Whether each output position comes from just one of the inputs: none of them is mixed with another. */
  readonly exclusive?: boolean;
  /** Input slots that hold running statistics, which are stored but not trained. */
  readonly buffers?: readonly number[];
  /** Whether an input slot holds scales or zero points of quantised tensors, which are stored but not trained. */
  scales?(slot: number): boolean;
  /** Input slots that say how something is done (sizes, scales of a Resize, bounds), and hold no data: what stands there is no parameter. */
  readonly arguments?: readonly number[];
  /** Input slots where integers of any type are quantised numbers (int32: a bias), not sizes or indices. */
  readonly quantised?: readonly number[];
  /** Input slots of tables that other inputs pick rows of; where weights stand there, they are embeddings. */
  readonly tables?: readonly number[];
  /** What training keeps of a call for its gradient; absent, or null, where Fovea does not know. */
  readonly saves?: Saves | ((call: Call) => Saves | null);
  /** Why it has no gradient, or why Fovea has no rule for it. */
  readonly noGradient?: string;
  /**
   * Names of the first input's axes ('N', 'C', 'H', 'W', ...), where the operator gives them a meaning. Null stands for an
   * axis that may be any; such a list is a hint of what is read, the output may be laid out otherwise.
   */
  axes?(call: Call): readonly (string | null)[] | null;
}

/** Declares an operator; the name stands first so that a family file reads as a table. */
export function defineOperator(op: string, record: Omit<Operator, 'op'>): Operator {
  const { value, moves } = record;
  if (!value) return { op, ...record };
  return {
    op,
    ...(moves && { sizes: (call: Call, k: number) => movedSizes(call, k, value, [0]) }),
    ...record,
    // No elements are known elements. Without this, [2^31, 0] would be walked row by row.
    value: (call, k) => (known(call.outputs[k]?.shape ?? null)?.includes(0) ? [] : value(call, k)),
  };
}
