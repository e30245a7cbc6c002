import { SaxesParser } from 'saxes';

/** An element of a figure, as an XML parser reads it. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  /** Its own text. */
  readonly text: string;
}

/** Reads a figure; throws where it is no well-formed XML 1.0. */
export function parse(svg: string): Element {
  type Open = { name: string; attributes: Record<string, string>; children: Open[]; text: string };
  const root: Open = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const values = Object.fromEntries(Object.entries(attributes).map(([key, { value }]) => [key, value]));
    const element: Open = { name, attributes: values, children: [], text: '' };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on('closetag', () => open.pop());
  parser.on('text', (text) => {
    (open.at(-1) as Open).text += text;
  });
  parser.write(svg).close();
  const [only] = root.children;
  if (only === undefined || root.children.length !== 1) throw new Error('no root');
  return only;
}

/** The element and all below it. */
export function all(element: Element): Element[] {
  return [element, ...element.children.flatMap(all)];
}

/** What has the class. */
export function classed(svg: string, ...classes: string[]): Element[] {
  return all(parse(svg)).filter(({ attributes }) => classes.every((name) => attributes.class?.split(' ').includes(name)));
}

/** Texts as they are shown, without the text alternative. */
export function texts(svg: string): string[] {
  return all(parse(svg)).flatMap(({ name, text }) => (name === 'text' ? [text] : []));
}

/** The text alternative, with plain spaces. */
export function alternative(svg: string): { readonly title: string; readonly desc: string } {
  const find = (name: string) =>
    parse(svg)
      .children.find((child) => child.name === name)
      ?.text.replaceAll('\u00a0', ' ') ?? '';
  return { title: find('title'), desc: find('desc') };
}

/** A rectangle in the coordinates of the figure. */
export interface Bounds {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Corners of everything that is drawn; what stands in a window of its own cannot reach beyond it. */
export function bounds(element: Element): { readonly of: Element; readonly box: Bounds }[] {
  const own = boxOf(element);
  if (element.name === 'defs' || element.name === 'style') return [];
  const below = element.name === 'svg' && own !== null ? [] : element.children.flatMap(bounds);
  return own === null ? below : [{ of: element, box: own }, ...below];
}

function boxOf({ name, attributes, text }: Element): Bounds | null {
  const number = (key: string) => Number(attributes[key] ?? Number.NaN);
  if (name === 'rect' || (name === 'svg' && attributes.x !== undefined)) {
    return { left: number('x'), top: number('y'), right: number('x') + number('width'), bottom: number('y') + number('height') };
  }
  if (name === 'circle') {
    const [x, y, r] = [number('cx'), number('cy'), number('r')];
    return { left: x - r, right: x + r, top: y - r, bottom: y + r };
  }
  if (name === 'path') return boundsOfPath(attributes.d ?? '');
  if (name !== 'text') return null;
  const size = textSize(attributes.class ?? '');
  const width = helveticaWidth(text, size, /\b[hb]\b/.test(attributes.class ?? ''));
  const anchor = attributes['text-anchor'] ?? 'start';
  const x = number('x') - (anchor === 'middle' ? width / 2 : anchor === 'end' ? width : 0);
  return { left: x, right: x + width, top: number('y') - 0.72 * size, bottom: number('y') + 0.2 * size };
}

function textSize(classes: string): number {
  return /\bh\b/.test(classes) ? 14 : /\bs\b/.test(classes) ? 11 : 12;
}

/** The points of path data; arcs count with their ends. */
export function points(d: string): { readonly command: string; readonly x: number; readonly y: number }[] {
  const out: { command: string; x: number; y: number }[] = [];
  let [x, y] = [0, 0];
  for (const [, command = '', rest = ''] of d.matchAll(/([a-zA-Z])([^a-zA-Z]*)/g)) {
    const numbers = rest.match(/-?(?:\d+\.?\d*|\.\d+)/g)?.map(Number) ?? [];
    const relative = command === command.toLowerCase();
    const [a = 0, b = 0] = command.toLowerCase() === 'a' ? numbers.slice(-2) : numbers;
    if (command.toLowerCase() === 'h') x = relative ? x + a : a;
    else if (command.toLowerCase() === 'v') y = relative ? y + a : a;
    else if (command.toLowerCase() !== 'z') [x, y] = relative ? [x + a, y + b] : [a, b];
    out.push({ command, x, y });
  }
  return out;
}

function boundsOfPath(d: string): Bounds {
  const all = points(d);
  const [xs, ys] = [all.map(({ x }) => x), all.map(({ y }) => y)];
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}

/** Advance widths of Helvetica in thousandths of an em, from space to tilde (Adobe's font metrics). */
const HELVETICA =
  '278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500 334 260 334 584'
    .split(' ')
    .map(Number);

function helveticaWidth(text: string, size: number, bold: boolean): number {
  let thousandths = 0;
  for (const letter of text) {
    const known = letter === '\u00a0' ? 278 : HELVETICA[(letter.codePointAt(0) as number) - 32];
    thousandths += /\p{M}/u.test(letter) ? 0 : (known ?? (letter < '\u1100' ? 700 : 1000));
  }
  return (thousandths / 1000) * size * (bold ? 1.06 : 1);
}
