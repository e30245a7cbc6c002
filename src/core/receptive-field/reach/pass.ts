import { Fault } from '../../fault.ts';
import type { Budget } from '../influence/budget.ts';
import type { Linked, Passage } from '../influence/passage.ts';
import type { Piece } from '../influence/refine.ts';
import type { Read, Window } from '../influence/window.ts';
import { regrouped } from './digits.ts';
import type { Positions, Product } from './products.ts';
import { meets, type Spans, spanOf } from './spans.ts';
import { allHaveReaders, allRead, readBy, readersOf } from './through.ts';

/** One end of a passage: the parts that are told there, and the sizes of its parts, and behind them of its axes. */
export interface Side {
  readonly told: readonly number[];
  readonly sizes: readonly (number | null)[];
}

/** A passage with its ends. */
export interface Way {
  readonly passage: Passage;
  readonly output: Side;
  readonly input: Side;
}

/** The input positions that any of the given output positions reads. Faults: `limit-exceeded`. */
export function backThrough({ products, exact }: Positions, way: Way, budget: Budget): Positions {
  const { passage, output, input } = way;
  if (passage.kind === 'regrouped') {
    mustBeExact(exact);
    return { products: products.flatMap((product) => regrouped(product, output.told, passage.pieces, input.told, budget)), exact };
  }
  const { merged } = passage;
  const parts = merged.length > 0 ? wholesOf(passage) : input.told;
  if (merged.length > 0) mustBeExact(exact);
  const found = products.flatMap((product): Product[] => {
    for (const { output: part, map, size } of passage.limited) {
      const [spans, read] = [product[output.told.indexOf(part)] as Spans, { map, size: size ?? Infinity }];
      if (!exact && !allRead(spans, read, budget)) mustBeExact(exact);
      if (readBy(spans, read, budget).length === 0) return [];
    }
    const to = new Map<number, Spans>();
    for (const part of passage.mixed) to.set(part, spanOf(0, input.sizes[part] ?? 0));
    for (const { input: part, position } of passage.placed) to.set(part, [position, position + 1]);
    for (const { output: from, input: part, map } of passage.carried) {
      const spans = product[output.told.indexOf(from)] as Spans;
      const read = map && readOf(way, map, part);
      if (!exact && read && !allRead(spans, read, budget)) mustBeExact(exact);
      to.set(part, read ? readBy(spans, read, budget) : spans);
    }
    return filled(parts, to);
  });
  if (merged.length === 0) return { products: found, exact };
  return { products: found.flatMap((product) => regrouped(product, parts, merged, input.told, budget)), exact };
}

/** The output positions that read any of the given input positions. Faults: `limit-exceeded`. */
export function forthThrough({ products, exact }: Positions, way: Way, budget: Budget): Positions {
  const { passage, output, input } = way;
  if (passage.kind === 'regrouped') {
    mustBeExact(exact);
    return { products: products.flatMap((product) => regrouped(product, input.told, turned(passage.pieces), output.told, budget)), exact };
  }
  const { merged } = passage;
  const parts = merged.length > 0 ? wholesOf(passage) : input.told;
  if (merged.length > 0 || passage.placed.length > 0) mustBeExact(exact);
  const whole =
    merged.length === 0 ? products : products.flatMap((product) => regrouped(product, input.told, turned(merged), parts, budget));
  const found = whole.flatMap((product): Product[] => {
    const along = (part: number) => product[parts.indexOf(part)] as Spans;
    if (!passage.placed.every(({ input: part, position }) => meets(along(part), position, position + 1))) return [];
    const to = new Map<number, Spans>();
    for (const part of passage.dropped) to.set(part, spanOf(0, output.sizes[part] ?? 0));
    for (const { output: part, map, size } of passage.limited) {
      to.set(part, readersOf(spanOf(0, size ?? 0), { map, size: size ?? Infinity }, output.sizes[part] ?? 0, budget));
    }
    for (const { output: part, input: from, map } of passage.carried) {
      const spans = along(from);
      const size = output.sizes[part] ?? 0;
      const read = map && readOf(way, map, from);
      if (!exact && read && !allHaveReaders(spans, read, size, budget)) mustBeExact(exact);
      to.set(part, read ? readersOf(spans, read, size, budget) : spans);
    }
    return filled(output.told, to);
  });
  return { products: found, exact };
}

/** Parts that are right each for itself stay so only where no position of one is lost for what it is on another. */
function mustBeExact(exact: boolean): void {
  if (!exact)
    throw new Fault(
      'limit-exceeded',
      'the positions are the union of too many rectangles, on a way where they cannot be followed axis by axis',
    );
}

function readOf({ input }: Way, map: Window, part: number): Read {
  return { map, size: input.sizes[part] ?? Infinity };
}

/** The product of the spans of these parts; none where one of them is empty. */
function filled(parts: readonly number[], spans: ReadonlyMap<number, Spans>): Product[] {
  const product = parts.map((part) => spans.get(part) ?? []);
  return product.every((own) => own.length > 0) ? [product] : [];
}

/** All that a passage reads of its input, where it takes the index of some axes as a whole. */
function wholesOf({ carried, placed, mixed }: Linked): readonly number[] {
  return [...carried.map(({ input }) => input), ...placed.map(({ input }) => input), ...mixed].sort((a, b) => a - b);
}

/** Digits of a passage the other way round. */
function turned(pieces: readonly Piece[]): readonly Piece[] {
  return pieces.map(({ size, from, to }) => ({ size, from: to, to: from }));
}
