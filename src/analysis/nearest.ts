import { suggestion as nearest } from '../formats/description/nearest.ts';

/** Ends a sentence about a name that is not known: with the nearest one, or with all that there are. */
export function suggestion(name: string, known: readonly string[]): string {
  return nearest(name, known) || `; there are ${known.join(', ')}`;
}
