import { type CurveSeries, checked, type Point, type Series } from './curve-points.ts';
import { key } from './key.ts';
import { fault, mark } from './marks.ts';
import { amount, grouped } from './numbers.ts';
import { type Plot, plot } from './plot.ts';
import { type Axis, placeable } from './scale.ts';
import { document, element, label, line, paragraph, px, TOP } from './svg.ts';
import { SERIES, SMALL } from './theme.ts';
import { fit, named, unitText, widthOf } from './words.ts';

export interface CurveFigureInput {
  /** What is shown: `Cost against input size`. */
  readonly title: string;
  /** Of what: the network. */
  readonly subtitle: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly CurveSeries[];
  /** How points are joined: by straight lines, or by steps where a value holds until the next. Lines where it is not said. */
  readonly join?: 'lines' | 'steps' | undefined;
  /** Places on the horizontal axis that mean something: an input's size, a peak. */
  readonly places?: readonly { readonly x: number; readonly label: string }[] | undefined;
  readonly note?: string | undefined;
}

const HEIGHT = 190;
/** Most points of a series that are marked one by one. */
const MAX_MARKS = 40;
const MAX_PLACES = 6;
/** Widest name of a place. */
const NAME = 200;
const DASHES = ['', 'dash', 'dot', 'dashdot', 'long', 'fine'];

/** One or more series over one axis, as SVG: lines with marks, breaks where there is no value, crosses where something is wrong. */
export function curveFigure(input: CurveFigureInput): string {
  const series = input.series.slice(0, SERIES).map((one) => checked(one, input.x.scale, input.y.scale));
  const places = placesOf(input);
  const all = series.flatMap(({ points }) => points);
  const shown = { x: [...all.map(({ x }) => x), ...places.map(({ x }) => x)], y: all.flatMap(({ y }) => (y === null ? [] : [y])) };
  const axes = plot(input.x, input.y, shown, { top: TOP + 6, roof: places.length > 0 ? 14 : 0, height: HEIGHT });
  const table = summary(series, input, axes.bottom);
  const faults = sum(series, (one) => one.faults);
  const left = input.series.length - series.length;
  const sentences = [
    faults > 0 ? `× ${grouped(faults)} ${faults === 1 ? 'point' : 'points'} with a fault${reasons(all)}.` : '',
    boundsText(series),
    left > 0 ? `${left} more series are not drawn.` : '',
    input.note ?? '',
  ];
  const notes = paragraph(sentences.filter(Boolean).join(' '), table.bottom + 17, 4);
  return document({
    heading: named(input.title, 60),
    subheading: named(input.subtitle),
    title: `${named(input.title)}: ${named(input.subtitle)}`,
    description: describe(series, places, input, faults),
    height: notes.bottom + 2,
    body: [
      axes.markup,
      placeMarks(places, axes),
      ...series.map((one, i) => curve(one, i, axes, input.join ?? 'lines')),
      table.markup,
      notes.markup,
    ].join(''),
  });
}

function curve({ points }: Series, n: number, { x, y, area }: Plot, join: 'lines' | 'steps'): string {
  // What leads to or from a lower bound is not where the curve is, only what it is above.
  const solid = { d: '', at: -1 };
  const dotted = { d: '', at: -1 };
  const places = points.map((point) => (point.y === null ? null : ([px(x.place(point.x)), px(y.place(point.y))] as const)));
  points.forEach((point, i) => {
    const [from, to] = [places[i - 1], places[i]];
    if (!to) return;
    const path = point.bound || (from && points[i - 1]?.bound) ? dotted : solid;
    if (from && path.at !== i - 1) path.d += `M${from.join(' ')}`;
    if (!from) path.d += `M${to.join(' ')}`;
    else path.d += join === 'steps' ? `H${to[0]}V${to[1]}` : `L${to.join(' ')}`;
    path.at = i;
  });
  const marked = points.length <= MAX_MARKS;
  return [
    solid.d === '' ? '' : element('path', { class: `none s${n} ${DASHES[n]}`, d: solid.d }),
    dotted.d === '' ? '' : element('path', { class: `none s${n} thin dot`, d: dotted.d }),
    ...points.map((point, i) => {
      const place = x.place(point.x);
      if (point.fault !== null) return fault(place, point.y === null ? area.bottom - 6 : y.place(point.y));
      if (point.y === null) return '';
      const alone = (points[i - 1]?.y ?? null) === null && (points[i + 1]?.y ?? null) === null;
      return marked || alone ? mark(n, place, y.place(point.y), 3.5, point.bound ? `none thin s${n}` : `f${n}`) : '';
    }),
  ].join('');
}

/** How many of the values are lower bounds, in words; nothing where none is. */
function boundsText(series: readonly Series[]): string {
  const [bounds, count] = [sum(series, ({ bounds }) => bounds), sum(series, ({ count }) => count)];
  if (bounds === 0) return '';
  const some = bounds === 1 ? '1 value is a lower bound' : `${grouped(bounds)} values are lower bounds`;
  return `${bounds === count ? 'All values are lower bounds' : some} (dotted, ≥), as something of the network is not known.`;
}

function sum(series: readonly Series[], of: (one: Series) => number): number {
  return series.reduce((total, one) => total + of(one), 0);
}

interface Place {
  readonly x: number;
  readonly label: string;
}

function placesOf({ places = [], x: { scale } }: CurveFigureInput): Place[] {
  const checkedPlaces = places.slice(0, MAX_PLACES).map(({ x, label: text }) => ({ x: placeable(x, scale), label: named(text, 40) }));
  return checkedPlaces.flatMap(({ x, label: text }) => (x === null ? [] : [{ x, label: text }])).sort((a, b) => a.x - b.x);
}

/** Lines across the plot, with their names above it as far as they do not touch. */
function placeMarks(places: readonly Place[], { x: scale, area }: Plot): string {
  let end = Number.NEGATIVE_INFINITY;
  const marks = places.map(({ x, label: text }) => {
    const place = scale.place(x);
    const name = fit(text, NAME, SMALL);
    const half = widthOf(name, SMALL) / 2;
    const middle = Math.min(Math.max(place, area.left + half), area.right - half);
    const rule = line(place, area.top, place, area.bottom, 'softline dot');
    if (middle - half < end + 6) return rule;
    end = middle + half;
    return rule + label(name, middle, area.top - 4, { class: 's soft', anchor: 'middle' });
  });
  return marks.join('');
}

/** The key, which is a table of the least, the greatest and the last value of each series. */
function summary(series: readonly Series[], { y }: CurveFigureInput, top: number): { markup: string; bottom: number } {
  if (series.length === 0) return { markup: '', bottom: top };
  return key(
    ['least', 'greatest', 'last'],
    series.map(({ name, points, bounds }, n) => ({
      label: name,
      cells: facts(points).map((value, column) => {
        if (value === null) return '–';
        const bound = column === 1 ? bounds > 0 : points.findLast((point) => point.y === value)?.bound;
        return `${bound ? '≥ ' : ''}${amount(value, unitText(y.unit))}`;
      }),
      swatch: (across, down) => line(across - 9, down, across + 9, down, `none s${n} ${DASHES[n]}`) + mark(n, across, down, 3.5, `f${n}`),
    })),
    top,
  );
}

function facts(points: readonly Point[]): (number | null)[] {
  const values = points.flatMap(({ y }) => (y === null ? [] : [y]));
  if (values.length === 0) return [null, null, null];
  return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b)), values.at(-1) as number];
}

function reasons(points: readonly Point[]): string {
  const different = [...new Set(points.flatMap(({ fault: why }) => (why ? [why] : [])))];
  return different.length === 0 ? '' : `: ${different.slice(0, 2).join('; ')}${different.length > 2 ? '; …' : ''}`;
}

function describe(series: readonly Series[], places: readonly Place[], { x, y, note }: CurveFigureInput, faults: number): string {
  const each = series.map(({ name, points, count }) => {
    const [first, last] = [points[0], points.at(-1)];
    const [least, greatest] = facts(points);
    if (!first || !last || least == null || greatest == null) return `${name}: no values.`;
    const value = (point: Point) => `${point.y === null ? 'no value' : grouped(point.y)} at ${grouped(point.x)}`;
    return `${name}: ${grouped(count)} ${count === 1 ? 'point' : 'points'}, from ${value(first)} to ${value(last)}, between ${grouped(least)} and ${grouped(greatest)}.`;
  });
  const head = `${named(y.label)}${y.unit === '' ? '' : ` in ${unitText(y.unit)}`} against ${named(x.label)}.`;
  const marked = places.map(({ x: place, label: text }) => `${text}: ${grouped(place)}`);
  return [
    head,
    ...each,
    marked.length > 0 ? `Marked: ${marked.join('; ')}.` : '',
    faults > 0 ? `${grouped(faults)} ${faults === 1 ? 'point has' : 'points have'} a fault.` : '',
    boundsText(series),
    note ? named(note, 400) : '',
  ]
    .filter(Boolean)
    .join(' ');
}
