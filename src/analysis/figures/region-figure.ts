import { type Extent, extentOf, type Lane, lengths } from './extent.ts';
import { type KeyRow, key, patch } from './key.ts';
import { digits, drawable, drawableInterval, type Interval, percent } from './numbers.ts';
import { cross, overhangs, type PanelAxis, panel, stripAxis, ticksAcross } from './region-panel.ts';
import { actualText, describe, explain, overhangText, type RegionAxis, region, sizeText, virtualText } from './region-words.ts';
import { subject } from './subject.ts';
import { document, INNER, MARGIN, paragraph, TOP } from './svg.ts';
import { named } from './words.ts';

export interface RegionFigureInput {
  /** What the layer belongs to: the network. */
  readonly title: string;
  /** Id of the layer. */
  readonly layer: string;
  /** Indices of the unit; null where it has none. */
  readonly unit: readonly number[] | null;
  /** One to three, outermost first: H before W, D before H. */
  readonly axes: readonly RegionAxis[];
  /** Share of the input's positions that the actual field covers, from 0 to 1; where null, that of its box. */
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
  const coverage = drawable(input.coverage) ?? shareOfBox(axes);
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
  const { heading, name } = subject(input.layer, input.unit);
  return document({
    heading,
    subheading: `Receptive field in ${named(input.title)}`,
    title: `Receptive field of ${name}, in ${named(input.title)}`,
    description: describe(axes, coverage, input.note),
    height: notes.bottom + 2,
    body: markup + table.markup + notes.markup,
  });
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

/** Null where a box or a size is not known. */
function shareOfBox(axes: readonly RegionAxis[]): number | null {
  const shares = axes.map(({ actual, size }) => (actual && size ? Math.min(1, (actual.stop - actual.start) / size) : null));
  return shares.length === 0 ? null : shares.reduce((product, share) => (product === null || share === null ? null : product * share));
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
    const end = TOP + 6 + STRIP;
    return {
      markup: panel(across, stripAxis(TOP + 6, end)) + ticksAcross([across], end),
      bottom: TOP + STRIP + 36,
      panels: [across],
      toScale: true,
    };
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
  const markup = across.map((axis) => panel(axis, vertical)).join('') + ticksAcross(across, vertical.lane.to);
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

function beyond({ lo, hi }: Extent, { start, stop }: Interval): boolean {
  return start < lo || stop > hi;
}
