import { si } from './numbers.ts';
import { apart, type Box } from './place-labels.ts';
import type { Area, Plot } from './plot.ts';
import { placeable, type Scale } from './scale.ts';
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

/** The most that a device computes in one type of number, or in several. */
interface Ceiling {
  readonly name: string;
  readonly rate: number;
  /** The intensity at which it meets the slope of the memory. */
  readonly ridge: number;
  /** Whether some layer reaches it. */
  readonly used: boolean;
}

/** A device as it can be drawn. */
export interface Checked {
  readonly name: string;
  readonly bandwidth: number | null;
  /** The highest first; those that are as high are one. */
  readonly ceilings: readonly Ceiling[];
}

const MAX_CEILINGS = 4;
/** Of a name. */
const HEIGHT = 12;
/** How far a name stands above its ceiling where layers may lie on it. */
const RISE = 12;
/** A layer within this share of a ceiling reaches it. */
const NEARLY = 1e-3;

/** Leaves out what has no place on a logarithmic axis; of many ceilings it keeps those that some layer reaches, then the highest. */
export function checked({ name, bandwidth, ceilings }: Device, reached: readonly number[]): Checked {
  const names = new Map<number, string[]>();
  for (const ceiling of ceilings) {
    const rate = placeable(ceiling.rate, 'log');
    if (rate !== null) names.set(rate, [...(names.get(rate) ?? []), named(ceiling.name, 12)]);
  }
  const memory = placeable(bandwidth, 'log');
  const distinct = [...names].flatMap(([rate, same]) => {
    const ridge = memory === null ? null : placeable(rate / memory, 'log');
    const used = reached.some((other) => Math.abs(other - rate) <= rate * NEARLY);
    return ridge === null ? [] : [{ name: named(same.join(', '), 30), rate, ridge, used }];
  });
  const kept = distinct.sort((a, b) => Number(b.used) - Number(a.used) || b.rate - a.rate).slice(0, MAX_CEILINGS);
  return { name: named(name, 40), bandwidth: memory, ceilings: kept.sort((a, b) => b.rate - a.rate) };
}

/** The slope of the memory up to the highest ceiling, and the ceilings from where they meet it; and where that is written on. */
export function roof(device: Checked, { x, y, area }: Plot): { markup: string; taken: Box[] } {
  const [highest] = device.ceilings;
  if (highest === undefined) return { markup: '', taken: [] };
  const corner = { x: x.place(highest.ridge), y: y.place(highest.rate) };
  const foot = slopeFoot(corner, (y.place(10) - y.place(1)) / (x.place(10) - x.place(1)), area);
  const texts = ceilingNames(device.ceilings, x, y, area);
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

/** Names of the ceilings, first of those that some layer reaches; one that would touch another stays out. */
function ceilingNames(ceilings: readonly Ceiling[], x: Scale, y: Scale, area: Area): Text[] {
  let texts: Text[] = [];
  for (const { name, rate, ridge } of [...ceilings].sort((a, b) => Number(b.used) - Number(a.used))) {
    const text = `${name} ${si(rate, 'FLOP/s')}`;
    // Left of the slope no layer can be: there is room for names, if the slope is not too near the edge.
    const free = x.place(ridge) - area.left > widthOf(text, SMALL) + 14;
    const written = free ? textAt(text, area.left, y.place(rate) - 3, area) : textAt(text, area.right - 2, y.place(rate) - RISE, area);
    if (texts.every(({ box }) => Math.abs(box.bottom - written.box.bottom) >= HEIGHT)) texts = [...texts, written];
  }
  return texts;
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

/** A small text that ends at x, or as near to it as the area allows: then it begins at the area's edge. */
function textAt(text: string, x: number, baseline: number, { left }: Area): Text {
  const width = widthOf(text, SMALL);
  const begins = x - width < left + 4;
  const from = begins ? left + 4 : x - width;
  const markup = label(text, begins ? from : x, baseline, { class: 's halo', anchor: begins ? 'start' : 'end' });
  return { markup, box: { left: from, right: from + width, top: baseline - 10, bottom: baseline + 3 } };
}
