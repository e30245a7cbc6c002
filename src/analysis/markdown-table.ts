export type Cell = string | number | null | undefined;

/** A table with its header, as GitHub writes it. */
export function table(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return `${row(header)}|${header.map(() => '---').join('|')}|\n${rows.map(row).join('')}`;
}

/** One row of a table. */
export function row(cells: readonly Cell[]): string {
  return `| ${cells.map((cell) => escaped(String(cell ?? ''))).join(' | ')} |\n`;
}

/** Digits in threes, as people read them. */
export function grouped(count: number | string | null): string | null {
  return count === null ? null : String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Names come from files: they must not end a cell, a row or become markup. */
export function escaped(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replace(/[\\`*_{}[\]<>|]/g, '\\$&');
}
