import { at, shows } from './extent.ts';
import { type Drawing, type HeatGrid, type MassSpans, type PlacedAxis, wellFormed } from './heat-field.ts';
import { drawable, percent } from './numbers.ts';
import { ticksAcross } from './region-panel.ts';
import { box, element, label, line, MARGIN, px } from './svg.ts';

const HEIGHT = 110;
const BRACKET = 15;
/** Room for a share beside its bracket; where there is none, it stands in the middle of it. */
const BESIDE = 50;
/** Most steps of a curve: about one for each pixel. */
const MAX_STEPS = 400;

/** The influence along one axis as a curve, and under it the intervals that hold a share of it. */
export function distribution(axis: PlacedAxis | undefined, mass: MassSpans, grid: HeatGrid | null, from: number): Drawing {
  if (axis === undefined) return { markup: '', bottom: from, note: '' };
  const { lane, theoretical } = axis;
  const [top, base] = [from + 18, from + 18 + HEIGHT];
  const spans = mass.map(({ share, spans: [span] }) => ({ share, span: span ?? null }));
  const floor = base + spans.length * BRACKET + 6;
  const ends = theoretical ? [theoretical.start, theoretical.stop].filter((end) => shows(lane, end)) : [];
  const markup = [
    inputBand(axis, top, base),
    grid && wellFormed(grid, 1) ? curve(axis, grid, top, base) : '',
    line(lane.from, base, lane.to, base, 'line'),
    ...ends.map((end) => line(at(lane, end), top, at(lane, end), base, 'line dash')),
    ...spans.map(({ share, span }, i) => (span ? bracket(axis, span, percent(share), base + (i + 1) * BRACKET) : '')),
    ticksAcross([{ ...axis, actual: theoretical }], floor),
  ].join('');
  return { markup, bottom: floor + 34, note: '' };
}

function inputBand({ lane }: PlacedAxis, top: number, base: number): string {
  const { size } = lane.extent;
  if (size === null) return box(lane.from, top, lane.to, base, 'panel');
  return box(lane.from, top, lane.to, base, 'hatch') + box(at(lane, 0), top, at(lane, size), base, 'panel');
}

function curve({ lane }: PlacedAxis, grid: HeatGrid, top: number, base: number): string {
  let values = grid.values.map((value) => Math.max(0, drawable(value) ?? 0));
  let cell = grid.scale;
  while (values.length > MAX_STEPS) {
    values = Array.from({ length: Math.ceil(values.length / 2) }, (_, i) => ((values[2 * i] as number) + (values[2 * i + 1] ?? 0)) / 2);
    cell *= 2;
  }
  const max = values.reduce((a, b) => Math.max(a, b), 0);
  const start = grid.start[0] as number;
  const steps = values.map((value, i) => {
    const y = max > 0 ? base - (value / max) * (base - top - 4) : base;
    return `V${px(y)}H${px(at(lane, start + (i + 1) * cell))}`;
  });
  const d = `M${px(at(lane, start))} ${px(base)}${steps.join('')}V${px(base)}`;
  const peak = `peak: ${percent(max)} per ${grid.scale === 1 ? 'position' : `${grid.scale} positions`}`;
  return [
    element('path', { class: 'f0 veil', d: `${d}Z` }),
    element('path', { class: 's0 none', d }),
    label(peak, MARGIN, top - 5, { class: 's soft' }),
  ].join('');
}

function bracket({ lane }: PlacedAxis, { start, stop }: { start: number; stop: number }, text: string, y: number): string {
  const [from, to] = [at(lane, start), at(lane, stop)];
  const ends = [
    ...(shows(lane, start) ? [line(from, y - 4, from, y + 4, 'line')] : []),
    ...(shows(lane, stop) ? [line(to, y - 4, to, y + 4, 'line')] : []),
  ];
  const style = { class: 's halo', width: BESIDE };
  const [right, left] = [to + BESIDE < lane.to, from - BESIDE > lane.from];
  if (right || left) {
    const beside = right ? label(text, to + 6, y + 4, style) : label(text, from - 6, y + 4, { ...style, anchor: 'end' });
    return [...ends, line(from, y, to, y, 'line'), beside].join('');
  }
  const middle = (from + to) / 2;
  const gap = [line(from, y, middle - BESIDE / 2, y, 'line'), line(middle + BESIDE / 2, y, to, y, 'line')];
  return [...ends, ...gap, label(text, middle, y + 4, { ...style, anchor: 'middle' })].join('');
}
