import { KindGuard, type TObject, type TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { Fault } from '../../core/fault.ts';
import { suggestion } from './nearest.ts';
import { isObject } from './object.ts';
import { at } from './pointer.ts';
import { holdsReference, isReference } from './references.ts';

/** Says what is wrong with a description, and where. */
export function invalid(pointer: string, message: string): never {
  throw new Fault('invalid-description', message, { pointer });
}

/**
 * Refuses a value that its schema does not allow, with one fault at the innermost spot that explains it.
 * Nothing is coerced or removed. Inside a block, which is `open`, references may stand for values.
 */
export function check(schema: TSchema, value: unknown, pointer: string, open = false): void {
  if ((open && isReference(value)) || Value.Check(schema, value)) return;
  const alike = KindGuard.IsUnion(schema) ? schema.anyOf.filter((option) => sameForm(option, value)) : [];
  if (KindGuard.IsObject(schema) && isObject(value)) {
    checkObject(schema, value, pointer, open);
  } else if (KindGuard.IsArray(schema) && sameForm(schema, value)) {
    for (const [index, item] of (value as unknown[]).entries()) check(schema.items, item, at(pointer, index), open);
  } else if (alike.length === 1) {
    check(alike[0] as TSchema, value, pointer, open);
  } else if (!open || !holdsReference(value)) {
    invalid(pointer, `${subject(pointer)} must be ${phrase(schema, value)}, not ${show(value)}`);
  }
}

/** Looks into the members, one of which the schema may not allow. */
function checkObject(schema: TObject, value: Record<string, unknown>, pointer: string, open: boolean): void {
  // A Map, because keys such as "constructor" would find what every object inherits.
  const properties = new Map(Object.entries(schema.properties));
  const others = schema.additionalProperties;
  for (const key of Object.keys(value)) {
    if (properties.has(key)) continue;
    if (typeof others === 'object') check(others, value[key], at(pointer, key), open);
    else invalid(at(pointer, key), `unknown key ${JSON.stringify(key)}${suggestion(key, unused(properties.keys(), value))}`);
  }
  for (const key of schema.required ?? []) {
    if (!Object.hasOwn(value, key)) invalid(pointer, `missing required key ${JSON.stringify(key)}`);
  }
  for (const [key, property] of properties) {
    if (Object.hasOwn(value, key)) check(property, value[key], at(pointer, key), open);
  }
}

/** A misspelt key was not meant to be one that stands beside it. */
function* unused(keys: Iterable<string>, value: Record<string, unknown>): Iterable<string> {
  for (const key of keys) if (!Object.hasOwn(value, key)) yield key;
}

function lengthFits(schema: TSchema, value: readonly unknown[]): boolean {
  return value.length >= (schema.minItems ?? 0) && value.length <= (schema.maxItems ?? Number.POSITIVE_INFINITY);
}

function sameForm(schema: TSchema, value: unknown): boolean {
  if (KindGuard.IsArray(schema)) return Array.isArray(value) && lengthFits(schema, value);
  return KindGuard.IsObject(schema) && isObject(value);
}

function subject(pointer: string): string {
  const key = pointer.slice(pointer.lastIndexOf('/') + 1);
  if (pointer === '') return 'a network description';
  return /^\d+$/.test(key) ? `item ${key}` : JSON.stringify(key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** A schema in words, to stand after "must be". */
function phrase(schema: TSchema, value: unknown): string {
  if (schema.title !== undefined) return schema.title;
  if (KindGuard.IsLiteral(schema)) return JSON.stringify(schema.const);
  if (KindGuard.IsUnion(schema)) return alternatives(schema.anyOf.map((option) => phrase(option, value)));
  if (KindGuard.IsArray(schema)) return list(schema);
  if (KindGuard.IsInteger(schema) || KindGuard.IsNumber(schema)) return bounded(schema, value);
  if (KindGuard.IsString(schema)) return 'a string';
  if (KindGuard.IsBoolean(schema)) return 'true or false';
  if (KindGuard.IsNull(schema)) return 'null';
  return 'an object';
}

/** The upper bound is far off, and told only to those who passed it. */
function bounded(schema: TSchema, value: unknown): string {
  const name = KindGuard.IsInteger(schema) ? 'an integer' : 'a number';
  const { minimum, maximum } = schema;
  if (typeof value === 'number' && value > maximum) return `${name} of at most ${maximum}`;
  return minimum === undefined || minimum < -1 ? name : `${name} of at least ${minimum}`;
}

function list({ minItems, maxItems, items }: TSchema): string {
  const what = KindGuard.IsInteger(items) ? 'integers' : 'values';
  if (minItems === undefined) return `a list of ${what}`;
  return `a list of ${minItems === maxItems ? minItems : `${minItems} to ${maxItems}`} ${what}`;
}

function alternatives(phrases: readonly string[]): string {
  return `${phrases.slice(0, -1).join(', ')} or ${phrases.at(-1)}`;
}

function show(value: unknown): string {
  if (Array.isArray(value)) return value.length <= 8 && value.every((v) => typeof v === 'number') ? JSON.stringify(value) : 'a list';
  if (isObject(value)) return 'an object';
  if (typeof value === 'string' && value.length > 40) return `${JSON.stringify(value.slice(0, 40))}...`;
  return String(JSON.stringify(value));
}
