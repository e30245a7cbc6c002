import { type Count, plus } from '../count.ts';
import type { Dim, Shape } from '../graph.ts';
import { type Amounts, counters } from './amount.ts';
import { malformed, need, shapeOf, string } from './call.ts';
import { type Call, defineOperator, type Relation } from './operator.ts';
import { BROADCAST, EACH, link } from './relation.ts';
import { volume } from './shape.ts';

/** Labels of the axes of each input and of the output; those under an ellipsis are numbered from the right. */
interface Equation {
  readonly inputs: readonly (readonly string[])[];
  readonly output: readonly string[];
}

const TERM = /^[A-Za-z]*(\.\.\.[A-Za-z]*)?$/;

/** A few thousand characters are more than the 52 letters can use. */
const MAX_EQUATION = 4096;

/** The equation with its ellipses spelled out; null where a rank that an ellipsis needs is unknown. */
function parse(call: Call): Equation | null {
  const text = string(call, 'equation', '');
  if (text.length > MAX_EQUATION) malformed(call, 'the equation is too long');
  const [left = '', right, ...more] = text.replaceAll(' ', '').split('->');
  const terms = left.split(',');
  const all = right === undefined ? terms : [...terms, right];
  if (more.length > 0 || !all.every((term) => TERM.test(term)))
    malformed(call, `the equation ${JSON.stringify(text.slice(0, 80))} is not valid`);
  if (terms.length !== call.inputs.length) malformed(call, `the equation has ${terms.length} terms for ${call.inputs.length} inputs`);
  const inputs: string[][] = [];
  for (const [i, term] of terms.entries()) {
    const labels = spell(call, term, shapeOf(call, i));
    if (!labels) return null;
    inputs.push(labels);
  }
  const dots = longest(inputs.map((labels) => labels.filter((label) => label.startsWith('.'))));
  const output = right === undefined ? [...dots, ...implicit(inputs)] : right.split(/(\.\.\.)|/).flatMap((part) => outputLabel(part, dots));
  const present = new Set(inputs.flat());
  if (!output.every((label) => present.has(label)) || new Set(output).size !== output.length)
    malformed(call, 'the output of the equation names a label twice, or one that no input has');
  return { inputs, output };
}

const outputLabel = (part: string | undefined, dots: readonly string[]) => (part === '...' ? dots : part ? [part] : []);

const longest = (lists: readonly (readonly string[])[]) => lists.reduce((a, b) => (b.length > a.length ? b : a), []);

/** Labels of one input. */
function spell(call: Call, term: string, shape: Shape | null): string[] | null {
  const [before = '', after] = term.split('...');
  const letters = before.length + (after?.length ?? 0);
  if (shape && (after === undefined ? letters !== shape.length : letters > shape.length))
    malformed(call, `the term ${JSON.stringify(term.slice(0, 80))} does not fit a tensor of rank ${shape.length}`);
  if (after === undefined) return [...before];
  if (!shape) return null;
  const covered = shape.length - letters;
  return [...before, ...Array.from({ length: covered }, (_, i) => `.${covered - i}`), ...after];
}

/** Without an arrow: the labels that occur once, in alphabetical order. */
function implicit(inputs: readonly (readonly string[])[]): string[] {
  const letters = inputs.flat().filter((label) => !label.startsWith('.'));
  return [...new Set(letters)].filter((label) => letters.indexOf(label) === letters.lastIndexOf(label)).sort();
}

/** The size of each label. */
function extents(call: Call, equation: Equation): ReadonlyMap<string, Dim> {
  const sizes = new Map<string, Dim>();
  for (const [i, labels] of equation.inputs.entries()) {
    for (const [axis, label] of labels.entries()) {
      const dim = shapeOf(call, i)?.[axis] ?? null;
      const before = sizes.get(label) ?? null;
      if (!sizes.has(label) || before === 1) sizes.set(label, dim);
      else if (dim !== 1) sizes.set(label, joined(call, label, before, dim));
    }
  }
  return sizes;
}

function joined(call: Call, label: string, a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number' && a !== b) malformed(call, `label ${label} is ${a} and ${b}`);
  return typeof b === 'number' ? b : (a ?? b);
}

const sizesOf = (labels: Iterable<string>, sizes: ReadonlyMap<string, Dim>): Shape =>
  Array.from(labels, (label) => sizes.get(label) ?? null);

/**
 * Pairs from left to right. A pair that contracts a label costs the product of the sizes of all its labels as
 * multiply-accumulates, one that does not is a product per element. An input alone is summed over what it loses.
 */
function price({ inputs, output }: Equation, sizes: ReadonlyMap<string, Dim>): Amounts | null {
  const product = (labels: Iterable<string>) => volume(sizesOf(labels, sizes));
  let kept = new Set(inputs[0]);
  if (inputs.length === 1) {
    const [all, left] = [product(kept), product(output)];
    return all === null || left === null ? null : { add: plus(all, -BigInt(left)) };
  }
  let [mac, mul]: [Count, Count] = [0, 0];
  for (const [i, labels] of inputs.entries()) {
    if (i === 0) continue;
    const joint = new Set([...kept, ...labels]);
    const later = new Set([...output, ...inputs.slice(i + 1).flat()]);
    const cost = product(joint);
    if (cost === null) return null;
    kept = new Set([...joint].filter((label) => later.has(label)));
    if (kept.size < joint.size) mac = plus(mac, cost);
    else mul = plus(mul, cost);
  }
  return { mac, mul };
}

function relation(call: Call, { inputs, output }: Equation, i: number): Relation {
  const labels = inputs[i] as readonly string[];
  if (new Set(labels).size !== labels.length) return { unknown: 'the equation takes a diagonal' };
  const sizes = extents(call, { inputs, output });
  return output.map((label) => {
    const axis = labels.indexOf(label);
    if (axis < 0) return null;
    const stretched = shapeOf(call, i)?.[axis] === 1 && sizes.get(label) !== 1;
    return link(axis, stretched ? BROADCAST : EACH);
  });
}

/** Source: ONNX Einsum, and NumPy for the order without an arrow. */
export const einsum = defineOperator('Einsum', {
  saves: { operands: 'all' },
  infer: (call) => {
    const equation = parse(call);
    return [{ dtype: need(call, 0).dtype, shape: equation && sizesOf(equation.output, extents(call, equation)) }];
  },
  field: (call, i) => {
    const equation = parse(call);
    return equation ? relation(call, equation, i) : { unknown: 'the rank under an ellipsis is not known' };
  },
  cost: (call) => {
    const equation = parse(call);
    const amounts = equation && price(equation, extents(call, equation));
    return amounts && counters(call, amounts);
  },
});
