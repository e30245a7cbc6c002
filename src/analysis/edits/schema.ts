import { type TObject, type TSchema, Type } from '@sinclair/typebox';
import { editKinds } from '../../core/edits/index.ts';
import type { EditKind } from '../../core/edits/kind.ts';
import type { Form, Parameter } from '../../core/edits/parameters.ts';

const MAX = 2 ** 31 - 1;
/** Most spatial axes that a list has an entry for. */
const MAX_AXES = 8;

const size = Type.Integer({ minimum: 1, maximum: MAX });
const amount = Type.Integer({ minimum: 0, maximum: MAX });
const name = Type.String({ minLength: 1, maxLength: 1000 });
const list = <T extends TSchema>(items: T) => Type.Array(items, { minItems: 1, maxItems: MAX_AXES });

const side = Type.Union([amount, Type.Array(amount, { minItems: 2, maxItems: 2 })], { title: 'an integer of at least 0, or [begin, end]' });

const perAxis = (description: string) =>
  Type.Union([size, list(size)], { title: 'an integer of at least 1, or a list of them', description });

const FORMS: Readonly<Record<Form, (description: string) => TSchema>> = {
  layers: (description) =>
    Type.Union([name, Type.Array(name, { minItems: 1, maxItems: 100 })], {
      title: 'the id of a layer, a pattern, or a list of them',
      description,
    }),
  name: (description) => Type.String({ minLength: 1, maxLength: 1000, description }),
  count: (description) => Type.Integer({ minimum: 1, maximum: MAX, description }),
  perAxis,
  sizes: perAxis,
  padding: (description) =>
    Type.Union([amount, list(side)], {
      title: 'an integer of at least 0, or a list with one of them, or [begin, end], for each axis',
      description,
    }),
  flag: (description) => Type.Boolean({ description }),
};

function schemaOf({ form, description, optional }: Parameter): TSchema {
  const schema = FORMS[form](description);
  return optional ? Type.Optional(schema) : schema;
}

function recordOf({ kind, summary, parameters }: EditKind): TObject {
  const own = Object.entries(parameters).map(([name, parameter]) => [name, schemaOf(parameter)] as const);
  const properties = { kind: Type.Literal(kind), ...Object.fromEntries(own) };
  return Type.Object(properties, { additionalProperties: false, title: kind, description: summary });
}

/** The schema of the records of each kind of edit. */
export const EDIT_RECORDS: ReadonlyMap<string, TObject> = new Map(editKinds().map((kind) => [kind.kind, recordOf(kind)]));

/** An edit, of whatever kind. */
export const EditSchema = Type.Union([...EDIT_RECORDS.values()], { $id: 'Edit', description: 'A change of a network.' });
