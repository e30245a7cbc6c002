import { distance } from 'fastest-levenshtein';

/** Names longer than this are not compared: the comparison takes time in the product of the lengths. */
const LONGEST = 64;
/** More candidates than this are not looked through. */
const MOST = 2000;

/** `; did you mean "x"?` for the candidate that is nearest to a misspelt name; empty where none is near. */
export function suggestion(name: string, candidates: Iterable<string>): string {
  if (name.length > LONGEST) return '';
  const wanted = name.toLowerCase();
  let best = '';
  let least = Math.min(Math.max(2, Math.floor(name.length / 3)), name.length - 1) + 1;
  let looked = 0;
  for (const candidate of candidates) {
    if (++looked > MOST) break;
    if (candidate.length > LONGEST) continue;
    const away = distance(wanted, candidate.toLowerCase());
    if (away < least) {
      best = candidate;
      least = away;
    }
  }
  return best === '' ? '' : `; did you mean ${JSON.stringify(best)}?`;
}
