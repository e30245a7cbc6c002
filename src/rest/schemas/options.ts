import { type TSchema, Type } from '@sinclair/typebox';
import { OPTIONS, type OptionName } from '../../analysis/options/index.ts';
import { oneOf } from '../../analysis/options/option.ts';
import { JSON_TEXT } from '../../analysis/options/text.ts';

const ALL = Object.entries(OPTIONS) as [OptionName, (typeof OPTIONS)[OptionName]][];

/** Options that only JSON can tell: in a query or a form they stand as JSON text, and in a body also beside the network. */
export const JSON_OPTIONS: readonly OptionName[] = ALL.flatMap(([name, { text }]) => (text === JSON_TEXT ? [name] : []));

function ofDoor(schemaOf: (name: OptionName) => TSchema, names: readonly OptionName[], forms: readonly string[]) {
  const taken = ALL.flatMap(([name]) => (names.includes(name) ? [[name, schemaOf(name)] as const] : []));
  const as = oneOf(forms, { description: 'Form of the answer; wins over the Accept header.' });
  return Type.Partial(Type.Object({ ...Object.fromEntries(taken), as }, { additionalProperties: false }));
}

/** The options of one door as they stand in JSON; `forms` are those of its answers. */
export function jsonSchemaOf(names: readonly OptionName[], forms: readonly string[]) {
  return ofDoor((name) => OPTIONS[name].schema, names, forms);
}

/** The same options as query parameters. */
export function querySchemaOf(names: readonly OptionName[], forms: readonly string[]) {
  const inQuery = (name: OptionName) => {
    const { schema, text } = OPTIONS[name];
    return text.schema?.(schema) ?? schema;
  };
  return ofDoor(inQuery, names, forms);
}

/** Options that stand beside the network in a body, and not only under `options`. */
export const BESIDE: readonly OptionName[] = [...JSON_OPTIONS, 'name', 'tags', 'note'];

/** The options of a door that may also stand beside the network. */
export function besideSchemasOf(names: readonly OptionName[]) {
  const beside = BESIDE.filter((name) => names.includes(name));
  return Object.fromEntries(beside.map((name) => [name, Type.Optional(OPTIONS[name].schema)]));
}
