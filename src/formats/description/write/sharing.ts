import type { Form } from './forms.ts';
import type { Survey } from './survey.ts';

/** A tensor that forms have as a weight. */
interface Weight {
  /** The forms that read it, in order; undefined for nodes of no form. */
  readonly readers: readonly (Form | undefined)[];
  /** Whether it is nothing but the same weight of each of them. */
  readonly alike: boolean;
}

/**
 * Says which forms share the weights of an earlier one. A description knows layers that share all their weights; what
 * reads a tensor that is shared in another way is written as ONNX has it.
 */
export function withSharing(survey: Survey, forms: Map<number, Form>): Map<number, Form> {
  const weights = weightsOf(survey, forms);
  const dropped: Form[] = [];
  const drop = (form: Form) => {
    if (forms.delete(form.first)) dropped.push(form);
  };
  for (const form of [...forms.values()]) {
    const lender = lenderOf(form, weights);
    if (!sharesAll(form, lender, weights)) drop(form);
    else if (lender) forms.set(form.first, { ...form, lender: lender.name });
  }
  // Whoever has a weight of a form that is none any more cannot be one either.
  for (let form = dropped.pop(); form; form = dropped.pop()) {
    for (const constant of form.parameters.values()) {
      const { readers = [] } = weights.get(constant) ?? {};
      weights.delete(constant);
      for (const reader of readers) if (reader && hasWeight(reader, constant)) drop(reader);
    }
  }
  return forms;
}

function weightsOf(survey: Survey, forms: ReadonlyMap<number, Form>): Map<string, Weight> {
  const byNode = new Map<number, Form>();
  for (const form of forms.values()) for (let k = 0; k < form.nodes; k++) byNode.set(form.first + k, form);
  const weights = new Map<string, Weight>();
  for (const form of forms.values()) {
    for (const [role, constant] of form.parameters) {
      if (weights.has(constant)) continue;
      const readers = survey.readers(constant).map((index) => byNode.get(index));
      const same = readers.every((reader) => reader?.parameters.get(role) === constant);
      weights.set(constant, { readers, alike: same && new Set(readers).size === readers.length && !survey.isOutput(constant) });
    }
  }
  return weights;
}

/** The first layer that has the weights of another; undefined where they are its own. */
function lenderOf(form: Form, weights: ReadonlyMap<string, Weight>): Form | undefined {
  const [constant = ''] = form.parameters.values();
  const first = weights.get(constant)?.readers[0];
  return first === form ? undefined : first;
}

function sharesAll(form: Form, lender: Form | undefined, weights: ReadonlyMap<string, Weight>): boolean {
  return [...form.parameters].every(([role, constant]) => {
    const weight = weights.get(constant);
    return weight?.alike && (lender ? lender.parameters.get(role) === constant : weight.readers[0] === form);
  });
}

function hasWeight({ parameters }: Form, constant: string): boolean {
  return [...parameters.values()].includes(constant);
}
