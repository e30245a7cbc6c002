import type { CountJson } from '../../core/report.ts';
import type { Summary } from './summary.ts';
import { alongAxes, digits, fieldText, inWords, isNearly, percent, proportion } from './words.ts';

/** Says something of a network (the second one) against the first; null where there is nothing to say, or too little known. */
type Rule = (first: Summary, other: Summary, names: Names) => string | readonly string[] | null;

/** What the two networks are called. */
interface Names {
  readonly first: string;
  readonly other: string;
}

/**
 * What sets a network apart from the first one, in words. Each sentence follows from the numbers by one rule. `same` is
 * said of equal numbers only, `nearly the same` of those less than `NEARLY` apart.
 */
export function statementsOf(first: Summary, other: Summary, names: Names): string[] {
  return RULES.flatMap((rule) => rule(first, other, names) ?? []);
}

const receptiveField: Rule = (first, other) => {
  const [one, two] = [alongAxes(first.receptiveField, fieldText), alongAxes(other.receptiveField, fieldText)];
  if (one === null || two === null) return null;
  if (one === two) return `same receptive field: ${one}`;
  const [small, large] = [sizeOf(first), sizeOf(other)];
  if (small === null || large === null) return `receptive field: ${two} against ${one}`;
  return `${large > small ? 'larger' : 'smaller'} receptive field: ${two} against ${one} (${proportion(large, small, 'larger', 'smaller')})`;
};

/** The size of the fields where all axes and units have the same. */
function sizeOf({ receptiveField: axes }: Pick<Summary, 'receptiveField'>): number | null {
  const [size = null] = axes.map((axis) => axis.size);
  return axes.every((axis) => axis.status === 'exact' && axis.size === size && axis.sizeMin === size) ? size : null;
}

/** Gates and statistics see the whole image; what the rest of the network sees is worth saying where they do. */
const localField: Rule = (first, other) => {
  if (![first, other].some(({ receptiveField: axes }) => axes.some(({ local, status }) => local.status !== status))) return null;
  const [one, two] = [first, other].map(({ receptiveField: axes }) => alongAxes(axes, ({ local }) => fieldText(local)));
  if (one == null || two == null) return null;
  return one === two
    ? `without gates and statistics the same receptive field: ${one}`
    : `without gates and statistics a receptive field of ${two} against ${one}`;
};

const totalStride: Rule = (first, other) => {
  const [one, two] = [first, other].map(({ receptiveField: axes }) =>
    alongAxes(axes, ({ stride }) => (stride === null ? null : digits(stride))),
  );
  if (one == null || two == null) return null;
  return one === two ? `same total stride: ${one}` : `total stride ${two} against ${one}`;
};

/** A field can stay where the total stride changes, and the other way round. */
const independence: Rule = (first, other) => {
  const [fields, strides] = [
    [sizeOf(first), sizeOf(other)],
    [strideOf(first), strideOf(other)],
  ];
  if ([...fields, ...strides].includes(null)) return null;
  const [field, stride] = [fields[0] === fields[1], strides[0] === strides[1]];
  if (field && !stride) return 'the receptive field is the same at another total stride: one does not decide the other';
  // Without strides this would be said of every pair.
  if (stride && !field && strides[0] !== 1)
    return 'the total stride is the same with another receptive field: one does not decide the other';
  return null;
};

/** The total stride where all axes have the same. */
function strideOf({ receptiveField: axes }: Summary): number | null {
  const [stride = null] = axes.map((axis) => axis.stride);
  return axes.every((axis) => axis.stride === stride) ? stride : null;
}

const holes: Rule = (first, other) => {
  const [one, two] = [first.coverage, other.coverage];
  if (!one || !two || (one.positions === one.hull && two.positions === two.hull)) return null;
  const text = ({ positions, hull }: typeof one) =>
    positions === hull ? `all ${digits(hull)}` : `${digits(positions)} of ${digits(hull)} (${percent(positions / hull)})`;
  return `positions within its field that a unit depends on: ${text(two)} against ${text(one)}`;
};

/** Sigmas are sums of fractions: what differs by less than this is equal. */
const ROUNDING = 1e-9;

const effectiveField: Rule = (first, other) => {
  const text = ({ effective }: Summary) => alongAxes(effective.axes, ({ sigma }) => (sigma === null ? null : digits(sigma)));
  const [one, two] = [text(first), text(other)];
  if (one === null || two === null) return null;
  const pairs = other.effective.axes.map(({ sigma }, i) => [Number(sigma), Number(first.effective.axes[i]?.sigma)] as const);
  if (pairs.every(([b, a]) => Math.abs(b - a) <= ROUNDING * a)) return `same effective receptive field: sigma ${two}`;
  const against = `effective receptive field: sigma ${two} against ${one}`;
  if (pairs.every(([b, a]) => isNearly(b, a))) return `nearly the same ${against}`;
  const [b, a] = pairs[0] as readonly [number, number];
  const uniform = pairs.every((pair) => pair[0] === b && pair[1] === a);
  return uniform && a > 0 && b > 0 ? `${against} (${proportion(b, a, 'wider', 'narrower')})` : against;
};

const weightsPerPair: Rule = ({ weightsPerPair: first }, { weightsPerPair: other }) => {
  if (first === null || other === null) return null;
  if (first === other) return `same weights per channel pair: ${digits(first)}`;
  return `${digits(other)} against ${digits(first)} weights per channel pair (${proportion(other, first, 'more', 'fewer')})`;
};

/** A rule for a total. */
function amount(noun: string, read: (summary: Summary) => CountJson, bound: string | null): Rule {
  return (first, other) => {
    if (isBound(first, bound) || isBound(other, bound)) return null;
    const [one, two] = [read(first), read(other)];
    if (one === two) return `same ${noun}: ${digits(one)}`;
    const against = `${digits(two)} against ${digits(one)}`;
    const by = Number(one) > 0 && Number(two) > 0 ? proportion(two, one, 'more', 'fewer') : null;
    if (by === null) return `${noun}: ${against}`;
    if (isNearly(Number(two), Number(one))) return `nearly the same ${noun}: ${against} (${by})`;
    return by.endsWith('times') ? `${by} the ${noun}: ${against}` : `${by} ${noun}: ${against}`;
  };
}

/** Whether a total is less than the network may need: nothing follows from such numbers. */
function isBound({ lowerBounds }: Summary, name: string | null): boolean {
  return name !== null && lowerBounds.includes(name);
}

const flops = amount('FLOPs', ({ totals }) => totals.flops, 'flops');

/** FLOPs mostly say what multiply-accumulates say. */
const otherFlops: Rule = (first, other, names) =>
  first.totals.macs === other.totals.macs && first.totals.flops !== other.totals.flops ? flops(first, other, names) : null;

const depth: Rule = (first, other) => {
  if (isBound(first, 'depth') || isBound(other, 'depth')) return null;
  const [one, two] = [first.totals.depth, other.totals.depth];
  if (one === two) return `same depth: ${digits(one)}`;
  const by = Math.abs(two - one);
  return `${inWords(by)} ${by === 1 ? 'layer' : 'layers'} ${two > one ? 'deeper' : 'shallower'}: ${digits(two)} against ${digits(one)} with weights in a row`;
};

const nonlinearities: Rule = (first, other) => {
  if (isBound(first, 'nonlinearities') || isBound(other, 'nonlinearities')) return null;
  const [one, two] = [first.totals.nonlinearities, other.totals.nonlinearities];
  if (one === two) return `same number of non-linearities: ${digits(one)}`;
  const by = Math.abs(two - one);
  const noun = by === 1 ? 'non-linearity' : 'non-linearities';
  return `${inWords(by)} ${two > one ? 'more' : 'fewer'} ${noun}: ${digits(two)} against ${digits(one)}`;
};

/** Convolutions in a row without an activation between are one linear map. */
const linearMap: Rule = (first, other, names) => {
  if (canDoAllOf(first, other)) return sameMap(names.first, names.other);
  if (canDoAllOf(other, first)) return sameMap(names.other, names.first);
  return [...inOne(first, names.first), ...inOne(other, names.other)];
};

function sameMap(single: string, many: string): string {
  return `the same linear map: no activation between the convolutions of ${many}, so that ${single} can do all that they do, but for borders and biases`;
}

function inOne({ linearity: { layers, oneMap } }: Summary, name: string): string[] {
  return oneMap && layers > 1
    ? [`no activation between the ${inWords(layers)} layers with weights of ${name}: they are one linear map`]
    : [];
}

/** Whether a network of one convolution without holes can take the place of several in a row: the same channels, field, stride and activations. */
function canDoAllOf(single: Summary, many: Summary): boolean {
  if (single.linearity.layers !== 1 || single.weightsPerPair === null || !many.linearity.oneMap || many.linearity.layers === 1)
    return false;
  const size = sizeOf(single);
  if (size === null || single.coverage?.positions !== size ** single.receptiveField.length) return false;
  const about = ({ inputs, outputs, totals, receptiveField: axes }: Summary) =>
    JSON.stringify([
      [...inputs, ...outputs].map(({ shape }) => shape),
      totals.nonlinearities,
      axes.map(({ status, size, sizeMin, stride }) => [status, size, sizeMin, stride]),
    ]);
  return about(single) === about(many);
}

/** Fields along other axes have nothing in common. */
function alongSameAxes(rule: Rule): Rule {
  const names = ({ receptiveField: axes }: Summary) => axes.map(({ axis }) => axis).join();
  return (first, other, called) => (names(first) === names(other) ? rule(first, other, called) : null);
}

const RULES: readonly Rule[] = [
  ...[receptiveField, localField, totalStride, independence, holes, effectiveField].map(alongSameAxes),
  linearMap,
  nonlinearities,
  depth,
  weightsPerPair,
  amount('parameters', ({ totals }) => totals.params, null),
  amount('multiply-accumulates', ({ totals }) => totals.macs, 'macs'),
  otherFlops,
  amount('bytes of activations in all', ({ totals }) => totals.activationBytes, 'activations'),
  amount('bytes of activations at the peak', ({ totals }) => totals.peakBytes, 'memory.peakBytes'),
];
