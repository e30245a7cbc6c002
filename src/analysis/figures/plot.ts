import { type Axis, type Scale, scaleOf } from './scale.ts';
import { captions, INNER, label, line, MARGIN } from './svg.ts';
import { SMALL } from './theme.ts';
import { clean, unitText, widthOf } from './words.ts';

/** The area in which a plot draws, in pixels. */
export interface Area {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A plot before anything is drawn in it. */
export interface Plot {
  readonly area: Area;
  readonly x: Scale;
  readonly y: Scale;
  /** Grid, ticks and names of the axes. */
  readonly markup: string;
  /** Where the names of the axes end. */
  readonly bottom: number;
}

/** Values that the axes must show. */
export interface Shown {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

const X_TICKS = 5;
const Y_TICKS = 5;

/** Where a plot stands; `roof` is room between the name of the vertical axis and the area, for what is written there. */
export interface Site {
  readonly top: number;
  readonly roof: number;
  readonly height: number;
}

/** Two axes with a grid. The name of the vertical one stands above it, as names on their side are hard to read. */
export function plot(x: Axis, y: Axis, shown: Shown, { top, roof, height }: Site): Plot {
  const area = { top: top + 16 + roof, bottom: top + 16 + roof + height };
  const down = scaleOf(shown.y, y.scale, [area.bottom, area.top], Y_TICKS);
  const left = MARGIN + 8 + Math.max(8, ...down.ticks.map(({ text }) => widthOf(text, SMALL)));
  const right = MARGIN + INNER - 8;
  const across = scaleOf(shown.x, x.scale, [left, right], X_TICKS);
  const markup = [
    label(axisName(y), MARGIN, top + 5, { class: 's b' }),
    ...down.ticks.map(
      ({ place, text }) =>
        line(left, place, right, place, 'rule') + label(text, left - 6, place + 4, { class: 's soft', anchor: 'end', width: left }),
    ),
    ...across.ticks.map(({ place }) => line(place, area.top, place, area.bottom, 'rule')),
    captions(across.ticks, area.bottom + 16),
    line(left, area.bottom, right, area.bottom, 'softline'),
    label(axisName(x), right, area.bottom + 31, { class: 's b', anchor: 'end' }),
  ].join('');
  return { area: { ...area, left, right }, x: across, y: down, markup, bottom: area.bottom + 40 };
}

function axisName({ label: name, unit, scale }: Axis): string {
  const measure = unitText(unit) === '' ? '' : ` (${unitText(unit)})`;
  return `${clean(name)}${measure}${scale === 'log' ? ', logarithmic' : ''}`;
}
