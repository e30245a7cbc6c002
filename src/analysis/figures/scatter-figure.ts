import { key } from './key.ts';
import { mark } from './marks.ts';
import { amount, grouped } from './numbers.ts';
import { placeLabels } from './place-labels.ts';
import { type Plot, plot } from './plot.ts';
import { type Axis, placeable } from './scale.ts';
import { document, paragraph, TOP } from './svg.ts';
import { SERIES } from './theme.ts';
import { named, unitText } from './words.ts';

export interface ScatterPoint {
  readonly name: string;
  /** Null where it is not known: then the point stands only in the table. */
  readonly x: number | null;
  readonly y: number | null;
}

export interface ScatterFigureInput {
  /** What is shown: `Cost against receptive field`. */
  readonly title: string;
  /** Of what. */
  readonly subtitle: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly points: readonly ScatterPoint[];
  readonly note?: string | undefined;
}

const HEIGHT = 220;
const RADIUS = 4.5;
/** Most points that are drawn. */
const MAX_POINTS = 60;
/** Most rows of the table. */
const MAX_ROWS = 20;

interface Numbered {
  readonly number: number;
  readonly name: string;
  readonly x: number | null;
  readonly y: number | null;
}

interface Placed extends Numbered {
  readonly x: number;
  readonly y: number;
}

/** Named points over two measures, as SVG. A name that finds no room is a number in the drawing; the table has them all. */
export function scatterFigure(input: ScatterFigureInput): string {
  const points = input.points.slice(0, MAX_POINTS).map((point, i): Numbered => {
    return { number: i + 1, name: named(point.name, 40), x: placeable(point.x, input.x.scale), y: placeable(point.y, input.y.scale) };
  });
  const placed = points.filter((point): point is Placed => point.x !== null && point.y !== null);
  const shown = { x: placed.map(({ x }) => x), y: placed.map(({ y }) => y) };
  const axes = plot(input.x, input.y, shown, { top: TOP + 6, roof: 0, height: HEIGHT });
  const table = tableOf(points, input, axes.bottom);
  const unlisted = input.points.length - Math.min(points.length, MAX_ROWS);
  const sentences = [
    placed.length < points.length ? 'A point of which a measure is not known stands only in the table.' : '',
    unlisted > 0 ? `${unlisted} more are not in the table.` : '',
    input.note ?? '',
  ];
  const notes = paragraph(sentences.filter(Boolean).join(' '), table.bottom + 17, 4);
  return document({
    heading: named(input.title, 60),
    subheading: named(input.subtitle),
    title: `${named(input.title)}: ${named(input.subtitle)}`,
    description: describe(points, input),
    height: notes.bottom + 2,
    body: axes.markup + marks(placed, axes) + table.markup + notes.markup,
  });
}

function marks(placed: readonly Placed[], { area, x, y }: Plot): string {
  const spots = placed.map((point) => ({
    x: x.place(point.x),
    y: y.place(point.y),
    radius: RADIUS,
    names: [point.name, String(point.number)],
  }));
  const shapes = spots.map((spot, i) => mark(styleOf(placed[i] as Placed), spot.x, spot.y, RADIUS, `f${styleOf(placed[i] as Placed)}`));
  return shapes.join('') + placeLabels(spots, area);
}

/** Colour and shape together; after six they come again, and the names tell them apart. */
function styleOf({ number }: Numbered): number {
  return (number - 1) % SERIES;
}

function tableOf(points: readonly Numbered[], { x, y }: ScatterFigureInput, top: number): { markup: string; bottom: number } {
  const text = (value: number | null, unit: string) => (value === null ? 'unknown' : amount(value, unit));
  const rows = points.slice(0, MAX_ROWS).map((point) => ({
    label: `${point.number}  ${point.name}`,
    cells: [text(point.x, unitText(x.unit)), text(point.y, unitText(y.unit))],
    swatch: (across: number, down: number) => mark(styleOf(point), across, down, RADIUS, `f${styleOf(point)}`),
  }));
  return key([x.label, y.label], rows, top);
}

function describe(points: readonly Numbered[], { x, y, note }: ScatterFigureInput): string {
  const value = (number: number | null, { label: name, unit }: Axis) =>
    `${named(name)} ${number === null ? 'unknown' : `${grouped(number)}${unit === '' ? '' : ` ${unitText(unit)}`}`}`;
  const each = points.map((point) => `${point.name}: ${value(point.x, x)}, ${value(point.y, y)}`);
  return `${each.length === 0 ? 'No points' : each.join('; ')}.${note ? ` ${named(note, 400)}` : ''}`;
}
