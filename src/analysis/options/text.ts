import { type TSchema, Type } from '@sinclair/typebox';
import { Fault } from '../../core/fault.ts';
import { parseJson } from '../json.ts';

/** How a query or a form writes an option. */
export interface TextForm {
  /** What OpenAPI says of the parameter; what it says of the option in JSON where this is left out. */
  readonly schema?: (json: TSchema) => TSchema;
  /** Whether it may be given several times. */
  readonly repeats?: true;
  /** What the texts stand for, which is checked then: what they have not the form of may stay a text. Fault: `invalid-option`. */
  readonly read: (texts: readonly string[]) => unknown;
}

const single = (read: (text: string) => unknown, schema?: TextForm['schema']): TextForm => ({
  ...(schema && { schema }),
  read: ([text = '']) => read(text),
});

const described = (description: string) => () => Type.String({ description });

/** The text itself. */
export const PLAIN = single((text) => text);

/** A whole number. */
export const INTEGER = single(integer);

/** A number. */
export const DECIMAL = single(decimal);

/** True by its name alone. */
export const FLAG = single((text) => ({ '': true, true: true, false: false, '1': true, '0': false })[text] ?? text);

/** `3,4` */
export function indices(description: string): TextForm {
  return single(
    (text) => text.split(',').map(integer),
    () => Type.String({ description, pattern: '^\\d+(,\\d+)*$' }),
  );
}

/** `fvcore,thop` */
export function listed(description: string): TextForm {
  return single((text) => text.split(','), described(description));
}

/** A form of its own. */
export function written(description: string, read: (text: string) => unknown): TextForm {
  return single(read, described(description));
}

/** Texts, one for each time that the option is given. */
export function repeated(description: string, example: string): TextForm {
  return { schema: () => examples(description, example), repeats: true, read: (texts) => texts };
}

/** `vision,small`, or one word each time that the option is given. */
export function words(description: string): TextForm {
  return {
    schema: () => Type.Array(Type.String(), { description }),
    repeats: true,
    read: (texts) => texts.flatMap((text) => text.split(',')).filter((word) => word !== ''),
  };
}

/** `NAME:REST`, once for each name, split at the last colon because tensor names may hold colons. */
export function named(description: string, example: string, form: string, read: (text: string) => unknown): TextForm {
  return { schema: () => examples(description, example), repeats: true, read: (texts) => pairs(texts, form, read) };
}

const examples = (description: string, example: string) => Type.Array(Type.String(), { description, examples: [[example]] });

function pairs(texts: readonly string[], form: string, read: (text: string) => unknown): unknown {
  const found = new Map<string, unknown>();
  for (const text of texts) {
    const colon = text.lastIndexOf(':');
    const content = colon < 1 ? undefined : read(text.slice(colon + 1));
    if (content === undefined) throw new Fault('invalid-option', `'${text}' has not the form ${form}`);
    const name = text.slice(0, colon);
    if (found.has(name)) throw new Fault('invalid-option', `'${name}' is given twice`);
    found.set(name, content);
  }
  return Object.fromEntries(found);
}

/** Deeper than any option in JSON nests. */
const MAX_DEPTH = 8;

/** What only JSON can tell: in a query or a form it stands as JSON text, and in a body also beside the network. */
export const JSON_TEXT = single(
  (text) => {
    try {
      return parseJson(Buffer.from(text), MAX_DEPTH);
    } catch (error) {
      throw error instanceof Fault ? new Fault('invalid-option', `must be JSON text: ${error.message}`) : error;
    }
  },
  ({ description = '' }) => Type.String({ description: `As JSON text. ${description}`, contentMediaType: 'application/json' }),
);

export function integer(text: string): number | undefined {
  return /^\d{1,16}$/.test(text) ? Number(text) : undefined;
}

export function decimal(text: string): number | string {
  return /^\d{1,30}(\.\d{1,30})?([eE][+-]?\d{1,3})?$/.test(text) ? Number(text) : text;
}
