import type { Budget } from '../influence/budget.ts';
import { countIn, EFFORT, holds, type Spans, sameSpans, spanOf, unite } from './spans.ts';

/** Positions of a tensor: on each told part (see `parts.ts`) those of its spans, in all combinations. */
export type Product = readonly Spans[];

/** Positions of a tensor: those of all products. */
export interface Positions {
  readonly products: readonly Product[];
  /**
   * False where there were more products than are followed. Then it is one, of which each part is right for itself, but not all
   * combinations are among the positions.
   */
  readonly exact: boolean;
}

/** Most products of one tensor: crosses of unlike kernels make a few. */
export const MAX_PRODUCTS = 256;

/** All positions of both. */
export function together(a: Positions | undefined, b: Positions, most: number, budget: Budget): Positions {
  if (a && b.exact === a.exact && b.products.every((next) => a.products.some((product) => covers(product, next)))) return a;
  const exact = b.exact && (a?.exact ?? true);
  const products = [...(a?.products ?? [])];
  for (const next of b.products) {
    budget.work(EFFORT * (products.length + 1) * next.length);
    put(products, next);
  }
  return products.length > (exact ? most : 1) ? { products: [bounds(products)], exact: false } : { products, exact };
}

/** Adds a product to a list, of which none holds another one, and none makes one with another one. */
function put(products: Product[], added: Product): void {
  let next = added;
  for (;;) {
    const known = next;
    if (products.some((product) => covers(product, known))) return;
    const twin = products.findIndex((product) => unlike(product, known) <= 1);
    if (twin < 0) break;
    const [product] = products.splice(twin, 1) as [Product];
    next = product.map((spans, part) => unite(spans, known[part] as Spans));
  }
  const whole = next;
  const apart = products.filter((product) => !covers(whole, product));
  products.splice(0, products.length, ...apart, whole);
}

function covers(a: Product, b: Product): boolean {
  return a.every((spans, part) => holds(spans, b[part] as Spans));
}

/** On how many parts two products differ. */
function unlike(a: Product, b: Product): number {
  return a.reduce((count, spans, part) => (sameSpans(spans, b[part] as Spans) ? count : count + 1), 0);
}

/** The positions along each part. */
export function bounds(products: readonly Product[]): Product {
  return products.reduce((all, product) => all.map((spans, part) => unite(spans, product[part] as Spans)));
}

/** How many positions products have together: slab by slab along the first part, in each of which the same products lie. */
export function volumeOf(products: readonly Product[], budget: Budget): number {
  const [first, ...more] = products;
  if (!first) return 0;
  if (more.length === 0 || first.length === 0) return first.reduce((volume, spans) => volume * countIn(spans), 1);
  const ends = [...new Set(products.flatMap(([spans]) => spans ?? []))].sort((a, b) => a - b);
  const known = new Map<string, number>();
  let volume = 0;
  for (const [i, start] of ends.slice(0, -1).entries()) {
    budget.work(EFFORT * products.length);
    const slab = spanOf(start, start + 1);
    const within = products.flatMap(([spans], at) => (spans && holds(spans, slab) ? [at] : []));
    const key = within.join(' ');
    const area =
      known.get(key) ??
      volumeOf(
        within.map((at) => (products[at] as Product).slice(1)),
        budget,
      );
    known.set(key, area);
    volume += ((ends[i + 1] as number) - start) * area;
  }
  return volume;
}
