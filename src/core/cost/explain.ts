import { type Count, less, plus, times } from '../count.ts';
import type { Edit } from '../edits/index.ts';
import { factsOf } from '../facts.ts';
import { Fault } from '../fault.ts';
import type { Graph } from '../graph.ts';
import { countersOf } from '../layers.ts';
import type { Trace } from '../trace.ts';
import type { Convention, Counted } from './conventions/convention.ts';
import { fovea } from './conventions/fovea.ts';
import { conventions } from './conventions/index.ts';
import { isLinearBias } from './conventions/modules.ts';
import { makersOf } from './conventions/project.ts';
import { primitives } from './counters.ts';
import { stridesFirst } from './stride-placement.ts';

/** A figure as somebody published it: 4.1e9. Its last digit is taken to be rounded. */
export interface Figure {
  readonly value: number;
  /** What it is said to count; null where that is not said. */
  readonly unit: Convention['unit'] | null;
}

/** One way to come to a figure. */
export interface Explanation {
  readonly convention: string;
  readonly version: string;
  /** What the value counts after `factor`. */
  readonly unit: Convention['unit'];
  /** 2 where each multiply-accumulate of the convention is taken for two FLOP, 1/2 the other way round. */
  readonly factor: 0.5 | 1 | 2;
  /** What else is assumed, in words. */
  readonly assuming: readonly string[];
  readonly value: number;
  /** Value less figure, and that as a share of the figure. */
  readonly difference: number;
  readonly relative: number;
  /** Whether the value, rounded as the figure is, is the figure. Never where the value is a lower bound. */
  readonly reproduces: boolean;
  /** Whether some layers are not priced in full: as far as the value is below the figure, they may be the difference. */
  readonly lowerBound: boolean;
}

/** A change to the network under which it is looked at again. */
export type Change = { readonly size: number } | { readonly graph: Graph } | { readonly edits: readonly Edit[] };

/** Sizes of images that papers and tools use. */
export const SIZES: readonly number[] = [
  192, 224, 227, 240, 256, 288, 299, 300, 320, 321, 331, 384, 416, 448, 480, 512, 513, 600, 608, 640, 800,
];

/** Networks of more calls are looked at as they are only. */
const MAX_CALLS = 5_000;

const MAX_EXPLANATIONS = 12;

const FOLDED: readonly Edit[] = [{ kind: 'fold-batch-norm' }];

/** A network, or what becomes of it under a change, and how much it takes to believe that it is meant. */
interface Variant {
  readonly trace: Trace;
  readonly assuming: readonly string[];
  readonly weight: number;
}

/** What a convention gives, as a whole and what of it batch norms and biases are. */
interface Parts {
  readonly total: Count;
  readonly norm: Count;
  readonly bias: Count;
  /** Whether some layer is not in the total, or with one run of its loop only. */
  readonly partial: boolean;
}

/**
 * How a network may come to a published figure: by which convention, taken once or twice, on images of which size, with or
 * without batch norms and biases, with batch norms folded (which leaves a bias to the layers before them), with strides in
 * the first or the second convolution of a bottleneck. First what reproduces
 * the figure with the fewest assumptions, then what comes nearest; last what is above the figure even without layers that
 * are not known. `at` looks at the network under a change; null, or a fault, where it cannot be changed so. `exact` leaves
 * out what causal masks hide. Fault: `invalid-option`.
 */
export function explain(trace: Trace, figure: Figure, at: (change: Change) => Trace | null, exact = false): readonly Explanation[] {
  const { value } = figure;
  if (!(value >= 1 && value < Number.POSITIVE_INFINITY)) throw new Fault('invalid-option', 'a figure must be at least 1');
  const found = variants(trace, at).flatMap((variant) => {
    const parts = partsOf(variant.trace, exact);
    const ways = conventions().flatMap((convention, i) => waysOf(convention, parts[i] as Parts, variant, figure));
    return ways.filter(({ value }) => Number.isFinite(value));
  });
  return distinct(found.sort((a, b) => a.rank - b.rank))
    .slice(0, MAX_EXPLANATIONS)
    .map(({ rank, ...explanation }) => explanation);
}

function variants(trace: Trace, at: (change: Change) => Trace | null): readonly Variant[] {
  const own: Variant = { trace, assuming: [], weight: 0 };
  if (trace.calls.length > MAX_CALLS) return [own];
  const changed = (change: Change, what: string, weight: number): Variant[] => {
    const again = under(change, at);
    return again ? [{ trace: again, assuming: [what], weight }] : [];
  };
  const shapes = new Set(trace.inputs.flatMap(({ shape }) => shape?.slice(2) ?? []));
  const sizes = SIZES.filter((size) => shapes.size > 1 || !shapes.has(size));
  const graph = stridesFirst(trace.graph);
  return [
    // First, as it is likelier than norms that are not counted where both come to one value.
    ...changed({ edits: FOLDED }, 'batch norms folded', 1),
    own,
    ...sizes.flatMap((size) => changed({ size }, `input of ${size}`, 3)),
    ...(graph ? changed({ graph }, 'strides in the first convolution of each bottleneck', 1) : []),
  ];
}

function under(change: Change, at: (change: Change) => Trace | null): Trace | null {
  try {
    return at(change);
  } catch (error) {
    // Sizes that do not fit: a flattened image in front of a Linear.
    if (error instanceof Fault) return null;
    throw error;
  }
}

/** The figures of every convention. */
function partsOf(trace: Trace, exact: boolean): readonly Parts[] {
  const maker = makersOf(trace.calls);
  const { facts } = factsOf(trace, fovea, [], exact);
  const open = facts.some(({ operations }) => operations === null);
  const layers = facts.flatMap(({ call }) => {
    const counters = countersOf(call, exact);
    return counters ? [{ counted: { call, operations: primitives(counters), maker }, repeats: call.repeats }] : [];
  });
  return conventions().map(({ rules, otherwise }) => {
    const parts: { -readonly [part in keyof Parts]: Parts[part] } = { total: 0, norm: 0, bias: 0, partial: open };
    for (const { counted, repeats } of layers) {
      const rule = rules.get(counted.call.node.op) ?? otherwise;
      const once = rule(counted);
      if (once === null || (repeats === null && once !== 0)) parts.partial = true;
      const runs = repeats ?? 1;
      const figure = times(once ?? 0, runs);
      parts.total = plus(parts.total, figure);
      if (counted.call.node.op === 'BatchNormalization') parts.norm = plus(parts.norm, figure);
      const bare = withoutBias(counted);
      if (bare) parts.bias = plus(parts.bias, less(figure, times(rule(bare) ?? 0, runs)));
      else if (isLinearBias(counted)) parts.bias = plus(parts.bias, figure);
    }
    return parts;
  });
}

const BIASED = new Set(['Conv', 'ConvTranspose', 'Gemm']);

/** The same contraction as if it had no bias; null for other operators. */
function withoutBias({ call, operations, maker }: Counted): Counted | null {
  return BIASED.has(call.node.op) ? { call, maker, operations: { ...operations, add: 0 } } : null;
}

interface Ranked extends Explanation {
  readonly rank: number;
}

/** A convention as it is, without batch norms or biases, and in the other unit. */
function waysOf(convention: Convention, { total, norm, bias, partial }: Parts, variant: Variant, figure: Figure): readonly Ranked[] {
  const without = [
    { count: total, what: [] },
    ...(norm === 0 ? [] : [{ count: less(total, norm), what: ['batch norms not counted'] }]),
    ...(bias === 0 ? [] : [{ count: less(total, bias), what: ['no bias'] }]),
    ...(norm === 0 || bias === 0 ? [] : [{ count: less(total, plus(norm, bias)), what: ['batch norms not counted', 'no bias'] }]),
  ];
  return without.flatMap(({ count, what }) =>
    [1, convention.unit === 'MAC' ? 2 : 0.5].map((factor) =>
      judge(convention, factor as Explanation['factor'], Number(count) * factor, what),
    ),
  );

  function judge({ id, version, unit }: Convention, factor: Explanation['factor'], value: number, what: readonly string[]): Ranked {
    const counts = factor === 1 ? unit : unit === 'MAC' ? 'FLOP' : 'MAC';
    const difference = value - figure.value;
    const relative = difference / figure.value;
    const near = Math.abs(difference) <= rounding(figure.value);
    const reproduces = near && !partial;
    // A tool as it is is likelier than an odd one or a rare version, and one unit taken for the other is common.
    const tool = id === 'torchvision' ? 0 : id.includes('@') ? 2 : 1;
    const confused = figure.unit !== null && figure.unit !== counts ? 2 : 0;
    const weight = tool + confused + (factor === 1 ? 0 : 1) + variant.weight + what.length;
    const above = partial && !near && difference > 0;
    const rank = (reproduces ? weight : above ? IMPOSSIBLE : UNLIKELY) + Math.abs(difference) / (Math.abs(difference) + figure.value);
    const assuming = [...variant.assuming, ...what];
    return { convention: id, version, unit: counts, factor, assuming, value, difference, relative, reproduces, lowerBound: partial, rank };
  }
}

/** Behind everything that reproduces the figure. */
const UNLIKELY = 100;
/** Behind everything that may still come to the figure. */
const IMPOSSIBLE = 200;

/** Half a unit of the last digit that is not zero: 0.05e9 for 4.1e9. */
function rounding(value: number): number {
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  return 0.5 * 10 ** (Number(exponent) - (mantissa.split('.')[1]?.length ?? 0));
}

/** Of ways that come to one value, the first. */
function distinct(ways: readonly Ranked[]): readonly Ranked[] {
  const seen = new Set<string>();
  return ways.filter(({ value, unit }) => {
    const before = seen.size;
    return seen.add(`${value} ${unit}`).size > before;
  });
}
