import { amount, drawable, grouped, percent } from './numbers.ts';
import { box, document, INNER, label, line, MARGIN, paragraph, TOP } from './svg.ts';
import { BODY, SERIES, SMALL } from './theme.ts';
import { named, unitText, widthOf } from './words.ts';

export interface Bar {
  readonly label: string;
  /** Null where it is not known. */
  readonly value: number | null;
  /** Bars of one kind share a colour, and are named in the key. */
  readonly kind?: string | undefined;
}

export interface BarsFigureInput {
  /** What is shown: `Parameters by layer`. */
  readonly title: string;
  /** Of what: the network. */
  readonly subtitle: string;
  /** `FLOP`, `B`, `s`; empty for plain numbers. */
  readonly unit: string;
  readonly bars: readonly Bar[];
  /** Each bar begins where the one before it ends, and a last bar shows the sum: a waterfall. */
  readonly cumulative: boolean;
  /** What the last bar of a waterfall is called; `total` where it is not said. */
  readonly total?: string | undefined;
  readonly note?: string | undefined;
}

const MAX_BARS = 30;
const ROW = 19;
const THICKNESS = 13;
/** Most of the width that names take. */
const NAMES = 150;

/** A bar with its place along the scale. */
interface Placed {
  readonly label: string;
  readonly value: number | null;
  readonly from: number;
  readonly to: number;
  /** Index of its kind; null where it has none and others have. */
  readonly kind: number | null;
  readonly sum: boolean;
}

/** Horizontal bars, as SVG: beside one another from zero, or as a waterfall that adds up to its total. */
export function barsFigure(given: BarsFigureInput): string {
  const input = { ...given, unit: unitText(given.unit) };
  const bars = limited(input.bars.map((bar) => ({ ...bar, value: drawable(bar.value) })));
  const kinds = [...new Set(bars.map(({ kind }) => kind).filter((kind) => kind !== undefined))].slice(0, SERIES);
  const placed = place(bars, kinds, input.cumulative ? (input.total ?? 'total') : null);
  const texts = placed.map(({ value, sum }, i) => valueText(value, input, placed, sum || i === 0));
  const markup = draw(placed, texts);
  const legend = legendOf(kinds, TOP + placed.length * ROW + 14);
  const sentences = [placed.some(({ value }) => value === null) ? 'What is not known has no bar.' : '', input.note ?? ''];
  const notes = paragraph(sentences.filter(Boolean).join(' '), legend.bottom + 8, 3);
  return document({
    heading: named(input.title, 60),
    subheading: named(input.subtitle),
    title: `${named(input.title)}: ${named(input.subtitle)}`,
    description: describe(placed, input),
    height: notes.bottom + 2,
    body: markup + legend.markup + notes.markup,
  });
}

type Known = Omit<Bar, 'kind'> & { readonly kind?: string | undefined };

/** As many bars as there is room for; the last of them stands for the rest. */
function limited(bars: readonly Known[]): readonly Known[] {
  if (bars.length <= MAX_BARS) return bars;
  const rest = bars.slice(MAX_BARS - 1);
  const value = rest.reduce<number | null>((sum, bar) => (bar.value === null ? sum : (sum ?? 0) + bar.value), null);
  return [...bars.slice(0, MAX_BARS - 1), { label: `${grouped(rest.length)} others`, value: drawable(value) }];
}

function place(bars: readonly Known[], kinds: readonly string[], total: string | null): Placed[] {
  let level = 0;
  const placed = bars.map((bar): Placed => {
    const from = total === null ? 0 : level;
    level = from + (bar.value ?? 0);
    const kind = kinds.indexOf(bar.kind ?? '');
    return {
      label: named(bar.label),
      value: bar.value,
      from,
      to: level,
      kind: kind < 0 && kinds.length > 0 ? null : Math.max(0, kind),
      sum: false,
    };
  });
  return total === null ? placed : [...placed, { label: named(total), value: level, from: 0, to: level, kind: 0, sum: true }];
}

function valueText(value: number | null, { unit, cumulative }: BarsFigureInput, placed: readonly Placed[], plain: boolean): string {
  if (value === null) return 'unknown';
  const sign = cumulative && !plain && value >= 0 ? '+' : '';
  const total = wholeOf(placed);
  const share = !cumulative && total !== null && placed.length > 1 ? ` (${percent(value / total)})` : '';
  return `${sign}${amount(value, unit)}${share}`;
}

/** What the bars add up to; null where shares of it would mean nothing. */
function wholeOf(placed: readonly Placed[]): number | null {
  const values = placed.map(({ value }) => value);
  const sum = values.reduce<number>((total, value) => total + (value ?? 0), 0);
  return sum > 0 && values.every((value) => value !== null && value >= 0) ? sum : null;
}

function draw(placed: readonly Placed[], texts: readonly string[]): string {
  const names = Math.min(NAMES, 9 + Math.max(0, ...placed.map(({ label: name, sum }) => widthOf(name, BODY, sum))));
  const values = 6 + Math.max(0, ...texts.map((text) => widthOf(text, SMALL)));
  const ends = placed.flatMap(({ from, to }) => [from, to]);
  const [least, most] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  const [left, right] = [MARGIN + names, MARGIN + INNER - values];
  const span = most - least;
  const x = (value: number) => (span > 0 ? left + ((value - least) / span) * (right - left) : left);
  const bottom = TOP + placed.length * ROW;
  const bars = placed.map(({ label: name, value, from, to, kind, sum }, i) => {
    const top = TOP + i * ROW + (ROW - THICKNESS) / 2;
    const baseline = top + 10.5;
    const end = Math.max(x(from), x(to));
    return [
      sum ? line(MARGIN, top - 3, MARGIN + INNER, top - 3, 'rule') : '',
      label(name, MARGIN, baseline, { width: names - 8, class: sum ? 'b' : '' }),
      value === null ? '' : bar(x(from), x(to), top, sum, kind, to < from),
      !sum && from !== 0 && value !== null ? line(x(from), top - ROW + THICKNESS, x(from), top, 'softline') : '',
      label(texts[i] as string, end + 5, baseline, { class: value === null ? 's soft' : 's' }),
    ].join('');
  });
  return [line(x(0), TOP, x(0), bottom, 'softline'), ...bars].join('');
}

/** A bar that goes back is hatched and only outlined in its colour; the sum is in ink. */
function bar(from: number, to: number, top: number, sum: boolean, kind: number | null, back: boolean): string {
  const [left, right] = [Math.min(from, to), Math.max(from, to, Math.min(from, to) + 1)];
  const part = (name: string) => box(left, top, right, top + THICKNESS, name);
  if (sum) return part('solid');
  if (back) return part('hatch') + part(`none ${kind === null ? 'softline' : `s${kind}`}`);
  return kind === null ? part('soft') : part(`f${kind}`) + (kind > 0 ? part(`weave${kind}`) : '');
}

function legendOf(kinds: readonly string[], top: number): { markup: string; bottom: number } {
  let [x, y] = [MARGIN, top];
  const markup = kinds.map((kind, i) => {
    const name = named(kind, 24);
    const width = 16 + Math.min(170, widthOf(name, SMALL)) + 14;
    if (x + width > MARGIN + INNER && x > MARGIN) [x, y] = [MARGIN, y + 16];
    const swatch = box(x, y - 8, x + 11, y + 2, `f${i}`) + (i > 0 ? box(x, y - 8, x + 11, y + 2, `weave${i}`) : '');
    const entry = swatch + label(name, x + 16, y + 1, { class: 's', width: 170 });
    x += width;
    return entry;
  });
  return { markup: markup.join(''), bottom: kinds.length === 0 ? top - 6 : y + 12 };
}

function describe(placed: readonly Placed[], { unit, note, cumulative }: BarsFigureInput): string {
  const list = placed.map(({ label: name, value, sum }) => {
    const amount = value === null ? 'unknown' : `${grouped(value)}${unit === '' ? '' : ` ${unit}`}`;
    return `${sum ? 'sum, ' : ''}${name}: ${amount}`;
  });
  const kind = cumulative ? 'A waterfall' : 'Bars';
  return `${kind}: ${list.join('; ')}.${note ? ` ${named(note, 400)}` : ''}`;
}
