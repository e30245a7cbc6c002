import type { Sides } from './attention-sides.ts';
import { has, int, shapeOf, size } from './call.ts';
import type { AxisLink, AxisMap, Call, Relation } from './operator.ts';
import { BROADCAST, DATA_DEPENDENT, EACH, link, repeated, table, windows } from './relation.ts';

// How the outputs of ONNX Attention depend on its inputs: 0 Q, 1 K, 2 V, 3 the mask, 4 and 5 the keys and values of the past.

const PAST_BORDER = 'attention that ends at the query has no meaning past its border';

/**
 * Keys that query o is compared with: all of them, or by `is_causal` and a window those from o + past - left to
 * o + past + right, here counted from `begin`, where the input stands among all keys. Source: ONNX Attention.
 */
function keysMap(call: Call, { q, past, keys }: Sides, begin: number | null): AxisMap | null {
  const [left, asked] = [int(call, 'left_window_size', -1), int(call, 'right_window_size', -1)];
  const causal = int(call, 'is_causal', 0) !== 0;
  if (!causal && left < 0 && asked < 0) return null;
  if (has(call, 6)) return DATA_DEPENDENT;
  const offset = size(past);
  if (offset === null || begin === null) return null;
  const right = causal ? Math.min(asked < 0 ? 0 : asked, 0) : asked;
  const at = offset - begin;
  if (left >= 0 && right >= 0) return windows(1, at - left, left + right + 1, 1);
  const last = (size(keys) ?? Number.POSITIVE_INFINITY) - begin - 1;
  if (right < 0 && last === Number.POSITIVE_INFINITY) return null;
  const span = (o: number): readonly [number, number] => [
    Math.max(left < 0 ? 0 : o + at - left, 0),
    right < 0 ? last : Math.min(o + at + right, last),
  ];
  return table(size(q.length), (o) => (span(o)[0] > span(o)[1] ? null : span(o)), PAST_BORDER);
}

/** Heads of keys are shared by groups of query heads. */
function headMap({ q, k }: Sides): AxisMap {
  const [of, shared] = [size(q.heads), size(k.heads)];
  return of !== null && shared ? repeated(of / shared) : EACH;
}

/** The output, batch x heads x queries x depth or batch x queries x hidden. */
export function valueRelation(call: Call, sides: Sides, i: number): Relation {
  const flat = sides.rank === 3;
  if (i === 3) return maskRelation(shapeOf(call, 3) ?? [], flat ? [0, 2, null] : [0, 1, 2, null]);
  if (i === 0) return flat ? [link(0, EACH), link(1, EACH), null] : [link(0, EACH), link(1, EACH), link(2, EACH), null];
  const isPast = i === 4 || i === 5;
  const map = keysMap(call, sides, isPast ? 0 : size(sides.past));
  const tokens = map && link(isPast || !flat ? 2 : 1, map);
  if (flat) return [link(0, EACH), tokens, null];
  return [link(0, EACH), link(1, headMap(sides)), tokens, i === 2 || i === 5 ? link(3, EACH) : null];
}

/** A mask is broadcast to batch x heads x queries x keys; `axes` are those of the scores that the output moves along. */
function maskRelation(mask: readonly unknown[], axes: readonly (number | null)[]): readonly (AxisLink | null)[] {
  return axes.map((axis) => {
    const own = axis === null ? -1 : axis - 4 + mask.length;
    return own < 0 ? null : link(own, mask[own] === 1 ? BROADCAST : EACH);
  });
}

/** The scores, batch x heads x queries x keys. */
export function scoreRelation(sides: Sides, i: number, rank: number): Relation {
  if (i === 3) return maskRelation(Array.from({ length: rank }), [0, 1, 2, 3]);
  if (i === 2 || i === 5) return 'none';
  const flat = rank === 3;
  if (i === 0) return [link(0, EACH), flat ? null : link(1, EACH), link(flat ? 1 : 2, EACH), null];
  return [link(0, EACH), flat ? null : link(1, headMap(sides)), null, link(flat ? 1 : 2, stretch(sides, i))];
}

/** The cache, batch x heads x keys x depth: what it held, then what is added. */
export function presentRelation(sides: Sides, i: number, k: number): Relation {
  if (i !== k && i !== k + 3) return 'none';
  const flat = i === k && sides.rank === 3;
  return [link(0, EACH), flat ? null : link(1, EACH), link(flat ? 1 : 2, stretch(sides, i)), flat ? null : link(3, EACH)];
}

/** Where the keys (or values) of an input stand among all of them. */
function stretch({ past, keys }: Sides, i: number): AxisMap {
  const begin = size(past);
  if (begin === 0) return EACH;
  const isPast = i === 4 || i === 5;
  const inside = (o: number) => (isPast ? o < (begin as number) : o >= (begin as number));
  return table(
    begin === null ? null : size(keys),
    (o) => (inside(o) ? [isPast ? o : o - (begin as number), isPast ? o : o - (begin as number)] : null),
    'a cache has no meaning past its border',
  );
}
