import { at, type Lane, shows } from './extent.ts';
import { digits, type Interval } from './numbers.ts';
import { box, captions, element, label, line, px } from './svg.ts';

/** One axis of a panel: where it lies, and the fields along it. */
export interface PanelAxis {
  readonly name: string;
  readonly lane: Lane;
  /** Null where it is not known: then no box is drawn along the axis, but a band of dots. */
  readonly actual: Interval | null;
  /** Null where there is none: the field is the whole axis whatever its size, or not known. */
  readonly virtual: Interval | null;
  /** Null where it is the same as the actual one. */
  readonly local: Interval | null;
}

/** The other axis of a strip: there is nothing along it. */
export function stripAxis(from: number, to: number): PanelAxis {
  const whole = { start: 0, stop: 1 };
  return { name: '', lane: { extent: { lo: 0, hi: 1, size: 1 }, from, to }, actual: whole, virtual: whole, local: null };
}

/** The fields of one unit along two axes of the input, each at its true place. */
export function panel(across: PanelAxis, down: PanelAxis): string {
  const [x, y] = [inputOf(across), inputOf(down)];
  const edge = across.lane.extent.size === null || down.lane.extent.size === null ? 'softline dot' : 'line';
  return [
    overhangs(across) || overhangs(down) ? box(across.lane.from, down.lane.from, across.lane.to, down.lane.to, 'hatch') : '',
    box(x.from, y.from, x.to, y.to, 'panel'),
    field(across, down),
    box(x.from, y.from, x.to, y.to, `none ${edge}`),
    virtualBox(across, down),
    centre(across, down),
    ticksDown(down, across.lane.from),
  ].join('');
}

interface Span {
  readonly from: number;
  readonly to: number;
}

function inputOf({ lane }: PanelAxis): Span {
  const { size } = lane.extent;
  return size === null ? lane : { from: at(lane, 0), to: at(lane, size) };
}

/** Whether something is shown beyond the input. */
export function overhangs({ lane: { extent } }: PanelAxis): boolean {
  return extent.size !== null && (extent.lo < 0 || extent.hi > extent.size);
}

function field(across: PanelAxis, down: PanelAxis): string {
  const [x, y] = [fieldSpan(across, across.actual), fieldSpan(down, down.actual)];
  if (!x || !y) return '';
  const known = across.actual !== null && down.actual !== null;
  const actual = known ? box(x.from, y.from, x.to, y.to, 'f0 veil') + box(x.from, y.from, x.to, y.to, 's0 none') : '';
  const whole = known ? actual : box(x.from, y.from, x.to, y.to, 'dots');
  if (!across.local && !down.local) return whole;
  const [u, v] = [fieldSpan(across, across.local ?? across.actual), fieldSpan(down, down.local ?? down.actual)];
  return u && v ? `${whole}${box(u.from, v.from, u.to, v.to, 'f1 veil')}${box(u.from, v.from, u.to, v.to, 's1 none dash')}` : whole;
}

/** The whole input where the field is not known; nothing for an empty one. */
function fieldSpan(axis: PanelAxis, interval: Interval | null): Span | null {
  if (interval === null) return inputOf(axis);
  return interval.stop > interval.start ? spanOf(axis.lane, interval) : null;
}

/** At least two pixels, as one position in a million is there too. */
function spanOf(lane: Lane, { start, stop }: Interval): Span {
  const [from, to] = [at(lane, start), at(lane, stop)];
  if (to - from >= 2) return { from, to };
  const middle = Math.min(Math.max((from + to) / 2, lane.from + 1), lane.to - 1);
  return { from: middle - 1, to: middle + 1 };
}

/** Dashed, and open at a side that lies beyond what is shown. */
function virtualBox(across: PanelAxis, down: PanelAxis): string {
  const [x, y] = [virtualSpan(across), virtualSpan(down)];
  if (!x || !y) return '';
  return [
    x.sides.map((side) => line(side, y.from, side, y.to, 'line dash')),
    y.sides.map((side) => line(x.from, side, x.to, side, 'line dash')),
  ]
    .flat()
    .join('');
}

function virtualSpan({ lane, virtual }: PanelAxis): (Span & { readonly sides: readonly number[] }) | null {
  if (virtual === null) return { from: lane.from, to: lane.to, sides: [] };
  if (virtual.stop <= virtual.start) return null;
  const span = spanOf(lane, virtual);
  return { ...span, sides: [...(shows(lane, virtual.start) ? [span.from] : []), ...(shows(lane, virtual.stop) ? [span.to] : [])] };
}

function centre(across: PanelAxis, down: PanelAxis): string {
  const [x, y] = [middleOf(across), middleOf(down)];
  return x === null || y === null ? '' : cross(x, y);
}

function middleOf({ lane, virtual }: PanelAxis): number | null {
  const middle = virtual && virtual.stop > virtual.start ? (virtual.start + virtual.stop) / 2 : null;
  return middle === null || !shows(lane, middle) ? null : at(lane, middle);
}

/** What marks the centre of a unit. */
export function cross(x: number, y: number): string {
  const d = `M${px(x - 4)} ${px(y)}H${px(x + 4)}M${px(x)} ${px(y - 4)}V${px(y + 4)}`;
  return element('path', { class: 'casing', d }) + element('path', { class: 'line', d });
}

/** What the coordinates along an axis need. */
type Ticked = Pick<PanelAxis, 'name' | 'lane' | 'actual'>;

/** Coordinates under panels that stand side by side, and the names of their axes under them. */
export function ticksAcross(axes: readonly Ticked[], bottom: number): string {
  const marks = axes.flatMap(({ lane, actual }) => coordinates(lane, actual));
  return [
    ...marks.map(({ place }) => line(place, bottom, place, bottom + 4, 'softline')),
    captions(marks, bottom + 15),
    ...axes.map(({ name, lane: { from, to } }) =>
      label(name, (from + to) / 2, bottom + 29, { class: 's b', anchor: 'middle', width: to - from }),
    ),
  ].join('');
}

/** Coordinates left of a panel, and the name of the axis above them. */
export function ticksDown({ name, lane, actual }: Ticked, left: number): string {
  if (name === '') return '';
  let marks: { text: string; place: number }[] = [];
  for (const mark of coordinates(lane, actual)) {
    if (marks.every(({ place }) => Math.abs(place - mark.place) > 13)) marks = [...marks, mark];
  }
  return [
    ...marks.map(({ place }) => line(left - 4, place, left, place, 'softline')),
    ...marks.map(({ text, place }) => label(text, left - 7, place + 4, { class: 's soft', anchor: 'end', width: 40 })),
    label(name, left - 7, lane.from - 9, { class: 's b', anchor: 'end', width: 40 }),
  ].join('');
}

/** The ends of the input first, as what comes later makes way. */
function coordinates(lane: Lane, actual: Interval | null): { text: string; place: number }[] {
  const { size } = lane.extent;
  const positions = [...(size === null ? [] : [0, size]), ...(actual ? [actual.start, actual.stop] : [])];
  return positions.filter((position) => shows(lane, position)).map((position) => ({ text: digits(position), place: at(lane, position) }));
}
