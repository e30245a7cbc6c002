import { MAX_EDITS } from '../../core/edits/apply.ts';
import type { Edit } from '../../core/edits/index.ts';
import { Fault } from '../../core/fault.ts';
import { check } from '../../formats/description/check.ts';
import { at } from '../../formats/description/pointer.ts';
import { suggestion } from '../nearest.ts';
import { EDIT_RECORDS } from './schema.ts';

/**
 * Checks a list of edits as a caller sent it. Faults are `invalid-option` and point at the spot, from the beginning of the
 * list; a name that is not known comes with the nearest one.
 */
export function readEdits(value: unknown): readonly Edit[] {
  if (!Array.isArray(value)) return invalid('', 'edits must be a list of edits');
  if (value.length > MAX_EDITS) invalid('', `there may be at most ${MAX_EDITS} edits`);
  for (const [index, edit] of value.entries()) checkEdit(edit, at('', index));
  return value;
}

function checkEdit(edit: unknown, pointer: string): void {
  const known = [...EDIT_RECORDS.keys()];
  if (typeof edit !== 'object' || edit === null || !Object.hasOwn(edit, 'kind')) {
    invalid(pointer, `an edit is an object such as { "kind": "stack", "layer": "op:Conv" }; its kind is one of ${known.join(', ')}`);
  }
  const { kind } = edit as { readonly kind: unknown };
  const schema = typeof kind === 'string' ? EDIT_RECORDS.get(kind) : undefined;
  if (!schema) invalid(at(pointer, 'kind'), `there is no such edit${suggestion(String(kind).slice(0, 100), known)}`);
  try {
    check(schema, edit, pointer);
  } catch (error) {
    throw error instanceof Fault ? new Fault('invalid-option', error.message, error.spot) : error;
  }
}

function invalid(pointer: string, message: string): never {
  throw new Fault('invalid-option', message, { pointer });
}
