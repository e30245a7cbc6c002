import { si } from './numbers.ts';
import { apart, type Box } from './place-labels.ts';
import type { Area, Plot } from './plot.ts';
import { placeable } from './scale.ts';
import { label, line } from './svg.ts';
import { SMALL } from './theme.ts';
import { named, widthOf } from './words.ts';

/** What a network may run on. */
export interface Device {
  readonly name: string;
  /** Bytes per second. */
  readonly bandwidth: number;
  /** FLOP per second that the device reaches at most, one for each type of number that it computes in. */
  readonly ceilings: readonly { readonly name: string; readonly rate: number }[];
}

/** A device as it can be drawn. */
export interface Checked {
  readonly name: string;
  readonly bandwidth: number | null;
  /** The highest first; those that are as high are one. `ridge` is the intensity at which it meets the slope of the memory. */
  readonly ceilings: readonly { readonly name: string; readonly rate: number; readonly ridge: number }[];
}

const MAX_CEILINGS = 4;

/** Leaves out what has no place on a logarithmic axis. */
export function checked({ name, bandwidth, ceilings }: Device): Checked {
  const names = new Map<number, string[]>();
  for (const ceiling of ceilings) {
    const rate = placeable(ceiling.rate, 'log');
    if (rate !== null) names.set(rate, [...(names.get(rate) ?? []), named(ceiling.name, 12)]);
  }
  const memory = placeable(bandwidth, 'log');
  const distinct = [...names].flatMap(([rate, same]) => {
    const ridge = memory === null ? null : placeable(rate / memory, 'log');
    return ridge === null ? [] : [{ name: named(same.join(', '), 30), rate, ridge }];
  });
  return { name: named(name, 40), bandwidth: memory, ceilings: distinct.sort((a, b) => b.rate - a.rate).slice(0, MAX_CEILINGS) };
}

/** The slope of the memory up to the highest ceiling, and the ceilings from where they meet it; and where that is written on. */
export function roof(device: Checked, { x, y, area }: Plot): { markup: string; taken: Box[] } {
  const [highest] = device.ceilings;
  if (highest === undefined) return { markup: '', taken: [] };
  const corner = { x: x.place(highest.ridge), y: y.place(highest.rate) };
  const foot = slopeFoot(corner, (y.place(10) - y.place(1)) / (x.place(10) - x.place(1)), area);
  const texts = device.ceilings.flatMap(({ name, rate, ridge }, i): Text[] => {
    const crowded = device.ceilings.slice(0, i).some((other) => Math.abs(y.place(other.rate) - y.place(rate)) < 13);
    const text = `${name} ${si(rate, 'FLOP/s')}`;
    // Left of the slope no layer can be: there is room for names, if the slope is not too near the edge.
    const free = x.place(ridge) - area.left > widthOf(text, SMALL) + 14;
    return crowded ? [] : [textAt(text, free ? area.left : area.right - 2, y.place(rate) - 4, area)];
  });
  const ridgeName = textAt(`ridge ${si(highest.ridge, 'FLOP/B')}`, corner.x - 4, area.bottom - 5, area);
  const written = texts.every(({ box }) => apart(box, ridgeName.box)) ? [...texts, ridgeName] : texts;
  const markup = [
    line(foot.x, foot.y, corner.x, corner.y, 'line strong'),
    line(corner.x, corner.y, corner.x, area.bottom, 'softline dot'),
    ...device.ceilings.map(({ rate, ridge }) => line(area.left, y.place(rate), x.place(ridge), y.place(rate), 'softline dot')),
    ...device.ceilings.map(({ rate, ridge }, i) => {
      return line(x.place(ridge), y.place(rate), area.right, y.place(rate), i === 0 ? 'line strong' : 'line dash');
    }),
    ...written.map(({ markup: text }) => text),
  ].join('');
  return { markup, taken: written.map(({ box }) => box) };
}

/** Where the slope enters the area: on two logarithmic axes it is a straight line. */
function slopeFoot(corner: { x: number; y: number }, slope: number, area: Area): { x: number; y: number } {
  const left = corner.y + (area.left - corner.x) * slope;
  return left <= area.bottom ? { x: area.left, y: left } : { x: corner.x + (area.bottom - corner.y) / slope, y: area.bottom };
}

interface Text {
  readonly markup: string;
  readonly box: Box;
}

/** A small text that ends at x, or as near to it as the area allows. */
function textAt(text: string, x: number, baseline: number, { left }: Area): Text {
  const width = widthOf(text, SMALL);
  const right = Math.max(x, left + width + 4);
  const box = { left: right - width, right, top: baseline - 10, bottom: baseline + 3 };
  return { markup: label(text, right, baseline, { class: 's halo', anchor: 'end' }), box };
}
