import { Fault } from '../../core/fault.ts';
import type { Limits } from '../format.ts';

/** Refuses a document that nests too deep, holds too many values or too long names, before anything recurses into it. */
export function checkBounds(document: unknown, limits: Limits): void {
  const pending: { value: unknown; depth: number }[] = [{ value: document, depth: 0 }];
  let values = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value, depth } = next;
    if (++values > limits.fields) exceeded(`more than ${limits.fields} values`);
    if (typeof value === 'string') checkName(value, limits);
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= limits.depth) exceeded(`brackets nest deeper than ${limits.depth}`);
    for (const [key, child] of Object.entries(value)) {
      if (!Array.isArray(value)) checkName(key, limits);
      pending.push({ value: child, depth: depth + 1 });
    }
  }
}

function checkName(name: string, limits: Limits): void {
  // A UTF-16 unit takes at most three bytes, which spares most strings the count.
  if (name.length * 3 > limits.nameBytes && Buffer.byteLength(name) > limits.nameBytes) {
    exceeded(`a name or string of more than ${limits.nameBytes} bytes`);
  }
}

/** Says that a description asks for more than the limits allow. */
export function exceeded(what: string, pointer?: string): never {
  throw new Fault('limit-exceeded', `the description is too large: ${what}`, pointer === undefined ? {} : { pointer });
}
