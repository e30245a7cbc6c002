import type { Budget } from '../influence/budget.ts';
import type { Piece } from '../influence/refine.ts';
import type { Product } from './products.ts';
import { countIn, EFFORT, Gathered, type Spans, spanOf } from './spans.ts';

/**
 * Positions under another split of the same index: `from` has the parts of the product, `pieces` the digits that both splits share
 * (see `refine`), `to` the parts to be told. Digits of other parts are summed over, those of parts that are not told may be any.
 */
export function regrouped(
  product: Product,
  from: readonly number[],
  pieces: readonly Piece[],
  to: readonly number[],
  budget: Budget,
): Product[] {
  let ways: ReadonlyMap<Piece, Spans>[] = [new Map()];
  for (const [i, part] of from.entries()) {
    const own = pieces.filter((piece) => piece.from === part);
    // A part of one position may have no digit.
    if (own.length === 0) continue;
    const splits = split(
      product[i] as Spans,
      own.map(({ size }) => size),
      budget,
    );
    ways = ways.flatMap((way) =>
      splits.map((digits) => new Map([...way, ...own.map((piece, digit) => [piece, digits[digit] as Spans] as const)])),
    );
  }
  return ways.map((way) =>
    to.map((part) =>
      joined(
        way,
        pieces.filter((piece) => piece.to === part),
        budget,
      ),
    ),
  );
}

/** Positions along a part as products of its digits, outermost first. */
function split(spans: Spans, sizes: readonly number[], budget: Budget): Product[] {
  if (sizes.length === 1) return [[spans]];
  const inner = sizes.slice(1).reduce((product, size) => product * size, 1);
  const alike = new Map<string, { readonly rows: Gathered; readonly within: Spans }>();
  for (const [row, stop, within] of rowsIn(spans, inner, budget)) {
    const key = within.join(' ');
    const known = alike.get(key) ?? { rows: new Gathered(), within };
    known.rows.add(row, stop);
    alike.set(key, known);
  }
  return [...alike.values()].flatMap(({ rows, within }) =>
    split(within, sizes.slice(1), budget).map((digits) => [rows.spans(), ...digits]),
  );
}

/** The positions row by row: rows [first, stop) have those `within`. */
function rowsIn(spans: Spans, inner: number, budget: Budget): [first: number, stop: number, within: Spans][] {
  const rows: [number, number, number[]][] = [];
  for (let i = 0; i < spans.length; i += 2) {
    const stop = spans[i + 1] as number;
    for (let at = spans[i] as number; at < stop; ) {
      budget.work(EFFORT);
      const row = Math.floor(at / inner);
      const begin = at - row * inner;
      const whole = begin === 0 ? Math.floor((stop - at) / inner) : 0;
      const end = Math.min(stop - row * inner, inner);
      const last = rows.at(-1);
      if (whole === 0 && last?.[0] === row) last[2].push(begin, end);
      else rows.push([row, row + Math.max(whole, 1), [begin, end]]);
      at = whole > 0 ? at + whole * inner : row * inner + end;
    }
  }
  return rows;
}

/** The positions along a part that its digits have together. */
function joined(way: ReadonlyMap<Piece, Spans>, digits: readonly Piece[], budget: Budget): Spans {
  let outer: Spans = [0, 1];
  for (const digit of digits) {
    const own = way.get(digit) ?? spanOf(0, digit.size);
    const whole = countIn(own) === digit.size;
    budget.work(EFFORT * (whole ? outer.length : countIn(outer) * own.length));
    outer = whole ? outer.map((end) => end * digit.size) : placed(outer, digit.size, own);
  }
  return outer;
}

function placed(outer: Spans, size: number, own: Spans): Spans {
  const all = new Gathered();
  for (let i = 0; i < outer.length; i += 2) {
    for (let row = outer[i] as number; row < (outer[i + 1] as number); row++) {
      for (let j = 0; j < own.length; j += 2) all.add(row * size + (own[j] as number), row * size + (own[j + 1] as number));
    }
  }
  return all.spans();
}
