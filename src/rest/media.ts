import type { Form } from '../analysis/views/view.ts';
import { Fault } from '../core/fault.ts';

/** Media types of the forms, in the order in which they are preferred where a client does not mind. */
export const TYPES: Readonly<Record<Form, string>> = {
  json: 'application/json',
  csv: 'text/csv',
  md: 'text/markdown',
  svg: 'image/svg+xml',
  // Another document than the report: only asked for by name.
  netron: 'application/json',
};

/** The form of an answer: what the option says, else what the Accept header prefers; JSON where it does not mind. */
export function answerForm(as: Form | undefined, accept: string | undefined, forms: readonly Form[]): Form {
  if (as !== undefined) {
    if (forms.includes(as)) return as;
    throw new Fault('invalid-option', `this answer has no form '${as}'; there is ${forms.join(', ')}`);
  }
  if (accept === undefined || accept.trim() === '') return 'json';
  const ranges = accept.split(',').map(parseRange);
  let best: { form: Form; quality: number } | undefined;
  for (const form of forms.filter((one) => one !== 'netron')) {
    const quality = qualityOf(TYPES[form], ranges);
    if (quality > (best?.quality ?? 0)) best = { form, quality };
  }
  if (best !== undefined) return best.form;
  const types = forms.map((form) => TYPES[form]).join(', ');
  throw new Fault('not-acceptable', `there is ${types}, and Accept asks for '${accept.slice(0, 200)}'`);
}

interface Range {
  readonly type: string;
  readonly quality: number;
}

function parseRange(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const q = parameters.find((parameter) => parameter.startsWith('q='));
  const quality = q === undefined ? 1 : Number(q.slice(2));
  return { type, quality: quality >= 0 && quality <= 1 ? quality : 0 };
}

/** The most specific range that covers the type decides (RFC 9110, 12.5.1). */
function qualityOf(type: string, ranges: readonly Range[]): number {
  for (const covering of [type, `${type.split('/')[0]}/*`, '*/*']) {
    const range = ranges.find((r) => r.type === covering);
    if (range !== undefined) return range.quality;
  }
  return 0;
}
