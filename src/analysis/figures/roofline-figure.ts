import { type KeyRow, key } from './key.ts';
import { mark } from './marks.ts';
import { drawable, grouped, percent, si } from './numbers.ts';
import { type Box, placeLabels } from './place-labels.ts';
import { type Plot, plot } from './plot.ts';
import { type Checked, checked, type Device, roof } from './roof.ts';
import { placeable } from './scale.ts';
import { document, element, paragraph, TOP } from './svg.ts';
import { named } from './words.ts';

/** One node, or the whole network, against the device. */
export interface RooflinePoint {
  readonly name: string;
  /** FLOP for each byte moved. */
  readonly intensity: number | null;
  /** FLOP per second that the device reaches at most at this intensity. */
  readonly rate: number | null;
  /** Of the time of the whole network, from 0 to 1; null where unknown. */
  readonly share: number | null;
  readonly bound: 'compute' | 'memory' | null;
}

export interface RooflineFigureInput {
  /** Of what: the network. */
  readonly title: string;
  readonly device: Device;
  readonly layers: readonly RooflinePoint[];
  /** All layers together; null where it is not known. */
  readonly total: Omit<RooflinePoint, 'name'> | null;
  readonly note?: string | undefined;
}

const HEIGHT = 210;
/** The heaviest layers are drawn; what is left takes hardly any time. */
const MAX_LAYERS = 400;
/** The heaviest of them are named. */
const NAMED = 5;
const MIN_RADIUS = 2;
const MAX_RADIUS = 11;
/** Share of the time that makes a circle as large as can be, unless a layer takes more. */
const FULL_SHARE = 0.1;

interface Placed {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly share: number | null;
  readonly bound: RooflinePoint['bound'];
}

/** The layers of a network under the roof of a device, as SVG: both axes logarithmic, each layer as large as its share of the time. */
export function rooflineFigure(input: RooflineFigureInput): string {
  const known = input.layers.flatMap((layer) => placedPoint(layer, layer.name));
  const device = checked(
    input.device,
    known.map(({ y }) => y),
  );
  const layers = [...known].sort((a, b) => (b.share ?? 0) - (a.share ?? 0)).slice(0, MAX_LAYERS);
  const total = input.total === null ? null : (placedPoint(input.total, 'total')[0] ?? null);
  const points = total === null ? layers : [...layers, total];
  const axes = plot(
    { label: 'arithmetic intensity', unit: 'FLOP/B', scale: 'log' },
    { label: 'performance', unit: 'FLOP/s', scale: 'log' },
    shownOf(points, device),
    { top: TOP + 6, roof: 18, height: HEIGHT },
  );
  const lines = roof(device, axes);
  const table = tableOf(layers.slice(0, NAMED), total, axes.bottom);
  const missing = input.layers.length - known.length;
  const sentences = [
    'Filled circles are bound by compute, open ones by memory; the larger, the more of the time.',
    missing > 0 ? `${grouped(missing)} ${missing === 1 ? 'layer has' : 'layers have'} no known place.` : '',
    known.length > layers.length ? `${grouped(known.length - layers.length)} layers of the least time are not drawn.` : '',
    input.note ?? '',
  ];
  const notes = paragraph(sentences.filter(Boolean).join(' '), table.bottom + 17, 4);
  return document({
    heading: named(input.title, 60),
    subheading: `Roofline on ${device.name}`,
    title: `Roofline of ${named(input.title)} on ${device.name}`,
    description: describe(device, layers, total, input.note),
    height: notes.bottom + 2,
    body: axes.markup + lines.markup + pointMarks(layers, total, axes, lines.taken) + table.markup + notes.markup,
  });
}

function placedPoint({ intensity, rate, share, bound }: Omit<RooflinePoint, 'name'>, name: string): Placed[] {
  const x = placeable(intensity, 'log');
  const y = placeable(rate, 'log');
  const part = drawable(share);
  return x === null || y === null
    ? []
    : [{ name: named(name, 60), x, y, share: part === null ? null : Math.min(1, Math.max(0, part)), bound }];
}

/** The layers, each ridge with some room behind it, and the roof above the least intensity. */
function shownOf(points: readonly Placed[], device: Checked): { x: number[]; y: number[] } {
  const ridges = device.ceilings.map(({ ridge }) => ridge);
  const x = [...points.flatMap((point) => [point.x, point.x * 1.3]), ...ridges, ...ridges.map((intensity) => intensity * 3)].filter(
    positive,
  );
  const y = [...points.map((point) => point.y), ...device.ceilings.map(({ rate }) => rate)];
  return { x, y: [...y, Math.min(...x, 1) * (device.bandwidth ?? 0)].filter(positive) };
}

function positive(value: number): boolean {
  return placeable(value, 'log') !== null;
}

function pointMarks(layers: readonly Placed[], total: Placed | null, { x, y, area }: Plot, taken: readonly Box[]): string {
  const full = Math.max(...layers.map(({ share }) => share ?? 0), FULL_SHARE);
  const spots = layers.map((layer, i) => ({
    x: x.place(layer.x),
    y: y.place(layer.y),
    radius: MIN_RADIUS + (MAX_RADIUS - MIN_RADIUS) * Math.sqrt((layer.share ?? 0) / full),
    names: i < NAMED ? [String(i + 1)] : [],
  }));
  const circles = spots.map((spot, i) => layerMark(spot.x, spot.y, spot.radius, layers[i]?.bound ?? null));
  const whole = total === null ? [] : [{ x: x.place(total.x), y: y.place(total.y), radius: 7, names: ['total'] }];
  return [...circles, ...whole.map((spot) => totalMark(spot.x, spot.y)), placeLabels([...whole, ...spots], area, taken)].join('');
}

function layerMark(x: number, y: number, radius: number, bound: RooflinePoint['bound']): string {
  const fill = bound === 'compute' ? element('circle', { class: 'f0 veil', cx: x, cy: y, r: radius }) : '';
  return fill + element('circle', { class: `none thin s0${bound === null ? ' dot' : ''}`, cx: x, cy: y, r: radius });
}

function totalMark(x: number, y: number): string {
  return mark(3, x, y, 6, 'casing') + mark(3, x, y, 5, 'solid');
}

function tableOf(heaviest: readonly Placed[], total: Placed | null, top: number): { markup: string; bottom: number } {
  const cells = ({ x, y, share }: Placed) => [share === null ? 'unknown' : percent(share), si(x), si(y)];
  const rows: KeyRow[] = heaviest.map((layer, i) => ({
    label: `${i + 1}  ${layer.name}`,
    cells: cells(layer),
    swatch: (across, down) => layerMark(across, down, 5, layer.bound),
  }));
  if (total !== null) rows.push({ label: 'total', cells: cells(total), swatch: totalMark });
  return key(['time', 'FLOP/B', 'FLOP/s'], rows, top);
}

function describe(
  { name, bandwidth, ceilings }: Checked,
  layers: readonly Placed[],
  total: Placed | null,
  note: string | undefined,
): string {
  const point = ({ name: layer, x, y, share, bound }: Placed) => {
    const part = share === null ? '' : `, ${percent(share)} of the time`;
    return `${layer}: ${si(x, 'FLOP/B')}, at most ${si(y, 'FLOP/s')}${part}${bound === null ? '' : `, bound by ${bound}`}`;
  };
  const tops = ceilings.map((ceiling) => `${ceiling.name} ${si(ceiling.rate, 'FLOP/s')}, ridge at ${si(ceiling.ridge, 'FLOP/B')}`);
  return [
    `${name}: memory ${bandwidth === null ? 'unknown' : si(bandwidth, 'B/s')}; ${tops.length === 0 ? 'no ceilings' : tops.join('; ')}.`,
    total === null ? '' : `${point(total)}.`,
    layers.length === 0 ? 'No layer has a known place.' : `Heaviest layers: ${layers.slice(0, NAMED).map(point).join('; ')}.`,
    note ? named(note, 400) : '',
  ]
    .filter(Boolean)
    .join(' ');
}
