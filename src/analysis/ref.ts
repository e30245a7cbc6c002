import { Fault } from '../core/fault.ts';
import type { KeptRef } from '../store/network.ts';

const GRAMMAR: readonly { readonly prefix: string; readonly rest: RegExp; readonly form: string }[] = [
  { prefix: 'zoo:', rest: /^[a-z0-9_]+(,[a-z0-9_]+=[\w.-]+)*$/i, form: 'zoo:resnet50 or zoo:resnet,depth=50' },
  { prefix: 'pattern:', rest: /^[a-z0-9_-]+(,[a-z0-9_]+=[\w.-]+)*$/i, form: 'pattern:two-3x3' },
  { prefix: 'sha256:', rest: /^[0-9a-f]{64}$/, form: 'sha256:<64 hexadecimal digits>' },
  { prefix: 'name:', rest: /^[^@]{1,200}(@\d{1,9})?$/, form: 'name:<name> or name:<name>@<number>' },
];

/** Refuses what cannot refer to a network, whichever networks there are. */
export function checkRef(ref: string, pointer: string): void {
  const row = GRAMMAR.find(({ prefix }) => ref.startsWith(prefix));
  if (row === undefined) {
    throw new Fault('invalid-ref', `a ref starts with ${GRAMMAR.map(({ prefix }) => prefix).join(', ')}: '${ref.slice(0, 80)}' does not`, {
      pointer,
    });
  }
  if (!row.rest.test(ref.slice(row.prefix.length))) throw new Fault('invalid-ref', `this ref has the form ${row.form}`, { pointer });
}

/** Whether a ref is for a built-in network, of which there may be none of this name. */
export function isBuiltIn(ref: string): boolean {
  return ref.startsWith('zoo:') || ref.startsWith('pattern:');
}

/** What a ref that is one says of kept networks; null where it refers to a built-in one. */
export function keptRefOf(ref: string): KeptRef | null {
  if (ref.startsWith('sha256:')) return { sha256: ref.slice('sha256:'.length) };
  const found = /^name:([^@]+)(?:@(\d+))?$/s.exec(ref);
  if (found === null) return null;
  const [, name = '', number] = found;
  return { name, ...(number !== undefined && { number: Number(number) }) };
}
