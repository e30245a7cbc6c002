import { createHash } from 'node:crypto';
import { BODY, HEAD, SMALL, styleSheet, TEXTURES } from './theme.ts';
import { clean, escaped, fit, widthOf, wrap } from './words.ts';

/** All figures are as wide, in units that are pixels where the figure is 400 pixels wide. */
export const WIDTH = 400;
/** Room left free at both sides. */
export const MARGIN = 14;
/** Width of what is drawn. */
export const INNER = WIDTH - 2 * MARGIN;
/** Shown larger than it is laid out where there is room. */
const DISPLAY = 1.25;

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Markup of one element. Numbers are rounded to hundredths; what is no number is a mistake of the figure's, and thrown. */
export function element(name: string, attributes: Attributes, content = ''): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? px(value) : escaped(String(value))}"`)
    .join('');
  return content === '' ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

/** A coordinate. */
export function px(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`a figure has the coordinate ${value}`);
  return String(Math.round(value * 100) / 100 + 0);
}

/** A rectangle by its corners. */
export function box(left: number, top: number, right: number, bottom: number, className: string): string {
  return element('rect', { class: className, x: left, y: top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) });
}

/** A straight line. */
export function line(x1: number, y1: number, x2: number, y2: number, className: string): string {
  return element('path', { class: className, d: `M${px(x1)} ${px(y1)}L${px(x2)} ${px(y2)}` });
}

export interface LabelStyle {
  /** Classes: `h` for headings, `s` for small print, `soft`, `b`, `halo`. */
  readonly class?: string;
  readonly anchor?: 'start' | 'middle' | 'end';
  /** Most pixels that it may take. */
  readonly width?: number;
}

/** A text at its baseline, made clean, shortened and escaped: any string may come here. */
export function label(
  text: string,
  x: number,
  y: number,
  { class: className = '', anchor = 'start', width = INNER }: LabelStyle = {},
): string {
  const classes = className.split(' ');
  const size = classes.includes('h') ? HEAD : classes.includes('s') ? SMALL : BODY;
  const shown = fit(clean(text), width, size, classes.includes('h') || classes.includes('b'));
  if (shown === '') return '';
  const attributes = { class: className || undefined, x, y, 'text-anchor': anchor === 'start' ? undefined : anchor };
  return element('text', attributes, escaped(shown));
}

/** Widest text under a mark. */
const CAPTION = 90;

/** Small texts under their marks, as near to them as the edges allow; one that would touch an earlier one stays out. */
export function captions(marks: readonly { readonly text: string; readonly place: number }[], y: number): string {
  const taken: { from: number; to: number }[] = [];
  return marks
    .map(({ text, place }) => {
      const half = Math.min(widthOf(clean(text), SMALL), CAPTION) / 2;
      const x = Math.min(Math.max(place, MARGIN + half), WIDTH - MARGIN - half);
      if (taken.some(({ from, to }) => x - half < to + 5 && x + half > from - 5)) return '';
      taken.push({ from: x - half, to: x + half });
      return label(text, x, y, { class: 's soft', anchor: 'middle', width: CAPTION });
    })
    .join('');
}

/** A paragraph in small print. Gives its markup and the baseline after its last line. */
export function paragraph(text: string, y: number, lines = 3): { readonly markup: string; readonly bottom: number } {
  const rows = wrap(clean(text), INNER, SMALL, lines);
  const markup = rows.map((row, i) => label(row, MARGIN, y + i * 14, { class: 's soft' })).join('');
  return { markup, bottom: rows.length === 0 ? y - 9 : y + rows.length * 14 };
}

export interface Figure {
  /** Above the drawing. */
  readonly heading: string;
  /** Under the heading. */
  readonly subheading: string;
  /** The figure in one phrase, for who cannot see it. */
  readonly title: string;
  /** What it shows in words and numbers. */
  readonly description: string;
  /** Height in pixels at a width of 400. */
  readonly height: number;
  /** Markup below the headings, which end at `TOP`. */
  readonly body: string;
}

/** Where the headings end. */
export const TOP = 54;

/** The whole document: nothing in it needs a script, another file or a network. */
export function document({ heading, subheading, title, description, height, body }: Figure): string {
  const name = clean(title);
  const content = clean(description);
  const id = `fovea-${createHash('sha256').update(`${name}\n${content}`).digest('hex').slice(0, 10)}`;
  const rounded = Math.ceil(height);
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      id,
      width: WIDTH * DISPLAY,
      height: rounded * DISPLAY,
      viewBox: `0 0 ${WIDTH} ${rounded}`,
      role: 'img',
      'aria-labelledby': `${id}-title ${id}-desc`,
    },
    [
      element('title', { id: `${id}-title` }, escaped(name)),
      element('desc', { id: `${id}-desc` }, escaped(content)),
      element('style', {}, styleSheet(id)),
      element('defs', {}, patterns(id, body)),
      element('rect', { class: 'paper', x: 0.5, y: 0.5, width: WIDTH - 1, height: rounded - 1, rx: 6 }),
      label(heading, MARGIN, 25, { class: 'h' }),
      label(subheading, MARGIN, 42, { class: 'soft' }),
      body,
    ].join(''),
  );
}

/** The textures that the body uses. */
function patterns(id: string, body: string): string {
  const used = TEXTURES.filter(({ name }) => body.includes(`class="${name}"`));
  return used
    .map(({ name, size, class: className, d }) => {
      const tile = { id: `${id}-${name}`, patternUnits: 'userSpaceOnUse', width: size, height: size };
      return element('pattern', tile, element('path', { class: className, d }));
    })
    .join('');
}
