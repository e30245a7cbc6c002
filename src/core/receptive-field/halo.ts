import type { Periodic } from './map.ts';

/** Positions of the source on either side; never negative. */
export interface Sides {
  readonly left: number;
  readonly right: number;
}

/**
 * How far the field of any unit reaches beyond the positions that the unit stands for: position o for a stride of 1, the
 * block floor(o*s) .. ceil((o+1)*s) - 1 for a stride of s positions per unit.
 */
export function radiusOf({ shift, lo, hi }: Periodic): Sides {
  const period = lo.length;
  let [left, right] = [0, 0];
  for (let f = 0; f < period; f++) {
    if ((lo[f] as number) > (hi[f] as number)) continue;
    left = Math.max(left, Math.floor((f * shift) / period) - (lo[f] as number));
    right = Math.max(right, (hi[f] as number) - Math.ceil(((f + 1) * shift) / period) + 1);
  }
  return { left, right };
}

/**
 * What the units over a stretch of the source see beyond its two ends, where both ends are multiples of the map's shift.
 * Less than the radius, since only some phases stand next to an end.
 */
export function alignedHaloOf({ shift, lo, hi }: Periodic): Sides {
  let [left, right] = [0, 0];
  for (let f = 0; f < lo.length; f++) {
    if ((lo[f] as number) > (hi[f] as number)) continue;
    left = Math.max(left, 0 - (lo[f] as number));
    right = Math.max(right, (hi[f] as number) - shift + 1);
  }
  return { left, right };
}

export function widest(a: Sides, b: Sides): Sides {
  return { left: Math.max(a.left, b.left), right: Math.max(a.right, b.right) };
}
