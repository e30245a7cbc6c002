import { Fault } from '../core/fault.ts';

const TYPES = { json: 'application/json', csv: 'text/csv' } as const;

export type AnswerForm = keyof typeof TYPES;

/** The form of an answer: what the option says, else what the Accept header prefers; JSON where it does not mind. */
export function answerForm(as: AnswerForm | undefined, accept: string | undefined): AnswerForm {
  if (as !== undefined) return as;
  if (accept === undefined || accept.trim() === '') return 'json';
  const ranges = accept.split(',').map(parseRange);
  let best: { form: AnswerForm; quality: number } | undefined;
  for (const form of ['json', 'csv'] as const) {
    const quality = qualityOf(TYPES[form], ranges);
    if (quality > (best?.quality ?? 0)) best = { form, quality };
  }
  if (best === undefined)
    throw new Fault('not-acceptable', `there is ${Object.values(TYPES).join(' and ')}, and Accept asks for '${accept.slice(0, 200)}'`);
  return best.form;
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
