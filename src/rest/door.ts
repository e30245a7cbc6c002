import { Type } from '@sinclair/typebox';
import type { OptionName } from '../analysis/options/index.ts';
import { views } from '../analysis/views/index.ts';
import type { Form, View } from '../analysis/views/view.ts';
import { TYPES } from './media.ts';
import { answerName } from './schemas/answers.ts';
import { ref } from './schemas/ref.ts';

const FORMS: Readonly<Record<Exclude<Form, 'json' | 'netron'>, string>> = {
  csv: 'A table, one row per layer or point.',
  md: 'The same as a Markdown table.',
  svg: 'A figure.',
};

/** What every door of a view may be asked beside the options of the view. */
const COMMON: readonly OptionName[] = ['input', 'bind', 'batch', 'edits', 'as'];

/** A view as it stands behind a door. */
export interface Door {
  readonly view: View;
  /** The options that it takes. */
  readonly names: readonly OptionName[];
  /** The forms that it answers in. */
  readonly forms: readonly Form[];
}

/** The doors of all views, whatever leads to the network. */
export function doors(): Door[] {
  return views().map((view) => ({
    view,
    names: [...COMMON, ...(view.takes as readonly OptionName[])],
    forms: (Object.keys(TYPES) as Form[]).filter((form) => form === 'json' || form in view.forms),
  }));
}

/** An answer that says what went wrong, for OpenAPI. */
export const problem = (description: string) => ({ description, content: { 'application/problem+json': { schema: ref('Problem') } } });

/** An attachment of Netron has the media type of the answer itself. */
const Netron = Type.Object(
  {
    signature: Type.Literal('netron:attachment'),
    metrics: Type.Array(Type.Object({}, { additionalProperties: true }), { description: 'Figures by node.' }),
  },
  { title: 'An attachment of Netron', description: 'With as=netron.' },
);

/** What a door answers, for OpenAPI; `other` is another answer that it has, its name and its forms. */
export function responsesOf({ view, forms }: Door, other?: { readonly answer: string; readonly forms: readonly Form[] }) {
  const name = answerName(view);
  const answers = [ref(name), ...(other ? [ref(other.answer)] : []), ...(forms.includes('netron') ? [Netron] : [])];
  const answer = answers.length > 1 ? Type.Union(answers) : ref(name);
  const content = [...new Set([...forms, ...(other?.forms ?? [])])].flatMap((form): [string, object][] => {
    if (form === 'netron') return [];
    return [[TYPES[form], { schema: form === 'json' ? answer : Type.String({ description: FORMS[form] }) }]];
  });
  return {
    200: {
      description: `${view.summary}.`,
      headers: {
        etag: { type: 'string', description: 'Names this document: content, options, engine version and form.' },
        ...(view.id === 'report' && { 'x-fovea-status': { type: 'string', description: 'complete or partial, as in the report.' } }),
      },
      content: Object.fromEntries(content),
    },
    '4xx': problem('What is wrong with the request or the network.'),
    503: {
      ...problem('More large networks are being analyzed than there is room for.'),
      headers: { 'retry-after': { type: 'integer', description: 'Seconds after which to try again.' } },
    },
  };
}
