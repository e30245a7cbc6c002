import { digits } from './numbers.ts';
import { named } from './words.ts';

/** What a figure of one unit is about: the name for its heading, and the longer one for its text alternative. */
export function subject(layer: string, unit: readonly number[] | null): { readonly heading: string; readonly name: string } {
  const indices = unit === null || unit.length === 0 ? '' : `, unit (${unit.slice(0, 4).map(digits).join(', ')})`;
  return { heading: `${named(layer, 46 - Math.min(20, indices.length))}${indices}`, name: `${named(layer)}${indices}` };
}
