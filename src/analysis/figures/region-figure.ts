import type { FieldStatus } from '../../core/report.ts';
import { type Extent, extentOf, type Lane, lengths } from './extent.ts';
import { type KeyRow, key } from './key.ts';
import { digits, drawable, drawableInterval, type Interval, percent, slice } from './numbers.ts';
import { cross, overhangs, type PanelAxis, panel, stripAxis } from './region-panel.ts';
import { box, document, INNER, MARGIN, paragraph, TOP } from './svg.ts';
import { named } from './words.ts';

/** The field of a unit along one axis of the input. */
export interface RegionAxis {
  /** `H`, `W`, `D`, `T`, or the index of the axis. */
  readonly name: string;
  /** Of the input, in positions; null where unknown. */
  readonly size: number | null;
  /** Says why a box is missing: the field is the whole axis, is decided by the data, is not known, or there is none. */
  readonly status: FieldStatus;
  /** As if no tensor had a border; null where there is no such field. */
  readonly virtual: Interval | null;
  /** After clipping at every border; null where unknown. */
  readonly actual: Interval | null;
  /** The actual field without global statistics and gates; null where it is the same as `actual`. */
  readonly local: Interval | null;
  /** Positions between neighbouring units; null where that is no constant. */
  readonly stride: number | null;
}

export interface RegionFigureInput {
  /** What the layer belongs to: the network. */
  readonly title: string;
  /** Id of the layer. */
  readonly layer: string;
  /** Indices of the unit; null where it has none. */
  readonly unit: readonly number[] | null;
  /** One to three, outermost first: H before W, D before H. */
  readonly axes: readonly RegionAxis[];
  /** Share of the input's positions that the actual field covers, from 0 to 1; null where unknown. */
  readonly coverage: number | null;
  /** A sentence under the figure. */
  readonly note?: string | undefined;
}

/** Height of a map at most, and of a strip. */
const MAP = 250;
const STRIP = 46;
/** Left of a map, for the coordinates. */
const GUTTER = 40;
const GAP = 52;

/**
 * The receptive field of one unit on its input, as SVG. One axis is a strip, two are a map to scale; three are two views of the
 * volume side by side, which share the middle axis: from the front (H by W) and from the side (H by D).
 */
export function regionFigure(input: RegionFigureInput): string {
  const axes = input.axes.slice(0, 3).map(checked);
  const coverage = drawable(input.coverage);
  const extents = axes.map((axis) => extentOf(axis.size, [axis.virtual, axis.actual, axis.local]));
  const { markup, bottom, panels, toScale } = draw(axes, extents);
  const table = key(
    axes.map((axis) => axis.name),
    rows(axes, panels.some(overhangs)),
    bottom + 8,
  );
  const cut = axes.some((axis, i) => axis.virtual && beyond(extents[i] as Extent, axis.virtual));
  const sentences = [
    coverage === null ? '' : `Covers ${percent(coverage)} of the input.`,
    ...explain(axes),
    cut ? 'The virtual field goes on beyond the picture.' : '',
    toScale ? '' : 'The axes are not on one scale.',
    input.note ?? '',
  ];
  const notes = paragraph(sentences.filter(Boolean).join(' '), table.bottom + 17, 4);
  const unit = unitName(input.unit);
  return document({
    heading: `${named(input.layer, unit === '' ? 46 : 40)}${unit === '' ? '' : `, ${unit}`}`,
    subheading: `Receptive field in ${named(input.title)}`,
    title: `Receptive field of ${named(input.layer)}${unit === '' ? '' : `, ${unit}`}, in ${named(input.title)}`,
    description: describe(axes, coverage, input.note),
    height: notes.bottom + 2,
    body: markup + table.markup + notes.markup,
  });
}

/** `unit (3, 4)`; nothing where there is none. */
export function unitName(unit: readonly number[] | null): string {
  return unit === null || unit.length === 0 ? '' : `unit (${unit.slice(0, 4).map(digits).join(', ')})`;
}

/** What is no number is unknown. */
function checked(axis: RegionAxis): RegionAxis {
  const size = drawable(axis.size);
  return {
    ...axis,
    name: named(axis.name, 12),
    size: size !== null && size >= 0 ? size : null,
    stride: drawable(axis.stride),
    virtual: drawableInterval(axis.virtual),
    actual: drawableInterval(axis.actual),
    local: drawableInterval(axis.local),
  };
}

interface Drawing {
  readonly markup: string;
  readonly bottom: number;
  readonly panels: readonly PanelAxis[];
  readonly toScale: boolean;
}

function draw(axes: readonly RegionAxis[], extents: readonly Extent[]): Drawing {
  const place = (i: number, from: number, to: number): PanelAxis => {
    const lane: Lane = { extent: extents[i] as Extent, from, to };
    return { ...(axes[i] as RegionAxis), lane };
  };
  if (axes.length === 0) return { markup: '', bottom: TOP, panels: [], toScale: true };
  if (axes.length === 1) {
    const across = place(0, MARGIN, MARGIN + INNER);
    return { markup: panel(across, stripAxis(TOP + 6, TOP + 6 + STRIP)), bottom: TOP + STRIP + 36, panels: [across], toScale: true };
  }
  const down = axes.length - 2;
  const others = axes.length === 2 ? [1] : [2, 0];
  const room = { width: INNER - GUTTER - (others.length - 1) * GAP, height: MAP };
  const size = lengths(
    others.map((i) => extents[i] as Extent),
    extents[down] as Extent,
    room,
  );
  const used = size.across.reduce((a, b) => a + b, 0) + (others.length - 1) * GAP;
  const top = TOP + 18;
  let left = MARGIN + GUTTER + Math.max(0, (INNER - 2 * GUTTER - used) / 2);
  const vertical = place(down, top, top + size.down);
  const across = others.map((i, n) => {
    const from = left;
    left += (size.across[n] as number) + GAP;
    return place(i, from, from + (size.across[n] as number));
  });
  const markup = across.map((axis) => panel(axis, vertical)).join('');
  return { markup, bottom: top + size.down + 34, panels: [...across, vertical], toScale: size.toScale };
}

function rows(axes: readonly RegionAxis[], padded: boolean): KeyRow[] {
  const row = (label: string, cell: (axis: RegionAxis) => string, swatch?: KeyRow['swatch']): KeyRow => ({
    label,
    cells: axes.map(cell),
    ...(swatch && { swatch }),
  });
  return [
    row('input', ({ size }) => (size === null ? 'unknown' : digits(size)), patch('panel', 'none line')),
    row('actual', actualText, patch('f0 veil', 's0 none')),
    ...(axes.some((axis) => axis.local)
      ? [row('local', (axis) => (axis.local ? region(axis.local) : actualText(axis)), patch('f1 veil', 's1 none dash'))]
      : []),
    row('virtual', virtualText, patch('none line dash')),
    ...(padded ? [row('outside', overhangText, patch('hatch'))] : []),
    row('centre', ({ virtual }) => (virtual && virtual.stop > virtual.start ? digits((virtual.start + virtual.stop - 1) / 2) : '–'), cross),
    row('size', sizeText),
    row('stride', ({ stride }) => (stride === null ? '–' : digits(stride))),
  ];
}

function patch(...classes: string[]): (x: number, y: number) => string {
  return (x, y) => classes.map((name) => box(x - 8, y - 5, x + 8, y + 5, name)).join('');
}

function region(interval: Interval): string {
  return interval.stop > interval.start ? slice(interval) : 'empty';
}

const MISSING: Readonly<Record<FieldStatus, string>> = {
  exact: 'unknown',
  global: 'whole axis',
  dataDependent: 'by the data',
  unknown: 'unknown',
  none: 'none',
};

function actualText({ actual, status }: RegionAxis): string {
  return actual ? region(actual) : MISSING[status];
}

function virtualText({ virtual, status }: RegionAxis): string {
  return virtual ? region(virtual) : MISSING[status];
}

function sizeText({ virtual, actual, status }: RegionAxis): string {
  if (virtual) return digits(virtual.stop - virtual.start);
  return actual && status === 'global' ? digits(actual.stop - actual.start) : MISSING[status];
}

function overhangText({ virtual, size }: RegionAxis): string {
  if (!virtual || size === null) return '–';
  return `${digits(Math.max(0, -virtual.start))} + ${digits(Math.max(0, virtual.stop - size))}`;
}

function beyond({ lo, hi }: Extent, { start, stop }: Interval): boolean {
  return start < lo || stop > hi;
}

const REASONS: Readonly<Record<FieldStatus, ((names: string) => string) | null>> = {
  exact: null,
  global: (names) => `Along ${names} the unit sees the whole axis, whatever its size.`,
  dataDependent: (names) => `Along ${names} the data decide which positions count.`,
  unknown: (names) => `Along ${names} the field is not known.`,
  none: (names) => `The unit does not depend on the input along ${names}.`,
};

function explain(axes: readonly RegionAxis[]): string[] {
  return Object.entries(REASONS).flatMap(([status, reason]) => {
    const names = axes.filter((axis) => axis.status === status).map(({ name }) => name);
    return reason && names.length > 0 ? [reason(names.join(' and '))] : [];
  });
}

function describe(axes: readonly RegionAxis[], coverage: number | null, note: string | undefined): string {
  const along = axes.map((axis) => {
    const size = axis.size === null ? 'unknown size' : `size ${digits(axis.size)}`;
    const local = axis.local ? `, local field ${region(axis.local)}` : '';
    const stride = axis.stride === null ? '' : `, stride ${digits(axis.stride)}`;
    return `Along ${axis.name} (input of ${size}): actual field ${actualText(axis)}, virtual field ${virtualText(axis)} of size ${sizeText(axis)}${local}${stride}.`;
  });
  const covered = coverage === null ? 'Which share of the input it covers is not known.' : `It covers ${percent(coverage)} of the input.`;
  return [...along, covered, ...explain(axes), ...(note ? [named(note, 400)] : [])].filter(Boolean).join(' ');
}
