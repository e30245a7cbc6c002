import { around, type Extent, extentOf, type Lane, lengths, shows } from './extent.ts';
import { distribution } from './heat-curve.ts';
import type { HeatAxis, HeatGrid, MassSpans, PlacedAxis } from './heat-field.ts';
import { heatMap, massSwatch } from './heat-map.ts';
import { type KeyRow, key, patch } from './key.ts';
import { digits, drawable, drawableInterval, type Interval, percent, slice } from './numbers.ts';
import { cross } from './region-panel.ts';
import { subject } from './subject.ts';
import { document, INNER, MARGIN, paragraph, TOP } from './svg.ts';
import { named } from './words.ts';

export interface HeatFigureInput {
  /** What the layer belongs to: the network. */
  readonly title: string;
  readonly layer: string;
  readonly unit: readonly number[] | null;
  /** One to three, outermost first. */
  readonly axes: readonly HeatAxis[];
  /** Sides of the box around the centre that holds this share (0.5, 0.95, 0.99) of the influence, for each axis. */
  readonly mass: readonly { readonly share: number; readonly sides: readonly (number | null)[] }[];
  /** Over the last two axes, or the only one. Null where it is not known: then the boxes stand alone. */
  readonly grid: HeatGrid | null;
  /** Of three axes the influence along the first one. */
  readonly profile?: HeatGrid | null | undefined;
  /** Side of the field by the rule of 1 - 95.45 %, in positions; null where unknown. */
  readonly size: number | null;
  /** That size as a share of the theoretical one; null where unknown. */
  readonly ratio: number | null;
  readonly note?: string | undefined;
}

const MAP = 260;
const GUTTER = 40;
/** Where a field takes less of the input than this, it is shown larger. */
const ENOUGH = 1 / 3;

/**
 * The effective receptive field of one unit, as SVG: a heat map for two axes, a curve for one, both for three (the curve of the
 * first axis under the map of the others), with the theoretical field and the boxes that hold 50, 95 and 99 % of the influence.
 */
export function heatFigure(input: HeatFigureInput): string {
  const axes = input.axes.slice(0, 3).map(checked);
  const mass = input.mass.slice(0, 3).map(({ share, sides }) => ({
    share: drawable(share) ?? 0,
    spans: axes.map((axis, i) => spanAround(axis.center, drawable(sides[i]))),
  }));
  const extents = axes.map((axis, i) => viewOf(axis, [axis.theoretical, ...mass.map(({ spans }) => spans[i] ?? null)]));
  const { placed, toScale } = place(axes, extents);
  const along = (from: number, to: number): MassSpans => mass.map(({ share, spans }) => ({ share, spans: spans.slice(from, to) }));
  const flat = placed.length - Math.min(placed.length, 2);
  const drawing =
    placed.length >= 2
      ? heatMap(placed.slice(-2) as [PlacedAxis, PlacedAxis], along(flat, flat + 2), input.grid)
      : distribution(placed[0], mass, input.grid, TOP);
  const curve = flat > 0 ? distribution(placed[0], along(0, 1), input.profile ?? null, drawing.bottom + 4) : drawing;
  const table = key(
    axes.map((axis) => axis.name),
    rows(axes, mass),
    curve.bottom + 8,
  );
  const zoomed = axes.some(({ size }, i) => size !== null && !(shows(placed[i]?.lane as Lane, 0) && shows(placed[i]?.lane as Lane, size)));
  const sentences = [
    effective(input),
    flat > 0 ? `The map is over ${axes[1]?.name} and ${axes[2]?.name}, the curve along ${axes[0]?.name}, each summed over the rest.` : '',
    drawing.note,
    zoomed ? 'Only a part of the input is shown.' : '',
    toScale ? '' : 'The axes are not on one scale.',
    input.note ?? '',
  ];
  const notes = paragraph(sentences.filter(Boolean).join(' '), table.bottom + 17, 4);
  const { heading, name } = subject(input.layer, input.unit);
  return document({
    heading,
    subheading: `Effective receptive field in ${named(input.title)}`,
    title: `Effective receptive field of ${name}, in ${named(input.title)}`,
    description: [...describe(axes, mass), effective(input), input.note ? named(input.note, 400) : ''].filter(Boolean).join(' '),
    height: notes.bottom + 2,
    body: drawing.markup + (flat > 0 ? curve.markup : '') + table.markup + notes.markup,
  });
}

function checked(axis: HeatAxis): HeatAxis {
  const size = drawable(axis.size);
  return {
    name: named(axis.name, 12),
    size: size !== null && size >= 0 ? size : null,
    theoretical: drawableInterval(axis.theoretical),
    center: drawable(axis.center),
    sigma: drawable(axis.sigma),
  };
}

/** The middle of position c is c + 1/2 on a scale where a position reaches from c to c + 1. */
function spanAround(center: number | null, side: number | null): Interval | null {
  if (center === null || side === null || side < 0) return null;
  return { start: center + 0.5 - side / 2, stop: center + 0.5 + side / 2 };
}

function viewOf({ size }: HeatAxis, fields: readonly (Interval | null)[]): Extent {
  const known = fields.filter((field) => field !== null);
  const start = Math.min(...known.map((field) => field.start));
  const stop = Math.max(...known.map((field) => field.stop));
  const small = size !== null && stop - start < size * ENOUGH && start < size && stop > 0;
  return small ? around(start, stop, size) : extentOf(size, fields);
}

function place(axes: readonly HeatAxis[], extents: readonly Extent[]): { placed: PlacedAxis[]; toScale: boolean } {
  const [first, second, third] = axes.map((axis, i) => ({ axis, extent: extents[i] as Extent }));
  if (first === undefined) return { placed: [], toScale: true };
  const along = { ...first.axis, lane: { extent: first.extent, from: MARGIN, to: MARGIN + INNER } };
  if (second === undefined) return { placed: [along], toScale: true };
  const [down, across] = third ? [second, third] : [first, second];
  const top = TOP + 18;
  const sizes = lengths([across.extent], down.extent, { width: INNER - GUTTER, height: MAP });
  const width = sizes.across[0] as number;
  const left = MARGIN + GUTTER + Math.max(0, (INNER - 2 * GUTTER - width) / 2);
  const vertical = { ...down.axis, lane: { extent: down.extent, from: top, to: top + sizes.down } };
  const horizontal = { ...across.axis, lane: { extent: across.extent, from: left, to: left + width } };
  return { placed: third ? [along, vertical, horizontal] : [vertical, horizontal], toScale: sizes.toScale };
}

function rows(axes: readonly HeatAxis[], mass: MassSpans): KeyRow[] {
  return [
    { label: 'input', cells: axes.map(({ size }) => (size === null ? 'unknown' : digits(size))), swatch: patch('panel', 'none line') },
    { label: 'theoretical', cells: axes.map(({ theoretical }) => fieldText(theoretical)), swatch: patch('none line dash') },
    { label: 'size', cells: axes.map(({ theoretical }) => (theoretical ? digits(theoretical.stop - theoretical.start) : '–')) },
    { label: 'centre', cells: axes.map(({ center }) => text(center)), swatch: cross },
    { label: 'σ', cells: axes.map(({ sigma }) => text(sigma)) },
    ...mass.map(({ share, spans }, i) => ({
      label: `${percent(share)} within`,
      cells: axes.map((_, a) => text(sideOf(spans[a]))),
      swatch: (x: number, y: number) => massSwatch(i, x, y),
    })),
  ];
}

function sideOf(span: Interval | null | undefined): number | null {
  return span ? span.stop - span.start : null;
}

function fieldText(interval: Interval | null): string {
  return interval ? slice(interval) : 'unknown';
}

function text(value: number | null): string {
  return value === null ? 'unknown' : digits(Number(value.toPrecision(4)));
}

function effective({ size, ratio }: HeatFigureInput): string {
  const side = drawable(size);
  const share = drawable(ratio);
  if (side === null) return 'Its effective size is not known.';
  const part = share === null ? '' : `, ${percent(share)} of the theoretical size`;
  return `Effective size (positions above 1 − 95.45 % of the peak): ${text(side)}${part}.`;
}

function describe(axes: readonly HeatAxis[], mass: MassSpans): string[] {
  return axes.map((axis, a) => {
    const size = axis.size === null ? 'unknown size' : `size ${digits(axis.size)}`;
    const sides = mass.map(({ share, spans }) => `${percent(share)} of the influence within ${text(sideOf(spans[a]))} positions`);
    const span = axis.theoretical ? ` of size ${digits(axis.theoretical.stop - axis.theoretical.start)}` : '';
    return `Along ${axis.name} (input of ${size}): ${[`sigma ${text(axis.sigma)}`, `theoretical field ${fieldText(axis.theoretical)}${span}`, ...sides].join(', ')}.`;
  });
}
