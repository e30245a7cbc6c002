/** A digit that two lists of sizes share: `size` positions of entry `from` of the one and entry `to` of the other. */
export interface Piece {
  readonly size: number;
  readonly from: number;
  readonly to: number;
}

/**
 * The digits, outermost first, that the same row-major index has under two lists of sizes of one product. Stretches where the
 * one cuts across the other are left out, unless an entry of the one list that `matters` lies in them: then null.
 */
export function refine(from: readonly number[], to: readonly number[], matters: (entry: number) => boolean): readonly Piece[] | null {
  const pieces: Piece[] = [];
  let [i, j] = [0, 0];
  while (i < from.length || j < to.length) {
    // Also an axis of one position keeps its place, where it has one.
    if (from[i] === to[j] && from[i] !== 0) {
      pieces.push({ size: from[i] as number, from: i++, to: j++ });
      continue;
    }
    const [firstFrom, firstTo] = [i, j];
    let [a, b] = [1, 1];
    do {
      if (i < from.length && (a <= b || j === to.length)) a *= from[i++] as number;
      else if (j < to.length) b *= to[j++] as number;
      else return null;
    } while (a !== b);
    const stretch = split(from, to, [firstFrom, i], [firstTo, j]);
    if (stretch) pieces.push(...stretch);
    else for (let entry = firstFrom; entry < i; entry++) if (matters(entry)) return null;
  }
  return pieces;
}

/** The digits of one stretch of equal products; null where they cut across each other. */
function split(from: readonly number[], to: readonly number[], [i0, i1]: [number, number], [j0, j1]: [number, number]): Piece[] | null {
  const pieces: Piece[] = [];
  let [i, j] = [i0, j0];
  let [a, b] = [from[i] ?? 1, to[j] ?? 1];
  while (i < i1 || j < j1) {
    if (a === 1 && i < i1) {
      // An axis of one position that is packed with others is a digit too.
      if (from[i] === 1 && j1 > 0) pieces.push({ size: 1, from: i, to: Math.min(j, j1 - 1) });
      a = from[++i] ?? 1;
    } else if (b === 1 && j < j1) b = to[++j] ?? 1;
    else {
      const size = Math.min(a, b);
      if (size === 0 || Math.max(a, b) % size !== 0) return null;
      pieces.push({ size, from: i, to: j });
      [a, b] = [a / size, b / size];
    }
  }
  return pieces;
}
