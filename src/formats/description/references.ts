import { isObject } from './object.ts';

/** A block's parameter in place of a value: `"$channels"`. */
export const REFERENCE = '^\\$[A-Za-z_][A-Za-z0-9_]*$';

const PATTERN = new RegExp(REFERENCE);

export function isReference(value: unknown): value is string {
  return typeof value === 'string' && PATTERN.test(value);
}

/** Whether a value is a reference, or has one somewhere in it. */
export function holdsReference(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsReference);
  return isObject(value) ? Object.values(value).some(holdsReference) : isReference(value);
}

/** The value with every reference replaced by what `resolve` gives for its name. */
export function substitute(value: unknown, resolve: (name: string) => unknown): unknown {
  if (isReference(value)) return resolve(value.slice(1));
  if (!holdsReference(value)) return value;
  if (Array.isArray(value)) return value.map((item) => substitute(item, resolve));
  return Object.fromEntries(Object.entries(value as object).map(([key, item]) => [key, substitute(item, resolve)]));
}
