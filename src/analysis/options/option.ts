import { type Static, type StringOptions, type TSchema, Type } from '@sinclair/typebox';
import { PLAIN, type TextForm } from './text.ts';

/**
 * One option of a request. REST (JSON, queries and forms), OpenAPI and the arguments of GraphQL are all held to this record;
 * `schema/schema.graphql` names the option again.
 */
export interface Option<S extends TSchema = TSchema> {
  /** As it stands in JSON, and as an argument of GraphQL. */
  readonly schema: S;
  /** How a query or a form writes it. */
  readonly text: TextForm;
  /** Checks it in place of the schema, where there is more to say. Faults point into the value. */
  readonly check?: (value: unknown) => void;
}

/** Declares an option, which as text stands for itself unless a form is given. */
export function option<S extends TSchema>(schema: S, text: TextForm = PLAIN, check?: (value: unknown) => void): Option<S> {
  return { schema, text, ...(check && { check }) };
}

/** The values of options. */
export type ValuesOf<T extends Readonly<Record<string, Option>>> = { readonly [K in keyof T]?: Static<T[K]['schema']> };

/** What an option wants, for the error that says that it got something else; a symbol, so that it stays out of OpenAPI. */
export const wants = Symbol('wants');

const MAX = Number.MAX_SAFE_INTEGER;

export const Size = Type.Integer({ minimum: 0, maximum: MAX, [wants]: 'must be an integer that is not negative' });

/** An integer from 1 on. */
export function positive(description?: string) {
  return Type.Integer({ minimum: 1, maximum: MAX, ...(description && { description }), [wants]: 'must be a positive integer' });
}

/** An object whose keys are names out of the network; unlike Type.Record it checks the values of all names, also odd ones. */
export function byName<T extends TSchema>(schema: T, description: string, wanted: string) {
  return Type.Unsafe<Readonly<Record<string, Static<T>>>>(Type.Object({}, { additionalProperties: schema, description, [wants]: wanted }));
}

/** One of a few words. */
export function oneOf<const T extends string>(words: readonly T[], options: StringOptions) {
  // TypeBox checks the pattern, and readers of OpenAPI see the enum.
  return Type.Unsafe<T>(Type.String({ [wants]: `must be ${spoken(words)}`, ...options, enum: words, pattern: `^(${words.join('|')})$` }));
}

function spoken(words: readonly string[]): string {
  const quoted = words.map((word) => `'${word}'`);
  return [quoted.slice(0, -1).join(', '), ...quoted.slice(-1)].filter((part) => part !== '').join(' or ');
}

/** True or false. */
export function flag(description: string) {
  return Type.Boolean({ description, [wants]: 'must be true or false' });
}

/** A text. */
export function text(description: string, wanted = 'must be a string') {
  return Type.String({ description, [wants]: wanted });
}
