import type { Area } from './plot.ts';
import { label } from './svg.ts';
import { SMALL } from './theme.ts';
import { fit, widthOf } from './words.ts';

/** A point to be named. */
export interface Spot {
  readonly x: number;
  readonly y: number;
  /** Of its mark. */
  readonly radius: number;
  /** From the best to the shortest: the first that finds room is written. */
  readonly names: readonly string[];
}

/** A rectangle of the figure. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Widest name. */
const WIDEST = 110;
const HEIGHT = 12;
const NEAR = 3;

/**
 * Names beside points, each where it covers no mark, no other name and nothing that is `written` already, or within its own mark
 * where that is large. What finds no room stays out; the first come first.
 */
export function placeLabels(spots: readonly Spot[], area: Area, written: readonly Box[] = []): string {
  const texts = [...written];
  const marks = spots.map(({ x, y, radius }) => ({ left: x - radius, right: x + radius, top: y - radius, bottom: y + radius }));
  return spots.map((spot) => nameOf(spot, area, texts, marks)).join('');
}

function nameOf(spot: Spot, area: Area, texts: Box[], marks: readonly Box[]): string {
  for (const name of spot.names) {
    const text = fit(name, WIDEST, SMALL);
    const width = widthOf(text, SMALL);
    const within = placeWithin(spot, width).filter((box) => texts.every((other) => apart(box, other)));
    const beside = placesBeside(spot, width).filter((box) => inside(box, area) && [...texts, ...marks].every((other) => apart(box, other)));
    const [place] = [...within, ...beside];
    if (place === undefined) continue;
    texts.push(place);
    return label(text, place.left, place.bottom - 2, { class: 's halo' });
  }
  return '';
}

function placeWithin({ x, y, radius }: Spot, width: number): Box[] {
  return width <= 1.3 * radius ? [{ left: x - width / 2, right: x + width / 2, top: y - HEIGHT / 2, bottom: y + HEIGHT / 2 }] : [];
}

/** To the right, to the left, above, below, then the corners. */
function placesBeside({ x, y, radius }: Spot, width: number): Box[] {
  const side = radius + NEAR;
  const [right, left, middle] = [x + side, x - side - width, x - width / 2];
  const [above, below, level] = [y - side - HEIGHT + 2, y + side - 2, y - HEIGHT / 2];
  const corner = radius * 0.7 + 1;
  const places: readonly (readonly [number, number])[] = [
    [right, level],
    [left, level],
    [middle, above],
    [middle, below],
    [x + corner, y - corner - HEIGHT],
    [x + corner, y + corner],
    [x - corner - width, y - corner - HEIGHT],
    [x - corner - width, y + corner],
  ];
  return places.map(([from, top]) => ({ left: from, right: from + width, top, bottom: top + HEIGHT }));
}

function inside(box: Box, area: Area): boolean {
  return box.left >= area.left && box.right <= area.right && box.top >= area.top && box.bottom <= area.bottom;
}

/** Whether two rectangles leave each other room. */
export function apart(a: Box, b: Box): boolean {
  return a.right + 1 < b.left || b.right + 1 < a.left || a.bottom < b.top || b.bottom < a.top;
}
