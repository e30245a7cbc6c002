import { box, INNER, label, line, MARGIN } from './svg.ts';
import { BODY } from './theme.ts';
import { clean, widthOf } from './words.ts';

const ROW = 18;
const SWATCH = 24;
const GAP = 10;
/** Least of the width that the names of the rows keep. */
const NAMES = 110;

/** One line of a key: what is drawn so, and its numbers. */
export interface KeyRow {
  /** Markup of what stands for the row in the drawing, in a place of 20 by 14 pixels whose middle is given. */
  readonly swatch?: (x: number, y: number) => string;
  readonly label: string;
  readonly cells: readonly string[];
}

/** The key under a drawing, which is its table of numbers too: one row for each thing drawn, one column for each measure. */
export function key(
  columns: readonly string[],
  rows: readonly KeyRow[],
  top: number,
): { readonly markup: string; readonly bottom: number } {
  const { names, widths } = widthsOf(columns, rows);
  const rights = widths.map((_, i) => MARGIN + SWATCH + names + widths.slice(0, i + 1).reduce((a, b) => a + b, 0));
  const cell = (text: string, i: number, y: number, className = '') =>
    label(text, rights[i] as number, y, { class: className, anchor: 'end', width: (widths[i] as number) - GAP });
  const header = columns.map((column, i) => cell(column, i, top + 12, 'b'));
  const lines = rows.map(({ swatch, label: text, cells }, r) => {
    const y = top + (r + 1) * ROW;
    return [
      line(MARGIN, y, MARGIN + INNER, y, 'rule'),
      swatch?.(MARGIN + 10, y + ROW / 2) ?? '',
      label(text, MARGIN + SWATCH, y + 13, { width: names }),
      ...cells.map((content, i) => cell(content, i, y + 13)),
    ].join('');
  });
  return { markup: [...header, ...lines].join(''), bottom: top + (rows.length + 1) * ROW };
}

/** A swatch: a rectangle in each of the styles. */
export function patch(...classes: string[]): (x: number, y: number) => string {
  return (x, y) => classes.map((name) => box(x - 8, y - 5, x + 8, y + 5, name)).join('');
}

/** Every column as wide as its texts, with what is left shared out; where there is too little, the widest texts are shortened. */
function widthsOf(columns: readonly string[], rows: readonly KeyRow[]): { names: number; widths: number[] } {
  const widest = (texts: readonly string[]) => Math.max(0, ...texts.map((text) => widthOf(clean(text), BODY)));
  const content = columns.map((column, i) => {
    const cells = rows.map((row) => row.cells[i] ?? '');
    return GAP + 1 + Math.max(widthOf(clean(column), BODY, true), widest(cells));
  });
  const wanted = content.reduce((a, b) => a + b, 0);
  const longest = 1 + widest(rows.map((row) => row.label));
  const names = Math.min(longest, Math.max(NAMES, INNER - SWATCH - wanted));
  const room = INNER - SWATCH - names;
  if (wanted <= room) return { names, widths: content.map((width) => width + (room - wanted) / content.length) };
  const fair = room / content.length;
  const excess = content.reduce((sum, width) => sum + Math.max(0, width - fair), 0);
  return { names, widths: content.map((width) => (width > fair ? width - ((width - fair) * (wanted - room)) / excess : width)) };
}
