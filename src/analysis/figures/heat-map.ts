import { at, shows } from './extent.ts';
import { type Drawing, type HeatGrid, type MassSpans, type PlacedAxis, wellFormed } from './heat-field.ts';
import { digits, type Interval, percent } from './numbers.ts';
import { ramp } from './ramp.ts';
import { cross, ticksAcross, ticksDown } from './region-panel.ts';
import { LEVELS, runsOf } from './runs.ts';
import { box, element, INNER, label, line, MARGIN } from './svg.ts';

/** The heat map over its input; `down` is the first axis, `across` the second. */
export function heatMap([down, across]: readonly [PlacedAxis, PlacedAxis], mass: MassSpans, grid: HeatGrid | null): Drawing {
  const { from: left, to: right } = across.lane;
  const { from: top, to: bottom } = down.lane;
  const [x, y] = [inputSpan(across), inputSpan(down)];
  const cells = grid && wellFormed(grid, 2) ? cellsOf(grid, across, down, bottom + 40) : null;
  const markup = [
    x.inside && y.inside ? '' : box(left, top, right, bottom, 'hatch'),
    box(x.from, y.from, x.to, y.to, 'panel'),
    cells?.map ?? '',
    cells || mass.some(({ spans }) => spans[0] && spans[1]) ? '' : nothing(across.lane, down.lane),
    outline(across, down, whole(across), whole(down), ['line']),
    outline(across, down, across.theoretical, down.theoretical, ['casing', 'line dash']),
    ...mass.map(({ spans }, i) => outline(across, down, spans[1] ?? null, spans[0] ?? null, ['masscasing', `mass m${i}`])),
    centreOf(across, down),
    ticksAcross([{ ...across, actual: across.theoretical }], bottom),
    ticksDown({ ...down, actual: down.theoretical }, left),
    cells?.legend ?? '',
  ].join('');
  const merged = cells?.merged ?? 1;
  return { markup, bottom: bottom + (cells ? 56 : 34), note: merged > 1 ? `The map shows means of ${merged} × ${merged} cells.` : '' };
}

/** Line style of the n-th box of mass. */
export function massSwatch(n: number, x: number, y: number): string {
  return (
    element('rect', { x: x - 10, y: y - 7, width: 20, height: 14, rx: 2, fill: ramp(0.1) }) + box(x - 7, y - 4, x + 7, y + 4, `mass m${n}`)
  );
}

/** The picture of a field that is not known. */
function nothing(x: Span, y: Span): string {
  const text = label(x.to - x.from < 80 ? '?' : 'not known', (x.from + x.to) / 2, (y.from + y.to) / 2 + 4, {
    class: 'halo',
    anchor: 'middle',
  });
  return box(x.from, y.from, x.to, y.to, 'dots') + text;
}

function whole({ size }: PlacedAxis): Interval | null {
  return size === null ? null : { start: 0, stop: size };
}

interface Span {
  readonly from: number;
  readonly to: number;
}

function inputSpan({ lane }: PlacedAxis): Span & { readonly inside: boolean } {
  const { size, lo, hi } = lane.extent;
  if (size === null) return { from: lane.from, to: lane.to, inside: true };
  return { from: at(lane, 0), to: at(lane, size), inside: lo >= 0 && hi <= size };
}

function outline(across: PlacedAxis, down: PlacedAxis, u: Interval | null, v: Interval | null, classes: readonly string[]): string {
  if (u === null || v === null) return '';
  const [x0, x1, y0, y1] = [at(across.lane, u.start), at(across.lane, u.stop), at(down.lane, v.start), at(down.lane, v.stop)];
  const sides = [
    shows(across.lane, u.start) ? [x0, y0, x0, y1] : [],
    shows(across.lane, u.stop) ? [x1, y0, x1, y1] : [],
    shows(down.lane, v.start) ? [x0, y0, x1, y0] : [],
    shows(down.lane, v.stop) ? [x0, y1, x1, y1] : [],
  ].filter((side) => side.length > 0) as [number, number, number, number][];
  return classes.flatMap((name) => sides.map((side) => line(...side, name))).join('');
}

function centreOf(across: PlacedAxis, down: PlacedAxis): string {
  const [x, y] = [across, down].map(({ lane, center }) => {
    return center === null || !shows(lane, center + 0.5) ? null : at(lane, center + 0.5);
  });
  return x == null || y == null ? '' : cross(x, y);
}

/** The cells in a window of their own, which cuts off what lies beyond what is shown. */
function cellsOf(grid: HeatGrid, across: PlacedAxis, down: PlacedAxis, legendTop: number): { map: string; legend: string; merged: number } {
  const [top, left] = grid.start as [number, number];
  const [rows, columns] = grid.shape as [number, number];
  const [x, y] = [across.lane, down.lane];
  const edge = grid.scale * Math.min(...[x, y].map(({ extent, from, to }) => (to - from) / (extent.hi - extent.lo)));
  const { paths, merged, max } = runsOf({ rows, columns, values: grid.values }, edge);
  const cell = grid.scale * merged;
  const view = [
    (x.extent.lo - left) / cell,
    (y.extent.lo - top) / cell,
    (x.extent.hi - x.extent.lo) / cell,
    (y.extent.hi - y.extent.lo) / cell,
  ];
  const map = element(
    'svg',
    {
      x: x.from,
      y: y.from,
      width: x.to - x.from,
      height: y.to - y.from,
      viewBox: view.map((value) => String(Number(value.toPrecision(8)))).join(' '),
      preserveAspectRatio: 'none',
      overflow: 'hidden',
    },
    [
      element('rect', { x: 0, y: 0, width: columns / merged, height: rows / merged, fill: ramp(0) }),
      ...paths.map(({ level, d }) => element('path', { class: 'cells', stroke: ramp(level / (LEVELS - 1)), d })),
    ].join(''),
  );
  return { map, legend: legend(max, grid.scale, legendTop), merged };
}

/** The steps of colour, and how much of the influence the brightest stands for. */
function legend(max: number, scale: number, top: number): string {
  const width = 96 / LEVELS;
  const steps = Array.from({ length: LEVELS }, (_, i) =>
    element('rect', { x: MARGIN + i * width, y: top, width: width + 0.3, height: 9, fill: ramp(i / (LEVELS - 1)) }),
  );
  const per = scale === 1 ? 'position' : `${digits(scale)} × ${digits(scale)} positions`;
  return [
    ...steps,
    label(`0 to ${percent(max)} per ${per}, ${LEVELS} levels`, MARGIN + 104, top + 9, { class: 's soft', width: INNER - 104 }),
  ].join('');
}
