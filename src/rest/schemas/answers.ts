import { readFileSync } from 'node:fs';
import {
  buildSchema,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { views } from '../../analysis/views/index.ts';
import type { View } from '../../analysis/views/view.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

const SCALARS: Readonly<Record<string, JsonSchema>> = {
  String: { type: 'string' },
  ID: { type: 'string' },
  Boolean: { type: 'boolean' },
  Int: { type: 'integer' },
  Float: { type: 'number' },
  Count: { type: ['integer', 'string'] },
  JSON: {},
};

/** Name of the schema of a view's answer, which is that of its GraphQL type. */
export function answerName({ id }: View): string {
  if (id === 'report') return 'Report';
  const words = id.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join('')}View`;
}

/**
 * JSON Schemas of comparisons and of the answers of all views but the report, made of their GraphQL types: both transports answer with the
 * same data, so one description of it is enough. Each type is a schema under its own name.
 */
export function answerSchemas(): JsonSchema[] {
  const schema = buildSchema(readFileSync(new URL('../../../schema/schema.graphql', import.meta.url), 'utf8'));
  const schemas = new Map<string, JsonSchema>();
  for (const view of views()) if (view.id !== 'report') addType(answerName(view), schema, schemas);
  addType('Comparison', schema, schemas);
  return [...schemas.values()];
}

function addType(name: string, schema: GraphQLSchema, schemas: Map<string, JsonSchema>): void {
  if (schemas.has(name)) return;
  const type = schema.getType(name);
  if (!isObjectType(type)) throw new Error(`the GraphQL schema has no object type ${name}`);
  schemas.set(name, {});
  const fields = Object.values(type.getFields());
  const properties = fields.map((field) => [field.name, { description: field.description, ...typeOf(field.type, schema, schemas) }]);
  schemas.set(name, { $id: name, type: 'object', description: type.description, properties: Object.fromEntries(properties) });
}

function typeOf(type: GraphQLOutputType, schema: GraphQLSchema, schemas: Map<string, JsonSchema>): JsonSchema {
  return isNonNullType(type) ? wholeOf(type.ofType, schema, schemas) : orNull(wholeOf(type, schema, schemas));
}

function wholeOf(type: GraphQLOutputType, schema: GraphQLSchema, schemas: Map<string, JsonSchema>): JsonSchema {
  if (isListType(type)) return { type: 'array', items: typeOf(type.ofType, schema, schemas) };
  const named = type as GraphQLNamedType;
  if (isEnumType(named))
    return {
      type: 'string',
      description: `One of ${named
        .getValues()
        .map(({ name }) => name)
        .join(', ')}.`,
    };
  const scalar = SCALARS[named.name];
  if (scalar) return scalar;
  addType(named.name, schema, schemas);
  return { $ref: `${named.name}#` };
}

function orNull(schema: JsonSchema): JsonSchema {
  if ('type' in schema) return { ...schema, type: [schema.type, 'null'].flat() };
  return '$ref' in schema ? { anyOf: [schema, { type: 'null' }] } : schema;
}
