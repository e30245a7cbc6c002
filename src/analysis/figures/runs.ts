import { drawable } from './numbers.ts';

/** Rows of cells, row by row; one row for a single axis. */
export interface Cells {
  readonly rows: number;
  readonly columns: number;
  readonly values: readonly number[];
}

/** Steps of colour in a heat map. */
export const LEVELS = 24;

/** Most runs of equal cells that are drawn: at about ten bytes each they stay under 300 kB. */
const MAX_RUNS = 25_000;
const MAX_CELLS = 2 ** 18;
/** Least edge of a cell, in pixels. */
const MIN_EDGE = 1;

/** Cells in steps from 0 (least) to `LEVELS - 1` (the largest value), as SVG path data for each step that is there. */
export interface Runs {
  readonly paths: readonly { readonly level: number; readonly d: string }[];
  /** Given cells along the edge of one that is drawn: more than one where they are too small, too many or too ragged. */
  readonly merged: number;
  /** The largest mean of the given cells in one that is drawn. */
  readonly max: number;
}

/**
 * Equal neighbours of a row become one run: a stroke as high as a cell, at x = column and y = row + 1/2. `edge` is the length of
 * a cell in pixels: cells too small to see are merged, as strokes thinner than a pixel would let the ground show through.
 */
export function runsOf(cells: Cells, edge: number): Runs {
  let drawn = cells;
  let merged = 1;
  for (;;) {
    const max = drawn.values.reduce((a, b) => Math.max(a, influence(b)), 0);
    const levels = drawn.values.map((value) => levelOf(influence(value), max));
    const single = drawn.rows * drawn.columns <= 1;
    const visible = edge * merged >= MIN_EDGE && levels.length <= MAX_CELLS;
    if (single || (visible && countRuns(levels, drawn.columns) <= MAX_RUNS)) {
      return { paths: pathsOf(levels, drawn.columns), merged, max };
    }
    drawn = halve(drawn);
    merged *= 2;
  }
}

function influence(value: number | undefined): number {
  return Math.max(0, drawable(value) ?? 0);
}

function levelOf(value: number, max: number): number {
  return max > 0 ? Math.min(LEVELS - 1, Math.floor((value / max) * LEVELS)) : 0;
}

function countRuns(levels: readonly number[], columns: number): number {
  return levels.reduce((count, level, i) => count + Number(level > 0 && (i % columns === 0 || levels[i - 1] !== level)), 0);
}

function pathsOf(levels: readonly number[], columns: number): { level: number; d: string }[] {
  const paths = Array.from({ length: LEVELS }, () => '');
  // Where the pen of each path stands: moves are relative, which makes them short.
  const pens = Array.from({ length: LEVELS }, () => ({ x: 0, y: 0 }));
  for (let start = 0; start < levels.length; ) {
    const level = levels[start] as number;
    const row = Math.floor(start / columns);
    let stop = start + 1;
    while (stop < (row + 1) * columns && levels[stop] === level) stop += 1;
    const pen = pens[level] as { x: number; y: number };
    const x = start - row * columns;
    if (level > 0) paths[level] += `m${x - pen.x} ${row - pen.y}h${stop - start}`;
    pens[level] = { x: x + stop - start, y: row };
    start = stop;
  }
  return paths.flatMap((d, level) => (d === '' ? [] : [{ level, d: `M0 .5${d}` }]));
}

/** Means of blocks of two by two. */
function halve({ rows, columns, values }: Cells): Cells {
  const [height, width] = [Math.ceil(rows / 2), Math.ceil(columns / 2)];
  const means = Array.from({ length: height * width }, (_, i) => {
    const [row, column] = [2 * Math.floor(i / width), 2 * (i % width)];
    const right = column + 1 < columns ? 1 : 0;
    const below = row + 1 < rows ? columns : 0;
    const first = row * columns + column;
    const block = new Set([first, first + right, first + below, first + right + below]);
    return [...block].reduce((total, cell) => total + influence(values[cell]), 0) / block.size;
  });
  return { rows: height, columns: width, values: means };
}
