import { KindGuard, type TObject, type TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { Fault } from '../../core/fault.ts';
import { suggestion } from './nearest.ts';
import { at } from './pointer.ts';

/** Says what is wrong with a description, and where. */
export function invalid(pointer: string, message: string): never {
  throw new Fault('invalid-description', message, { pointer });
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Refuses a value that its schema does not allow, with one fault at the innermost spot that explains it.
 * Nothing is coerced or removed. Values for which `later` holds are left for a later check.
 */
export function check(schema: TSchema, value: unknown, pointer: string, later: (value: unknown) => boolean = () => false): void {
  if (later(value) || Value.Check(schema, value)) return;
  if (KindGuard.IsObject(schema) && isObject(value)) return checkObject(schema, value, pointer, later);
  if (KindGuard.IsArray(schema) && Array.isArray(value) && lengthFits(schema, value)) {
    for (const [index, item] of value.entries()) check(schema.items, item, at(pointer, index), later);
    return;
  }
  if (KindGuard.IsUnion(schema)) {
    const alike = schema.anyOf.filter((option) => sameForm(option, value));
    if (alike.length === 1) return check(alike[0] as TSchema, value, pointer, later);
  }
  invalid(pointer, `${subject(pointer)} must be ${phrase(schema)}, not ${show(value)}`);
}

function checkObject(schema: TObject, value: Record<string, unknown>, pointer: string, later: (value: unknown) => boolean): void {
  // A Map, because keys such as "constructor" would find what every object inherits.
  const properties = new Map(Object.entries(schema.properties));
  const others = schema.additionalProperties;
  for (const key of Object.keys(value)) {
    if (properties.has(key)) continue;
    if (typeof others === 'object') check(others, value[key], at(pointer, key), later);
    else invalid(at(pointer, key), `unknown key ${JSON.stringify(key)}${suggestion(key, unused(properties.keys(), value))}`);
  }
  for (const key of schema.required ?? []) {
    if (!Object.hasOwn(value, key)) invalid(pointer, `missing required key ${JSON.stringify(key)}`);
  }
  for (const [key, property] of properties) {
    if (Object.hasOwn(value, key)) check(property, value[key], at(pointer, key), later);
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
function phrase(schema: TSchema): string {
  if (schema.title !== undefined) return schema.title;
  if (KindGuard.IsLiteral(schema)) return JSON.stringify(schema.const);
  if (KindGuard.IsUnion(schema)) return alternatives(schema.anyOf.map(phrase));
  if (KindGuard.IsArray(schema)) return `${list(schema)} of ${plural(schema.items)}`;
  if (KindGuard.IsInteger(schema) || KindGuard.IsNumber(schema)) return bounded(schema);
  if (KindGuard.IsString(schema)) return 'a string';
  if (KindGuard.IsBoolean(schema)) return 'true or false';
  if (KindGuard.IsNull(schema)) return 'null';
  return 'an object';
}

function bounded(schema: TSchema): string {
  const name = KindGuard.IsInteger(schema) ? 'an integer' : 'a number';
  const { minimum, maximum } = schema;
  if (minimum !== undefined && maximum !== undefined) return `${name} from ${minimum} to ${maximum}`;
  return minimum === undefined ? name : `${name} of at least ${minimum}`;
}

function list({ minItems, maxItems }: TSchema): string {
  if (minItems === undefined && maxItems === undefined) return 'a list';
  if (minItems === maxItems) return `a list of length ${minItems}`;
  return maxItems === undefined ? `a list of at least ${minItems}` : `a list of ${minItems ?? 0} to ${maxItems}`;
}

function plural(schema: TSchema): string {
  if (KindGuard.IsInteger(schema)) return 'integers';
  if (KindGuard.IsNumber(schema)) return 'numbers';
  if (KindGuard.IsString(schema)) return 'strings';
  return schema.title ?? (KindGuard.IsArray(schema) ? `lists of ${plural(schema.items)}` : 'values');
}

function alternatives(phrases: readonly string[]): string {
  return phrases.length === 1 ? (phrases[0] as string) : `${phrases.slice(0, -1).join(', ')} or ${phrases.at(-1)}`;
}

function show(value: unknown): string {
  if (Array.isArray(value)) return value.length <= 8 && value.every((v) => typeof v === 'number') ? JSON.stringify(value) : 'a list';
  if (isObject(value)) return 'an object';
  if (typeof value === 'string' && value.length > 40) return `${JSON.stringify(value.slice(0, 40))}...`;
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
